"""The febrile infant by four rules, each at its own edges."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decision_manual.calculators.asking import ask, category, nothing, of, result, urgency, wrong

_AAP, _PECARN, _STEP, _ROCH = "aap_febrile_infant", "pecarn_febrile_infant", "step_by_step", "rochester"

# -- AAP ----------------------------------------------------------------------------------------------------------

_NORMAL: dict[str, Any] = {"ill_appearing": False, "temperature": "38.2", "procalcitonin": "0.2", "crp": 5, "anc": 3000,
                           "urinalysis_positive": False}  # fmt: skip


def _aap(age: int, **found: Any) -> str:
    return category(_AAP, **{**_NORMAL, "age": age, **found})


@pytest.mark.parametrize("age", [0, 7])
def test_aap_the_first_week_is_outside(age: int) -> None:
    assert _aap(age) == "outside_0_to_7_days"


@pytest.mark.parametrize("age", [8, 21])
def test_aap_8_to_21_days(age: int) -> None:
    assert _aap(age) == "days_8_to_21"


@pytest.mark.parametrize("age", [22, 28])
def test_aap_22_to_28_days_normal(age: int) -> None:
    assert _aap(age) == "days_22_to_28_normal"


@pytest.mark.parametrize("age", [22, 28])
def test_aap_22_to_28_days_abnormal(age: int) -> None:
    assert _aap(age, crp=21) == "days_22_to_28_abnormal"


@pytest.mark.parametrize("age", [29, 60])
def test_aap_29_to_60_days_normal(age: int) -> None:
    assert _aap(age) == "days_29_to_60_normal"


@pytest.mark.parametrize("age", [29, 60])
def test_aap_29_to_60_days_abnormal(age: int) -> None:
    assert _aap(age, crp=21) == "days_29_to_60_abnormal"


def test_aap_29_to_60_days_urine() -> None:
    assert _aap(40, urinalysis_positive=True) == "days_29_to_60_urine"


def test_aap_a_marker_counts_before_the_urine() -> None:
    assert _aap(40, urinalysis_positive=True, crp=30) == "days_29_to_60_abnormal"


def test_aap_ends_at_60_days() -> None:
    assert set(wrong(_AAP, **{**_NORMAL, "age": 61})) == {"age"}


@pytest.mark.parametrize("age", [3, 10, 25, 45])
def test_aap_an_ill_infant_is_outside_at_every_age(age: int) -> None:
    assert _aap(age, ill_appearing=True) == "ill"


def test_aap_above_38_5_degrees_is_abnormal() -> None:
    assert [_aap(40, temperature=t) for t in ("38.5", "38.6")] == ["days_29_to_60_normal", "days_29_to_60_abnormal"]


def test_aap_procalcitonin_above_05_is_abnormal() -> None:
    assert [_aap(40, procalcitonin=p) for p in ("0.5", "0.51")] == ["days_29_to_60_normal", "days_29_to_60_abnormal"]


def test_aap_crp_above_20_is_abnormal() -> None:
    assert [_aap(40, crp=crp) for crp in (20, "20.1")] == ["days_29_to_60_normal", "days_29_to_60_abnormal"]


def test_aap_neutrophils_above_4000_are_abnormal_with_procalcitonin() -> None:
    assert [_aap(40, anc=anc) for anc in (4000, 4001)] == ["days_29_to_60_normal", "days_29_to_60_abnormal"]


def test_aap_neutrophils_above_5200_are_abnormal_without_procalcitonin() -> None:
    found = [_aap(40, anc=anc, procalcitonin=None) for anc in (4001, 5200, 5201)]
    assert found == ["days_29_to_60_normal", "days_29_to_60_normal", "days_29_to_60_abnormal"]


def test_aap_without_procalcitonin_the_other_cut_off_is_said() -> None:
    assert "5200" in ask(_AAP, **{**_NORMAL, "age": 40, "procalcitonin": None})["notes"][0]["en"]


def test_aap_with_procalcitonin_nothing_is_said() -> None:
    assert ask(_AAP, **{**_NORMAL, "age": 40})["notes"] == []


def test_aap_counts_the_abnormal_markers() -> None:
    assert result(_AAP, **{**_NORMAL, "age": 40, "crp": 30, "temperature": 39}) == 2


def test_aap_from_22_days_neutrophils_are_needed() -> None:
    assert set(wrong(_AAP, **{**_NORMAL, "age": 22, "anc": None})) == {"anc"}


def test_aap_at_21_days_they_are_not() -> None:
    assert wrong(_AAP, **{**_NORMAL, "age": 21, "anc": None}) == {}


def test_aap_from_29_days_the_urine_is_needed() -> None:
    assert set(wrong(_AAP, **{**_NORMAL, "age": 29, "urinalysis_positive": None})) == {"urinalysis_positive"}


def test_aap_at_28_days_it_is_not() -> None:
    assert wrong(_AAP, **{**_NORMAL, "age": 28, "urinalysis_positive": None}) == {}


def test_aap_for_an_ill_infant_no_laboratory_is_needed() -> None:
    assert category(_AAP, age=40, ill_appearing=True, temperature=39) == "ill"


def test_aap_no_infant_is_sent_home_without_a_review() -> None:
    assert urgency(_AAP, **{**_NORMAL, "age": 60}) == "U1"


# -- PECARN -------------------------------------------------------------------------------------------------------


def _pecarn(**found: Any) -> str:
    asked: dict[str, Any] = {"age": 40, "urinalysis_positive": False, "anc": 3000, "procalcitonin": "0.2"}
    return category(_PECARN, **{**asked, **found})


def test_pecarn_all_negative_is_low() -> None:
    assert _pecarn() == "low"


def test_pecarn_positive_urine_is_not_low() -> None:
    assert _pecarn(urinalysis_positive=True) == "not_low"


def test_pecarn_4090_neutrophils() -> None:
    assert [_pecarn(anc=anc) for anc in (4089, 4090, 4091)] == ["low", "low", "not_low"]


def test_pecarn_procalcitonin_1_71() -> None:
    assert [_pecarn(procalcitonin=p) for p in ("1.70", "1.71", "1.72")] == ["low", "low", "not_low"]


@pytest.mark.parametrize(("age", "refused"), [(28, {"age"}), (29, set()), (60, set()), (61, {"age"})])
def test_pecarn_is_for_29_to_60_days(age: int, refused: set[str]) -> None:
    assert set(wrong(_PECARN, age=age, urinalysis_positive=False, anc=3000, procalcitonin="0.2")) == refused


def test_pecarn_low_needs_every_value() -> None:
    assert set(wrong(_PECARN, age=40, urinalysis_positive=False)) == {"anc"}


def test_pecarn_positive_urine_needs_no_blood() -> None:
    assert category(_PECARN, age=40, urinalysis_positive=True) == "not_low"


def test_pecarn_high_neutrophils_need_no_procalcitonin() -> None:
    assert category(_PECARN, age=40, urinalysis_positive=False, anc=9000) == "not_low"


# -- Step-by-Step -------------------------------------------------------------------------------------------------


def _step(**found: Any) -> str:
    asked: dict[str, Any] = {"age": 40, "ill_appearing": False, "leukocyturia": False, "procalcitonin": "0.2", "crp": 5,
                             "anc": 3000}  # fmt: skip
    return category(_STEP, **{**asked, **found})


def test_step_all_passed_is_low() -> None:
    assert _step() == "low"


def test_step_ill_is_high() -> None:
    assert _step(ill_appearing=True) == "high"


def test_step_21_days_is_high_22_is_not() -> None:
    assert [_step(age=age) for age in (20, 21, 22)] == ["high", "high", "low"]


def test_step_leukocyturia_is_high() -> None:
    assert _step(leukocyturia=True) == "high"


def test_step_procalcitonin_of_05_is_high() -> None:
    assert [_step(procalcitonin=p) for p in ("0.49", "0.5", "0.51")] == ["low", "high", "high"]


def test_step_crp_above_20_is_intermediate() -> None:
    assert [_step(crp=crp) for crp in ("19.9", 20, "20.1")] == ["low", "low", "intermediate"]


def test_step_neutrophils_above_10000_are_intermediate() -> None:
    assert [_step(anc=anc) for anc in (9999, 10000, 10001)] == ["low", "low", "intermediate"]


def test_step_the_high_risk_group_has_the_high_share() -> None:
    from decision_manual.calculators.infant_fever import STEP_BY_STEP

    meaning = {c.code: c.meaning.en for c in STEP_BY_STEP.categories}
    assert "8.1%" in meaning["high"]
    assert "3.4%" in meaning["intermediate"]
    assert "0.7%" in meaning["low"]


def test_step_an_ill_infant_needs_no_laboratory() -> None:
    assert category(_STEP, age=40, ill_appearing=True) == "high"


def test_step_each_step_asks_for_its_value() -> None:
    asked: dict[str, Any] = {"age": 40, "ill_appearing": False}
    for name, value in (("leukocyturia", False), ("procalcitonin", "0.1"), ("crp", 1), ("anc", 1000)):
        assert set(wrong(_STEP, **asked)) == {name}
        asked[name] = value
    assert wrong(_STEP, **asked) == {}


def test_step_ends_at_90_days() -> None:
    assert set(wrong(_STEP, age=91, ill_appearing=True)) == {"age"}


# -- Rochester ----------------------------------------------------------------------------------------------------

_FULFILLED: dict[str, Any] = {
    "age": 40, "appears_well": True, "term": True, "no_perinatal_antibiotics": True, "no_prior_illness": True,
    "no_focus": True, "wbc": 10, "bands": 1, "urine_wbc_below_10": True,
}  # fmt: skip


def _roch(**found: Any) -> str:
    return category(_ROCH, **{**_FULFILLED, **found})


def test_rochester_all_fulfilled_is_low() -> None:
    assert _roch() == "low"


@pytest.mark.parametrize(
    "criterion",
    ["appears_well", "term", "no_perinatal_antibiotics", "no_prior_illness", "no_focus", "urine_wbc_below_10"],
)
def test_rochester_each_criterion_is_needed(criterion: str) -> None:
    assert _roch(**{criterion: False}) == "not_low"


def test_rochester_white_cells_of_5_to_15() -> None:
    assert [_roch(wbc=wbc) for wbc in ("4.9", 5, 15, "15.1")] == ["not_low", "low", "low", "not_low"]


def test_rochester_bands_up_to_1_5() -> None:
    assert [_roch(bands=bands) for bands in ("1.4", "1.5", "1.6")] == ["low", "low", "not_low"]


def test_rochester_bands_by_cubic_millimetre() -> None:
    assert [_roch(bands=of(bands, "/mm3")) for bands in (1500, 1600)] == ["low", "not_low"]


def test_rochester_stool_counts_only_where_it_was_looked_at() -> None:
    assert [_roch(stool_wbc_below_5=stool) for stool in (None, True, False)] == ["low", "low", "not_low"]


def test_rochester_ends_at_60_days() -> None:
    assert set(wrong(_ROCH, **{**_FULFILLED, "age": 61})) == {"age"}


def test_rochester_counts_what_is_not_fulfilled() -> None:
    assert result(_ROCH, **{**_FULFILLED, "term": False, "wbc": 20}) == 2


def test_no_rule_takes_questions_as_answered() -> None:
    for rule in (_AAP, _PECARN, _STEP, _ROCH):
        assert "age" in wrong(rule, **{k: v for k, v in nothing(rule).items() if k != "age"})
