"""Two regions with their hospitals and centres, and one hospital far away that has no part in them."""

from typing import NamedTuple

from consortium.people.states import Tier


class Place(NamedTuple):
    key: str
    region: str
    tier: Tier
    en: str
    zh: str
    phone: str
    duty: str = ""
    capabilities: tuple[str, ...] = ()


REGIONS = {
    "north": ("North Bank", "江北"),
    "south": ("South Bank", "江南"),
    "far": ("Far Hills", "远山"),
}

PLACES = (
    Place("children", "south", Tier.TERTIARY, "Jiangzhou Children's Hospital", "江州市儿童医院", "0555 8100 0000",
          "0555 8100 0120", ("ct", "mri", "nicu", "picu", "ventilator", "surgery", "spirometer", "ecg")),
    Place("north_district", "north", Tier.DISTRICT, "North Bank District Hospital", "江北区中心医院", "0555 8200 0000",
          "0555 8200 0120", ("ct", "xray", "laboratory", "nebuliser", "ecg", "med_inhaled", "med_injected",
                             "med_antiepileptic", "staff_newborn")),
    Place("south_district", "south", Tier.DISTRICT, "South Bank District Hospital", "江南区中心医院", "0555 8300 0000",
          "0555 8300 0120", ("xray", "laboratory", "nebuliser", "ecg", "med_inhaled", "med_injected")),
    Place("willow", "north", Tier.COMMUNITY, "Willow Bridge Community Centre", "柳桥社区卫生服务中心",
          "0555 8210 0001", "", ("oximeter", "nebuliser", "med_inhaled", "med_vaccines", "staff_asthma")),
    Place("stone", "north", Tier.COMMUNITY, "Stone Gate Community Centre", "石门社区卫生服务中心", "0555 8210 0002",
          "", ("oximeter", "med_vaccines", "staff_development")),
    Place("plum", "south", Tier.COMMUNITY, "Plum Lane Community Centre", "梅巷社区卫生服务中心", "0555 8310 0001",
          "", ("oximeter", "nebuliser", "laboratory", "med_inhaled", "med_antiepileptic", "med_vaccines",
               "staff_epilepsy")),
    Place("lake", "south", Tier.COMMUNITY, "East Lake Community Centre", "东湖社区卫生服务中心", "0555 8310 0002",
          "", ("med_vaccines",)),
    Place("far", "far", Tier.DISTRICT, "Far Hills Hospital", "远山医院", "0555 8900 0000"),
)  # fmt: skip

SPECIALTIES = {
    "respiratory": ("Respiratory medicine", "呼吸科"),
    "neonatology": ("Neonatology", "新生儿科"),
    "cardiology": ("Cardiology", "心血管科"),
    "neurology": ("Neurology", "神经内科"),
    "dermatology": ("Dermatology", "皮肤科"),
    "emergency": ("Emergency and intensive care", "急诊与重症医学科"),
    "paediatrics": ("General paediatrics", "普通儿科"),
    "child_health": ("Child health", "儿童保健科"),
}

#: The departments of a hospital, one a specialty; the community centres have none.
DEPARTMENTS = {
    "children": ("respiratory", "neonatology", "cardiology", "neurology", "dermatology", "emergency"),
    "north_district": ("neonatology", "respiratory"),
}

#: specialty -> (what to send with a question, in English and Chinese); all at the children's hospital
SERVICES = {
    "respiratory": (
        "Respiratory rate counted over a full minute, oxygen saturation in air, and whether the child drinks.",
        "请附：数满一分钟的呼吸次数、未吸氧时的血氧饱和度、能否喝水或吃奶。",
    ),
    "neonatology": (
        "Gestation, birth weight, age in hours, feeding, urine and stool, and the skin colour in daylight.",
        "请附：胎龄、出生体重、日龄（小时）、喂养、大小便情况，以及自然光下的皮肤颜色。",
    ),
    "cardiology": (
        "Heart rate, blood pressure in an arm and a leg, saturation, liver edge, and the growth so far.",
        "请附：心率、上下肢血压、血氧饱和度、肝脏大小和生长曲线。",
    ),
    "neurology": (
        "What was seen, how long it lasted, the temperature, and how the child was an hour later. A video helps.",
        "请附：发作表现、持续时间、当时体温、一小时后的状态；如有视频请一并上传。",
    ),
    "dermatology": (
        "Two photos in daylight: one of the whole area, one from near. When it began, and what was put on it.",
        "请附：自然光下照片两张（全貌和近景）、起病时间、用过的药。",
    ),
    "emergency": (
        "Age or weight, the problem, and what is being done. Everything else can follow: press the alarm and go on.",
        "请说明：年龄或体重、主要问题、正在进行的处理。其余可稍后补充：先启动绿色通道，继续救治。",
    ),
}

#: who takes children close to home, up from a centre or down from the hospital: the service of each place
CLOSE_TO_HOME = {
    "north_district": "paediatrics", "south_district": "paediatrics", "willow": "child_health", "stone": "child_health",
    "plum": "child_health", "lake": "child_health",
}  # fmt: skip
