"""How dry a child is, by four rules that differ: WHO's table, CDS, Gorelick's four signs, DHAKA."""

from decimal import Decimal
from typing import Final

from decision_manual.calculators.frame import SCORE, Calculator, Category, Given, Result, listing
from decision_manual.calculators.inputs import Choice, Flag, Input, Measure, Option
from decision_manual.calculators.kinds import AGE_MONTHS
from decision_manual.calculators.scoring import band, scored
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency, step

# -- WHO ----------------------------------------------------------------------------------------------------------

#: points: 2 a sign of severe, 1 a sign of some dehydration
_GENERAL = Choice("general_condition", Text("General condition", "一般情况"), options=(
    Option("normal", Text("Well, alert", "良好、清醒"), 0),
    Option("restless_irritable", Text("Restless, irritable", "烦躁、易激惹"), 1),
    Option("lethargic_unconscious", Text("Lethargic or unconscious", "嗜睡或昏迷"), 2),
))  # fmt: skip
_EYES = Flag("sunken_eyes", Text("Sunken eyes", "眼窝凹陷"))
_DRINKING = Choice("drinking", Text("Drinking", "饮水"), options=(
    Option("normal", Text("Normally", "正常"), 0),
    Option("eagerly_thirsty", Text("Eagerly, thirsty", "急切、口渴"), 1),
    Option("poorly_unable", Text("Poorly, or not able to", "喝得差或不能喝"), 2),
))  # fmt: skip
_PINCH = Choice("skin_pinch", Text("Skin pinch goes back", "皮肤捏起回弹"), options=(
    Option("normal", Text("At once", "立即"), 0),
    Option("slow", Text("Slowly", "慢"), 1),
    Option("very_slow", Text("Very slowly, more than 2 seconds", "很慢，超过 2 秒"), 2),
))  # fmt: skip
_GRADED: Final = (_GENERAL, _DRINKING, _PINCH)
_ENOUGH: Final = 2

_SEVERE = Category(
    "severe_dehydration",
    Urgency.E0,
    Text("Severe dehydration", "重度脱水"),
    Text("Plan C now: fluid into a vein, and transfer.", "立即方案 C：静脉补液并转运。"),
)
_SOME = Category(
    "some_dehydration",
    Urgency.U1,
    Text("Some dehydration", "轻中度脱水"),
    Text("Plan B: ORS 75 ml/kg over 4 hours, then judge again.", "方案 B：4 小时内 ORS 75 ml/kg，然后重新评估。"),
)
_NO = Category(
    "no_dehydration",
    Urgency.HOME,
    Text("No dehydration", "无脱水"),
    Text("Plan A: more fluid at home, zinc, go on feeding.", "方案 A：家中多补液，补锌，继续喂养。"),
)


def _who(given: Given) -> Result:
    """A severe sign is also a sign of some dehydration, so that a worse finding never lowers the class."""
    points = [given.option(each.id).points for each in _GRADED] + [2 if given.flag(_EYES.id) else 0]
    severe = sum(1 for each in points if each == 2)
    any_sign = sum(1 for each in points if each)
    found = _SEVERE if severe >= _ENOUGH else _SOME if any_sign >= _ENOUGH else _NO
    en = "Signs of severe dehydration: {severe}; of any: {any_sign}. Two decide."
    zh = "重度脱水体征 {severe} 项；任何脱水体征 {any_sign} 项。满两项即成立。"
    trace = step(listing(given, WHO.inputs), en, zh, "IMCI14", severe=severe, any_sign=any_sign)
    return Result({SCORE.id: Decimal(any_sign)}, found, trace)


WHO: Final = Calculator(
    id="dehydration_who",
    title=Text("Dehydration, WHO", "脱水分度（WHO）"),
    group="fluids",
    inputs=(_GENERAL, _EYES, _DRINKING, _PINCH),
    outputs=(SCORE,),
    categories=(_NO, _SOME, _SEVERE),
    source=cite("IMCI14", "Does the child have diarrhoea: classify dehydration"),
    calculate=_who,
    synonyms=("IMCI dehydration", "diarrhoea", "脱水", "腹泻"),
)

# -- Clinical Dehydration Scale -----------------------------------------------------------------------------------


def _graded(code: str, label: Text, *answers: tuple[str, str, str, int]) -> Choice:
    return Choice(code, label, options=tuple(Option(c, Text(en, zh), points) for c, en, zh, points in answers))


_CDS_ITEMS: Final = (
    _graded("appearance", Text("General appearance", "一般外观"), ("normal", "Normal", "正常", 0),
            ("thirsty_restless", "Thirsty, restless, or lethargic but irritable when touched", "口渴、烦躁，或嗜睡但触之易激惹", 1),
            ("drowsy_limp", "Drowsy, limp, cold, sweaty, comatose", "昏睡、无力、湿冷或昏迷", 2)),
    _graded("eyes", Text("Eyes", "眼窝"), ("normal", "Normal", "正常", 0),
            ("slightly_sunken", "Slightly sunken", "轻度凹陷", 1), ("very_sunken", "Very sunken", "明显凹陷", 2)),
    _graded("mucosae", Text("Mouth and tongue", "口腔黏膜"), ("moist", "Moist", "湿润", 0),
            ("sticky", "Sticky", "黏", 1), ("dry", "Dry", "干燥", 2)),
    _graded("tears", Text("Tears", "眼泪"), ("present", "Present", "有", 0),
            ("decreased", "Fewer", "减少", 1), ("absent", "None", "无", 2)),
)  # fmt: skip
CDS: Final = scored(
    "cds", Text("Clinical Dehydration Scale", "临床脱水量表（CDS）"), "fluids", _CDS_ITEMS,
    (
        band(0, "none", Urgency.HOME, Text("No dehydration", "无脱水"),
             Text("Less than 3% of the weight: fluids at home.", "失水少于体重 3%：家中补液。")),
        band(1, "some", Urgency.U1, Text("Some dehydration", "轻度脱水"),
             Text("About 3 to 6% of the weight: oral rehydration under observation.", "失水约 3% 至 6%：观察下口服补液。")),
        band(5, "moderate_severe", Urgency.E1, Text("Moderate or severe dehydration", "中重度脱水"),
             Text("More than 6% of the weight: hospital; fluid by tube or vein if drinking fails.",
                  "失水超过 6%：送医院；口服失败者鼻饲或静脉补液。")),
    ),
    cite("CDS", "scale and bands"), synonyms=("dehydration", "Friedman", "Goldman", "脱水"),
)  # fmt: skip

# -- Gorelick -----------------------------------------------------------------------------------------------------

GORELICK: Final = scored(
    "gorelick", Text("Gorelick's four signs", "Gorelick 四体征脱水"), "fluids",
    (
        Flag("capillary_refill_over_2s", Text("Capillary refill over 2 seconds", "毛细血管再充盈超过 2 秒")),
        Flag("absent_tears", Text("No tears", "无泪")),
        Flag("dry_mucosae", Text("Dry mouth", "口腔黏膜干燥")),
        Flag("ill_appearance", Text("Looks ill", "病容")),
    ),
    (
        band(0, "below_5_percent", Urgency.HOME, Text("Less than 5%", "少于 5%"),
             Text("Fewer than two signs: dehydration of 5% is unlikely.", "少于两项：失水 5% 的可能性小。")),
        band(2, "at_least_5_percent", Urgency.U1, Text("5% or more", "至少 5%"),
             Text("Two signs: at least 5% of the weight is lost. Rehydrate under observation.", "两项：失水至少 5%。观察下补液。")),
        band(3, "at_least_10_percent", Urgency.E1, Text("10% or more", "至少 10%"),
             Text("Three signs or more: at least 10% is lost. Emergency department.", "三项及以上：失水至少 10%。送急诊。")),
    ),
    cite("GOR", "four-sign subset"), synonyms=("dehydration", "脱水"),
)  # fmt: skip

# -- DHAKA --------------------------------------------------------------------------------------------------------

_DHAKA_ITEMS: Final = (
    _graded("appearance", Text("General appearance", "一般外观"), ("normal", "Normal", "正常", 0),
            ("restless_irritable", "Restless, irritable", "烦躁、易激惹", 2),
            ("lethargic_unconscious", "Lethargic or unconscious", "嗜睡或昏迷", 4)),
    _graded("breathing", Text("Breathing", "呼吸"), ("normal", "Normal", "正常", 0), ("deep", "Deep", "深大", 2)),
    _graded("skin_pinch", Text("Skin pinch", "皮肤弹性"), ("normal", "Normal", "正常", 0), ("slow", "Slow", "慢", 2),
            ("very_slow", "Very slow", "很慢", 4)),
    _graded("tears", Text("Tears", "眼泪"), ("normal", "Normal", "正常", 0), ("decreased", "Fewer", "减少", 1),
            ("absent", "None", "无", 2)),
)  # fmt: skip
_UNDER_FIVE: Final[tuple[Input, ...]] = (
    Measure("age", Text("Age", "年龄"), kind=AGE_MONTHS, hard=("0", "59.99"), required=False,
            hint=Text("Made for children under 5 years.", "适用于 5 岁以下。")),
)  # fmt: skip
DHAKA: Final = scored(
    "dhaka", Text("DHAKA dehydration score", "DHAKA 脱水评分"), "fluids", _DHAKA_ITEMS,
    (
        band(0, "none", Urgency.HOME, Text("No dehydration", "无脱水"), Text("Fluids at home.", "家中补液。")),
        band(2, "some", Urgency.U1, Text("Some dehydration", "轻中度脱水"),
             Text("Oral rehydration under observation.", "观察下口服补液。")),
        band(4, "severe", Urgency.E0, Text("Severe dehydration", "重度脱水"),
             Text("Fluid into a vein now, and transfer.", "立即静脉补液并转运。")),
    ),
    cite("DHAKA", "score and cut-offs"), first=_UNDER_FIVE, synonyms=("dehydration", "diarrhoea", "脱水", "腹泻"),
)  # fmt: skip
