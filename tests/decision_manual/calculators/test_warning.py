"""National PEWS as a calculator, Bedside PEWS at its own edges."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consortium.clinical.pews.bands import AgeBand
from decision_manual.calculators.warning import BEDSIDE, age_band, bedside_points
from tests.decision_manual.calculators.asking import ask, category, of, result, wrong

D = Decimal

# -- National PEWS ------------------------------------------------------------------------------------------------

_WELL: dict[str, Any] = {"age": 36, "resp_rate": 30, "heart_rate": 110, "sbp": 90, "spo2": 98, "crt": 2,
                         "distress": "none", "oxygen_flow": 0}  # fmt: skip


def _npews(**found: Any) -> dict[str, Any]:
    return ask("npews", **{**_WELL, **found})


@pytest.mark.parametrize(
    ("months", "band"),
    [(0, AgeBand.INFANT), ("11.9", AgeBand.INFANT), (12, AgeBand.TODDLER), ("59.9", AgeBand.TODDLER),
     (60, AgeBand.CHILD), ("155.9", AgeBand.CHILD), (156, AgeBand.TEEN), (215, AgeBand.TEEN)],
)  # fmt: skip
def test_chart_by_birthday(months: object, band: AgeBand) -> None:
    assert age_band(D(str(months))) == band


def test_a_well_child_scores_nothing() -> None:
    assert (_npews()["result"], _npews()["category"]) == (0, "none")


def test_a_complete_score_has_no_note() -> None:
    assert _npews()["notes"] == []


def test_a_missing_sign_makes_it_at_least() -> None:
    assert "not measured: Systolic blood pressure" in _npews(sbp=None)["notes"][0]["en"]


def test_4_is_low() -> None:
    assert (_npews(spo2=91)["result"], _npews(spo2=91)["category"]) == (4, "low")


def test_5_is_medium() -> None:
    assert _npews(spo2=91, distress="mild")["category"] == "medium"


def test_8_is_medium() -> None:
    assert _npews(spo2=91, distress="severe")["category"] == "medium"


def test_9_is_high() -> None:
    assert _npews(spo2=91, distress="severe", oxygen_flow=1)["category"] == "high"


def test_12_is_high() -> None:
    assert _npews(spo2=91, distress="severe", oxygen_flow=6)["category"] == "high"


def test_13_is_an_emergency() -> None:
    assert _npews(spo2=91, distress="severe", oxygen_flow=6, resp_rate=45)["category"] == "emergency"


def test_high_flow_scores_four() -> None:
    assert _npews(support="high_flow")["result"] == 4


def test_no_support_leaves_the_flow_to_count() -> None:
    assert _npews(support="none", oxygen_flow=3)["result"] == 2


def test_oxygen_in_percent_scores() -> None:
    assert _npews(oxygen_flow=None, oxygen_percent=35)["result"] == 2


@pytest.mark.parametrize("concern", ["carer_concern", "clinical_intuition", "sepsis_suspected"])
def test_a_concern_is_at_least_medium(concern: str) -> None:
    assert _npews(**{concern: True})["category"] == "medium"


def test_septic_shock_is_high() -> None:
    assert _npews(septic_shock_suspected=True)["category"] == "high"


def test_abnormal_pupils_are_an_emergency() -> None:
    assert _npews(abnormal_pupils=True)["category"] == "emergency"


@pytest.mark.parametrize(("avpu", "level"), [("A", "none"), ("V", "high"), ("P", "emergency"), ("U", "emergency")])
def test_consciousness_escalates(avpu: str, level: str) -> None:
    assert _npews(avpu=avpu)["category"] == level


def test_a_concern_denied_changes_nothing() -> None:
    assert _npews(carer_concern=False)["category"] == "none"


def test_it_says_where_it_is_not_validated() -> None:
    from decision_manual.calculators.warning import NPEWS

    assert NPEWS.note is not None
    assert "not validated outside hospital" in NPEWS.note.en


# -- Bedside PEWS -------------------------------------------------------------------------------------------------

#: age in months, (lowest and highest value that score nothing)
_QUIET = [
    ("heart_rate", 0, 111, 149), ("heart_rate", 3, 101, 149), ("heart_rate", 12, 91, 119), ("heart_rate", 48, 71, 109),
    ("heart_rate", 144, 61, 99), ("resp_rate", 0, 30, 60), ("resp_rate", 3, 25, 50), ("resp_rate", 12, 20, 40),
    ("resp_rate", 48, 20, 30), ("resp_rate", 144, 12, 16), ("sbp", 0, 61, 79), ("sbp", 3, 81, 99), ("sbp", 12, 91, 109),
    ("sbp", 48, 91, 119), ("sbp", 144, 101, 129),
]  # fmt: skip


@pytest.mark.parametrize(("sign", "months", "low", "high"), _QUIET)
def test_what_scores_nothing(sign: str, months: int, low: int, high: int) -> None:
    found = [bedside_points(sign, D(value), D(months)) for value in (low - 1, low, high, high + 1)]
    assert found == [1, 0, 0, 1]


_AGES = (0, 3, 12, 48, 144)
_EDGES = [
    (sign, _AGES[i], side, edge, before, at)
    for sign, bands in BEDSIDE.items()
    for i, (highs, lows) in enumerate(bands)
    for side, edges in ((1, highs), (-1, lows))
    for edge, before, at in zip(edges, (0, 1, 2), (1, 2, 4), strict=True)
]


@pytest.mark.parametrize(("sign", "months", "side", "edge", "before", "at"), _EDGES)
def test_each_edge_belongs_to_the_worse_side(
    sign: str, months: int, side: int, edge: int, before: int, at: int
) -> None:
    assert bedside_points(sign, D(edge), D(months)) == at
    assert bedside_points(sign, D(edge - side), D(months)) == before


def test_a_newborn_of_180_beats_scores_two() -> None:
    assert bedside_points("heart_rate", D(180), D(1)) == 2


def test_a_teenager_of_30_breaths_scores_four() -> None:
    assert bedside_points("resp_rate", D(30), D(150)) == 4


def test_a_toddler_of_75_mmhg_scores_two() -> None:
    assert bedside_points("sbp", D(75), D(24)) == 2


_CALM: dict[str, Any] = {"age": 24, "resp_rate": 30, "heart_rate": 110, "sbp": 100, "spo2": 98, "crt": 2,
                         "effort": "normal", "oxygen": "air"}  # fmt: skip


def _bedside(**found: Any) -> int:
    return int(result("bedside_pews", **{**_CALM, **found}))


def test_a_calm_child_scores_nothing() -> None:
    assert _bedside() == 0


def test_saturation() -> None:
    assert [_bedside(spo2=value) for value in (95, 94, 91, 90)] == [0, 1, 1, 2]


def test_refill_of_3_seconds_scores_four() -> None:
    assert [_bedside(crt=value) for value in ("2.9", 3)] == [0, 4]


def test_effort() -> None:
    assert [_bedside(effort=value) for value in ("normal", "mild", "moderate", "severe")] == [0, 1, 2, 4]


def test_oxygen() -> None:
    assert [_bedside(oxygen=value) for value in ("air", "some", "much")] == [0, 2, 4]


def test_it_reaches_26() -> None:
    worst = {"resp_rate": 80, "heart_rate": 200, "sbp": 60, "spo2": 80, "crt": 5, "effort": "severe", "oxygen": "much"}
    assert _bedside(**worst) == 26


def test_6_is_below_the_line() -> None:
    assert category("bedside_pews", **{**_CALM, "crt": 3, "effort": "moderate"}) == "low"


def test_7_is_close_to_it() -> None:
    assert category("bedside_pews", **{**_CALM, "crt": 3, "effort": "moderate", "spo2": 93}) == "watch"


def test_8_is_high() -> None:
    assert category("bedside_pews", **{**_CALM, "crt": 3, "effort": "severe"}) == "high"


def test_every_item_is_needed() -> None:
    assert set(wrong("bedside_pews")) == set(_CALM)


def test_the_age_may_be_given_in_years() -> None:
    assert _bedside(age=of(2, "a")) == _bedside(age=24)


@given(sign=st.sampled_from(sorted(BEDSIDE)), months=st.integers(0, 215), value=st.integers(150, 250))
def test_a_faster_rate_never_scores_less(sign: str, months: int, value: int) -> None:
    assert bedside_points(sign, D(value), D(months)) <= bedside_points(sign, D(value + 1), D(months))
