"""Growth and arm circumference, as consortium.clinical.growth scores them, with what follows from the worst finding."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from consortium.clinical.growth import Body, Child, Growth, Index, Position, assess
from consortium.clinical.growth.findings import Finding, muac_finding
from consortium.clinical.trace import Trace
from consortium.clinical.units import KINDS
from decision_manual.calculators.frame import Calculator, Category, Given, Output, Result, listing
from decision_manual.calculators.inputs import Choice, Flag, Input, Measure, Option
from decision_manual.calculators.kinds import AGE_ANY, GESTATION, LENGTH, WEIGHT
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency, step

D = Decimal
_FIRST_DAY: Final = date(2000, 1, 1)


def _finding(code: str, urgency: Urgency, en: str, zh: str, meaning: Text) -> Category:
    return Category(code, urgency, Text(en, zh), meaning)


_FOOD = Text("Ask for feeding and illness, weigh again in 2 to 4 weeks.", "询问喂养与疾病，2 至 4 周复测体重。")
_WEIGHT_ADVICE = Text("Advice on food and movement; blood pressure; clinic.", "饮食与运动指导；测血压；门诊随访。")
_SEVERE_ACUTE = Text(
    "Severe acute malnutrition: look for complications and test the appetite today; with either failing, hospital.",
    "重度急性营养不良：当日检查并发症并做食欲试验；任一异常须住院。",
)
_MODERATE_ACUTE = Text("Supplementary food, see again in 30 days.", "补充营养，30 天复查。")
#: the gravest first: the first that is found names the result
FINDINGS: Final = {
    found.code: found
    for found in (
        _finding("oedema", Urgency.U1, "Oedema of both feet", "双足水肿", _SEVERE_ACUTE),
        _finding("severe_wasting", Urgency.U1, "Severe wasting", "重度消瘦", _SEVERE_ACUTE),
        _finding("severe_muac", Urgency.U1, "Severe acute malnutrition by arm", "上臂围示重度急性营养不良", _SEVERE_ACUTE),
        _finding("severe_thinness", Urgency.U2, "Severe thinness", "重度消瘦（5 岁以上）",
                 Text("Look for illness and eating disorder; paediatric review.", "查找疾病与进食障碍；儿科复核。")),
        _finding("infant_muac", Urgency.U2, "Small infant at risk by arm", "上臂围示小婴儿有风险",
                 Text("Watch a feed, weigh again within days.", "观察一次喂养，数日内复测体重。")),
        _finding("wasting", Urgency.R1, "Wasting", "消瘦", _MODERATE_ACUTE),
        _finding("moderate_muac", Urgency.R1, "Moderate acute malnutrition by arm", "上臂围示中度急性营养不良", _MODERATE_ACUTE),
        _finding("severe_underweight", Urgency.R1, "Severe underweight", "重度低体重", _FOOD),
        _finding("severe_stunting", Urgency.R1, "Severe stunting", "重度生长迟缓", _FOOD),
        _finding("thinness", Urgency.R1, "Thinness", "消瘦（5 岁以上）", _FOOD),
        _finding("large_head", Urgency.R1, "Large head", "头围偏大",
                 Text("Measure again, compare with earlier and with the parents; imaging by a paediatrician.", "复测，并与既往及父母比较；由儿科决定影像检查。")),
        _finding("small_head", Urgency.R1, "Small head", "头围偏小",
                 Text("Measure again, compare with earlier and with the parents; development.", "复测，并与既往及父母比较；评估发育。")),
        _finding("underweight", Urgency.R2, "Underweight", "低体重", _FOOD),
        _finding("stunting", Urgency.R2, "Stunting", "生长迟缓", _FOOD),
        _finding("obesity", Urgency.R2, "Obesity", "肥胖", _WEIGHT_ADVICE),
        _finding("overweight", Urgency.R2, "Overweight", "超重", _WEIGHT_ADVICE),
        _finding("overweight_risk", Urgency.HOME, "At risk of overweight", "超重风险", _WEIGHT_ADVICE),
        _finding("within", Urgency.HOME, "Within the expected range", "在正常范围", Text("Go on measuring.", "继续定期测量。")),
    )
}  # fmt: skip
_UNBELIEVED = Category(
    "implausible", Urgency.NONE, Text("Implausible", "数值不合理"),
    Text("Outside the WHO's limits of plausibility: check age, sex, unit and scale, measure again.",
         "超出 WHO 合理范围：核对年龄、性别、单位与秤，重新测量。"),
)  # fmt: skip
_NOTHING = Category(
    "no_standard",
    Urgency.NONE,
    Text("No standard", "无标准"),
    Text("The WHO has no standard for this age and measurement.", "WHO 无此年龄与测量的标准。"),
)
_INDICES: Final = {
    Index.WEIGHT: Output("waz", Text("Weight for age", "年龄别体重"), "z", 2),
    Index.LENGTH: Output("haz", Text("Length or height for age", "年龄别身高（长）"), "z", 2),
    Index.WEIGHT_FOR_LENGTH: Output("whz", Text("Weight for length or height", "身高（长）别体重"), "z", 2),
    Index.BMI: Output("bmiz", Text("BMI for age", "年龄别 BMI"), "z", 2),
    Index.HEAD: Output("hcz", Text("Head circumference for age", "年龄别头围"), "z", 2),
    Index.MUAC: Output("muacz", Text("Arm circumference for age", "年龄别上臂围"), "z", 2),
}
_AGE: Final = Measure("age", Text("Age", "年龄"), kind=AGE_ANY)
_MUAC: Final = Measure("muac", Text("Mid-upper arm circumference", "上臂围"), kind=KINDS["muac"], required=False)
_INPUTS: Final[tuple[Input, ...]] = (
    _AGE,
    Choice("sex", Text("Sex", "性别"), options=(Option("male", Text("Boy", "男")), Option("female", Text("Girl", "女")))),
    Measure("weight", Text("Weight", "体重"), kind=WEIGHT, required=False),
    Measure("length", Text("Length or height", "身长（高）"), kind=LENGTH, required=False),
    Choice("position", Text("Measured", "测量体位"), required=False,
           options=(Option("lying", Text("Lying", "卧位")), Option("standing", Text("Standing", "立位"))),
           hint=Text("WHO: lying under 24 months, else standing; 0.7 cm between them.", "WHO：24 个月以下卧位，以上立位，相差 0.7 cm。")),
    Measure("head", Text("Head circumference", "头围"), kind=KINDS["head"], required=False),
    _MUAC,
    Flag("oedema", Text("Oedema of both feet", "双足水肿"), required=False),
    Measure("gestation_weeks", Text("Gestation in completed weeks", "出生孕周（满周）"), kind=GESTATION, whole=True, required=False,
            hint=Text("Under 37: the age is corrected until 24 months.", "不足 37 周：24 月龄前用矫正年龄。")),
)  # fmt: skip


def _assessed(given: Given) -> Growth:
    """The child of the inputs; a birth date that gives the age in whole days."""
    gestation = given.maybe("gestation_weeks")
    child = Child(given.code("sex"), _FIRST_DAY, None if gestation is None else int(gestation))
    body = Body(
        weight=given.maybe("weight"),
        length=given.maybe("length"),
        position=Position(given.code("position")),
        head=given.maybe("head"),
        muac=given.maybe("muac"),
        oedema=given.ticked("oedema"),
    )
    return assess(child, body, _FIRST_DAY + timedelta(days=int(given.number("age"))))


def _found(growth: Growth, given: Given) -> Category:
    """The gravest finding; an implausible figure is checked before anything is said about the child."""
    if given.ticked("oedema"):
        return FINDINGS["oedema"]
    if any(not score.believed for score in growth.scores.values()):
        return _UNBELIEVED
    codes = {score.finding.code for score in growth.scores.values()}
    if growth.muac is not None:
        codes.add(growth.muac.code)
    return next((found for code, found in FINDINGS.items() if code in codes), _NOTHING)


def _trace(growth: Growth, trace: Trace) -> Trace:
    for note in growth.notes:
        trace = trace.and_then("%(note)s", "WHO-GS", note=note)
    for index, score in growth.scores.items():
        trace = step(trace, "{index}: z {z}, percentile {p}", "{index}：z {z}，第 {p} 百分位", "WHO-GS",
                     index=_INDICES[index].label, z=score.z, p=f"{score.percentile:.1f}")  # fmt: skip
    return trace


def _growth(given: Given) -> Result:
    growth = _assessed(given)
    values = {
        output.id: growth.scores[index].z if index in growth.scores else None for index, output in _INDICES.items()
    }
    return Result(values, _found(growth, given), _trace(growth, listing(given, _INPUTS)))


GROWTH: Final = Calculator(
    id="growth",
    title=Text("Growth z-scores, WHO", "生长 Z 评分（WHO）"),
    group="growth",
    inputs=_INPUTS,
    outputs=tuple(_INDICES.values()),
    categories=(*FINDINGS.values(), _UNBELIEVED, _NOTHING),
    source=cite("WHO-GS", "LMS with the extension beyond 3 SD of weight-based indices"),
    calculate=_growth,
    synonyms=(
        "z-score",
        "percentile",
        "weight",
        "height",
        "BMI",
        "stunting",
        "wasting",
        "生长",
        "百分位",
        "身高",
        "体重",
    ),
)

# -- arm circumference by itself ----------------------------------------------------------------------------------

_NO_MUAC: Final = _NOTHING


def _muac(given: Given) -> Result:
    finding: Finding | None = muac_finding(given.number("muac"), int(given.number("age")))
    category = _NO_MUAC if finding is None else FINDINGS[finding.code]
    trace = step(listing(given, MUAC.inputs), "Lines: 115 and 125 mm from 6 to 59 months, 110 mm from 6 weeks to 6 months",
                 "界值：6 至 59 月龄 115 与 125 mm；6 周至 6 月龄 110 mm", "WHO-W23")  # fmt: skip
    return Result({"muac_mm": given.number("muac")}, category, trace)


MUAC: Final = Calculator(
    id="muac",
    title=Text("Arm circumference (MUAC)", "上臂围（MUAC）"),
    group="growth",
    inputs=(_AGE, Measure("muac", _MUAC.label, kind=KINDS["muac"])),
    outputs=(Output("muac_mm", Text("Arm circumference", "上臂围"), "mm", 0),),
    categories=(*(FINDINGS[code] for code in ("severe_muac", "moderate_muac", "infant_muac", "within")), _NOTHING),
    source=cite("WHO-W23", "6 weeks to 59 months; IMCI14"),
    calculate=_muac,
    synonyms=("malnutrition", "wasting", "营养不良", "消瘦"),
)
