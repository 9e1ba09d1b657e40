"""National PEWS against its chart, at every edge: v-1, v, v+1, every band at every age."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consortium.clinical.pews import (
    AgeBand,
    Avpu,
    Concern,
    Distress,
    Item,
    Level,
    Signs,
    Support,
    age_band,
    score_signs,
)
from consortium.clinical.pews.bands import BANDS, edges, points
from consortium.clinical.pews.scoring import NOT_VALIDATED, level_of

D = Decimal
INFANT, TODDLER, CHILD, TEEN = AgeBand
#: The chart again, as a person copies it from paper: item, age, then the values from which the next score begins, with
#: the score below the first. Written apart from the product's table, so that a slip in either shows.
CHART = {
    ("resp_rate", INFANT): "4 |10 2 |20 1 |30 0 |50 1 |60 2 |70 4",
    ("resp_rate", TODDLER): "4 |10 2 |20 0 |40 1 |50 2 |60 4",
    ("resp_rate", CHILD): "4 |10 2 |15 1 |20 0 |25 1 |40 2 |50 4",
    ("resp_rate", TEEN): "4 |10 1 |15 0 |25 1 |30 2 |40 4",
    ("heart_rate", INFANT): "4 |80 2 |90 1 |110 0 |150 1 |170 2 |180 4",
    ("heart_rate", TODDLER): "4 |60 2 |70 1 |90 0 |140 1 |150 2 |170 4",
    ("heart_rate", CHILD): "4 |60 2 |70 1 |80 0 |120 1 |140 2 |160 4",
    ("heart_rate", TEEN): "4 |50 2 |60 1 |70 0 |100 1 |120 2 |130 4",
    ("sbp", INFANT): "4 |50 2 |60 1 |70 0 |90 1 |100 2 |110 4",
    ("sbp", TODDLER): "4 |50 2 |60 1 |80 0 |100 1 |120 2 |130 4",
    ("sbp", CHILD): "4 |70 2 |80 1 |90 0 |110 1 |120 2 |130 4",
    ("sbp", TEEN): "4 |80 2 |90 1 |100 0 |120 1 |130 2 |140 4",
}


def chart_edges() -> list[Any]:
    """(item, age, value, score) at v-1, v and v+1 of every edge of the chart."""
    found = []
    for (item, band), row in CHART.items():
        first, *rest = row.split(" |")
        below = int(first)
        for part in rest:
            value, score = map(int, part.split())
            for at, expected in ((value - 1, below), (value, score), (value + 1, score)):
                found.append(pytest.param(item, band, at, expected, id=f"{item} {band} {at}"))
            below = score
    return found


def only(item: str, value: Any, band: AgeBand = INFANT) -> int:
    """What one sign alone scores."""
    return score_signs(Signs(**{item: value}), band).total


def level(**signs: Any) -> Level:
    return score_signs(Signs(**signs), TODDLER).level


# -- the chart --------------------------------------------------------------------------------------------------------


def test_the_chart_has_all_its_edges() -> None:
    print("PEWS edges by age:", len(chart_edges()))
    assert len(chart_edges()) == 3 * (6 + 5 + 6 + 5 + 8 * 6)


@pytest.mark.parametrize(("item", "band", "value", "expected"), chart_edges())
def test_a_value_scores_as_on_the_chart(item: str, band: AgeBand, value: int, expected: int) -> None:
    assert only(item, D(value), band) == expected


@pytest.mark.parametrize(("item", "band"), list(CHART))
def test_the_chart_and_the_table_have_the_same_edges(item: str, band: AgeBand) -> None:
    on_paper = [int(part.split()[0]) for part in CHART[item, band].split(" |")[1:]]
    assert [low for low, _before, _after in edges(BANDS[Item(item)][band])] == on_paper


@pytest.mark.parametrize(
    ("spo2", "expected"), [(100, 0), (96, 0), (95, 0), (94, 1), (93, 1), (92, 1), (91, 4), (90, 4)]
)
def test_saturation(spo2: int, expected: int) -> None:
    assert only("spo2", D(spo2)) == expected


@pytest.mark.parametrize(("seconds", "expected"), [("1", 0), ("2", 0), ("2.5", 2), ("3", 2), ("4", 2)])
def test_capillary_refill(seconds: str, expected: int) -> None:
    assert only("crt", D(seconds)) == expected


@pytest.mark.parametrize(("distress", "expected"), list(zip(Distress, (0, 1, 2, 4), strict=True)))
def test_distress(distress: Distress, expected: int) -> None:
    assert only("distress", distress) == expected


@pytest.mark.parametrize(
    ("flow", "expected"),
    [("0", 0), ("0.01", 1), ("1", 1), ("1.9", 1), ("2", 2), ("3", 2), ("5.9", 2), ("6", 4), ("7", 4)],
)
def test_oxygen_by_flow(flow: str, expected: int) -> None:
    assert only("flow", D(flow)) == expected


@pytest.mark.parametrize(
    ("percent", "expected"),
    [(21, 0), (22, 1), (28, 1), (29, 1), (30, 2), (31, 2), (49, 2), (50, 4), (51, 4), (100, 4)],
)
def test_oxygen_by_percent(percent: int, expected: int) -> None:
    assert only("percent", D(percent)) == expected


@pytest.mark.parametrize("support", [Support.HIGH_FLOW, Support.BIPAP, Support.CPAP])
def test_a_device_always_scores_four(support: Support) -> None:
    assert score_signs(Signs(support=support, flow=D("0.5")), INFANT).total == 4


def test_of_flow_and_percent_the_worse_counts() -> None:
    assert score_signs(Signs(flow=D(1), percent=D(50)), INFANT).total == 4


def test_a_value_below_nothing_is_the_lowest_band() -> None:
    assert points(BANDS[Item.RESP_RATE][INFANT], D(-1)) == 4


# -- age --------------------------------------------------------------------------------------------------------------

BORN = date(2020, 2, 29)


@pytest.mark.parametrize(
    ("on", "band"),
    [
        (date(2020, 2, 29), INFANT), (date(2021, 2, 28), INFANT), (date(2021, 3, 1), TODDLER),
        (date(2025, 2, 28), TODDLER), (date(2025, 3, 1), CHILD), (date(2033, 2, 28), CHILD),
        (date(2033, 3, 1), TEEN), (date(2038, 1, 1), TEEN),
    ],
)  # fmt: skip
def test_the_chart_changes_on_a_birthday(on: date, band: AgeBand) -> None:
    assert age_band(BORN, on) == band


def test_the_chart_changes_on_the_very_day() -> None:
    born = date(2020, 6, 15)
    assert (age_band(born, date(2021, 6, 14)), age_band(born, date(2021, 6, 15))) == (INFANT, TODDLER)


# -- levels -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (0, Level.NONE), (1, Level.LOW), (4, Level.LOW), (5, Level.MEDIUM), (8, Level.MEDIUM), (9, Level.HIGH),
        (12, Level.HIGH), (13, Level.EMERGENCY), (28, Level.EMERGENCY),
    ],
)  # fmt: skip
def test_a_score_has_its_level(total: int, expected: Level) -> None:
    assert level_of(total) == expected


@pytest.mark.parametrize(
    ("concern", "expected"),
    [
        (Concern.CARER, Level.MEDIUM), (Concern.INTUITION, Level.MEDIUM), (Concern.SEPSIS, Level.MEDIUM),
        (Concern.SEPTIC_SHOCK, Level.HIGH), (Concern.PUPILS, Level.EMERGENCY),
    ],
)  # fmt: skip
def test_a_concern_escalates_whatever_the_score(concern: Concern, expected: Level) -> None:
    assert level(concerns=frozenset({concern})) == expected


@pytest.mark.parametrize(
    ("avpu", "expected"), list(zip(Avpu, (Level.NONE, Level.HIGH, Level.EMERGENCY, Level.EMERGENCY), strict=True))
)
def test_consciousness_escalates_and_does_not_score(avpu: Avpu, expected: Level) -> None:
    pews = score_signs(Signs(avpu=avpu), TODDLER)
    assert (pews.level, pews.total) == (expected, 0)


def test_an_override_never_lowers_a_level() -> None:
    signs = {"resp_rate": D(60), "heart_rate": D(170), "spo2": D(91), "distress": Distress.SEVERE}
    assert level(**signs, concerns=frozenset({Concern.CARER})) == level(**signs) == Level.EMERGENCY


def test_what_escalated_is_named() -> None:
    pews = score_signs(Signs(avpu=Avpu.VOICE, concerns=frozenset({Concern.CARER})), TODDLER)
    assert [str(reason) for reason in pews.reasons] == ["The carer is worried", "Responds to voice only"]


def test_an_alert_child_gives_no_reason() -> None:
    assert score_signs(Signs(avpu=Avpu.ALERT), TODDLER).reasons == ()


# -- what is missing --------------------------------------------------------------------------------------------------

WHOLE: dict[str, Any] = {
    "resp_rate": D(30), "heart_rate": D(100), "sbp": D(90), "spo2": D(98), "crt": D(2),
    "distress": Distress.NONE, "flow": D(0),
}  # fmt: skip


def test_with_every_sign_the_score_is_whole() -> None:
    pews = score_signs(Signs(**WHOLE), TODDLER)
    assert (pews.is_complete, pews.words) == (True, "PEWS 0")


@pytest.mark.parametrize("gone", sorted(WHOLE))
def test_without_one_sign_it_reads_at_least(gone: str) -> None:
    pews = score_signs(Signs(**{k: v for k, v in WHOLE.items() if k != gone}), TODDLER)
    assert pews.words == "PEWS at least 0"
    assert pews.missing == (Item("oxygen" if gone == "flow" else gone),)


def test_nothing_found_scores_nothing_and_misses_all() -> None:
    pews = score_signs(Signs(), TODDLER)
    assert (pews.total, len(pews.missing), pews.level) == (0, len(Item), Level.NONE)


@settings(deadline=None)
@given(st.sets(st.sampled_from(sorted(WHOLE))), st.integers(0, 150), st.integers(0, 300))
def test_one_more_sign_never_lowers_the_score(gone: set[str], resp: int, heart: int) -> None:
    whole = WHOLE | {"resp_rate": D(resp), "heart_rate": D(heart)}
    part = score_signs(Signs(**{k: v for k, v in whole.items() if k not in gone}), TODDLER)
    assert part.total <= score_signs(Signs(**whole), TODDLER).total


@settings(deadline=None)
@given(st.integers(0, 150), st.sampled_from(AgeBand))
def test_further_from_the_middle_never_scores_less(resp: int, band: AgeBand) -> None:
    here, above = only("resp_rate", D(resp), band), only("resp_rate", D(resp + 1), band)
    normal = next(low for low, score in BANDS[Item.RESP_RATE][band] if score == 0)
    assert above >= here if resp >= normal else above <= here


# -- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("each", Level)
def test_each_level_has_its_words_and_colour(each: Level) -> None:
    assert each.label and each.advice and each.tone in ("green", "yellow", "pink")


@pytest.mark.parametrize("each", [*Item, *AgeBand, *Concern])
def test_each_item_age_and_concern_has_its_words(each: Any) -> None:
    assert each.label


def test_it_says_that_it_is_not_validated_outside_hospital() -> None:
    assert "not validated outside hospital" in str(NOT_VALIDATED)
