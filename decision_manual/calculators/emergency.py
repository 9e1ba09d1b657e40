"""Emergency cards: weight from age, WETFLAG, anaphylaxis, status epilepticus. Every amount has its most in one dose."""

from decimal import Decimal
from typing import Final

from consortium.clinical.trace import Trace
from decision_manual.calculators.frame import Calculator, Category, Given, Output, Result, listing
from decision_manual.calculators.inputs import NEEDED, Flag, Measure, Refused
from decision_manual.calculators.kinds import AGE_MONTHS, WEIGHT
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency, step

D = Decimal
_AGE: Final = Text("Age", "年龄")
_KILOGRAMS: Final = Text("Weight", "体重")
_ONE_YEAR, _SIX_YEARS, _THIRTEEN_YEARS = D(12), D(72), D(156)

# -- weight from age ----------------------------------------------------------------------------------------------


def estimated_weight(months: Decimal) -> Decimal:
    """kg by APLS: to 12 months 0.5 x months + 4, 1-5 years 2 x years + 8, 6-12 years 3 x years + 7; completed years."""
    if months <= _ONE_YEAR:
        return D("0.5") * int(months) + 4
    years = int(months / 12)
    return D(2 * years + 8 if months < _SIX_YEARS else 3 * years + 7)


_ESTIMATED = Category(
    "estimated",
    Urgency.NONE,
    Text("Estimated weight", "估计体重"),
    Text("For an emergency only. Never for a dose when a scale is there.", "仅限急救。有秤时不得用于计算剂量。"),
)


def _estimate(given: Given) -> Result:
    value = estimated_weight(given.number("age"))
    trace = step(
        listing(given, WEIGHT_ESTIMATE.inputs), "By age: {value} kg", "按年龄：{value} kg", "APLS", value=value
    )
    return Result({"weight_kg": value}, _ESTIMATED, trace)


_EDITION = Text("The formulas of the edition in use.", "所用版本的公式。")
WEIGHT_ESTIMATE: Final = Calculator(
    id="weight_estimate",
    title=Text("Weight from age, APLS", "按年龄估计体重（APLS）"),
    group="emergency",
    inputs=(Measure("age", _AGE, kind=AGE_MONTHS, hard=("0", "155.99")),),
    outputs=(Output("weight_kg", Text("Estimated weight", "估计体重"), "kg", 1),),
    categories=(_ESTIMATED,),
    source=cite("APLS", "weight by age", _EDITION),
    calculate=_estimate,
    synonyms=("estimate weight", "no scale", "估计体重"),
)

# -- by weight ----------------------------------------------------------------------------------------------------


def by_weight(weight: Decimal, per_kg: Decimal, most: Decimal | None) -> Decimal:
    """So much for each kg, never more than `most`."""
    amount = weight * per_kg
    return amount if most is None else min(amount, most)


def per_kg_line(trace: Trace, label: Text, per_kg: Decimal, most: Decimal | None, unit: str, source: str) -> Trace:
    """One line of the card: what for each kg, and the most."""
    if most is None:
        return step(
            trace,
            "{label}: {per_kg} {unit}/kg",
            "{label}：{per_kg} {unit}/kg",
            source,
            label=label,
            per_kg=per_kg,
            unit=unit,
        )
    return step(trace, "{label}: {per_kg} {unit}/kg, at most {most} {unit}", "{label}：{per_kg} {unit}/kg，最多 {most} {unit}",
                source, label=label, per_kg=per_kg, most=most, unit=unit)  # fmt: skip


_OPTIONAL_WEIGHT: Final = Measure("weight", _KILOGRAMS, kind=WEIGHT, required=False, hard=("0.5", "100"), plausible=("1", "100"),
                                  hint=Text("Measured. Without it the weight is estimated from the age.", "实测值；缺省时按年龄估计。"))  # fmt: skip
_GUESSED: Final = Text(
    "Every figure rests on an estimated weight: weigh as soon as you can.", "所有数值基于估计体重：尽快称重。"
)


def weight_of(given: Given) -> tuple[Decimal, tuple[Text, ...]]:
    """(kg, what must be said): as measured, else estimated from the age."""
    if given.has("weight"):
        return given.number("weight"), ()
    if given.number("age") >= _THIRTEEN_YEARS:
        raise Refused({"weight": NEEDED})
    return estimated_weight(given.number("age")), (_GUESSED,)


#: (output, label, per kg, most in one dose, unit)
Card = tuple[tuple[str, Text, Decimal, Decimal | None, str], ...]


def _dealt(card: Card, weight: Decimal, trace: Trace, source: str) -> tuple[dict[str, Decimal | None], Trace]:
    """Every amount of a card for a weight, and its lines."""
    values: dict[str, Decimal | None] = {}
    for name, label, per_kg, most, unit in card:
        values[name] = by_weight(weight, per_kg, most)
        trace = per_kg_line(trace, label, per_kg, most, unit, source)
    return values, trace


def _outputs(card: Card) -> tuple[Output, ...]:
    return tuple(Output(name, label, unit, 2 if unit in {"mg", "ml"} else 0) for name, label, _per, _most, unit in card)


# -- WETFLAG ------------------------------------------------------------------------------------------------------

_WETFLAG_CARD: Final[Card] = (
    ("energy_j", Text("Energy", "除颤能量"), D(4), None, "J"),
    ("fluid_ml", Text("Fluid bolus", "液体复苏"), D(10), None, "ml"),
    ("lorazepam_mg", Text("Lorazepam", "劳拉西泮"), D("0.1"), D(4), "mg"),
    ("adrenaline_microgram", Text("Adrenaline", "肾上腺素"), D(10), D(1000), "µg"),
    ("adrenaline_1_in_10000_ml", Text("that is, of 1:10 000", "即 1:10 000 溶液"), D("0.1"), D(10), "ml"),
    ("glucose_10_ml", Text("Glucose 10%", "10% 葡萄糖"), D(2), None, "ml"),
)
_READY = Category(
    "ready",
    Urgency.E0,
    Text("Resuscitation card", "复苏卡"),
    Text("Say each figure aloud and have a second person check it.", "逐项读出数值，由第二人核对。"),
)
_NO_TUBE: Final = Text(
    "Under 1 year the tube formula does not hold: choose by size chart.", "不足 1 岁导管公式不适用：按对照表选择。"
)


def tube_sizes(months: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """(uncuffed, cuffed) internal diameter in mm; None under 1 year."""
    if months < _ONE_YEAR:
        return None, None
    quarter = D(int(months / 12)) / 4
    return quarter + 4, quarter + D("3.5")


def _wetflag(given: Given) -> Result:
    weight, notes = weight_of(given)
    values, trace = _dealt(_WETFLAG_CARD, weight, listing(given, WETFLAG.inputs), "APLS")
    uncuffed, cuffed = tube_sizes(given.number("age"))
    if uncuffed is None:
        notes = (*notes, _NO_TUBE)
    else:
        trace = step(
            trace,
            "Tube: years / 4 + 4 without cuff, + 3.5 with cuff",
            "导管：年龄 ÷ 4 + 4（无囊），+ 3.5（有囊）",
            "APLS",
        )
    return Result({"weight_kg": weight, **values, "tube_mm": uncuffed, "cuffed_tube_mm": cuffed}, _READY, trace, notes)


WETFLAG: Final = Calculator(
    id="wetflag",
    title=Text("WETFLAG resuscitation card", "WETFLAG 复苏卡"),
    group="emergency",
    inputs=(Measure("age", _AGE, kind=AGE_MONTHS), _OPTIONAL_WEIGHT),
    outputs=(
        Output("weight_kg", Text("Weight", "体重"), "kg", 1), *_outputs(_WETFLAG_CARD),
        Output("tube_mm", Text("Tube without cuff", "无囊导管"), "mm", 2),
        Output("cuffed_tube_mm", Text("Tube with cuff", "有囊导管"), "mm", 2),
    ),
    categories=(_READY,),
    source=cite("APLS", "WETFLAG", Text("Bolus volume and adult limits of the edition in use.", "所用版本的液体量与成人上限。")),
    calculate=_wetflag,
    synonyms=("resuscitation", "cardiac arrest", "复苏", "抢救", "心脏骤停"),
)  # fmt: skip

# -- anaphylaxis --------------------------------------------------------------------------------------------------

_ANAPHYLAXIS = Category(
    "give_now", Urgency.E0, Text("Adrenaline into the thigh now", "立即大腿肌注肾上腺素"),
    Text("Middle of the outer thigh; lie flat; oxygen; again after 5 minutes; after two doses call for an infusion.",
         "大腿中部外侧肌注；平卧；吸氧；5 分钟可重复；两剂后呼叫静脉输注。"),
)  # fmt: skip


def adrenaline_ml(months: Decimal, *, small: bool) -> tuple[Decimal, Decimal]:
    """(least, most) ml of 1 mg/ml into the muscle, by age."""
    if months < 6:
        return D("0.1"), D("0.15")
    if months < _SIX_YEARS:
        return D("0.15"), D("0.15")
    volume = D("0.3") if months < _THIRTEEN_YEARS or small else D("0.5")
    return volume, volume


def _anaphylaxis(given: Given) -> Result:
    low, high = adrenaline_ml(given.number("age"), small=given.ticked("small_or_prepubertal"))
    trace = step(listing(given, ANAPHYLAXIS.inputs), "By age: {low} to {high} ml of 1 mg/ml", "按年龄：1 mg/ml 溶液 {low} 至 {high} ml",
                 "RCUK21", low=low, high=high)  # fmt: skip
    weight = given.maybe("weight")
    by_kg = None if weight is None else by_weight(weight, D("0.01"), D("0.5"))
    if by_kg is not None:
        trace = step(
            trace,
            "Other sources, 0.01 mg/kg, at most 0.5 mg: {mg} mg",
            "其他来源 0.01 mg/kg，最多 0.5 mg：{mg} mg",
            "PALS",
            mg=by_kg,
        )
    values = {"volume_ml_low": low, "volume_ml": high, "dose_mg": high, "by_weight_mg": by_kg}
    return Result(values, _ANAPHYLAXIS, trace)


ANAPHYLAXIS: Final = Calculator(
    id="anaphylaxis_adrenaline",
    title=Text("Anaphylaxis: adrenaline", "过敏性休克：肾上腺素"),
    group="emergency",
    inputs=(
        Measure("age", _AGE, kind=AGE_MONTHS),
        Flag("small_or_prepubertal", Text("Small, or before puberty", "体格小或未发育"), required=False,
             hint=Text("Over 12 years.", "12 岁以上。")),
        Measure("weight", _KILOGRAMS, kind=WEIGHT, required=False, hint=Text("For the dose by weight of other sources.", "用于其他来源的按体重剂量。")),
    ),
    outputs=(
        Output("volume_ml_low", Text("At least, of 1 mg/ml", "至少（1 mg/ml）"), "ml", 2),
        Output("volume_ml", Text("Into the muscle, of 1 mg/ml", "肌注（1 mg/ml）"), "ml", 2),
        Output("dose_mg", Text("that is", "即"), "mg", 2),
        Output("by_weight_mg", Text("By weight, other sources", "按体重（其他来源）"), "mg", 2),
    ),
    categories=(_ANAPHYLAXIS,),
    source=cite("RCUK21", "adrenaline by age, 1 mg/ml"),
    calculate=_anaphylaxis,
    synonyms=("allergy", "epinephrine", "过敏", "过敏性休克"),
)  # fmt: skip

# -- status epilepticus -------------------------------------------------------------------------------------------

_STATUS_CARD: Final[Card] = (
    ("midazolam_buccal_mg", Text("5 min: midazolam, buccal", "5 分钟：咪达唑仑口颊"), D("0.3"), D(10), "mg"),
    ("lorazepam_iv_mg", Text("or lorazepam, vein", "或劳拉西泮静注"), D("0.1"), D(4), "mg"),
    ("diazepam_rectal_mg", Text("or diazepam, rectal", "或地西泮直肠"), D("0.5"), D(10), "mg"),
    ("levetiracetam_low_mg", Text("Then levetiracetam, from", "随后左乙拉西坦，自"), D(40), D(3000), "mg"),
    ("levetiracetam_high_mg", Text("to", "至"), D(60), D(4500), "mg"),
    ("phenytoin_mg", Text("or phenytoin over 20 min", "或苯妥英，20 分钟"), D(20), D(2000), "mg"),
    ("phenobarbital_mg", Text("or phenobarbital", "或苯巴比妥"), D(20), D(1000), "mg"),
    ("glucose_10_ml", Text("Glucose 10% when low", "低血糖时 10% 葡萄糖"), D(2), None, "ml"),
)
#: (months from which it holds, mg) of buccal midazolam by age
MIDAZOLAM: Final = ((D(3), D("2.5")), (D(12), D(5)), (D(60), D("7.5")), (D(120), D(10)))
_STATUS = Category(
    "treat_now", Urgency.E0, Text("Convulsing: treat now", "惊厥持续：立即处理"),
    Text("Airway, oxygen, glucose. Benzodiazepine at 5 minutes, once more at 10 to 15; two in all, those before "
         "hospital counted; then the second line, then anaesthesia.",
         "气道、吸氧、查血糖。5 分钟给苯二氮䓬类，10 至 15 分钟可再给一次；共两剂（含院前）；随后二线药物，再麻醉。"),
)  # fmt: skip
_NEWBORN_FIRST: Final = Text("In the newborn phenobarbital 20 mg/kg comes first.", "新生儿首选苯巴比妥 20 mg/kg。")


def midazolam_by_age(months: Decimal) -> Decimal | None:
    """mg of buccal midazolam by the age bands; None under 3 months."""
    return next((mg for first, mg in reversed(MIDAZOLAM) if months >= first), None)


def _status(given: Given) -> Result:
    months = given.number("age")
    weight, notes = weight_of(given)
    values, trace = _dealt(_STATUS_CARD, weight, listing(given, STATUS_EPILEPTICUS.inputs), "NG217")
    notes = (*notes, _NEWBORN_FIRST) if months < 1 else notes
    values = {"weight_kg": weight, **values, "midazolam_by_age_mg": midazolam_by_age(months)}
    return Result(values, _STATUS, trace, notes)


STATUS_EPILEPTICUS: Final = Calculator(
    id="status_epilepticus",
    title=Text("Convulsion card by weight", "惊厥持续状态用药卡"),
    group="emergency",
    inputs=(Measure("age", _AGE, kind=AGE_MONTHS), _OPTIONAL_WEIGHT),
    outputs=(
        Output("weight_kg", Text("Weight", "体重"), "kg", 1), *_outputs(_STATUS_CARD),
        Output("midazolam_by_age_mg", Text("Midazolam by age band", "咪达唑仑按年龄段"), "mg", 1),
    ),
    categories=(_STATUS,),
    source=cite("NG217", "with APLS for doses", Text("Most in one dose of rectal diazepam, phenytoin, phenobarbital.",
                                                     "直肠地西泮、苯妥英、苯巴比妥的单次最大量。")),
    calculate=_status,
    synonyms=("seizure", "convulsion", "epilepsy", "抽搐", "惊厥", "癫痫"),
)  # fmt: skip
