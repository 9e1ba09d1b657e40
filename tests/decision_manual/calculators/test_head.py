"""PECARN at both ages and NICE's rule."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decision_manual.calculators.asking import ask, category, nothing, of, result, wrong

_YOUNG, _OLD, _NICE = "pecarn_head_under_2", "pecarn_head_2_to_17", "nice_head_ct"


def _young(**found: Any) -> str:
    return category(_YOUNG, **nothing(_YOUNG, age=12, **found))


def _old(**found: Any) -> str:
    return category(_OLD, **nothing(_OLD, age=of(8, "a"), **found))


def _nice(age: Any = 36, gcs: int = 15, **found: Any) -> str:
    return category(_NICE, **nothing(_NICE, age=age, gcs_on_arrival=gcs, **found))


def test_under_2_nothing_is_very_low() -> None:
    assert _young() == "very_low"


@pytest.mark.parametrize("sign", ["altered_mental_status", "palpable_skull_fracture"])
def test_under_2_high(sign: str) -> None:
    assert _young(**{sign: True}) == "high"


@pytest.mark.parametrize(
    "sign", ["scalp_haematoma", "loss_of_consciousness_5s", "severe_mechanism", "not_acting_normally"]
)
def test_under_2_intermediate(sign: str) -> None:
    assert _young(**{sign: True}) == "intermediate"


def test_under_2_high_wins_over_intermediate() -> None:
    assert _young(scalp_haematoma=True, palpable_skull_fracture=True) == "high"


def test_under_2_every_criterion_is_counted() -> None:
    assert result(_YOUNG, **nothing(_YOUNG, age=12, scalp_haematoma=True, palpable_skull_fracture=True)) == 2


def test_the_rule_under_2_ends_at_the_second_birthday() -> None:
    assert wrong(_YOUNG, **nothing(_YOUNG, age="23.9")) == {}
    assert set(wrong(_YOUNG, **nothing(_YOUNG, age=24))) == {"age"}


def test_the_rule_from_2_starts_at_the_second_birthday() -> None:
    assert set(wrong(_OLD, **nothing(_OLD, age="23.9"))) == {"age"}
    assert wrong(_OLD, **nothing(_OLD, age=24)) == {}


def test_the_rule_from_2_ends_at_18_years() -> None:
    assert set(wrong(_OLD, **nothing(_OLD, age=of(18, "a")))) == {"age"}


def test_from_2_nothing_is_very_low() -> None:
    assert _old() == "very_low"


@pytest.mark.parametrize("sign", ["altered_mental_status", "basilar_fracture_signs"])
def test_from_2_high(sign: str) -> None:
    assert _old(**{sign: True}) == "high"


@pytest.mark.parametrize("sign", ["loss_of_consciousness", "vomiting", "severe_headache", "severe_mechanism"])
def test_from_2_intermediate(sign: str) -> None:
    assert _old(**{sign: True}) == "intermediate"


def test_the_height_of_a_severe_fall_differs_by_age() -> None:
    from decision_manual.calculators.head import PECARN_FROM_2, PECARN_UNDER_2

    young, old = (c.input("severe_mechanism") for c in (PECARN_UNDER_2, PECARN_FROM_2))
    assert young is not None and young.hint is not None and "0.9 m" in young.hint.en
    assert old is not None and old.hint is not None and "1.5 m" in old.hint.en


def test_signs_of_the_older_child_are_not_asked_of_the_younger() -> None:
    assert set(wrong(_YOUNG, **nothing(_YOUNG, age=12, vomiting=True))) == {"vomiting"}


# -- NICE ---------------------------------------------------------------------------------------------------------


def test_nice_nothing_needs_no_ct() -> None:
    assert _nice() == "no_ct"


@pytest.mark.parametrize(
    "sign",
    ["suspected_inflicted_injury", "seizure", "gcs_below_15_at_2h", "open_or_depressed_fracture",
     "basal_fracture_signs", "focal_deficit"],
)  # fmt: skip
def test_nice_any_one_needs_a_ct_within_1_hour(sign: str) -> None:
    assert _nice(**{sign: True}) == "ct_within_1_hour"


_COUNTED = ("unconscious_over_5min", "abnormal_drowsiness", "vomits_3_or_more", "dangerous_mechanism",
            "amnesia_over_5min", "bleeding_disorder")  # fmt: skip


@pytest.mark.parametrize("sign", _COUNTED)
def test_nice_exactly_one_of_the_counted_is_observed(sign: str) -> None:
    assert _nice(**{sign: True}) == "observe_4_hours"


@pytest.mark.parametrize("sign", _COUNTED[1:])
def test_nice_two_of_the_counted_need_a_ct(sign: str) -> None:
    assert _nice(unconscious_over_5min=True, **{sign: True}) == "ct_within_1_hour"


def test_nice_gcs_14_from_1_year_is_no_reason_by_itself() -> None:
    assert _nice(age=12, gcs=14) == "no_ct"


def test_nice_gcs_13_from_1_year_needs_a_ct() -> None:
    assert _nice(age=12, gcs=13) == "ct_within_1_hour"


def test_nice_gcs_14_under_1_year_needs_a_ct() -> None:
    assert _nice(age="11.9", gcs=14) == "ct_within_1_hour"


def test_nice_a_large_wound_under_1_year_needs_a_ct() -> None:
    assert _nice(age="11.9", scalp_wound_over_5cm=True) == "ct_within_1_hour"


def test_nice_a_large_wound_from_1_year_does_not_count() -> None:
    assert _nice(age=12, scalp_wound_over_5cm=True) == "no_ct"


def test_nice_the_wound_is_asked_only_under_1_year() -> None:
    asked = nothing(_NICE, age=36, gcs_on_arrival=15)
    del asked["scalp_wound_over_5cm"]
    assert wrong(_NICE, **asked) == {}
    assert set(wrong(_NICE, **{**asked, "age": 6})) == {"scalp_wound_over_5cm"}


@pytest.mark.parametrize("gcs", [2, 16, "14.5"])
def test_nice_an_impossible_gcs_is_refused(gcs: object) -> None:
    assert set(wrong(_NICE, **nothing(_NICE, age=36, gcs_on_arrival=gcs))) == {"gcs_on_arrival"}


def test_nice_is_marked_for_bleeding_disorders() -> None:
    source = ask(_NICE, **nothing(_NICE, age=36, gcs_on_arrival=15))["source"]
    assert "bleeding disorder" in source["to_verify"][0]["en"]
