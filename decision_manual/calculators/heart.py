"""Blood pressure, hypotension, the QT interval."""

from decimal import Decimal
from typing import Final

from consortium.clinical.trace import Trace
from consortium.clinical.units import KINDS
from decision_manual.calculators.frame import Calculator, Category, Given, Output, Result, listing
from decision_manual.calculators.inputs import Choice, Input, Measure, Option
from decision_manual.calculators.kinds import AGE_MONTHS, QT, RR_INTERVAL
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency, step

D = Decimal
_AGE: Final = Text("Age", "年龄")
_SBP: Final = Measure("sbp", Text("Systolic blood pressure", "收缩压"), kind=KINDS["sbp"])
_DBP: Final = Measure("dbp", Text("Diastolic blood pressure", "舒张压"), kind=KINDS["dbp"])
_SEX: Final = Choice(
    "sex", Text("Sex", "性别"), options=(Option("male", Text("Boy", "男")), Option("female", Text("Girl", "女")))
)
_TEEN: Final = 13
_KEY: Final = "AAP-BP17"

# -- screening ----------------------------------------------------------------------------------------------------

#: (systolic, diastolic) at 1 to 12 years: at or above either, full percentiles are needed
BOYS: Final = (
    (98, 52),
    (100, 55),
    (101, 58),
    (102, 60),
    (103, 63),
    (105, 66),
    (106, 68),
    (107, 69),
    (107, 70),
    (108, 72),
    (110, 74),
    (113, 75),
)
GIRLS: Final = (
    (98, 54),
    (101, 58),
    (102, 60),
    (103, 62),
    (104, 64),
    (105, 67),
    (106, 68),
    (107, 69),
    (108, 71),
    (109, 72),
    (111, 74),
    (114, 75),
)
TEENS: Final = (120, 80)


def screening_line(years: int, sex: str) -> tuple[int, int]:
    """(systolic, diastolic) in mmHg from which the full percentiles are needed, from 1 year."""
    if years >= _TEEN:
        return TEENS
    return (BOYS if sex == "male" else GIRLS)[years - 1]


_SCREEN_HIGH = Category(
    "needs_percentile", Urgency.R1, Text("At or above the screening value", "达到筛查值"),
    Text("Measure again twice by hand in a quiet child; then the full percentile by height.",
         "安静状态下手动复测两次；再按身高查百分位。"),
)  # fmt: skip
_SCREEN_FINE = Category(
    "below",
    Urgency.HOME,
    Text("Below the screening value", "低于筛查值"),
    Text("Not raised: measure again at the yearly visit.", "未升高：年度体检时复测。"),
)
_YEARS_1_TO_18: Final = Measure("age", _AGE, kind=AGE_MONTHS, unit="a", hard=("1", "18.99"))


def _years(given: Given) -> int:
    """Completed years."""
    return int(given.number("age"))


def _screen(given: Given) -> Result:
    systolic, diastolic = screening_line(_years(given), given.code("sex"))
    high = given.number("sbp") >= systolic or given.number("dbp") >= diastolic
    en, zh = "Screening value at {years} years: {s}/{d} mmHg", "{years} 岁筛查值：{s}/{d} mmHg"
    trace = step(listing(given, BP_SCREEN.inputs), en, zh, _KEY, years=_years(given), s=systolic, d=diastolic)
    values = {"sbp_limit": D(systolic), "dbp_limit": D(diastolic)}
    return Result(values, _SCREEN_HIGH if high else _SCREEN_FINE, trace)


BP_SCREEN: Final = Calculator(
    id="bp_screen",
    title=Text("Blood pressure, screening", "血压筛查"),
    group="heart",
    inputs=(_YEARS_1_TO_18, _SEX, _SBP, _DBP),
    outputs=(
        Output("sbp_limit", Text("Systolic screening value", "收缩压筛查值"), "mmHg", 0),
        Output("dbp_limit", Text("Diastolic screening value", "舒张压筛查值"), "mmHg", 0),
    ),
    categories=(_SCREEN_HIGH, _SCREEN_FINE),
    source=cite(_KEY, "Table 6, simplified screening"),
    calculate=_screen,
    synonyms=("hypertension", "BP", "高血压", "血压"),
)

# -- stage --------------------------------------------------------------------------------------------------------

_NORMAL = Category(
    "normal", Urgency.HOME, Text("Normal", "正常"), Text("Measure again at the yearly visit.", "年度体检时复测。")
)
_ELEVATED = Category(
    "elevated",
    Urgency.R2,
    Text("Elevated", "血压偏高"),
    Text(
        "Advice on food, salt, weight, movement and sleep; measure again in 6 months.",
        "饮食、限盐、体重、运动与睡眠指导；6 个月复测。",
    ),
)
_STAGE_1 = Category(
    "stage_1",
    Urgency.R1,
    Text("Stage 1 hypertension", "1 级高血压"),
    Text("Without symptoms measure again in 1 to 2 weeks; look for a cause.", "无症状者 1 至 2 周复测；查找病因。"),
)
_STAGE_2 = Category(
    "stage_2",
    Urgency.U1,
    Text("Stage 2 hypertension", "2 级高血压"),
    Text(
        "Paediatric review today; with headache, seizure or confusion an emergency.",
        "当日儿科复核；伴头痛、抽搐或意识改变者为急症。",
    ),
)
_LADDER: Final = (_NORMAL, _ELEVATED, _STAGE_1, _STAGE_2)
_ABSOLUTE: Final = {"sbp": (120, 130, 140), "dbp": (80, 80, 90)}


def _percentile(which: str, name: str, en: str, zh: str) -> Measure:
    return Measure(name, Text(en, zh), kind=KINDS[which], required=False, hint=Text(
        "From the table by age, sex and height; under 13 years.", "按年龄、性别、身高查表；不足 13 岁。"))  # fmt: skip


def rungs(which: str, years: int, p90: Decimal | None, p95: Decimal | None) -> tuple[Decimal, ...]:
    """The values from which it is elevated, stage 1 and stage 2: under 13 years the percentiles where they are lower."""
    if years >= _TEEN:
        return tuple(map(D, _ABSOLUTE[which]))
    own = (p90, p95, None if p95 is None else p95 + 12)
    return tuple(D(a) if p is None else min(p, D(a)) for a, p in zip(_ABSOLUTE[which], own, strict=True))


def _stage(given: Given) -> Result:
    """The higher of the systolic and the diastolic rung decides."""
    years, highest, trace = _years(given), 0, listing(given, BP_STAGE.inputs)
    for which in ("sbp", "dbp"):
        lines = rungs(which, years, given.maybe(f"{which}_p90"), given.maybe(f"{which}_p95"))
        highest = max(highest, sum(1 for line in lines if given.number(which) >= line))
        trace = step(
            trace, "{which}: elevated from {a}, stage 1 from {b}, stage 2 from {c} mmHg",
            "{which}：{a} 起偏高，{b} 起 1 级，{c} 起 2 级（mmHg）", _KEY,
            which=(_SBP if which == "sbp" else _DBP).label, a=lines[0], b=lines[1], c=lines[2],
        )  # fmt: skip
    blind = years < _TEEN and not all(given.has(f"{which}_{p}") for which in ("sbp", "dbp") for p in ("p90", "p95"))
    return Result({"stage": D(highest)}, _LADDER[highest], trace, (_BLIND,) if blind else ())


_BLIND: Final = Text(
    "At least this: without the 90th and 95th percentiles for this height a lower reading can still be raised.",
    "至少如此：缺少该身高的第 90、95 百分位，较低读数仍可能偏高。",
)
BP_STAGE: Final = Calculator(
    id="bp_stage",
    title=Text("Blood pressure, stage", "血压分级"),
    group="heart",
    inputs=(
        _YEARS_1_TO_18, _SBP, _DBP,
        _percentile("sbp", "sbp_p90", "Systolic 90th percentile", "收缩压第 90 百分位"),
        _percentile("sbp", "sbp_p95", "Systolic 95th percentile", "收缩压第 95 百分位"),
        _percentile("dbp", "dbp_p90", "Diastolic 90th percentile", "舒张压第 90 百分位"),
        _percentile("dbp", "dbp_p95", "Diastolic 95th percentile", "舒张压第 95 百分位"),
    ),
    outputs=(Output("stage", Text("Rung, 0 normal to 3 stage 2", "级别（0 正常至 3 为 2 级）"), decimals=0),),
    categories=_LADDER,
    source=cite(_KEY, "Table 3, definitions by age"),
    calculate=_stage,
    synonyms=("hypertension", "BP", "高血压", "血压"),
    note=Text("A stage is a diagnosis only after three visits.", "须三次就诊均升高方可诊断。"),
)  # fmt: skip

# -- hypotension --------------------------------------------------------------------------------------------------

_LOW = Category(
    "hypotension", Urgency.E0, Text("Hypotension", "低血压"),
    Text("A late sign of shock: resuscitate now, fluid 10 ml/kg, oxygen, emergency transfer.",
         "休克晚期体征：立即复苏，液体 10 ml/kg，吸氧，紧急转运。"),
)  # fmt: skip
_NOT_LOW = Category(
    "not_low",
    Urgency.NONE,
    Text("Not below the line", "未低于界值"),
    Text(
        "This does not exclude shock: look at pulse, skin, refill and consciousness.",
        "不能排除休克：观察脉搏、皮肤、再充盈与意识。",
    ),
)


def hypotension_line(months: Decimal) -> Decimal:
    """Systolic pressure in mmHg below which a child is hypotensive."""
    if months < 1:
        return D(60)
    if months < 12:
        return D(70)
    return D(min(70 + 2 * int(months / 12), 90))


def _hypotension(given: Given) -> Result:
    line = hypotension_line(given.number("age"))
    trace = step(
        listing(given, HYPOTENSION.inputs),
        "Line for this age: {line} mmHg",
        "该年龄界值：{line} mmHg",
        "PALS",
        line=line,
    )
    return Result({"sbp_limit": line}, _LOW if given.number("sbp") < line else _NOT_LOW, trace)


HYPOTENSION: Final = Calculator(
    id="hypotension",
    title=Text("Hypotension line", "低血压界值"),
    group="heart",
    inputs=(Measure("age", _AGE, kind=AGE_MONTHS), _SBP),
    outputs=(Output("sbp_limit", Text("Low below", "低血压界值"), "mmHg", 0),),
    categories=(_LOW, _NOT_LOW),
    source=cite("PALS", "systolic pressure by age: 60, 70, 70 + 2 x years, 90 mmHg"),
    calculate=_hypotension,
    synonyms=("shock", "BP", "休克", "血压"),
)

# -- QT -----------------------------------------------------------------------------------------------------------

_QT_INPUTS: Final[tuple[Input, ...]] = (
    Measure("qt", Text("QT interval", "QT 间期"), kind=QT),
    Measure("rr", Text("RR interval", "RR 间期"), kind=RR_INTERVAL, required=False,
            hint=Text("The one before the measured QT; or give the heart rate.", "所测 QT 之前的间期；或填心率。")),
    Measure("heart_rate", Text("Heart rate", "心率"), kind=KINDS["heart_rate"], required=False, hard=("20", "350"),
            plausible=("40", "240")),
)  # fmt: skip


def _qt_band(code: str, urgency: Urgency, en: str, zh: str, meaning: Text) -> Category:
    return Category(code, urgency, Text(en, zh), meaning)


_QT_BANDS: Final = (
    (D(0), _qt_band("short", Urgency.R1, "Short: under 340 ms", "缩短：低于 340 ms",
                    Text("Measure again; short QT syndrome is rare: cardiologist.", "复测；短 QT 综合征罕见：请心内科。"))),
    (D(340), _qt_band("normal", Urgency.HOME, "Normal: 340 to 439 ms", "正常：340 至 439 ms",
                      Text("Not prolonged.", "未延长。"))),
    (D(440), _qt_band("borderline", Urgency.R2, "Borderline: 440 to 459 ms", "临界：440 至 459 ms",
                      Text("Repeat the ECG; ask for fainting, sudden deaths in the family, medicines.",
                           "复查心电图；询问晕厥、家族猝死、用药。"))),
    (D(460), _qt_band("prolonged", Urgency.U2, "Prolonged: 460 to 499 ms", "延长：460 至 499 ms",
                      Text("Potassium, calcium, magnesium; stop medicines that prolong it; cardiologist.",
                           "查血钾、钙、镁；停用延长 QT 的药物；请心内科。"))),
    (D(500), _qt_band("high_risk", Urgency.E1, "High risk: 500 ms or more", "高危：500 ms 及以上",
                      Text("Danger of torsades: monitor, correct electrolytes, cardiologist now.",
                           "尖端扭转风险：心电监护，纠正电解质，立即请心内科。"))),
)  # fmt: skip


_QTC_MS: Final = Output("qtc_ms", Text("QTc", "QTc"), "ms", 0)


def qtc(qt_ms: Decimal, rr_s: Decimal) -> Decimal:
    """Bazett: QT over the root of RR in seconds; ms."""
    return qt_ms / rr_s.sqrt()


def _bazett(given: Given) -> Result:
    rr = given.number("rr") if given.has("rr") else 60 / given.number("heart_rate")
    value = qtc(given.number("qt"), rr)
    # as it is shown, so that 440 ms is never called less than 440
    found = [category for lowest, category in _QT_BANDS if _QTC_MS.rounded(value) >= lowest][-1]
    trace: Trace = step(listing(given, _QT_INPUTS), "QT / square root of RR ({rr} s) = {value} ms",
                        "QT ÷ √RR（{rr} s）= {value} ms", "BAZETT", rr=rr, value=value)  # fmt: skip
    return Result({"qtc_ms": value}, found, trace)


QTC: Final = Calculator(
    id="qtc_bazett",
    title=Text("Corrected QT, Bazett", "校正 QT 间期（Bazett）"),
    group="heart",
    inputs=_QT_INPUTS,
    outputs=(_QTC_MS,),
    categories=tuple(category for _lowest, category in _QT_BANDS),
    source=cite("BAZETT", "QT / root of RR", Text("Limits of normal at children's ages.", "儿童各年龄正常界值。")),
    calculate=_bazett,
    synonyms=("QT", "ECG", "心电图"),
    note=Text("Bazett corrects too much above 120 beats a minute.", "心率高于 120 次/分时 Bazett 校正过度。"),
)
