"""AAP 2022 bilirubin: each published point exact, between them below the line and close to it, and what follows."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decision_manual.calculators import jaundice_aap
from decision_manual.calculators.jaundice_aap import is_fast, tables, thresholds
from tests.decision_manual.calculators.asking import ask, category, of, result, urgency, wrong

D = Decimal
_FILE = Path(jaundice_aap.__file__).parent / "data" / "bilirubin_aap_2022.csv"
_ROWS = list(csv.DictReader(_FILE.read_text(encoding="utf-8").splitlines()))


def _line(weeks: int = 38, risk: bool = False) -> dict[str, Any]:
    return {"gestation_weeks": weeks, "neurotoxicity_risk": risk}


def _at(hours: Any, **more: Any) -> dict[str, Any]:
    return {**_line(), "age_hours": hours, **more}


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: "-".join(list(row.values())[:3]))
def test_every_published_point_is_exact(row: dict[str, str]) -> None:
    asked = _line(int(row["gestational_age_weeks"]), row["neurotoxicity_risk_factor"] != "none")
    found = result("bilirubin_aap", **asked, age_hours=row["age_hours"])
    assert D(str(found["phototherapy_mg_dl"])) == D(row["phototherapy_mg_dl"])
    assert D(str(found["exchange_mg_dl"])) == D(row["exchange_mg_dl"])


def test_the_landmark_of_38_weeks_without_risk_at_24_hours() -> None:
    assert thresholds(38, D(24), risk=False) == (D("12.3"), D("21.4"))


def test_the_landmark_of_38_weeks_without_risk_at_96_hours() -> None:
    assert thresholds(38, D(96), risk=False) == (D("20.7"), D("27.0"))


def test_the_landmark_of_35_weeks_without_risk_at_48_hours() -> None:
    assert thresholds(35, D(48), risk=False) == (D("14.2"), D("20.7"))


def test_the_landmark_of_38_weeks_with_risk_at_72_hours() -> None:
    assert thresholds(38, D(72), risk=True) == (D("16.6"), D("22.1"))


def test_the_landmark_of_35_weeks_with_risk_at_24_hours() -> None:
    assert thresholds(35, D(24), risk=True) == (D("8.9"), D("16.1"))


def test_41_and_42_weeks_are_read_as_40() -> None:
    assert thresholds(41, D(48), risk=False) == thresholds(42, D(48), risk=False) == thresholds(40, D(48), risk=False)


def test_risk_lowers_the_line() -> None:
    assert thresholds(38, D(48), risk=True) < thresholds(38, D(48), risk=False)


_KEYS = sorted(tables())


@given(key=st.sampled_from(_KEYS), hours=st.decimals(1, 335, places=1))
def test_between_the_points_never_above_the_line_and_at_most_a_tenth_below(
    key: tuple[bool, int], hours: Decimal
) -> None:
    risk, weeks = key
    line = tables()[key]
    after = next(i for i, point in enumerate(line) if point[0] >= hours)
    low, high = line[max(after - 1, 0)], line[after]
    share = (hours - low[0]) / (high[0] - low[0]) if high[0] > low[0] else D(0)
    for i, found in zip((1, 2), thresholds(weeks, hours, risk=risk), strict=True):
        straight = low[i] + (high[i] - low[i]) * share
        assert straight - D("0.1") < found <= straight


@given(key=st.sampled_from(_KEYS), hours=st.integers(1, 334))
def test_the_line_never_falls_with_age(key: tuple[bool, int], hours: int) -> None:
    risk, weeks = key
    assert thresholds(weeks, D(hours), risk=risk)[0] <= thresholds(weeks, D(hours + 1), risk=risk)[0]


@given(risk=st.booleans(), weeks=st.integers(35, 39), hours=st.integers(1, 335))
def test_the_line_never_falls_with_gestation(risk: bool, weeks: int, hours: int) -> None:
    younger, older = (thresholds(w, D(hours), risk=risk) for w in (weeks, weeks + 1))
    assert younger[0] <= older[0]
    assert younger[1] <= older[1]


@given(key=st.sampled_from(_KEYS), hours=st.integers(1, 335))
def test_exchange_lies_above_phototherapy(key: tuple[bool, int], hours: int) -> None:
    photo, exchange = thresholds(key[1], D(hours), risk=key[0])
    assert exchange > photo + 2


@given(a=st.integers(0, 400), b=st.integers(0, 400), hours=st.integers(1, 335))
def test_more_bilirubin_is_never_less_urgent(a: int, b: int, hours: int) -> None:
    order = ["H", "U2", "U1", "E1", "E0"]
    low, high = sorted((a, b))
    less, more = (urgency("bilirubin_aap", **_at(hours), tsb=D(tsb) / 10) for tsb in (low, high))
    assert order.index(less) <= order.index(more)


# -- before and after the tables ----------------------------------------------------------------------------------


def test_the_tables_start_at_hour_1() -> None:
    assert category("bilirubin_aap", **_at(1)) == "thresholds"


def test_before_hour_1_is_refused_by_name() -> None:
    assert wrong("bilirubin_aap", **_at("0.9"))["age_hours"].startswith(
        "0.9 hours is impossible here: 1 hours to 335 hours."
    )


def test_the_tables_end_at_hour_335() -> None:
    assert category("bilirubin_aap", **_at(335)) == "thresholds"


def test_after_hour_335_is_refused_by_name() -> None:
    assert set(wrong("bilirubin_aap", **_at(336))) == {"age_hours"}


def test_under_35_weeks_is_refused() -> None:
    assert set(wrong("bilirubin_aap", gestation_weeks=34, neurotoxicity_risk=False, age_hours=24)) == {
        "gestation_weeks"
    }


def test_half_a_week_is_refused() -> None:
    asked = {"gestation_weeks": "38.5", "neurotoxicity_risk": False, "age_hours": 24}
    assert wrong("bilirubin_aap", **asked) == {"gestation_weeks": "Give a whole number."}


# -- what follows, at 38 weeks without risk, 48 hours: 16.0 and 24.0 ----------------------------------------------


def test_at_exchange() -> None:
    assert category("bilirubin_aap", **_at(48, tsb=24)) == "exchange"


def test_just_below_exchange_care_is_escalated() -> None:
    assert category("bilirubin_aap", **_at(48, tsb="23.9")) == "escalation"


def test_two_below_exchange_care_is_escalated() -> None:
    assert category("bilirubin_aap", **_at(48, tsb=22)) == "escalation"


def test_more_than_two_below_exchange_is_phototherapy() -> None:
    assert category("bilirubin_aap", **_at(48, tsb="21.9")) == "phototherapy"


def test_at_the_line_is_phototherapy() -> None:
    assert category("bilirubin_aap", **_at(48, tsb=16)) == "phototherapy"


def test_a_tenth_below_the_line_is_followed_in_4_to_24_hours() -> None:
    assert category("bilirubin_aap", **_at(48, tsb="15.9")) == "follow_up_4_to_24_hours"


def test_1_9_below_the_line() -> None:
    assert category("bilirubin_aap", **_at(48, tsb="14.1")) == "follow_up_4_to_24_hours"


def test_2_0_below_the_line() -> None:
    assert category("bilirubin_aap", **_at(48, tsb="14.0")) == "follow_up_4_to_24_hours_tcb"


def test_3_4_below_the_line() -> None:
    assert category("bilirubin_aap", **_at(48, tsb="12.6")) == "follow_up_4_to_24_hours_tcb"


def test_3_5_below_the_line() -> None:
    assert category("bilirubin_aap", **_at(48, tsb="12.5")) == "follow_up_1_to_2_days"


def test_5_4_below_the_line() -> None:
    assert category("bilirubin_aap", **_at(48, tsb="10.6")) == "follow_up_1_to_2_days"


def test_5_5_below_the_line() -> None:
    assert category("bilirubin_aap", **_at(48, tsb="10.5")) == "follow_up_2_days"


def test_6_9_below_the_line() -> None:
    assert category("bilirubin_aap", **_at(48, tsb="9.1")) == "follow_up_2_days"


def test_7_0_below_the_line() -> None:
    assert category("bilirubin_aap", **_at(48, tsb="9.0")) == "follow_up_3_days"


def test_close_to_the_line_before_24_hours_discharge_is_delayed() -> None:
    assert category("bilirubin_aap", **_at(23, tsb="11.9")) == "follow_up_delay_discharge"


def test_close_to_the_line_at_24_hours_discharge_is_not_delayed() -> None:
    assert category("bilirubin_aap", **_at(24, tsb="12.2")) == "follow_up_4_to_24_hours"


def test_two_below_the_line_before_24_hours_is_followed_as_later() -> None:
    assert category("bilirubin_aap", **_at(23, tsb="9.5")) == "follow_up_4_to_24_hours_tcb"


def test_the_shown_margin_is_rounded_down_with_its_band() -> None:
    found = ask("bilirubin_aap", **_at(48), tsb=of(240, "umol/L"))
    assert (found["result"]["margin_mg_dl"], found["category"]) == (1.9, "follow_up_4_to_24_hours")


def test_the_line_of_escalation_is_told() -> None:
    assert result("bilirubin_aap", **_at(48))["escalation_mg_dl"] == 22


def test_without_a_measurement_there_is_no_urgency() -> None:
    assert urgency("bilirubin_aap", **_at(48)) == ""


def test_exchange_and_escalation_call_the_emergency_transfer() -> None:
    assert urgency("bilirubin_aap", **_at(48, tsb=24)) == urgency("bilirubin_aap", **_at(48, tsb=22)) == "E0"


# -- the skin reading ---------------------------------------------------------------------------------------------


def test_a_skin_reading_within_3_of_the_line_is_confirmed() -> None:
    assert category("bilirubin_aap", **_at(48, tcb="13.0")) == "measure_tsb"


def test_a_skin_reading_more_than_3_below_is_not() -> None:
    assert category("bilirubin_aap", **_at(48, tcb="12.9")) == "tcb_below"


def test_a_skin_reading_above_the_line_is_confirmed() -> None:
    assert category("bilirubin_aap", **_at(48, tcb=17)) == "measure_tsb"


def test_a_skin_reading_of_15_is_confirmed_however_high_the_line() -> None:
    assert category("bilirubin_aap", **_at(200, tcb=15)) == "measure_tsb"


def test_a_skin_reading_of_14_9_far_below_the_line_is_not() -> None:
    assert category("bilirubin_aap", **_at(200, tcb="14.9")) == "tcb_below"


def test_serum_counts_before_the_skin() -> None:
    assert category("bilirubin_aap", **_at(48, tcb=17, tsb=9)) == "follow_up_3_days"


# -- the rate of rise ---------------------------------------------------------------------------------------------


def test_03_an_hour_in_the_first_day_is_fast() -> None:
    assert is_fast(D("0.3"), D(24))


def test_029_an_hour_in_the_first_day_is_not() -> None:
    assert not is_fast(D("0.29"), D(24))


def test_02_an_hour_after_the_first_day_is_fast() -> None:
    assert is_fast(D("0.2"), D("24.1"))


def test_019_an_hour_after_the_first_day_is_not() -> None:
    assert not is_fast(D("0.19"), D(48))


def test_a_fast_rise_is_said() -> None:
    notes = ask("bilirubin_aap", **_at(48, tsb=12, previous_tsb=10, hours_between=10))["notes"]
    assert notes[0]["en"].startswith("Bilirubin rises by 0.2 mg/dl an hour: this suggests haemolysis.")


def test_a_slow_rise_is_not() -> None:
    assert ask("bilirubin_aap", **_at(48, tsb="11.9", previous_tsb=10, hours_between=10))["notes"] == []


def test_the_rate_is_a_figure() -> None:
    assert result("bilirubin_aap", **_at(48, tsb=12, previous_tsb=10, hours_between=8))["rate_mg_dl_h"] == 0.25


def test_an_earlier_value_alone_asks_for_the_hours() -> None:
    assert wrong("bilirubin_aap", **_at(48, tsb=12, previous_tsb=10)) == {"hours_between": "This is needed."}


def test_hours_alone_ask_for_the_earlier_value() -> None:
    assert wrong("bilirubin_aap", **_at(48, tsb=12, hours_between=10)) == {"previous_tsb": "This is needed."}


def test_a_rate_needs_the_present_value() -> None:
    assert wrong("bilirubin_aap", **_at(48, previous_tsb=10, hours_between=10)) == {"tsb": "This is needed."}


def test_the_trace_tells_the_line_in_both_languages() -> None:
    steps = ask("bilirubin_aap", **_at(48))["trace"]
    assert steps[-2]["en"].startswith("Line for 38 weeks, without a risk factor, at hour 48: phototherapy 16")
    assert steps[-2]["zh"].startswith("38 周、无危险因素")
    assert steps[-2]["source"] == "AAP-BILI22"
