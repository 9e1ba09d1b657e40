"""Kawasaki disease: complete, incomplete, and what is asked for next."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decision_manual.calculators.asking import category, nothing, of, result

_SIGNS = ("conjunctivitis", "mouth_changes", "rash", "extremity_changes", "cervical_node")
_LABS = {"anaemia_for_age": True, "alt_raised": True, "urine_wbc_10": True}


def _child(days: int = 5, signs: int = 0, age: Any = 36, **more: Any) -> dict[str, Any]:
    found = dict.fromkeys(_SIGNS[:signs], True)
    asked = nothing("kawasaki", age=age, fever_days=days, **found)
    return {**asked, "echo_positive": None, **more}


def _found(*args: Any, **more: Any) -> str:
    return category("kawasaki", **_child(*args, **more))


def test_five_days_and_four_signs_are_complete() -> None:
    assert _found(5, 4) == "complete"


def test_four_days_and_four_signs_are_complete() -> None:
    assert _found(4, 4) == "complete"


def test_three_days_are_too_early_whatever_the_signs() -> None:
    assert _found(3, 5) == "too_early"


def test_four_days_and_three_signs_are_too_early() -> None:
    assert _found(4, 3) == "too_early"


@pytest.mark.parametrize("signs", [2, 3])
def test_two_or_three_signs_ask_for_crp_and_esr(signs: int) -> None:
    assert _found(5, signs) == "measure"


def test_one_sign_is_not_enough() -> None:
    assert _found(5, 1) == "not_met"


def test_an_infant_with_seven_days_of_fever_is_suspected_without_signs() -> None:
    assert _found(7, 0, age="11.9") == "measure"


def test_an_infant_with_six_days_is_not() -> None:
    assert _found(6, 0, age="11.9") == "not_met"


def test_a_child_of_one_year_with_seven_days_and_no_sign_is_not() -> None:
    assert _found(7, 0, age=12) == "not_met"


def test_crp_of_30_opens_the_way() -> None:
    assert [_found(5, 3, crp=crp, esr=10) for crp in ("29.9", 30, "30.1")] == ["watch", "echo_needed", "echo_needed"]


def test_esr_of_40_opens_the_way() -> None:
    assert [_found(5, 3, crp=1, esr=esr) for esr in (39, 40, 41)] == ["watch", "echo_needed", "echo_needed"]


def test_a_low_crp_alone_leaves_it_open() -> None:
    assert _found(5, 3, crp=5) == "measure"


def test_a_high_esr_alone_is_enough() -> None:
    assert _found(5, 3, esr=80) == "echo_needed"


def test_crp_in_mg_dl() -> None:
    assert _found(5, 3, crp=of(3, "mg/dL"), esr=1) == "echo_needed"


def test_three_supporting_findings_are_incomplete_disease() -> None:
    assert _found(5, 3, crp=50, **_LABS) == "incomplete"


def test_two_supporting_findings_ask_for_the_echo() -> None:
    assert _found(5, 3, crp=50, anaemia_for_age=True, alt_raised=True) == "echo_needed"


def test_a_positive_echo_is_incomplete_disease() -> None:
    assert _found(5, 3, echo_positive=True) == "incomplete"


def test_a_negative_echo_is_watched() -> None:
    assert _found(5, 3, crp=50, echo_positive=False) == "watch"


def _supporting(days: int = 8, **labs: Any) -> int:
    return int(result("kawasaki", **_child(days, 3, **labs))["supporting_findings"])


def test_450_platelets_count() -> None:
    assert [_supporting(platelets=count) for count in (449, 450, 451)] == [0, 1, 1]


def test_platelets_count_from_day_7() -> None:
    assert [_supporting(days, platelets=600) for days in (6, 7)] == [0, 1]


def test_platelets_by_cubic_millimetre() -> None:
    assert _supporting(platelets=of(450_000, "/mm3")) == 1


def test_albumin_of_3_0_counts() -> None:
    assert [_supporting(albumin=value) for value in ("2.9", "3.0", "3.1")] == [1, 1, 0]


def test_albumin_in_grams_per_litre() -> None:
    assert _supporting(albumin=of(30, "g/L")) == 1


def test_15_white_cells_count() -> None:
    assert [_supporting(wbc=value) for value in ("14.9", 15, "15.1")] == [0, 1, 1]


@pytest.mark.parametrize("lab", _LABS)
def test_each_answered_finding_counts(lab: str) -> None:
    assert _supporting(**{lab: True}) == 1


def test_every_principal_sign_counts() -> None:
    assert result("kawasaki", **_child(5, 5))["principal_signs"] == 5
