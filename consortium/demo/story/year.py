"""A year of questions that came, in their seasons: what was asked where, and how it was answered. Nobody in it exists.

The shares are the demonstration's own, chosen to be believable beside the published figures; they are no source.
"""

from typing import NamedTuple


class Asked(NamedTuple):
    """A short question with its answer; in the language in which its doctor wrote."""

    question: str
    impression: str
    do_now: str


#: questions a month, January first: coughs in winter, skins in summer
BY_MONTH = {
    "respiratory": (15, 13, 11, 9, 8, 6, 5, 5, 8, 10, 13, 15),
    "neonatology": (6, 6, 6, 7, 7, 6, 6, 7, 7, 7, 6, 6),
    "dermatology": (4, 4, 5, 6, 8, 10, 11, 10, 8, 6, 4, 4),
    "neurology": (4, 4, 5, 5, 4, 4, 4, 4, 5, 5, 4, 5),
    "cardiology": (3, 3, 3, 4, 4, 3, 3, 3, 4, 4, 3, 3),
}
#: of a hundred: stat, urgent, the rest routine
URGENCY = {
    "respiratory": (9, 32), "neonatology": (8, 38), "dermatology": (0, 8), "neurology": (7, 24), "cardiology": (4, 20),
}  # fmt: skip
#: who asks how much
PLACES = {"willow": 30, "stone": 22, "plum": 21, "lake": 14, "north_district": 13}

#: of a hundred questions: what happens on the way
DECLINED, DISPUTED_OF_DECLINED, INFORMED, SECOND, OPINION, CORRECTED, UNREVIEWED, WITHDRAWN = 6, 35, 15, 12, 5, 2, 8, 4
#: of a hundred questions: how many are talked over by video; and of a hundred such calls how far down the ladder they
#: were held (the values of calls' `Rung`), or why they were not
VIDEO = 18
CALLS = {"video": 74, "audio": 10, "stills": 3, "written": 4, "no_asker": 4, "no_specialist": 2, "cancelled": 3}
#: why a rung was left
CAUSES = ("network_weak", "no_camera", "network_weak", "declined", "network_lost")
#: whom a service names that declines
NEXT = {"respiratory": "cardiology", "neonatology": "respiratory", "dermatology": "respiratory",
        "neurology": "respiratory", "cardiology": "respiratory"}  # fmt: skip
#: of a hundred closed: a referral was avoided; ratings 1 to 5, and none
AVOIDED = 71
RATINGS = {5: 50, 4: 30, 3: 8, 2: 3, 1: 1, None: 8}

#: the middle of minutes until somebody took it, and from then to the answer, by urgency: stat, urgent, routine
TAKEN = (2.6, 6.0, 14.0)
ANSWERED = (8.0, 52.0, 200.0)
#: how much longer everything took at the beginning of the year
AT_FIRST = 1.7

FAMILY = ("Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Zhao", "Huang", "Zhou", "Wu", "Xu", "Sun", "Hu", "Zhu", "Gao")
GIVEN = ("Ruian", "Yichen", "Muze", "Shiyu", "Keyi", "Haoyu", "Zixi", "Jiaqi", "Yutian", "Nuo", "Anran", "Zeyang")
#: whom each place asks about, newborns apart; a name each
CHILDREN_OF_A_PLACE = len(FAMILY) * len(GIVEN) // len(PLACES)

ASKS = (
    "Please count the breaths over a full minute, and send the saturation in air.",
    "请补充体温、进食情况和近照一张。",
)
SUPPLIES = ("Counted twice: see the measurements. She drinks half of her usual.", "已补充，体温37.6℃，进食可。")
BACKS = (
    "What if the fever comes back on the weekend?", "家长问能否继续上幼儿园，请老师指导。",
    "The pharmacy has only the syrup: which dose?",
)  # fmt: skip
DISPUTE = "She has had three courses already; this needs your specialty, not another."

QUESTIONS: dict[str, tuple[Asked, ...]] = {
    "respiratory": (
        Asked("Cough at night for a month, normal lungs. Asthma?", "Cough after a viral infection.",
              "Wait and see again in two weeks; a diary of the nights."),
        Asked("Wheeze for the third time this winter, 96 % in air. Long-term treatment?", "Recurrent viral wheeze.",
              "Reliever by spacer for the episodes; tell the parents when to come back."),
        Asked("五个月，咳嗽两天，吃奶减少三成，呼吸52次/分。可以在社区观察吗？", "轻症毛细支气管炎。",
              "少量多次喂养，每日复查呼吸和血氧；呼吸>60次/分或吃奶不足一半立即转诊。"),
        Asked("Fever for three days, crackles on the right, 94 %. Tablets, or must she travel?",
              "Pneumonia without danger signs.", "Oral treatment as in your manual; see her again after 48 hours."),
        Asked("反复感冒，一年八次，生长正常，需要查免疫吗？", "正常范围内的反复呼吸道感染。", "暂不查免疫；解释病程，按时接种。"),
        Asked("Barking cough since tonight, stridor only when he cries.", "Mild croup.",
              "One dose as in the pathway of your manual; observe for two hours."),
    ),
    "neonatology": (
        Asked("Umbilical granuloma on day 20.", "Umbilical granuloma without discharge.", "Keep dry; show again in two weeks."),
        Asked("Day 5, yellow to the belly, feeds well. Must he travel for a level?", "Jaundice to be measured today.",
              "Measure today and plot it; call us with the value."),
        Asked("出生18天，体重增长慢，纯母乳。需要加奶粉吗？", "喂养次数不足。", "评估含接，24小时喂10次，三天后称重。"),
        Asked("Sticky left eye since birth, no redness.", "Blocked tear duct.", "Massage; no drops. Red or swollen: call."),
        Asked("Preterm 34 weeks, now 6 weeks old: which vaccines now?", "Vaccines by the age since birth.", "All that are due, today."),
    ),
    "dermatology": (
        Asked("Small flesh-coloured papules on the trunk.", "Molluscum contagiosum.", "No treatment; they go within a year."),
        Asked("口周红疹两周，无瘙痒。", "口周皮炎。", "停用含激素药膏，温水清洁。"),
        Asked("Honey-coloured crusts around the nose, two children of the class too.", "Impetigo.", "Wash off the crusts; topical treatment as in your formulary."),
        Asked("Itching at night, the whole family scratches.", "Scabies.", "Treat everybody in the house on the same day, and again after a week."),
        Asked("夏季四肢红色丘疹，抓痕明显，是湿疹吗？", "虫咬性丘疹。", "止痒外用，剪短指甲，床品清洗。"),
    ),
    "neurology": (
        Asked("Breath-holding spell after a fall.", "Breath-holding spell.", "Reassure; check the iron stores."),
        Asked("首次热性惊厥，两分钟，现清醒。需要脑电图吗？", "单纯热性惊厥。", "无需脑电图；告知家长再次发作时如何处理。"),
        Asked("Headaches after school, normal examination, sleeps six hours.", "Tension-type headache.", "Sleep and a diary; no imaging."),
        Asked("Walks on his toes at two and a half, examination otherwise normal.", "Habitual toe walking.", "Watch; show again in six months."),
    ),
    "cardiology": (
        Asked("Soft murmur at the 18-month check.", "Innocent murmur.", "No further tests."),
        Asked("Chest pain when he runs, for a week after a cold.", "Chest wall pain.", "Rest for a week; ECG if it comes back."),
        Asked("入学体检心电图示窦性心律不齐，需要进一步检查吗？", "呼吸性窦性心律不齐，正常现象。", "无需处理，正常运动。"),
        Asked("Heart rate 190 for ten minutes, now normal. What must be done today?", "Possible supraventricular tachycardia.",
              "12-lead ECG now, and send it; call when it comes back."),
    ),
}  # fmt: skip
