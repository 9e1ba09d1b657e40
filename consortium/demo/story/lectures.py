"""The lectures of the demonstration: (English, Chinese, what it is about in both, hours from now)."""

from typing import Any

SERIES = ("Hard cases on Sunday evenings", "周日疑难病例")
PAST = (
    "The infant who would not feed", "不肯吃奶的小婴儿",
    "Three weeks old, no fever, and drinks less since yesterday. What worries you, and what do you do before you call?",
    "出生三周，不发热，昨天起吃奶减少。哪些情况让您担心？打电话之前先做什么？",
    -7 * 24.0,
)  # fmt: skip
COMING = (
    "Wheeze that does not go away", "迁延不愈的喘息",
    "One and a half years old, the third course of steroids this winter. A case told step by step; you vote on each.",
    "一岁半患儿，这个冬天第三次使用激素。病例逐步展开，每一步请您投票。",
    3.0,
)  # fmt: skip
DRAFT = ("Fever with a rash", "发热伴皮疹", "", "", 14 * 24.0)
#: who comes to the coming one
LISTENERS = ("community", "district")
ROOM = "卫生院二楼会议室"

#: the child of the coming lecture's case, and what it is called in the lists
CASE_OF = 7
CASE_TITLE = ("A third wheeze in one winter", "一个冬天第三次喘息")
#: told in the language of the lecture, in which everybody in the room hears it
STAGES = (
    (
        "history",
        "一岁半患儿，入冬以来第三次喘息，前两次住院并口服激素，本次在外院已口服激素一天。感冒两天后开始喘息，夜间明显。父亲有哮喘。",
    ),
    (
        "examination",
        "呼吸36次/分，血氧饱和度96%，双肺呼气相哮鸣音，无三凹征，能玩耍，进食稍减。体重、身长与既往曲线平行。",
    ),
    ("laboratory", "使用储雾罐吸入沙丁胺醇一小时后：呼吸30次/分，血氧饱和度97%，哮鸣音减少。未做血液检查和胸片。"),
    (
        "course",
        "当日离院，家中继续按需吸入并带书面计划，48小时复诊好转。两周后在哮喘门诊开始每日低剂量吸入激素，此后八周未再急诊。",
    ),
)
VOTES: tuple[dict[str, Any], ...] = (
    {
        "stage": 1, "asks": "differential", "text": "您首先考虑什么？", "right": 1,
        "options": ("毛细支气管炎", "反复喘息，可能为学龄前哮喘", "气道异物", "肺炎"),
        "happened": "反复病毒诱发的喘息，结合家族史和用药反应，考虑学龄前哮喘可能。",
    },
    {
        "stage": 2, "asks": "action", "text": "现在第一步做什么？", "right": 0,
        "options": ("储雾罐吸入沙丁胺醇，一小时后复评", "立即静脉用激素", "先拍胸片", "口服抗生素"),
        "happened": "给予储雾罐吸入沙丁胺醇，一小时后复评。", "manual": "wheeze#n-wheeze-moderate",
    },
    {
        "stage": 3, "asks": "place", "text": "转诊，还是在您这里处理？", "right": 1,
        "options": ("立即转急诊", "回家，并约哮喘门诊", "留观过夜", "回家，无需复诊"),
        "happened": "当日离院，两周内在哮喘门诊就诊。", "manual": "wheeze#n-wheeze-clinic",
    },
)  # fmt: skip
