"""The lectures of the demonstration: (English, Chinese, what it is about in both, hours from now)."""

SERIES = ("Hard cases on Sunday evenings", "周日疑难病例")
PAST = (
    "The infant who would not feed", "不肯吃奶的小婴儿",
    "Three weeks old, no fever, and drinks less since yesterday. What worries you, and what do you do before you call?",
    "出生三周，不发热，昨天起吃奶减少。哪些情况让您担心？打电话之前先做什么？",
    -7 * 24.0,
)  # fmt: skip
COMING = (
    "Wheeze that does not go away", "迁延不愈的喘息",
    "A boy of four, his third course of steroids this winter. A case told step by step; you vote before each of them.",
    "四岁男孩，这个冬天第三次使用激素。病例逐步展开，每一步之前请您投票。",
    3.0,
)  # fmt: skip
DRAFT = ("Fever with a rash", "发热伴皮疹", "", "", 14 * 24.0)
#: who comes to the coming one
LISTENERS = ("community", "district")
ROOM = "卫生院二楼会议室"
