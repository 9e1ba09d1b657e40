"""A dose by weight of the common community medicines, bounded and rounded by consortium.clinical.doses."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from consortium.clinical.doses import Dose, DoseRule, Recipient, Strength, dose
from consortium.clinical.doses import Refused as NoDose
from consortium.clinical.growth import Index, NoStandard
from consortium.clinical.growth import score as growth_score
from consortium.clinical.trace import Trace
from consortium.clinical.units import Quantity
from decision_manual.calculators.frame import Calculator, Category, Given, Output, Result, listing
from decision_manual.calculators.inputs import Choice, Flag, Input, Measure, Option, Refused
from decision_manual.calculators.kinds import AGE_ANY, WEIGHT
from decision_manual.calculators.sources import cite
from decision_manual.calculators.words import Text, Urgency, same

D = Decimal


@dataclass(frozen=True, slots=True)
class Product:
    """One medicine in one strength."""

    code: str
    name: Text
    rule: DoseRule
    strength: Strength


def _rule(drug: Text, per_kg: str, times: int, **bounds: object) -> DoseRule:
    numbers = {name: D(value) if isinstance(value, str) else value for name, value in bounds.items()}
    return DoseRule(drug, D(per_kg), times, "BNFC", **numbers)  # type: ignore[arg-type]


_PARACETAMOL = _rule(
    Text("Paracetamol", "对乙酰氨基酚"), "15", 4, dose_cap="1000", day_per_kg="60", day_cap="4000", min_age_days=61
)
_IBUPROFEN = _rule(
    Text("Ibuprofen", "布洛芬"), "10", 3, dose_cap="400", day_per_kg="30", day_cap="2400", min_age_days=92, min_weight="5",
    renal=Text("Ibuprofen: not with failing kidneys or dehydration.", "布洛芬：肾功能不全或脱水时禁用。"),
)  # fmt: skip
_DEXAMETHASONE = _rule(Text("Dexamethasone, croup", "地塞米松（喉炎）"), "0.15", 1, dose_cap="10")
_PREDNISOLONE = _rule(Text("Prednisolone", "泼尼松龙"), "1", 1, dose_cap="40")
_ONDANSETRON = _rule(Text("Ondansetron, once", "昂丹司琼（单次）"), "0.15", 1, dose_cap="8", min_age_days=183)
_AMOXICILLIN = _rule(Text("Amoxicillin, WHO", "阿莫西林（WHO）"), "40", 2, dose_cap="1000",
                     renal=Text("Amoxicillin: less when the kidneys fail.", "阿莫西林：肾功能不全减量。"))  # fmt: skip
_CEFALEXIN = _rule(Text("Cefalexin", "头孢氨苄"), "12.5", 2, dose_cap="1000",
                   renal=Text("Cefalexin: less when the kidneys fail.", "头孢氨苄：肾功能不全减量。"))  # fmt: skip
_TRIMETHOPRIM = _rule(Text("Trimethoprim", "甲氧苄啶"), "4", 2, dose_cap="200", min_age_days=42,
                      renal=Text("Trimethoprim: less when the kidneys fail.", "甲氧苄啶：肾功能不全减量。"))  # fmt: skip
_AZITHROMYCIN = _rule(Text("Azithromycin", "阿奇霉素"), "10", 1, dose_cap="500", min_age_days=183)


def _liquid(code: str, rule: DoseRule, amount: str, per: str) -> Product:
    """`amount` mg in `per` ml."""
    strength = f"{amount} mg / {per} ml"
    drug: Text = rule.drug
    return Product(
        code,
        Text(f"{drug.en}, {strength}", f"{drug.zh}，{strength}"),
        rule,
        Strength(same(strength), D(amount), D(per)),
    )


PRODUCTS: Final = {
    product.code: product
    for product in (
        _liquid("paracetamol_120_5", _PARACETAMOL, "120", "5"),
        _liquid("paracetamol_250_5", _PARACETAMOL, "250", "5"),
        _liquid("paracetamol_100_1", _PARACETAMOL, "100", "1"),
        _liquid("ibuprofen_100_5", _IBUPROFEN, "100", "5"),
        _liquid("dexamethasone_2_5", _DEXAMETHASONE, "2", "5"),
        _liquid("prednisolone_5_5", _PREDNISOLONE, "5", "5"),
        _liquid("ondansetron_4_5", _ONDANSETRON, "4", "5"),
        _liquid("amoxicillin_125_5", _AMOXICILLIN, "125", "5"),
        _liquid("amoxicillin_250_5", _AMOXICILLIN, "250", "5"),
        _liquid("cefalexin_125_5", _CEFALEXIN, "125", "5"),
        _liquid("cefalexin_250_5", _CEFALEXIN, "250", "5"),
        _liquid("trimethoprim_50_5", _TRIMETHOPRIM, "50", "5"),
        _liquid("azithromycin_200_5", _AZITHROMYCIN, "200", "5"),
    )
}
_INPUTS: Final[tuple[Input, ...]] = (
    Choice("product", Text("Medicine and strength", "药品与规格"), options=tuple(Option(p.code, p.name) for p in PRODUCTS.values())),
    Measure("weight", Text("Weight", "体重"), kind=WEIGHT),
    Measure("age", Text("Age", "年龄"), kind=AGE_ANY),
    Choice("sex", Text("Sex", "性别"), options=(Option("male", Text("Boy", "男")), Option("female", Text("Girl", "女")))),
    Flag("weight_confirmed", Text("The weight was checked again", "体重已复核"), required=False,
         hint=Text("Needed when it lies far from the age.", "与年龄相差过大时须复核。")),
    Flag("weight_estimated", Text("The weight is estimated", "体重为估计值"), required=False),
    Flag("renal_impairment", Text("The kidneys fail", "肾功能不全"), required=False),
)  # fmt: skip
_GIVE = Category(
    "dose", Urgency.NONE, Text("One dose", "单次剂量"),
    Text("Compare with the label, and have it checked. A pharmacist confirms the strength in use here.",
         "与标签核对并由他人复核。本地规格由药师确认。"),
)  # fmt: skip
_CAPPED = Category(
    "capped",
    Urgency.NONE,
    Text("One dose, at its most", "单次剂量（已达上限）"),
    Text("By weight it would be more: this is the most in one dose.", "按体重会更多：此为单次最大量。"),
)


def _weight_z(given: Given) -> Decimal | None:
    """How far the weight lies from its age; None where there is no standard."""
    try:
        return growth_score(
            Index.WEIGHT, given.number("weight"), sex=given.code("sex"), days=int(given.number("age"))
        ).z
    except NoStandard:
        return None


def _recipient(given: Given) -> Recipient:
    return Recipient(
        weight=Quantity("weight", given.number("weight"), "kg"),
        age_days=int(given.number("age")),
        weight_z=_weight_z(given),
        confirmed=given.ticked("weight_confirmed"),
        estimated=given.ticked("weight_estimated"),
        renal_impairment=given.ticked("renal_impairment"),
    )


def _both(words: object) -> Text:
    """What another engine says, in both languages."""
    line = Trace().and_then("%(text)s", text=words).in_both()[0]
    return Text(line["en"], line["zh-hans"])


_FIELDS: Final = {"strength": "product"}


def _calculate(given: Given) -> Result:
    product = PRODUCTS[given.code("product")]
    found = dose(product.rule, product.strength, _recipient(given))
    if isinstance(found, NoDose):
        raise Refused({_FIELDS.get(found.field, found.field): _both(found.reason)})
    return _result(found, listing(given, _INPUTS))


def _result(found: Dose, trace: Trace) -> Result:
    values = {
        "dose_mg": found.amount, "measured_ml": found.measured, "times_a_day": D(found.times_a_day),
        "day_mg": found.day_amount,
    }  # fmt: skip
    notes = tuple(_both(words) for words in found.warnings)
    return Result(values, _CAPPED if found.capped else _GIVE, Trace((*trace, *found.trace)), notes)


DOSE: Final = Calculator(
    id="dose_by_weight",
    title=Text("Dose by weight", "按体重给药"),
    group="medicines",
    inputs=_INPUTS,
    outputs=(
        Output("dose_mg", Text("One dose", "单次剂量"), "mg", 2),
        Output("measured_ml", Text("Measure", "量取"), "ml", 2),
        Output("times_a_day", Text("Times a day", "每日次数"), decimals=0),
        Output("day_mg", Text("In a day", "每日总量"), "mg", 2),
    ),
    categories=(_GIVE, _CAPPED),
    source=cite("BNFC", "common community doses",
                Text("Strengths on sale here and the monthly edition.", "本地规格与当月版本。")),
    calculate=_calculate,
    synonyms=("paracetamol", "ibuprofen", "amoxicillin", "medicine", "对乙酰氨基酚", "布洛芬", "阿莫西林", "剂量", "用药"),
)  # fmt: skip
