"""How much for this child: per kg with its maximum, by bands, fixed; gates, what is missing, and the arithmetic."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from decision_manual.checker.doses import CEILINGS, objections
from decision_manual.checker.vectors import vectors
from decision_manual.evaluator import DoseFor, dose_for, offered
from decision_manual.library import Action, load
from decision_manual.library.entries import action
from decision_manual.library.places import Place

TITLE = {"en": "Syrup", "zh": "糖浆"}
CITE = [{"source": "IMCI14", "locator": "page 1"}]
PER_KG = {"by": "kg", "unit": "mg", "amount": 15, "max": 500}
BANDS = {
    "by": "weight_kg", "unit": "tablet",
    "bands": [{"from": 4, "below": 10, "amount": 1}, {"from": 10, "below": 14, "amount": 2, "amount_to": 3}],
}  # fmt: skip


def medicine(dose: dict[str, Any], **fields: Any) -> Action:
    raw = {"kind": "medicine", "title": TITLE, "medicine": "syrup", "route": "oral", "cite": CITE, "dose": dose}
    return action("syrup", Place({**raw, **fields}, "a.yaml"))


def given(dose: dict[str, Any], kg: str | None, days: int = 400, **fields: Any) -> DoseFor:
    facts: dict[str, Any] = {"age_days": Decimal(days)} | ({"weight_kg": Decimal(kg)} if kg else {})
    found = dose_for(medicine(dose, **fields), facts)
    assert found is not None
    return found


def test_per_kg() -> None:
    dose = given(PER_KG, "10")

    assert dose.text == "150 mg"
    assert dose.trace == ("15 mg/kg × 10 kg = 150 mg",)


@pytest.mark.parametrize(("kg", "text"), [("33.3", "499.5 mg"), ("33.4", "500 mg"), ("60", "500 mg")])
def test_never_over_the_maximum(kg: str, text: str) -> None:
    assert given(PER_KG, kg).text == text


def test_the_maximum_stands_in_the_trace() -> None:
    assert given(PER_KG, "60").trace == ("15 mg/kg × 60 kg = 900 mg > max 500 mg",)


@pytest.mark.parametrize(("kg", "text"), [("10.1", "150 mg"), ("10.9", "175 mg"), ("10", "150 mg")])
def test_rounded_to_what_can_be_measured(kg: str, text: str) -> None:
    assert given({**PER_KG, "round_to": 25}, kg).text == text


def test_a_range_per_kg() -> None:
    assert given({**PER_KG, "amount_to": 20}, "10").text == "150-200 mg"


def test_a_range_that_ends_at_the_maximum_is_one_amount() -> None:
    assert given({**PER_KG, "amount_to": 20}, "60").text == "500 mg"


@pytest.mark.parametrize(
    ("kg", "text"), [("4", "1 tablet"), ("9.99", "1 tablet"), ("10", "2-3 tablet"), ("13.99", "2-3 tablet")]
)
def test_bands_begin_with_their_lower_end(kg: str, text: str) -> None:
    assert given(BANDS, kg).text == text


@pytest.mark.parametrize("kg", ["3.99", "14"])
def test_outside_the_bands_nothing_is_given(kg: str) -> None:
    dose = given(BANDS, kg)

    assert (dose.text, dose.refused) == ("", "weight")


def test_outside_bands_of_age() -> None:
    assert given({**BANDS, "by": "age_days"}, "5", days=20).refused == "age"


def test_a_fixed_dose_needs_no_weight() -> None:
    assert given({"by": "fixed", "unit": "puffs", "amount": 2}, None).text == "2 puffs"


@pytest.mark.parametrize(
    ("dose", "needs"), [(PER_KG, "weight_kg"), (BANDS, "weight_kg"), ({**BANDS, "by": "age_months"}, "age_months")]
)
def test_what_is_missing_is_named(dose: dict[str, Any], needs: str) -> None:
    assert given(dose, None).needs == needs


@pytest.mark.parametrize(("days", "refused"), [(59, "age"), (60, ""), (1825, ""), (1826, "age")])
def test_the_gate_of_age(days: int, refused: str) -> None:
    assert given(PER_KG, "10", days=days, age_days=[60, 1826]).refused == refused


@pytest.mark.parametrize(("kg", "refused"), [("4.9", "weight"), ("5", ""), ("30", "weight")])
def test_the_gate_of_weight(kg: str, refused: str) -> None:
    assert given(PER_KG, kg, weight_kg=[5, 30]).refused == refused


def test_an_action_without_a_dose_has_none() -> None:
    assert dose_for(action("rest", Place({"kind": "advice", "title": TITLE}, "a.yaml")), {}) is None


def test_as_data() -> None:
    assert given(BANDS, None).data() == {"unit": "tablet", "needs": "weight_kg", "trace": []}
    assert given(BANDS, "11").data()["amount_to"] == "3"


@pytest.mark.parametrize(
    ("site", "does"), [({"hiv_setting": "low"}, True), ({"hiv_setting": "high"}, False), ({}, False)]
)
def test_what_a_site_does(site: dict[str, str], does: bool) -> None:
    assert offered(medicine(PER_KG, only_if={"hiv_setting": "low"}), site) is does


# -- ceilings -----------------------------------------------------------------------------------------------------


def said(dose: dict[str, Any], **fields: Any) -> str:
    return "; ".join(objections(medicine(dose, **{"age_days": [90, 6000], **fields})))


@pytest.mark.parametrize(
    ("name", "amount", "fine"),
    [("amoxicillin", 50, True), ("amoxicillin", 51, False), ("diazepam", "0.5", True), ("diazepam", "0.6", False)],
)
def test_per_kg_at_most(name: str, amount: Any, fine: bool) -> None:
    most = CEILINGS[name].most

    assert (said({**PER_KG, "amount": amount, "max": str(most)}, medicine=name) == "") is fine


@pytest.mark.parametrize(("most", "fine"), [(1000, True), (1001, False)])
def test_one_dose_at_most(most: int, fine: bool) -> None:
    assert (said({**PER_KG, "max": most}, medicine="amoxicillin") == "") is fine


@pytest.mark.parametrize(("first", "fine"), [(89, False), (90, True)])
def test_not_before_its_age(first: int, fine: bool) -> None:
    assert (said({**PER_KG, "amount": 10}, medicine="ibuprofen", age_days=[first, 6000]) == "") is fine


def test_without_a_gate_a_medicine_with_an_age_is_refused() -> None:
    assert "is given from 90 days" in said({**PER_KG, "amount": 10}, medicine="ibuprofen", age_days=None)


@pytest.mark.parametrize(("first", "fine"), [(27, False), (28, True)])
def test_ceftriaxone_not_in_the_newborn(first: int, fine: bool) -> None:
    assert (said({**PER_KG, "amount": 80}, medicine="ceftriaxone", age_days=[first, 6000]) == "") is fine


@pytest.mark.parametrize("name", ["aspirin", "codeine", "loperamide"])
def test_what_children_are_not_given(name: str) -> None:
    assert "is not given to children" in said(PER_KG, medicine=name)


def test_aspirin_in_kawasaki_disease() -> None:
    raw = {"kind": "medicine", "title": TITLE, "medicine": "aspirin", "route": "oral", "cite": CITE, "dose": PER_KG}

    assert list(objections(action("kawasaki_aspirin", Place(raw, "a.yaml")))) == []


@pytest.mark.parametrize(("dose", "says"), [
    ({**PER_KG, "amount_to": 5}, "amount_to is less"),
    ({**BANDS, "bands": [{"from": 4, "below": 10, "amount": 2}, {"from": 10, "amount": 1}]}, "a later band gives less"),
    ({**BANDS, "bands": [{"from": 4, "amount": 2, "amount_to": 1}]}, "ends lower than it begins"),
])  # fmt: skip
def test_doses_rise(dose: dict[str, Any], says: str) -> None:
    assert says in said(dose)


def test_the_day_has_a_maximum() -> None:
    assert "over the daily maximum" in said(PER_KG, times_per_day=4, daily_max=1500)


def test_another_unit_is_not_measured_against_milligrams() -> None:
    assert said({"by": "fixed", "unit": "tablet", "amount": 5000}, medicine="amoxicillin") == ""


def test_every_dose_has_a_child_that_somebody_else_reckoned() -> None:
    """A vector names each dose of the shipped manual, and what this child is given."""
    shipped = {(name, one.id) for name, made in load().pathways.items() for one in made.actions.values() if one.dose}
    reckoned = {(vector.pathway, code) for vector in vectors() for code in vector.doses}
    assert {code for _name, code in shipped} == {code for _name, code in reckoned & shipped}
