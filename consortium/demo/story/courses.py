"""The courses of the demonstration: each teaches one page of the manual, in the manual's own words."""

from typing import NamedTuple

from consortium.people.states import Role, Tier


class Taught(NamedTuple):
    """`pathway`: the page; `required`: of every community doctor, within a month."""

    pathway: str
    en: str
    zh: str
    about_en: str
    about_zh: str
    hours: str
    required: bool = False


_CLINIC = (Tier.COMMUNITY, Tier.DISTRICT)
AUDIENCE = {"tiers": list(_CLINIC), "roles": [Role.ASKER, Role.NURSE]}

COURSES = (
    Taught(
        "fever-under-90d", "Fever in the first three months", "三个月以下婴儿发热",
        "Who goes to hospital at once, who is watched, and what is done before the transfer.",
        "哪些婴儿要立即送院，哪些可以观察，转运前要做什么。", "1.5", required=True,
    ),
    Taught(
        "diarrhoea-2-59m", "Diarrhoea and dehydration", "腹泻与脱水",
        "How dry the child is, how much to give by which way, and when to send.",
        "判断脱水程度，补多少、怎么补，何时转诊。", "1",
    ),
    Taught(
        "wheeze", "The wheezing child", "喘息患儿",
        "How severe it is, what is given first, and when the child needs a hospital.",
        "判断严重程度，先给什么治疗，何时需要住院。", "1",
    ),
    Taught(
        "newborn-jaundice", "Jaundice of the newborn", "新生儿黄疸",
        "Which jaundice is dangerous, when to measure, and when to send.",
        "哪些黄疸危险，何时测胆红素，何时转诊。", "1",
    ),
)  # fmt: skip

#: (English, Chinese, what it is about in both, the pages of its courses)
PROGRAMMES = (
    ("Emergencies of the small child", "婴幼儿急症", "What must not be missed in the first hour.",
     "第一个小时内不能漏掉的情况。", ("fever-under-90d", "diarrhoea-2-59m")),
    ("Breathing and the newborn", "呼吸与新生儿", "What is seen every week in a centre.",
     "社区中心每周都会遇到的问题。", ("wheeze", "newborn-jaundice")),
)  # fmt: skip

#: (who, page, how many of its lessons are done; None: all)
DONE = (
    ("community", "fever-under-90d", 1), ("community", "diarrhoea-2-59m", None), ("district", "wheeze", 1),
    ("nurse", "diarrhoea-2-59m", 1), ("wujie", "fever-under-90d", None), ("specialist", "newborn-jaundice", 1),
)  # fmt: skip


class Filmed(NamedTuple):
    """A short film of slides from one page."""

    pathway: str
    en: str
    zh: str
    about_en: str
    about_zh: str


FILMS = (
    Filmed("fever-under-90d", "Fever in young infants, in half a minute", "半分钟看懂小婴儿发热",
           "What not to miss in the first three months.", "三个月以下婴儿，哪些不能漏。"),
    Filmed("diarrhoea-2-59m", "Is the child dry? In half a minute", "半分钟学会判断脱水",
           "Look, feel, then choose the plan.", "先看，再摸，再选方案。"),
)  # fmt: skip
