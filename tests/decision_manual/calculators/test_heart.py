"""Blood pressure, hypotension, QT."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_manual.calculators.heart import hypotension_line, qtc, rungs, screening_line
from tests.decision_manual.calculators.asking import ask, category, of, result, wrong

D = Decimal

# -- screening ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years", "line"),
    [(1, (98, 52)), (2, (100, 55)), (3, (101, 58)), (4, (102, 60)), (5, (103, 63)), (6, (105, 66)), (7, (106, 68)),
     (8, (107, 69)), (9, (107, 70)), (10, (108, 72)), (11, (110, 74)), (12, (113, 75)), (13, (120, 80)),
     (17, (120, 80))],
)  # fmt: skip
def test_screening_of_boys(years: int, line: tuple[int, int]) -> None:
    assert screening_line(years, "male") == line


@pytest.mark.parametrize(
    ("years", "line"),
    [(1, (98, 54)), (2, (101, 58)), (3, (102, 60)), (4, (103, 62)), (5, (104, 64)), (6, (105, 67)), (7, (106, 68)),
     (8, (107, 69)), (9, (108, 71)), (10, (109, 72)), (11, (111, 74)), (12, (114, 75)), (13, (120, 80)),
     (17, (120, 80))],
)  # fmt: skip
def test_screening_of_girls(years: int, line: tuple[int, int]) -> None:
    assert screening_line(years, "female") == line


def _screen(sbp: int, dbp: int, age: Any = 5, sex: str = "male") -> str:
    return category("bp_screen", age=age, sex=sex, sbp=sbp, dbp=dbp)


def test_below_both_values() -> None:
    assert _screen(102, 62) == "below"


def test_at_the_systolic_value() -> None:
    assert _screen(103, 50) == "needs_percentile"


def test_at_the_diastolic_value() -> None:
    assert _screen(90, 63) == "needs_percentile"


def test_the_age_is_in_completed_years() -> None:
    assert _screen(103, 50, age="5.9") == "needs_percentile"


def test_the_age_may_be_given_in_months() -> None:
    assert result("bp_screen", age=of(71, "mo"), sex="male", sbp=90, dbp=50) == {"sbp_limit": 103, "dbp_limit": 63}


def test_screening_starts_at_1_year() -> None:
    assert set(wrong("bp_screen", age="0.9", sex="male", sbp=90, dbp=50)) == {"age"}


def test_pressure_in_kilopascal() -> None:
    asked = {"age": 5, "sex": "male", "dbp": 50}
    assert category("bp_screen", **asked, sbp=of("13.8", "kPa")) == "needs_percentile"


# -- stage --------------------------------------------------------------------------------------------------------


def _stage(sbp: int, dbp: int, age: Any = 14, **more: Any) -> str:
    return category("bp_stage", age=age, sbp=sbp, dbp=dbp, **more)


@pytest.mark.parametrize(
    ("sbp", "stage"),
    [(119, "normal"), (120, "elevated"), (129, "elevated"), (130, "stage_1"), (139, "stage_1"), (140, "stage_2")],
)
def test_from_13_years_by_systolic(sbp: int, stage: str) -> None:
    assert _stage(sbp, 70) == stage


@pytest.mark.parametrize(("dbp", "stage"), [(79, "normal"), (80, "stage_1"), (89, "stage_1"), (90, "stage_2")])
def test_from_13_years_by_diastolic(dbp: int, stage: str) -> None:
    assert _stage(110, dbp) == stage


_P = {"sbp_p90": 106, "sbp_p95": 110, "dbp_p90": 67, "dbp_p95": 71}


@pytest.mark.parametrize(
    ("sbp", "stage"),
    [(105, "normal"), (106, "elevated"), (109, "elevated"), (110, "stage_1"), (121, "stage_1"), (122, "stage_2")],
)
def test_under_13_years_by_systolic_percentile(sbp: int, stage: str) -> None:
    assert _stage(sbp, 50, age=6, **_P) == stage


@pytest.mark.parametrize(
    ("dbp", "stage"), [(66, "normal"), (67, "elevated"), (71, "stage_1"), (82, "stage_1"), (83, "stage_2")]
)
def test_under_13_years_by_diastolic_percentile(dbp: int, stage: str) -> None:
    assert _stage(90, dbp, age=6, **_P) == stage


def test_under_13_years_the_absolute_line_counts_where_it_is_lower() -> None:
    assert rungs("sbp", 12, D(125), D(135)) == (D(120), D(130), D(140))


def test_at_13_years_percentiles_count_no_more() -> None:
    assert rungs("sbp", 13, D(100), D(105)) == (D(120), D(130), D(140))


def test_under_13_years_without_percentiles_it_is_at_least() -> None:
    assert ask("bp_stage", age=6, sbp=100, dbp=50)["notes"][0]["en"].startswith("At least this")


def test_with_percentiles_nothing_is_left_open() -> None:
    assert ask("bp_stage", age=6, sbp=100, dbp=50, **_P)["notes"] == []


def test_from_13_years_nothing_is_left_open() -> None:
    assert ask("bp_stage", age=13, sbp=100, dbp=50)["notes"] == []


# -- hypotension --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("months", "line"),
    [("0.9", 60), (1, 70), ("11.9", 70), (12, 72), (23, 72), (24, 74), (60, 80), (119, 88), (120, 90), (200, 90)],
)
def test_line_by_age(months: object, line: int) -> None:
    assert hypotension_line(D(str(months))) == line


def test_below_the_line_is_hypotension() -> None:
    assert category("hypotension", age=24, sbp=73) == "hypotension"


def test_at_the_line_is_not() -> None:
    assert category("hypotension", age=24, sbp=74) == "not_low"


def test_not_low_is_no_reassurance() -> None:
    found = ask("hypotension", age=24, sbp=100)
    assert found["severity"] == ""
    assert "does not exclude shock" in found["meaning"]["en"]


@given(a=st.integers(0, 227), b=st.integers(0, 227))
def test_the_line_never_falls_with_age(a: int, b: int) -> None:
    low, high = sorted((a, b))
    assert hypotension_line(D(low)) <= hypotension_line(D(high))


# -- QT -----------------------------------------------------------------------------------------------------------


def test_at_60_beats_a_minute_nothing_is_corrected() -> None:
    assert qtc(D(400), D(1)) == 400


def test_a_quarter_of_a_second_doubles_it() -> None:
    assert qtc(D(200), D("0.25")) == 400


@pytest.mark.parametrize(
    ("qt", "found"),
    [(339, "short"), (340, "normal"), (439, "normal"), (440, "borderline"), (459, "borderline"), (460, "prolonged"),
     (499, "prolonged"), (500, "high_risk")],
)  # fmt: skip
def test_bands_of_qtc(qt: int, found: str) -> None:
    assert category("qtc_bazett", qt=qt, rr=1) == found


def test_the_band_is_that_of_the_shown_figure() -> None:
    assert category("qtc_bazett", qt="439.6", rr=1) == "borderline"


def test_the_heart_rate_may_stand_for_the_interval() -> None:
    assert result("qtc_bazett", qt=300, heart_rate=120) == result("qtc_bazett", qt=300, rr="0.5")


def test_one_of_them_is_needed() -> None:
    assert wrong("qtc_bazett", qt=300) == {"heart_rate": "This is needed."}


def test_intervals_in_either_unit() -> None:
    assert result("qtc_bazett", qt=of("0.3", "s"), rr=of(500, "ms")) == result("qtc_bazett", qt=300, rr="0.5")


def test_an_interval_in_milliseconds_typed_as_seconds_is_noticed() -> None:
    assert wrong("qtc_bazett", qt=300, rr=500)["rr"].endswith("Is this in ms perhaps?")


def test_the_limits_of_qtc_are_marked() -> None:
    assert ask("qtc_bazett", qt=300, rr=1)["source"]["verified"] is False
