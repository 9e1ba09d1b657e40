"""Maintenance, the newborn's fluid, deficit, WHO's dehydration table and plans."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_manual.calculators.fluids import by_segments, neonatal_rate
from tests.decision_manual.calculators.asking import ask, category, nothing, of, result, urgency, wrong

D = Decimal

# -- maintenance --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weight", "day", "hour"),
    [(3, 300, 12), (9, 900, 36), (10, 1000, 40), (11, 1050, 42), (19, 1450, 58), (20, 1500, 60), (21, 1520, 61),
     (30, 1700, 70)],
)  # fmt: skip
def test_maintenance_by_weight(weight: int, day: int, hour: int) -> None:
    assert result("maintenance_fluid", weight=weight) == {"ml_per_day": day, "ml_per_hour": hour}


def test_maintenance_of_half_a_kilogram_more() -> None:
    assert result("maintenance_fluid", weight="10.5")["ml_per_day"] == 1025


def test_maintenance_in_grams_is_the_same() -> None:
    assert result("maintenance_fluid", weight=of(12500, "g")) == result("maintenance_fluid", weight="12.5")


@given(a=st.integers(1, 1000), b=st.integers(1, 1000))
def test_maintenance_never_falls_with_weight(a: int, b: int) -> None:
    low, high = sorted((D(a) / 10, D(b) / 10))
    assert by_segments(low, 100, 50, 20) <= by_segments(high, 100, 50, 20)


def test_a_girl_usually_needs_at_most_2000_ml() -> None:
    found = [category("maintenance_fluid", weight=weight, sex="female") for weight in (45, "45.1")]
    assert found == ["maintenance", "above_usual"]


def test_a_boy_usually_needs_at_most_2500_ml() -> None:
    assert [category("maintenance_fluid", weight=w, sex="male") for w in (70, "70.1")] == ["maintenance", "above_usual"]


def test_without_a_sex_the_boys_line_holds() -> None:
    assert category("maintenance_fluid", weight=60) == "maintenance"


# -- the newborn --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "low", "high"), [(1, 50, 60), (2, 70, 80), (3, 80, 100), (4, 100, 120), (5, 120, 150), (28, 120, 150)]
)
def test_rate_by_day_of_life(day: int, low: int, high: int) -> None:
    assert neonatal_rate(day) == (low, high)


def test_fluid_of_a_newborn_of_3_kg_on_day_2() -> None:
    found = result("neonatal_fluid", weight=3, day_of_life=2)
    assert found == {"ml_per_day_low": 210, "ml_per_day_high": 240, "ml_per_hour_low": 8.8, "ml_per_hour_high": 10}


@pytest.mark.parametrize("day", [0, 29, "1.5"])
def test_an_impossible_day_of_life_is_refused(day: object) -> None:
    assert set(wrong("neonatal_fluid", weight=3, day_of_life=day)) == {"day_of_life"}


def test_a_newborn_of_20_kg_is_refused() -> None:
    assert set(wrong("neonatal_fluid", weight=20, day_of_life=1)) == {"weight"}


def test_grams_of_a_newborn_typed_as_kilograms_are_noticed() -> None:
    assert wrong("neonatal_fluid", weight=3200, day_of_life=1)["weight"].endswith("Is this in g perhaps?")


# -- deficit ------------------------------------------------------------------------------------------------------


def test_deficit_is_per_cent_times_weight_times_ten() -> None:
    assert result("fluid_deficit", weight=12, percent=5) == 600


def test_no_dehydration_is_no_deficit() -> None:
    assert result("fluid_deficit", weight=12, percent=0) == 0


def test_more_than_20_percent_is_refused() -> None:
    assert set(wrong("fluid_deficit", weight=12, percent=21)) == {"percent"}


def test_16_percent_is_unusual() -> None:
    assert list(ask("fluid_deficit", weight=12, percent=16)["warnings"]) == ["percent"]


# -- WHO's table --------------------------------------------------------------------------------------------------


def _who(**found: Any) -> str:
    return category("dehydration_who", **nothing("dehydration_who", **found))


_SOME = {
    "general_condition": "restless_irritable",
    "sunken_eyes": True,
    "drinking": "eagerly_thirsty",
    "skin_pinch": "slow",
}
_SEVERE = {"general_condition": "lethargic_unconscious", "sunken_eyes": True, "drinking": "poorly_unable",
           "skin_pinch": "very_slow"}  # fmt: skip


def test_no_sign_is_no_dehydration() -> None:
    assert _who() == "no_dehydration"


@pytest.mark.parametrize("sign", _SOME)
def test_one_sign_of_some_is_not_enough(sign: str) -> None:
    assert _who(**{sign: _SOME[sign]}) == "no_dehydration"


@pytest.mark.parametrize("sign", _SEVERE)
def test_one_sign_of_severe_is_not_enough(sign: str) -> None:
    assert _who(**{sign: _SEVERE[sign]}) == "no_dehydration"


_PAIRS = [(a, b) for i, a in enumerate(_SOME) for b in list(_SOME)[i + 1 :]]


@pytest.mark.parametrize(("first", "second"), _PAIRS)
def test_two_signs_of_some(first: str, second: str) -> None:
    assert _who(**{first: _SOME[first], second: _SOME[second]}) == "some_dehydration"


@pytest.mark.parametrize(("first", "second"), _PAIRS)
def test_two_signs_of_severe(first: str, second: str) -> None:
    assert _who(**{first: _SEVERE[first], second: _SEVERE[second]}) == "severe_dehydration"


def test_a_sign_of_severe_counts_with_one_of_some() -> None:
    assert _who(general_condition="lethargic_unconscious", skin_pinch="slow") == "some_dehydration"


def test_severe_dehydration_is_an_emergency() -> None:
    assert urgency("dehydration_who", **nothing("dehydration_who", **_SEVERE)) == "E0"


# -- plans --------------------------------------------------------------------------------------------------------


def _plan(plan: str, weight: Any = 10, age: Any = 18) -> dict[str, Any]:
    found = result("rehydration_plan", plan=plan, weight=weight, age=age)
    return {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize(("age", "low", "high"), [("23.9", 50, 100), (24, 100, 200)])
def test_plan_a_by_age(age: object, low: int, high: int) -> None:
    assert _plan("plan_a", age=age) == {"each_stool_low_ml": low, "each_stool_high_ml": high}


def test_plan_b_is_75_ml_per_kg() -> None:
    assert _plan("plan_b", weight=8) == {"ors_4_hours_ml": 600}


def test_plan_c_under_12_months() -> None:
    assert _plan("plan_c", weight=8, age="11.9") == {
        "first_ml": 240, "first_minutes": 60, "then_ml": 560, "then_minutes": 300, "tube_ml_per_hour": 160,
    }  # fmt: skip


def test_plan_c_from_12_months_is_faster() -> None:
    found = _plan("plan_c", age=12)
    assert (found["first_minutes"], found["then_minutes"]) == (30, 150)


def test_plan_c_is_an_emergency() -> None:
    assert urgency("rehydration_plan", plan="plan_c", weight=8, age=6) == "E0"


def test_plans_are_for_children_under_5() -> None:
    assert set(wrong("rehydration_plan", plan="plan_a", weight=20, age=60)) == {"age"}
