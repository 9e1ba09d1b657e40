"""Doses by weight: every bound at its edge, rounding to what a syringe measures, refusals, and the trace."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from consortium.clinical.doses import Dose, DoseRule, Recipient, Refused, Strength, dose
from consortium.clinical.units import Quantity

D = Decimal
#: 15 mg/kg, 4 times a day, at most 1 g in one dose and 60 mg/kg or 4 g in a day
RULE = DoseRule(
    drug="Paracetamol", per_kg=D(15), times_a_day=4, source="BNFC", dose_cap=D(1000), day_per_kg=D(75), day_cap=D(4000),
    min_age_days=60, min_weight=D(4), renal="Longer intervals when the kidneys fail.",
)  # fmt: skip
SYRUP = Strength("syrup 24 mg/ml", D(24), D(1))
TABLET = Strength("tablet 500 mg", D(500), None, 2)


def child(kg: str = "10", **more: Any) -> Recipient:
    return Recipient(**{"weight": Quantity.of("weight", kg), "age_days": 400, "weight_z": D(0), **more})


def given_dose(rule: DoseRule = RULE, strength: Strength = SYRUP, **more: Any) -> Dose:
    found = dose(rule, strength, child(**more))
    assert isinstance(found, Dose)
    return found


def refusal(rule: DoseRule = RULE, strength: Strength = SYRUP, **more: Any) -> Refused:
    found = dose(rule, strength, child(**more))
    assert isinstance(found, Refused)
    return found


# -- amounts ----------------------------------------------------------------------------------------------------------


def test_a_dose_is_by_weight() -> None:
    assert given_dose().exact == 150


def test_it_is_rounded_to_what_is_measured() -> None:
    found = given_dose()
    assert (found.measured, found.amount) == (D(6), D(144))


def test_the_day_holds_what_is_measured() -> None:
    assert given_dose().day_amount == 4 * D(144)


def test_a_weight_in_grams_is_the_same() -> None:
    grams = dose(RULE, SYRUP, replace(child(), weight=Quantity.of("weight", 10_000, "g")))
    assert grams == given_dose()


@pytest.mark.parametrize(("kg", "capped"), [("66.6", False), ("66.66", False), ("66.7", True), ("80", True)])
def test_the_most_in_one_dose(kg: str, capped: bool) -> None:
    found = given_dose(strength=TABLET, kg=kg)
    assert found.capped is capped and found.amount == 1000


@pytest.mark.parametrize(("per_kg", "exact", "capped"), [("14", 140, False), ("15", 150, False), ("16", 150, True)])
def test_the_most_in_a_day_by_weight(per_kg: str, exact: int, capped: bool) -> None:
    found = given_dose(replace(RULE, per_kg=D(per_kg), day_per_kg=D(60)))
    assert found.exact == exact and found.capped is capped


@pytest.mark.parametrize(("day_cap", "exact"), [("601", 150), ("600", 150), ("560", 140)])
def test_the_most_in_a_day(day_cap: str, exact: int) -> None:
    assert given_dose(replace(RULE, day_cap=D(day_cap))).exact == exact


def test_of_several_bounds_the_lowest_counts() -> None:
    rule = replace(RULE, dose_cap=D(120), day_cap=D(400))
    assert given_dose(rule).exact == 100


def test_without_bounds_the_weight_decides() -> None:
    rule = replace(RULE, dose_cap=None, day_per_kg=None, day_cap=None)
    assert given_dose(rule, TABLET, kg="90").exact == 1350


# -- rounding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "step"),
    [("0.5", "0.05"), ("1", "0.05"), ("1.01", "0.1"), ("5", "0.1"), ("5.01", "0.5"), ("10", "0.5"), ("10.1", "1"),
     ("2000", "1")],
)  # fmt: skip
def test_a_syringe_has_its_steps(size: str, step: str) -> None:
    assert SYRUP.step(D(size)) == D(step)


@pytest.mark.parametrize(("parts", "step"), [(1, "1"), (2, "0.5"), (4, "0.25")])
def test_a_tablet_divides_into_its_parts(parts: int, step: str) -> None:
    assert replace(TABLET, parts=parts).step(D(1)) == D(step)


def test_half_a_tablet_is_given() -> None:
    assert given_dose(strength=TABLET, kg="17").measured == D("0.5")


def test_rounding_never_goes_over_a_bound() -> None:
    rule = replace(RULE, dose_cap=D(155))
    found = given_dose(rule)
    assert (found.capped, found.amount) == (False, D(144))


def test_a_dose_at_its_bound_is_rounded_down() -> None:
    rule = replace(RULE, dose_cap=D(149))
    found = given_dose(rule)
    assert (found.capped, found.amount) == (True, D(144))


def test_what_the_strength_cannot_measure_is_refused() -> None:
    found = refusal(strength=TABLET, kg="10")
    assert found.field == "strength" and "tablet 500 mg" in str(found.reason)


@pytest.mark.parametrize(("kg", "possible"), [("18.5", True), ("18.6", False)])
def test_rounding_may_move_a_dose_by_a_tenth(kg: str, possible: bool) -> None:
    assert isinstance(dose(RULE, TABLET, child(kg)), Dose) is possible


@settings(deadline=None)
@given(st.decimals("4", "90", places=2))
def test_no_dose_is_ever_over_its_bounds(kg: Decimal) -> None:
    found = dose(RULE, SYRUP, child(str(kg)))
    assume(isinstance(found, Dose))
    assert isinstance(found, Dose)
    assert found.amount <= 1000 and found.day_amount <= min(D(4000), 75 * kg)


@settings(deadline=None)
@given(st.decimals("4", "90", places=2))
def test_no_dose_is_far_from_what_the_weight_asks_for(kg: Decimal) -> None:
    found = dose(RULE, SYRUP, child(str(kg)))
    assert isinstance(found, Refused) or abs(found.amount - found.exact) <= found.exact / 10


@settings(deadline=None)
@given(st.decimals("4", "60", places=1), st.decimals("4", "60", places=1))
def test_more_weight_is_never_a_smaller_exact_dose(one: Decimal, other: Decimal) -> None:
    small, large = (dose(RULE, SYRUP, child(str(kg))) for kg in sorted((one, other)))
    assume(isinstance(small, Dose) and isinstance(large, Dose))
    assert isinstance(small, Dose) and isinstance(large, Dose) and small.exact <= large.exact


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "possible"), [(59, False), (60, True), (61, True)])
def test_the_youngest_age(days: int, possible: bool) -> None:
    assert isinstance(dose(RULE, SYRUP, child(age_days=days)), Dose) is possible


@pytest.mark.parametrize(("kg", "possible"), [("3.99", False), ("4", True), ("4.01", True)])
def test_the_lowest_weight(kg: str, possible: bool) -> None:
    assert isinstance(dose(RULE, SYRUP, child(kg)), Dose) is possible


@pytest.mark.parametrize("kg", ["0", "-1"])
def test_no_weight_is_no_dose(kg: str) -> None:
    assert refusal(kg=kg).field == "weight"


@pytest.mark.parametrize(("z", "possible"), [("-4.01", False), ("-4", True), ("4", True), ("4.01", False)])
def test_a_weight_far_from_its_age_is_refused(z: str, possible: bool) -> None:
    assert isinstance(dose(RULE, SYRUP, child(weight_z=D(z))), Dose) is possible


def test_a_refused_weight_is_taken_once_confirmed() -> None:
    assert given_dose(weight_z=D(5), confirmed=True).exact == 150


def test_a_weight_without_a_standard_must_be_confirmed() -> None:
    assert "no standard weight" in str(refusal(weight_z=None).reason)


def test_a_weight_without_a_standard_is_taken_once_confirmed() -> None:
    assert given_dose(weight_z=None, confirmed=True).exact == 150


def test_the_first_reason_counts() -> None:
    assert refusal(weight_z=D(9), age_days=1).field == "weight"


def test_a_rule_without_youngest_and_lightest_bars_nobody() -> None:
    rule = replace(RULE, min_age_days=None, min_weight=None)
    assert given_dose(rule, kg="2", age_days=0).exact == 30


# -- what is said -----------------------------------------------------------------------------------------------------


def test_the_trace_tells_each_step_with_its_source() -> None:
    trace = given_dose().trace
    assert trace.texts("en") == [
        "Weight 10 kg.", "15 mg/kg × 10 kg = 150 mg.", "With syrup 24 mg/ml: 6 ml, that is 144 mg.", "4 times a day.",
    ]  # fmt: skip
    assert [line.source for line in trace] == ["", "BNFC", "", "BNFC"]


def test_the_trace_names_the_bound_that_cut() -> None:
    assert "Most in one dose: 120 mg." in given_dose(replace(RULE, dose_cap=D(120))).trace.texts("en")


def test_the_trace_says_tablets() -> None:
    assert "1 tablets" in given_dose(strength=TABLET, kg="33").trace.texts("en")[-2]


def test_an_estimated_weight_is_said_in_trace_and_warnings() -> None:
    found = given_dose(estimated=True)
    assert "estimated" in found.trace.texts("en")[1] and "weigh the child" in str(found.warnings[0])


def test_failing_kidneys_are_warned_of() -> None:
    assert given_dose(renal_impairment=True).warnings == ("Longer intervals when the kidneys fail.",)


def test_failing_kidneys_change_nothing_where_nothing_is_known() -> None:
    assert given_dose(replace(RULE, renal=""), renal_impairment=True).warnings == ()
