"""Weight from age, WETFLAG, anaphylaxis, convulsions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_manual.calculators.emergency import (
    adrenaline_ml,
    by_weight,
    estimated_weight,
    midazolam_by_age,
    tube_sizes,
)
from tests.decision_manual.calculators.asking import ask, of, result, urgency, wrong

D = Decimal

# -- weight -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("months", "kg"),
    [(0, "4"), (1, "4.5"), (6, "7"), (11, "9.5"), (12, "10"), (13, "10"), (24, "12"), (60, "18"), (71, "18"),
     (72, "25"), (120, "37"), (155, "43")],
)  # fmt: skip
def test_weight_by_age(months: int, kg: str) -> None:
    assert estimated_weight(D(months)) == D(kg)


@given(a=st.integers(0, 155), b=st.integers(0, 155))
def test_weight_never_falls_with_age(a: int, b: int) -> None:
    low, high = sorted((a, b))
    assert estimated_weight(D(low)) <= estimated_weight(D(high))


def test_years_are_understood() -> None:
    assert result("weight_estimate", age=of(3, "a")) == 14


def test_from_13_years_there_is_no_estimate() -> None:
    assert set(wrong("weight_estimate", age=156)) == {"age"}


# -- WETFLAG ------------------------------------------------------------------------------------------------------


def _wetflag(**asked: Any) -> dict[str, Any]:
    return dict(result("wetflag", **asked))


def test_card_of_a_child_of_10_kg() -> None:
    assert _wetflag(age=24, weight=10) == {
        "weight_kg": 10, "energy_j": 40, "fluid_ml": 100, "lorazepam_mg": 1, "adrenaline_microgram": 100,
        "adrenaline_1_in_10000_ml": 1, "glucose_10_ml": 20, "tube_mm": 4.5, "cuffed_tube_mm": 4,
    }  # fmt: skip


def test_without_a_weight_it_is_estimated() -> None:
    assert _wetflag(age=24)["weight_kg"] == 12


def test_an_estimated_weight_is_said() -> None:
    assert "estimated weight" in ask("wetflag", age=24)["notes"][0]["en"]


def test_a_measured_weight_needs_no_note() -> None:
    assert ask("wetflag", age=24, weight=12)["notes"] == []


def test_from_13_years_the_weight_is_needed() -> None:
    assert wrong("wetflag", age=156) == {"weight": "This is needed."}


def test_lorazepam_is_at_most_4_mg() -> None:
    assert [_wetflag(age=150, weight=w)["lorazepam_mg"] for w in (39, 40, 41)] == [3.9, 4, 4]


def test_adrenaline_is_at_most_1_mg() -> None:
    assert [_wetflag(age=200, weight=w)["adrenaline_microgram"] for w in (99, 100)] == [990, 1000]


def test_a_weight_over_100_kg_is_refused() -> None:
    assert set(wrong("wetflag", age=200, weight=101)) == {"weight"}


def test_under_1_year_there_is_no_tube_formula() -> None:
    assert tube_sizes(D("11.9")) == (None, None)


def test_that_is_said() -> None:
    assert any("tube formula" in note["en"] for note in ask("wetflag", age=6, weight=7)["notes"])


@pytest.mark.parametrize(("years", "uncuffed", "cuffed"), [(1, "4.25", "3.75"), (4, "5", "4.5"), (8, "6", "5.5")])
def test_tube_by_completed_years(years: int, uncuffed: str, cuffed: str) -> None:
    assert tube_sizes(D(years * 12 + 11)) == (D(uncuffed), D(cuffed))


def test_resuscitation_is_an_emergency() -> None:
    assert urgency("wetflag", age=24) == "E0"


# -- anaphylaxis --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("months", "low", "high"),
    [(0, "0.1", "0.15"), ("5.9", "0.1", "0.15"), (6, "0.15", "0.15"), ("71.9", "0.15", "0.15"), (72, "0.3", "0.3"),
     ("155.9", "0.3", "0.3"), (156, "0.5", "0.5"), (215, "0.5", "0.5")],
)  # fmt: skip
def test_adrenaline_by_age(months: object, low: str, high: str) -> None:
    assert adrenaline_ml(D(str(months)), small=False) == (D(low), D(high))


def test_a_small_teenager_gets_less() -> None:
    assert adrenaline_ml(D(160), small=True) == (D("0.3"), D("0.3"))


def test_a_small_child_gets_what_the_age_says() -> None:
    assert adrenaline_ml(D(24), small=True) == (D("0.15"), D("0.15"))


def test_one_ml_holds_one_mg() -> None:
    found = result("anaphylaxis_adrenaline", age=84)
    assert found["volume_ml"] == found["dose_mg"] == 0.3


def test_by_weight_is_told_beside_it() -> None:
    assert result("anaphylaxis_adrenaline", age=84, weight=22)["by_weight_mg"] == 0.22


def test_by_weight_is_at_most_half_a_milligram() -> None:
    assert result("anaphylaxis_adrenaline", age=180, weight=70)["by_weight_mg"] == 0.5


def test_without_a_weight_it_is_not_told() -> None:
    assert result("anaphylaxis_adrenaline", age=84)["by_weight_mg"] is None


@given(a=st.integers(0, 227), b=st.integers(0, 227))
def test_adrenaline_never_falls_with_age(a: int, b: int) -> None:
    low, high = sorted((a, b))
    assert adrenaline_ml(D(low), small=False) <= adrenaline_ml(D(high), small=False)


# -- convulsions --------------------------------------------------------------------------------------------------


def _status(weight: Any, age: Any = 60) -> dict[str, Any]:
    return dict(result("status_epilepticus", age=age, weight=weight))


def test_card_of_a_child_of_20_kg() -> None:
    assert _status(20) == {
        "weight_kg": 20, "midazolam_buccal_mg": 6, "lorazepam_iv_mg": 2, "diazepam_rectal_mg": 10,
        "levetiracetam_low_mg": 800, "levetiracetam_high_mg": 1200, "phenytoin_mg": 400, "phenobarbital_mg": 400,
        "glucose_10_ml": 40, "midazolam_by_age_mg": 7.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("drug", "below", "at", "most"),
    [("midazolam_buccal_mg", 33, 34, 10), ("lorazepam_iv_mg", 39, 40, 4), ("diazepam_rectal_mg", 19, 20, 10),
     ("levetiracetam_low_mg", 74, 75, 3000), ("levetiracetam_high_mg", 74, 75, 4500),
     ("phenobarbital_mg", 49, 50, 1000)],
)  # fmt: skip
def test_each_has_its_most(drug: str, below: int, at: int, most: int) -> None:
    assert _status(below, age=150)[drug] < most
    assert _status(at, age=150)[drug] == _status(95, age=200)[drug] == most


@pytest.mark.parametrize(
    ("months", "mg"),
    [("2.9", None), (3, "2.5"), ("11.9", "2.5"), (12, "5"), ("59.9", "5"), (60, "7.5"), ("119.9", "7.5"), (120, "10")],
)
def test_midazolam_by_age(months: object, mg: str | None) -> None:
    assert midazolam_by_age(D(str(months))) == (None if mg is None else D(mg))


def test_in_the_newborn_phenobarbital_comes_first() -> None:
    assert any("newborn" in note["en"] for note in ask("status_epilepticus", age="0.9", weight=3)["notes"])


def test_from_1_month_it_does_not() -> None:
    assert ask("status_epilepticus", age=1, weight=4)["notes"] == []


def test_the_most_of_some_medicines_is_marked() -> None:
    assert ask("status_epilepticus", age=60, weight=20)["source"]["verified"] is False


@given(weight=st.integers(1, 100), per_kg=st.integers(1, 60), most=st.integers(1, 5000))
def test_no_dose_goes_over_its_most(weight: int, per_kg: int, most: int) -> None:
    assert by_weight(D(weight), D(per_kg), D(most)) <= most


def test_without_a_most_the_weight_decides() -> None:
    assert by_weight(D(30), D(2), None) == 60
