"""Fever in the first 90 days: AAP 2021, PECARN, Step-by-Step, Rochester. They differ, and are kept apart."""

from decimal import Decimal
from typing import Final

from consortium.clinical.units import KINDS
from decision_manual.calculators.frame import Calculator, Category, Given, Output, Result, listing
from decision_manual.calculators.inputs import Flag, Input, Measure
from decision_manual.calculators.kinds import AGE_DAYS
from decision_manual.calculators.rules import CRITERIA, met_line
from decision_manual.calculators.scoring import present
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency, step

D = Decimal
_AGE: Final = Text("Age", "年龄")
_OPTIONAL_PCT = Measure("procalcitonin", Text("Procalcitonin", "降钙素原"), kind=KINDS["procalcitonin"], required=False)
_OPTIONAL_CRP = Measure("crp", Text("CRP", "C 反应蛋白"), kind=KINDS["crp"], required=False)
_OPTIONAL_ANC = Measure(
    "anc", Text("Neutrophils", "中性粒细胞"), kind=KINDS["neutrophils"], unit="/mm3", required=False,
    hard=("0", "100000"), plausible=("100", "50000"),
)  # fmt: skip
_UNWELL = Flag("ill_appearing", Text("Looks ill", "病容"))


def _age(low: str, high: str) -> Measure:
    return Measure("age", _AGE, kind=AGE_DAYS, hard=(low, high), whole=True, hint=Text("In days.", "按天数。"))


# -- AAP 2021 -----------------------------------------------------------------------------------------------------

_MARKERS: Final = Output("abnormal_markers", Text("Abnormal inflammatory markers", "异常炎症指标"), decimals=0)
_NEWBORN = Category(
    "outside_0_to_7_days", Urgency.E1, Text("0 to 7 days: outside the rule", "0 至 7 天：不适用"),
    Text("Treat as neonatal sepsis: blood, urine and CSF culture, antibiotics at once, admit.",
         "按新生儿败血症处理：血、尿、脑脊液培养，立即抗生素，收入院。"),
)  # fmt: skip
_ILL = Category(
    "ill",
    Urgency.E0,
    Text("Looks ill: outside the rule", "病容：不适用"),
    Text("Full work-up and antibiotics at once, emergency transfer.", "立即全套检查与抗生素，紧急转运。"),
)
_DAYS_8 = Category(
    "days_8_to_21", Urgency.E1, Text("8 to 21 days", "8 至 21 天"),
    Text("Urine, blood culture and CSF, parenteral antibiotics, admit, whatever the markers are.",
         "无论指标如何：尿、血培养、脑脊液，静脉抗生素，收入院。"),
)  # fmt: skip
_DAYS_22_HIGH = Category(
    "days_22_to_28_abnormal",
    Urgency.E1,
    Text("22 to 28 days, a marker abnormal", "22 至 28 天，指标异常"),
    Text("CSF, and parenteral antibiotics; admit.", "查脑脊液，静脉抗生素；收入院。"),
)
_DAYS_22_LOW = Category(
    "days_22_to_28_normal", Urgency.E1, Text("22 to 28 days, markers normal", "22 至 28 天，指标正常"),
    Text("Urine and blood culture; CSF by choice. Home only when CSF is normal, after one parenteral dose, with review "
         "in 24 hours; without CSF observe in hospital.",
         "尿与血培养；脑脊液可选。仅脑脊液正常、给一剂静脉抗生素且 24 小时复查者可回家；未查脑脊液须住院观察。"),
)  # fmt: skip
_DAYS_29_HIGH = Category(
    "days_29_to_60_abnormal",
    Urgency.E1,
    Text("29 to 60 days, a marker abnormal", "29 至 60 天，指标异常"),
    Text("Blood culture, CSF by choice, parenteral antibiotics.", "血培养，脑脊液可选，静脉抗生素。"),
)
_DAYS_29_URINE = Category(
    "days_29_to_60_urine",
    Urgency.U1,
    Text("29 to 60 days, urine positive, markers normal", "29 至 60 天，尿阳性、指标正常"),
    Text("Urine culture, antibiotic by mouth, review in 12 to 24 hours.", "尿培养，口服抗生素，12 至 24 小时复查。"),
)
_DAYS_29_LOW = Category(
    "days_29_to_60_normal",
    Urgency.U1,
    Text("29 to 60 days, all normal", "29 至 60 天，全部正常"),
    Text("No antibiotic; home only with review in 24 to 36 hours.", "无需抗生素；须 24 至 36 小时复查方可回家。"),
)
_HOT, _PCT, _CRP, _ANC_WITH_PCT, _ANC_ALONE = D("38.5"), D("0.5"), D(20), D(4000), D(5200)


def markers(given: Given) -> list[Text]:
    """Which inflammatory markers are abnormal; the cut-off of neutrophils is higher where procalcitonin is missing."""
    cut = _ANC_WITH_PCT if given.has("procalcitonin") else _ANC_ALONE
    limits = {"temperature": _HOT, "procalcitonin": _PCT, "crp": _CRP, "anc": cut}
    names = {each.id: each.label for each in AAP_INPUTS}
    found = {name: given.maybe(name) for name in limits}
    return [names[name] for name, value in found.items() if value is not None and value > limits[name]]


def aap_category(days: Decimal, *, ill: bool, abnormal: bool, urine: bool) -> Category:
    """The row of the guideline for an age in days."""
    if ill:
        return _ILL
    if days < 8:
        return _NEWBORN
    if days < 22:
        return _DAYS_8
    if days < 29:
        return _DAYS_22_HIGH if abnormal else _DAYS_22_LOW
    return _DAYS_29_HIGH if abnormal else _DAYS_29_URINE if urine else _DAYS_29_LOW


def _needed(given: Given) -> None:
    """From 22 days neutrophils are needed, and from 29 the urine, unless the child looks ill."""
    if given.flag("ill_appearing") or given.number("age") < 22:
        return
    given.number("anc")
    if given.number("age") >= 29:
        given.flag("urinalysis_positive")


def _aap(given: Given) -> Result:
    _needed(given)
    abnormal = markers(given)
    found = aap_category(given.number("age"), ill=given.flag("ill_appearing"), abnormal=bool(abnormal),
                         urine=given.ticked("urinalysis_positive"))  # fmt: skip
    trace = met_line(listing(given, AAP_INPUTS), Text("Abnormal markers", "异常指标"), abnormal, "AAP-FI21")
    without = not given.has("procalcitonin") and given.has("anc")
    notes = (_NO_PCT,) if without else ()
    return Result({_MARKERS.id: D(len(abnormal))}, found, trace, notes)


_NO_PCT = Text(
    "Procalcitonin is missing: neutrophils count from 5200 instead of 4000 per mm3 (to be checked in the guideline).",
    "缺降钙素原：中性粒细胞界值取 5200 而非 4000 /mm³（待核对指南）。",
)
AAP_INPUTS: Final[tuple[Input, ...]] = (
    _age("0", "60"),
    _UNWELL,
    Measure("temperature", Text("Temperature", "体温"), kind=KINDS["temperature"]),
    _OPTIONAL_PCT,
    _OPTIONAL_CRP,
    _OPTIONAL_ANC,
    Flag("urinalysis_positive", Text("Urine positive", "尿检阳性"), required=False,
         hint=Text("Leukocyte esterase, nitrite or white cells.", "白细胞酯酶、亚硝酸盐或白细胞。")),
)  # fmt: skip
AAP_FEBRILE: Final = Calculator(
    id="aap_febrile_infant",
    title=Text("Febrile infant, AAP 2021", "发热小婴儿（AAP 2021）"),
    group="infection",
    inputs=AAP_INPUTS,
    outputs=(_MARKERS,),
    categories=(_NEWBORN, _ILL, _DAYS_8, _DAYS_22_HIGH, _DAYS_22_LOW, _DAYS_29_HIGH, _DAYS_29_URINE, _DAYS_29_LOW),
    source=cite("AAP-FI21", "algorithms by age", Text("Cut-offs of neutrophils, with and without procalcitonin.",
                                                      "中性粒细胞界值（有无降钙素原）。")),
    calculate=_aap,
    synonyms=("fever", "sepsis", "neonate", "发热", "发烧", "败血症"),
    note=Text("In this consortium every fever of 38 °C or more under 3 months is seen in an emergency department.",
              "本医联体规定：不足 3 月龄且体温 38 °C 及以上者一律送急诊。"),
)  # fmt: skip

# -- PECARN -------------------------------------------------------------------------------------------------------

_PECARN_LOW = Category(
    "low", Urgency.U1, Text("Low risk", "低风险"),
    Text("Serious bacterial infection is unlikely (sensitivity 97.7%, negative predictive value 99.6%): review in 24 hours.",
         "严重细菌感染可能性小（灵敏度 97.7%，阴性预测值 99.6%）：24 小时内复查。"),
)  # fmt: skip
_PECARN_HIGH = Category(
    "not_low",
    Urgency.E1,
    Text("Not low risk", "非低风险"),
    Text("Full work-up and antibiotics in hospital.", "住院完成检查并用抗生素。"),
)
_PECARN_ANC, _PECARN_PCT = D(4090), D("1.71")
_PECARN_INPUTS: Final[tuple[Input, ...]] = (
    _age("29", "60"),
    Flag("urinalysis_positive", Text("Urine positive", "尿检阳性")),
    _OPTIONAL_ANC,
    _OPTIONAL_PCT,
)


def _pecarn(given: Given) -> Result:
    """One positive finding settles it; a low risk needs all three."""
    met: list[Text] = present(given, (_PECARN_INPUTS[1],))
    for each, limit in ((_OPTIONAL_ANC, _PECARN_ANC), (_OPTIONAL_PCT, _PECARN_PCT)):
        value = given.maybe(each.id) if met else given.number(each.id)
        if value is not None and value > limit:
            met.append(each.label)
    trace = met_line(listing(given, _PECARN_INPUTS), Text("Positive", "阳性"), met, "PECARN-FI")
    return Result({CRITERIA.id: D(len(met))}, _PECARN_HIGH if met else _PECARN_LOW, trace)


PECARN_FEBRILE: Final = Calculator(
    id="pecarn_febrile_infant",
    title=Text("Febrile infant, PECARN", "发热小婴儿（PECARN）"),
    group="infection",
    inputs=_PECARN_INPUTS,
    outputs=(CRITERIA,),
    categories=(_PECARN_LOW, _PECARN_HIGH),
    source=cite("PECARN-FI", "prediction rule, 29 to 60 days"),
    calculate=_pecarn,
    synonyms=("fever", "SBI", "发热", "发烧"),
)

# -- Step-by-Step -------------------------------------------------------------------------------------------------

_SBS_HIGH = Category(
    "high",
    Urgency.E1,
    Text("High risk", "高风险"),
    Text(
        "Invasive bacterial infection in 8.1%: full work-up, antibiotics, admit.",
        "侵袭性细菌感染 8.1%：全套检查，抗生素，收入院。",
    ),
)
_SBS_MIDDLE = Category(
    "intermediate",
    Urgency.E1,
    Text("Intermediate risk", "中等风险"),
    Text(
        "Invasive bacterial infection in 3.4%: blood culture, observe in hospital.",
        "侵袭性细菌感染 3.4%：血培养，住院观察。",
    ),
)
_SBS_LOW = Category(
    "low", Urgency.U1, Text("Low risk", "低风险"),
    Text("Invasive bacterial infection in 0.7%: may be followed at home after observation, review in 24 hours.",
         "侵袭性细菌感染 0.7%：观察后可居家随访，24 小时内复查。"),
)  # fmt: skip
_SBS_INPUTS: Final[tuple[Input, ...]] = (
    _age("0", "90"),
    _UNWELL,
    Flag("leukocyturia", Text("White cells in urine", "白细胞尿"), required=False),
    _OPTIONAL_PCT,
    _OPTIONAL_CRP,
    _OPTIONAL_ANC,
)


def _by_steps(given: Given) -> tuple[Category, Text]:
    """(category, the step that decided), each step asking only for what it needs."""
    if given.flag("ill_appearing"):
        return _SBS_HIGH, _UNWELL.label
    if given.number("age") <= 21:
        return _SBS_HIGH, Text("21 days or younger", "21 天及以内")
    if given.flag("leukocyturia"):
        return _SBS_HIGH, _SBS_INPUTS[2].label
    if given.number("procalcitonin") >= _PCT:
        return _SBS_HIGH, _OPTIONAL_PCT.label
    if given.number("crp") > _CRP:
        return _SBS_MIDDLE, _OPTIONAL_CRP.label
    if given.number("anc") > 10_000:
        return _SBS_MIDDLE, _OPTIONAL_ANC.label
    return _SBS_LOW, Text("all steps passed", "各步均阴性")


def _step_by_step(given: Given) -> Result:
    found, why = _by_steps(given)
    trace = step(listing(given, _SBS_INPUTS), "Decided by: {why}", "判定依据：{why}", "SbS", why=why)
    positive = D(0 if found is _SBS_LOW else 1)
    return Result({CRITERIA.id: positive}, found, trace)


STEP_BY_STEP: Final = Calculator(
    id="step_by_step",
    title=Text("Febrile infant, Step-by-Step", "发热小婴儿（Step-by-Step）"),
    group="infection",
    inputs=_SBS_INPUTS,
    outputs=(CRITERIA,),
    categories=(_SBS_HIGH, _SBS_MIDDLE, _SBS_LOW),
    source=cite("SbS", "algorithm and risk groups"),
    calculate=_step_by_step,
    synonyms=("fever", "IBI", "发热", "发烧"),
)

# -- Rochester ----------------------------------------------------------------------------------------------------

_ROCHESTER_LOW = Category(
    "low", Urgency.U1, Text("Low risk", "低风险"),
    Text("Serious bacterial infection in about 1%: may be observed without antibiotics, review in 24 hours.",
         "严重细菌感染约 1%：可不用抗生素观察，24 小时内复查。"),
)  # fmt: skip
_ROCHESTER_HIGH = Category(
    "not_low",
    Urgency.E1,
    Text("Not low risk", "非低风险"),
    Text("Full work-up and antibiotics in hospital.", "住院完成检查并用抗生素。"),
)
_ROCHESTER_FLAGS: Final = (
    Flag("appears_well", Text("Looks well", "一般情况好")),
    Flag("term", Text("Born at 37 weeks or later", "37 周及以后出生")),
    Flag("no_perinatal_antibiotics", Text("No antibiotics around birth or since", "围产期及此后未用抗生素")),
    Flag("no_prior_illness", Text("Never ill, went home with the mother", "既往无病，与母亲同时出院")),
    Flag("no_focus", Text("No infection of skin, soft tissue, bone, joint, ear", "无皮肤、软组织、骨、关节、耳感染灶")),
)
_WBC = Measure("wbc", Text("White cells", "白细胞"), kind=KINDS["wbc"])
_BANDS = Measure("bands", Text("Band forms", "杆状核"), kind=KINDS["wbc"], plausible=("0", "5"))
_URINE = Flag("urine_wbc_below_10", Text("Urine under 10 white cells per field", "尿白细胞每高倍视野少于 10"))
_STOOL = Flag("stool_wbc_below_5", Text("Stool under 5 white cells per field", "大便白细胞每高倍视野少于 5"), required=False,
              hint=Text("When there is diarrhoea.", "有腹泻时。"))  # fmt: skip
_ROCHESTER_INPUTS: Final[tuple[Input, ...]] = (_age("0", "60"), *_ROCHESTER_FLAGS, _WBC, _BANDS, _URINE, _STOOL)


def _rochester(given: Given) -> Result:
    """Low risk only when everything is fulfilled; `criteria` counts what is not."""
    broken = [each.label for each in (*_ROCHESTER_FLAGS, _URINE) if not given.flag(each.id)]
    if not D(5) <= given.number("wbc") <= D(15):
        broken.append(_WBC.label)
    if given.number("bands") > D("1.5"):
        broken.append(_BANDS.label)
    if given.has(_STOOL.id) and not given.flag(_STOOL.id):
        broken.append(_STOOL.label)
    trace = met_line(listing(given, _ROCHESTER_INPUTS), Text("Not fulfilled", "不符合"), broken, "ROCH")
    return Result({_BROKEN.id: D(len(broken))}, _ROCHESTER_HIGH if broken else _ROCHESTER_LOW, trace)


_BROKEN: Final = Output("not_fulfilled", Text("Criteria not fulfilled", "不符合条目"), decimals=0)
ROCHESTER: Final = Calculator(
    id="rochester",
    title=Text("Febrile infant, Rochester", "发热小婴儿（Rochester）"),
    group="infection",
    inputs=_ROCHESTER_INPUTS,
    outputs=(_BROKEN,),
    categories=(_ROCHESTER_LOW, _ROCHESTER_HIGH),
    source=cite("ROCH", "low-risk criteria, 60 days or younger"),
    calculate=_rochester,
    synonyms=("fever", "SBI", "发热", "发烧"),
)
