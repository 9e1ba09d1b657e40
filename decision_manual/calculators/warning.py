"""Early warning: National PEWS, scored by consortium.clinical.pews, and Bedside PEWS."""

from bisect import bisect_right
from decimal import Decimal
from typing import Any, Final

from consortium.clinical.pews.bands import AgeBand, Item
from consortium.clinical.pews.scoring import Avpu, Concern, Distress, Level, Signs, Support, score_signs
from consortium.clinical.trace import Trace
from consortium.clinical.units import KINDS
from decision_manual.calculators.frame import SCORE, Calculator, Category, Given, Output, Result, listing
from decision_manual.calculators.inputs import Choice, Flag, Input, Measure, Option
from decision_manual.calculators.kinds import AGE_MONTHS
from decision_manual.calculators.scoring import band, band_of
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency, listed, step

D = Decimal
_AGE: Final = Measure("age", Text("Age", "年龄"), kind=AGE_MONTHS)


def _sign(kind: str, en: str, zh: str, *, required: bool) -> Measure:
    return Measure(kind, Text(en, zh), kind=KINDS[kind], required=required)


def _vitals(*, required: bool) -> dict[str, Measure]:
    """The measured signs of both scores."""
    signs = (
        _sign("resp_rate", "Breaths a minute", "呼吸频率", required=required),
        _sign("heart_rate", "Heart rate", "心率", required=required),
        _sign("sbp", "Systolic blood pressure", "收缩压", required=required),
        _sign("spo2", "Oxygen saturation", "血氧饱和度", required=required),
        _sign("crt", "Capillary refill", "毛细血管再充盈", required=required),
    )
    return {each.id: each for each in signs}


# -- National PEWS ------------------------------------------------------------------------------------------------


def age_band(months: Decimal) -> AgeBand:
    """The chart; it changes on the first, fifth and thirteenth birthday."""
    bands = tuple(AgeBand)
    return bands[bisect_right((D(12), D(60), D(156)), months)]


def _answers(code: str, en: str, zh: str, *options: tuple[str, str, str]) -> Choice:
    return Choice(
        code,
        Text(en, zh),
        required=False,
        options=tuple(Option(c, Text(e, z), i) for i, (c, e, z) in enumerate(options)),
    )


_CONCERNS: Final = {
    Concern.CARER: Flag("carer_concern", Text("The carer is worried", "照护者担心"), required=False),
    Concern.INTUITION: Flag(
        "clinical_intuition", Text("My clinical intuition is worried", "临床直觉担心"), required=False
    ),
    Concern.SEPSIS: Flag("sepsis_suspected", Text("New suspicion of sepsis", "新发疑似脓毒症"), required=False),
    Concern.SEPTIC_SHOCK: Flag(
        "septic_shock_suspected", Text("Suspicion of septic shock", "疑似脓毒性休克"), required=False
    ),
    Concern.PUPILS: Flag("abnormal_pupils", Text("Abnormal pupils", "瞳孔异常"), required=False),
}
_NPEWS_INPUTS: Final[tuple[Input, ...]] = (
    _AGE,
    *_vitals(required=False).values(),
    _answers("distress", "Respiratory distress", "呼吸窘迫", ("none", "None", "无"), ("mild", "Mild", "轻度"),
             ("moderate", "Moderate", "中度"), ("severe", "Severe", "重度")),
    Measure("oxygen_flow", Text("Oxygen flow, air is 0", "氧流量（空气为 0）"), kind=KINDS["oxygen_flow"], required=False),
    Measure("oxygen_percent", Text("Oxygen breathed in", "吸入氧浓度"), kind=KINDS["oxygen_percent"], required=False),
    _answers("support", "Breathing support", "呼吸支持", ("none", "None", "无"), ("high_flow", "High flow", "高流量"),
             ("bipap", "BiPAP", "BiPAP"), ("cpap", "CPAP", "CPAP")),
    _answers("avpu", "Responds to", "意识（AVPU）", ("A", "Alert", "清醒"), ("V", "Voice", "对声音有反应"),
             ("P", "Pain", "对疼痛有反应"), ("U", "Nothing", "无反应")),
    *_CONCERNS.values(),
)  # fmt: skip


def _level(code: str, urgency: Urgency, title: Text, meaning: Text) -> Category:
    return Category(code, urgency, title, meaning)


LEVELS: Final = {
    Level.NONE: _level("none", Urgency.HOME, Text("No warning sign", "无预警"), Text("Go on as planned.", "按计划进行。")),
    Level.LOW: _level("low", Urgency.U2, Text("Low", "低"), Text("Watch, and measure again.", "观察并复测。")),
    Level.MEDIUM: _level("medium", Urgency.U1, Text("Medium", "中"), Text("Review within 30 minutes.", "30 分钟内复核。")),
    Level.HIGH: _level("high", Urgency.E1, Text("High", "高"), Text("Review within 15 minutes.", "15 分钟内复核。")),
    Level.EMERGENCY: _level("emergency", Urgency.E0, Text("Emergency", "紧急"), Text("Call emergency help now.", "立即呼叫急救。")),
}  # fmt: skip
_ITEMS: Final = {
    Item.RESP_RATE: Text("Breaths", "呼吸"), Item.HEART_RATE: Text("Heart rate", "心率"),
    Item.SBP: Text("Systolic blood pressure", "收缩压"), Item.SPO2: Text("Oxygen saturation", "血氧饱和度"),
    Item.DISTRESS: Text("Respiratory distress", "呼吸窘迫"), Item.OXYGEN: Text("Oxygen given", "给氧"),
    Item.CRT: Text("Capillary refill", "毛细血管再充盈"),
}  # fmt: skip
_AT_LEAST: Final = Text("At least this score: not measured: {missing}.", "评分至少如此，未测：{missing}。")


def _signs(given: Given) -> Signs:
    numbers: dict[str, Any] = {name: given.maybe(name) for name in ("resp_rate", "heart_rate", "sbp", "spo2", "crt")}
    support = given.code("support")
    return Signs(
        **numbers,
        distress=Distress(given.code("distress")) if given.has("distress") else None,
        flow=given.maybe("oxygen_flow"),
        percent=given.maybe("oxygen_percent"),
        support=Support.NONE if support in {"", "none"} else Support(support),
        avpu=Avpu(given.code("avpu")) if given.has("avpu") else None,
        concerns=frozenset(concern for concern, flag in _CONCERNS.items() if given.ticked(flag.id)),
    )


def _npews(given: Given) -> Result:
    found = score_signs(_signs(given), age_band(given.number("age")))
    trace = listing(given, NPEWS.inputs)
    for item, points in found.points.items():
        trace = step(trace, "{item} = {points}", "{item} = {points}", "NPEWS", item=_ITEMS[item], points=points)
    trace = step(trace, "Sum: {total}", "合计：{total}", "NPEWS", total=found.total)
    missing = [_ITEMS[item] for item in found.missing]
    notes = (_AT_LEAST.fill(missing=listed(missing)),) if missing else ()
    return Result({SCORE.id: D(found.total)}, LEVELS[found.level], trace, notes)


NPEWS: Final = Calculator(
    id="npews",
    title=Text("National PEWS, England", "英国国家儿童早期预警评分（PEWS）"),
    group="early_warning",
    inputs=_NPEWS_INPUTS,
    outputs=(SCORE,),
    categories=tuple(LEVELS.values()),
    source=cite("NPEWS", "charts by age, escalation"),
    calculate=_npews,
    synonyms=("PEWS", "early warning", "deterioration", "早期预警"),
    note=Text("Made for hospital wards. It is not validated outside hospital.", "为医院病房设计，院外未经验证。"),
)

# -- Bedside PEWS -------------------------------------------------------------------------------------------------

#: by age band the edges around 0, 1, 2 points: a value at or beyond the last scores 4.
#: ((from here up 1, 2, 4), (from here down 1, 2, 4)); Parshuram 2009, Table 1
_Edges = tuple[tuple[int, int, int], tuple[int, int, int]]
AGES: Final = (D(3), D(12), D(48), D(144))
BEDSIDE: Final[dict[str, tuple[_Edges, ...]]] = {
    "heart_rate": (
        ((150, 180, 190), (110, 90, 80)), ((150, 170, 180), (100, 80, 70)), ((120, 150, 170), (90, 70, 60)),
        ((110, 130, 150), (70, 60, 50)), ((100, 120, 140), (60, 50, 40)),
    ),
    "sbp": (
        ((80, 100, 130), (60, 50, 45)), ((100, 120, 150), (80, 70, 60)), ((110, 125, 160), (90, 75, 65)),
        ((120, 140, 170), (90, 80, 70)), ((130, 150, 190), (100, 85, 75)),
    ),
    "resp_rate": (
        ((61, 81, 91), (29, 19, 15)), ((51, 71, 81), (24, 19, 15)), ((41, 61, 71), (19, 15, 12)),
        ((31, 41, 51), (19, 14, 10)), ((17, 23, 30), (11, 10, 9)),
    ),
}  # fmt: skip
_SUBSCORES: Final = (0, 1, 2, 4)


def bedside_points(sign: str, value: Decimal, months: Decimal) -> int:
    """0, 1, 2 or 4 points of a rate or pressure at an age."""
    high, low = BEDSIDE[sign][bisect_right(AGES, months)]
    above = sum(1 for edge in high if value >= edge)
    below = sum(1 for edge in low if value <= edge)
    return _SUBSCORES[max(above, below)]


def _bedside_spo2(value: Decimal) -> int:
    """Above 94 nothing, 91 to 94 one, 90 or less two."""
    return 0 if value > 94 else 1 if value > 90 else 2


_EFFORT: Final = Choice("effort", Text("Respiratory effort", "呼吸做功"), options=(
    Option("normal", Text("Normal", "正常"), 0), Option("mild", Text("Mildly increased", "轻度增加"), 1),
    Option("moderate", Text("Moderately increased", "中度增加"), 2),
    Option("severe", Text("Severely increased, or any apnoea", "重度增加或任何呼吸暂停"), 4),
))  # fmt: skip
_OXYGEN: Final = Choice("oxygen", Text("Oxygen given", "给氧"), options=(
    Option("air", Text("Air", "空气"), 0), Option("some", Text("Under 4 l/min and under 50%", "低于 4 l/min 且低于 50%"), 2),
    Option("much", Text("4 l/min or 50% and more", "4 l/min 或 50% 及以上"), 4),
))  # fmt: skip
_BEDSIDE_SIGNS: Final = _vitals(required=True)
_BEDSIDE_BANDS: Final = (
    band(0, "low", Urgency.NONE, Text("Under 7", "低于 7 分"), Text("Go on watching; score again as planned.", "继续观察，按计划复评。")),
    band(7, "watch", Urgency.E1, Text("7: close to the line", "7 分：接近界值"),
         Text("Senior review now; score again within 30 minutes.", "立即上级复核；30 分钟内复评。")),
    band(8, "high", Urgency.E0, Text("8 or more", "8 分及以上"),
         Text("Critical care team now: sensitivity 82%, specificity 93% for urgent intensive care.",
              "立即请重症团队：对紧急入重症监护的灵敏度 82%、特异度 93%。")),
)  # fmt: skip


def _bedside(given: Given) -> Result:
    months = given.number("age")
    points = {name: bedside_points(name, given.number(name), months) for name in BEDSIDE}
    points |= {
        "spo2": _bedside_spo2(given.number("spo2")),
        "crt": 4 if given.number("crt") >= 3 else 0,
        "effort": given.option("effort").points,
        "oxygen": given.option("oxygen").points,
    }
    labels = {each.id: each.label for each in BPEWS.inputs}
    trace = Trace()
    for name, scored in points.items():
        trace = step(trace, "{label}: {value} = {points}", "{label}：{value} = {points}", label=labels[name],
                     value=given.shown(name), points=scored)  # fmt: skip
    total = sum(points.values())
    trace = step(trace, "Sum: {total}", "合计：{total}", "BPEWS", total=total)
    return Result({SCORE.id: D(total)}, band_of(_BEDSIDE_BANDS, total), trace)


BPEWS: Final = Calculator(
    id="bedside_pews",
    title=Text("Bedside PEWS", "床旁 PEWS"),
    group="early_warning",
    inputs=(_AGE, *_BEDSIDE_SIGNS.values(), _EFFORT, _OXYGEN),
    outputs=(Output("score", Text("Score, 0 to 26", "评分（0 至 26）"), decimals=0),),
    categories=tuple(each.category for each in _BEDSIDE_BANDS),
    source=cite("BPEWS", "Table 1; seven items, 0 to 26", Text("Action at a score of 7.", "7 分时的处置。")),
    calculate=_bedside,
    synonyms=("PEWS", "Parshuram", "early warning", "早期预警"),
    note=Text("Made for hospital wards. It is not validated outside hospital.", "为医院病房设计，院外未经验证。"),
)
