"""Kawasaki disease by AHA 2017: complete, incomplete, and what to measure next."""

from decimal import Decimal
from typing import Final

from consortium.clinical.units import KINDS
from decision_manual.calculators.frame import Calculator, Category, Given, Output, Result, listing
from decision_manual.calculators.inputs import Flag, Input, Measure
from decision_manual.calculators.kinds import AGE_MONTHS, DAYS
from decision_manual.calculators.rules import met_line
from decision_manual.calculators.scoring import present
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency

D = Decimal
_KEY: Final = "AHA-KD17"
PRINCIPAL: Final = (
    Flag("conjunctivitis", Text("Red eyes without pus, both", "双眼球结膜充血，无脓")),
    Flag("mouth_changes", Text("Red cracked lips, strawberry tongue", "唇红皲裂、草莓舌")),
    Flag("rash", Text("Rash", "皮疹")),
    Flag("extremity_changes", Text("Hands and feet: red, swollen, later peeling", "手足红肿，后期脱皮")),
    Flag("cervical_node", Text("Neck node of 1.5 cm or more", "颈淋巴结 1.5 cm 及以上")),
)
_ANAEMIA = Flag("anaemia_for_age", Text("Anaemia for age", "贫血（按年龄）"), required=False)
_ALT = Flag("alt_raised", Text("ALT raised", "ALT 升高"), required=False)
_URINE = Flag(
    "urine_wbc_10", Text("Urine 10 white cells per field or more", "尿白细胞每高倍视野 10 及以上"), required=False
)
_ECHO = Flag(
    "echo_positive",
    Text("Echocardiogram positive (z 2.5 or more)", "超声心动图阳性（z 值 2.5 及以上）"),
    required=False,
)
_CRP = Measure("crp", Text("CRP", "C 反应蛋白"), kind=KINDS["crp"], required=False)
_ESR = Measure("esr", Text("ESR", "血沉"), kind=KINDS["esr"], required=False)
_PLATELETS = Measure("platelets", Text("Platelets", "血小板"), kind=KINDS["platelets"], required=False,
                     hint=Text("Counts after day 7 of the illness.", "病程第 7 天后计入。"))  # fmt: skip
_ALBUMIN = Measure("albumin", Text("Albumin", "白蛋白"), kind=KINDS["albumin"], unit="g/dL", required=False)
_WBC = Measure("wbc", Text("White cells", "白细胞"), kind=KINDS["wbc"], required=False)
INPUTS: Final[tuple[Input, ...]] = (
    Measure("age", Text("Age", "年龄"), kind=AGE_MONTHS),
    Measure("fever_days", Text("Days of fever", "发热天数"), kind=DAYS, whole=True),
    *PRINCIPAL, _CRP, _ESR, _ANAEMIA, _PLATELETS, _ALBUMIN, _ALT, _WBC, _URINE, _ECHO,
)  # fmt: skip

_COMPLETE = Category(
    "complete", Urgency.E1, Text("Kawasaki disease", "川崎病"),
    Text("Admit today: IVIG 2 g/kg within 10 days of the first fever, aspirin, echocardiogram.",
         "当日收入院：起病 10 天内 IVIG 2 g/kg、阿司匹林、超声心动图。"),
)  # fmt: skip
_INCOMPLETE = Category(
    "incomplete", Urgency.E1, Text("Incomplete Kawasaki disease", "不完全川崎病"),
    Text("Treat as Kawasaki disease: admit today, IVIG 2 g/kg, aspirin, echocardiogram.",
         "按川崎病治疗：当日收入院，IVIG 2 g/kg、阿司匹林、超声心动图。"),
)  # fmt: skip
_MEASURE = Category(
    "measure",
    Urgency.U1,
    Text("Possible: measure CRP and ESR", "可疑：查 CRP 与血沉"),
    Text("Incomplete Kawasaki disease is possible: CRP and ESR today.", "可能为不完全川崎病：当日查 CRP 与血沉。"),
)
_ECHO_NEEDED = Category(
    "echo_needed", Urgency.U1, Text("Possible: echocardiogram", "可疑：查超声心动图"),
    Text("CRP or ESR is high with fewer than 3 supporting findings: echocardiogram today.",
         "CRP 或血沉升高而支持指标不足 3 项：当日超声心动图。"),
)  # fmt: skip
_WATCH = Category(
    "watch", Urgency.U2, Text("Not now: see again", "暂不符合：复查"),
    Text("CRP and ESR are low: examine and measure again if fever goes on; echocardiogram if the fingers peel.",
         "CRP 与血沉不高：持续发热则复查；指端脱皮则查超声心动图。"),
)  # fmt: skip
_EARLY = Category(
    "too_early",
    Urgency.U2,
    Text("Too early", "病程尚早"),
    Text("Fever for too few days: examine again each day that it goes on.", "发热天数不足：持续发热每日复查。"),
)
_NOT_MET = Category(
    "not_met",
    Urgency.U2,
    Text("Criteria not met", "不符合标准"),
    Text(
        "Fever of 5 days or more needs another explanation: paediatric review.",
        "发热 5 天及以上须查找其他原因：儿科复核。",
    ),
)
_ENOUGH_LABS, _ENOUGH_SIGNS, _SOME_SIGNS = 3, 4, 2


def supporting(given: Given) -> list[Text]:
    """The supplementary laboratory findings that are met."""
    met = present(given, (_ANAEMIA, _ALT, _URINE))
    late = given.number("fever_days") >= 7
    for each, low, high in ((_PLATELETS, D(450) if late else None, None), (_ALBUMIN, None, D(3)), (_WBC, D(15), None)):
        value = given.maybe(each.id)
        if value is not None and ((low is not None and value >= low) or (high is not None and value <= high)):
            met.append(each.label)
    return met


def _inflamed(given: Given) -> bool | None:
    """CRP from 30 mg/l or ESR from 40; None while neither is high and one was not measured."""
    crp, esr = given.maybe("crp"), given.maybe("esr")
    if (crp is not None and crp >= 30) or (esr is not None and esr >= 40):
        return True
    return None if crp is None or esr is None else False


def _incomplete(given: Given, labs: int) -> Category:
    """The branch of incomplete disease, once it is open."""
    if given.ticked(_ECHO.id):
        return _INCOMPLETE
    inflamed = _inflamed(given)
    if inflamed is None:
        return _MEASURE
    if not inflamed:
        return _WATCH
    if labs >= _ENOUGH_LABS:
        return _INCOMPLETE
    return _WATCH if given.has(_ECHO.id) else _ECHO_NEEDED


def judged(given: Given, signs: int, labs: int) -> Category:
    """What it is, from the number of principal signs and of supporting findings."""
    days = given.number("fever_days")
    if signs >= _ENOUGH_SIGNS and days >= 4:
        return _COMPLETE
    if days >= 5 and signs >= _SOME_SIGNS:
        return _incomplete(given, labs)
    if given.number("age") < 12 and days >= 7:
        return _incomplete(given, labs)
    return _EARLY if days < 5 else _NOT_MET


def _calculate(given: Given) -> Result:
    signs, labs = present(given, PRINCIPAL), supporting(given)
    trace = met_line(listing(given, INPUTS[:2]), Text("Principal signs", "主要体征"), signs, _KEY)
    trace = met_line(trace, Text("Supporting findings", "支持指标"), labs, _KEY)
    values = {"principal_signs": D(len(signs)), "supporting_findings": D(len(labs))}
    return Result(values, judged(given, len(signs), len(labs)), trace)


KAWASAKI: Final = Calculator(
    id="kawasaki",
    title=Text("Kawasaki disease", "川崎病"),
    group="infection",
    inputs=INPUTS,
    outputs=(
        Output("principal_signs", Text("Principal signs", "主要体征"), decimals=0),
        Output("supporting_findings", Text("Supporting findings", "支持指标"), decimals=0),
    ),
    categories=(_COMPLETE, _INCOMPLETE, _MEASURE, _ECHO_NEEDED, _WATCH, _EARLY, _NOT_MET),
    source=cite(_KEY, "Table 3 and Figure 3", Text("Changes of the AHA statement of 2024.", "AHA 2024 声明的更新。")),
    calculate=_calculate,
    synonyms=("KD", "mucocutaneous lymph node", "fever 5 days", "川崎", "皮肤黏膜淋巴结综合征"),
)
