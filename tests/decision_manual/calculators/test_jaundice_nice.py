"""NICE CG98 bilirubin, in micromol/l."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_manual.calculators.jaundice_nice import EXCHANGE, PHOTO, is_prolonged, thresholds
from tests.decision_manual.calculators.asking import ask, category, of, result, wrong

D = Decimal


def _asked(hours: Any, weeks: int = 39, **more: Any) -> dict[str, Any]:
    return {"gestation_weeks": weeks, "age_hours": hours, **more}


@pytest.mark.parametrize(
    ("hour", "photo"),
    [(0, 100), (6, 125), (12, 150), (18, 175), (24, 200), (30, 212), (36, 225), (42, 237), (48, 250), (54, 262),
     (60, 275), (66, 287), (72, 300), (78, 312), (84, 325), (90, 337), (96, 350), (97, 350), (600, 350)],
)  # fmt: skip
def test_phototherapy_at_term_by_hour(hour: int, photo: int) -> None:
    assert thresholds(38, D(hour))[0] == photo


@pytest.mark.parametrize(
    ("hour", "exchange"),
    [(0, 100), (6, 150), (12, 200), (18, 250), (24, 300), (30, 350), (36, 400), (42, 450), (200, 450)],
)
def test_exchange_at_term_by_hour(hour: int, exchange: int) -> None:
    assert thresholds(38, D(hour))[1] == exchange


@pytest.mark.parametrize("weeks", range(23, 38))
def test_before_38_weeks_from_72_hours_by_week(weeks: int) -> None:
    assert thresholds(weeks, D(72)) == thresholds(weeks, D(200)) == (D(weeks * 10 - 100), D(weeks * 10))


@pytest.mark.parametrize("weeks", [23, 30, 37])
def test_before_38_weeks_the_line_starts_at_40_and_80(weeks: int) -> None:
    assert thresholds(weeks, D(0)) == (D(40), D(80))


def test_before_38_weeks_half_way_is_half_way() -> None:
    assert thresholds(30, D(36)) == (D(120), D(190))


def test_between_two_hours_is_rounded_down() -> None:
    assert thresholds(38, D(3)) == (D(112), D(125))


@given(weeks=st.integers(23, 42), hours=st.integers(0, 400))
def test_the_line_never_falls(weeks: int, hours: int) -> None:
    now, later = thresholds(weeks, D(hours)), thresholds(weeks, D(hours + 1))
    assert now[0] <= later[0]
    assert now[1] <= later[1]


@given(weeks=st.integers(23, 37), hours=st.integers(0, 400))
def test_the_line_never_falls_with_gestation_before_term(weeks: int, hours: int) -> None:
    assert thresholds(weeks, D(hours))[0] <= thresholds(weeks + 1, D(hours))[0]


def test_the_tables_have_every_sixth_hour() -> None:
    assert (len(PHOTO), len(EXCHANGE)) == (17, 8)


def test_at_exchange() -> None:
    assert category("bilirubin_nice", **_asked(48, tsb=450)) == "exchange"


def test_just_below_exchange_is_phototherapy() -> None:
    assert category("bilirubin_nice", **_asked(48, tsb=449)) == "phototherapy"


def test_at_the_line_is_phototherapy() -> None:
    assert category("bilirubin_nice", **_asked(48, tsb=250)) == "phototherapy"


def test_just_below_the_line() -> None:
    assert category("bilirubin_nice", **_asked(48, tsb=249)) == "below"


def test_below_the_line_on_the_first_day_is_still_an_emergency() -> None:
    assert category("bilirubin_nice", **_asked("23.9", tsb=50)) == "first_day"


def test_below_the_line_at_24_hours_is_not() -> None:
    assert category("bilirubin_nice", **_asked(24, tsb=50)) == "below"


def test_conjugated_above_25_is_seen_today() -> None:
    assert category("bilirubin_nice", **_asked(200, tsb=100, conjugated=26)) == "conjugated"


def test_conjugated_of_25_is_not() -> None:
    assert category("bilirubin_nice", **_asked(200, tsb=100, conjugated=25)) == "below"


def test_conjugated_counts_without_a_total() -> None:
    assert category("bilirubin_nice", **_asked(200, conjugated=60)) == "conjugated"


def test_more_than_14_days_at_term_is_prolonged() -> None:
    assert category("bilirubin_nice", **_asked(337, tsb=100)) == "prolonged"


def test_14_days_at_term_is_not() -> None:
    assert category("bilirubin_nice", **_asked(336, tsb=100)) == "below"


def test_before_37_weeks_21_days_are_allowed() -> None:
    assert not is_prolonged(36, D(504))


def test_before_37_weeks_more_than_21_days_is_prolonged() -> None:
    assert is_prolonged(36, D(505))


def test_37_weeks_count_as_term() -> None:
    assert is_prolonged(37, D(337))


def test_phototherapy_comes_before_prolonged() -> None:
    assert category("bilirubin_nice", **_asked(400, tsb=360)) == "phototherapy"


def test_thresholds_alone() -> None:
    assert category("bilirubin_nice", **_asked(48)) == "thresholds"


def test_the_margin() -> None:
    assert result("bilirubin_nice", **_asked(48, tsb=200))["margin_umol_l"] == 50


def test_milligrams_are_converted() -> None:
    assert result("bilirubin_nice", **_asked(48, tsb=of(10, "mg/dL")))["margin_umol_l"] == 79


def test_under_23_weeks_is_refused() -> None:
    assert set(wrong("bilirubin_nice", **_asked(48, weeks=22))) == {"gestation_weeks"}


def test_the_rule_of_the_skin_reading_is_always_said() -> None:
    assert "250 micromol/l" in ask("bilirubin_nice", **_asked(48))["notes"][0]["en"]
