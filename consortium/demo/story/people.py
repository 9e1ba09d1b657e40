"""The staff of the demonstration: one sign-in for each role, and colleagues."""

from typing import NamedTuple

from consortium.people.states import Role


class Somebody(NamedTuple):
    username: str
    en: str
    zh: str
    place: str
    roles: tuple[Role, ...]
    title: tuple[str, str] = ("", "")
    services: tuple[str, ...] = ()
    specialty: str = ""
    language: str = ""


_PHYSICIAN = ("Attending physician", "主治医师")
_SENIOR = ("Chief physician", "主任医师")

STAFF = (
    Somebody("manager", "Luo Ning", "罗宁", "children", (Role.CONSORTIUM_MANAGER,), ("Consortium office", "联盟办公室")),
    Somebody("admin", "Jin Tao", "金涛", "children", (Role.INSTITUTION_ADMIN,), ("Medical affairs", "医务处")),
    Somebody("community", "Lin Yue", "林悦", "willow", (Role.ASKER,), ("General practitioner", "全科医师")),
    Somebody("district", "Chen Bo", "陈博", "north_district", (Role.ASKER,), _PHYSICIAN),
    Somebody("sunhao", "Sun Hao", "孙浩", "south_district", (Role.ASKER,), _PHYSICIAN),
    Somebody("specialist", "Shen Kai", "沈凯", "children", (Role.SPECIALIST,), _SENIOR,
             ("respiratory", "neonatology"), "respiratory"),
    Somebody("lead", "Xu Hui", "徐慧", "children", (Role.SERVICE_LEAD,), _SENIOR, ("respiratory",), "respiratory"),
    Somebody("coordinator", "Tang Rui", "唐瑞", "children", (Role.COORDINATOR,), ("Referral office", "转诊办公室")),
    Somebody("nurse", "He Fang", "何芳", "willow", (Role.NURSE,), ("Community nurse", "社区护士")),
    Somebody("trainer", "Ye Qing", "叶青", "children", (Role.TRAINING_ADMIN,), ("Training office", "培训办公室")),
    Somebody("lecturer", "Du Heng", "杜衡", "children", (Role.LECTURER,), _SENIOR),
    Somebody("editor", "Ma Li", "马丽", "children", (Role.MANUAL_EDITOR,), _PHYSICIAN),
    Somebody("reviewer", "Song An", "宋安", "children", (Role.CLINICAL_REVIEWER,), _SENIOR),
    Somebody("pharmacist", "Yu Dan", "于丹", "children", (Role.PHARMACIST,), ("Clinical pharmacist", "临床药师")),
    Somebody("privacy", "Pan Yi", "潘奕", "willow", (Role.PRIVACY_OFFICER,), ("Privacy officer", "隐私保护专员")),
    Somebody("auditor", "Shi Jing", "石静", "children", (Role.AUDITOR,), ("Audit office", "审计处")),
    Somebody("stranger", "Wei Lu", "魏鲁", "far", (Role.ASKER, Role.SPECIALIST), _PHYSICIAN),
    Somebody("gulan", "Gu Lan", "顾岚", "children", (Role.SPECIALIST,), _PHYSICIAN, ("respiratory",), "respiratory"),
    Somebody("qianwen", "Qian Wen", "钱雯", "children", (Role.SPECIALIST,), _SENIOR,
             ("cardiology", "neurology"), "cardiology"),
    Somebody("fengmei", "Feng Mei", "冯梅", "children", (Role.SPECIALIST,), _PHYSICIAN,
             ("dermatology", "neonatology"), "dermatology"),
    Somebody("emergency", "Ren Hao", "任昊", "children", (Role.SPECIALIST,), _SENIOR, ("emergency",), "emergency"),
    Somebody("ward", "Bai Xue", "白雪", "children", (Role.NURSE,), ("Ward nurse", "病房护士")),
    Somebody("fanglin", "Fang Lin", "方琳", "south_district", (Role.NURSE,), ("Nurse", "护士")),
    Somebody("wujie", "Wu Jie", "吴杰", "stone", (Role.ASKER,), ("General practitioner", "全科医师")),
    Somebody("zhaomin", "Zhao Min", "赵敏", "plum", (Role.ASKER,), ("General practitioner", "全科医师")),
    Somebody("heping", "He Ping", "何平", "lake", (Role.ASKER,), ("General practitioner", "全科医师")),
    Somebody("liuyan", "Liu Yan", "刘燕", "willow", (Role.ASKER, Role.INSTITUTION_ADMIN), ("Head of the centre", "中心主任")),
    Somebody("privacy2", "Hu Bin", "胡斌", "children", (Role.PRIVACY_OFFICER,), ("Privacy officer", "隐私保护专员")),
)  # fmt: skip

#: Who asks at each community centre and district hospital.
ASKERS = {
    "willow": "community",
    "north_district": "district",
    "stone": "wujie",
    "plum": "zhaomin",
    "lake": "heping",
}
