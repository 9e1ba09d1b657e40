"""What other engines compute, as calculators: growth, arm circumference, doses; and kidney and surface."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from decision_manual.calculators.medicines import PRODUCTS
from decision_manual.calculators.organs import body_surface, egfr
from tests.decision_manual.calculators.asking import ask, category, of, result, urgency, wrong

D = Decimal

# -- growth -------------------------------------------------------------------------------------------------------

_BOY: dict[str, Any] = {"age": 365, "sex": "male", "weight": "9.6", "length": "75.7", "position": "lying"}


def _growth(**more: Any) -> dict[str, Any]:
    return ask("growth", **{**_BOY, **more})


def test_the_median_boy_of_one_year_lies_at_nought() -> None:
    found = _growth()["result"]
    assert abs(found["waz"]) < 0.06
    assert abs(found["haz"]) < 0.06


def test_a_child_at_the_median_is_within_range() -> None:
    assert _growth()["category"] == "within"


def test_what_was_not_measured_has_no_score() -> None:
    assert _growth()["result"]["hcz"] is None


def test_age_in_months_is_the_same() -> None:
    assert _growth(age=of(12, "mo"))["result"] == _growth(age=365)["result"]


def test_standing_under_two_years_adds_length() -> None:
    assert _growth(position="standing")["result"]["haz"] > _growth()["result"]["haz"]


def test_that_is_told() -> None:
    assert any("0.7 cm" in line["en"] for line in _growth(position="standing")["trace"])


def test_severe_wasting() -> None:
    assert _growth(weight="6.8")["category"] == "severe_wasting"


def test_wasting() -> None:
    assert _growth(weight="8.0")["category"] == "wasting"


def test_severe_stunting() -> None:
    assert _growth(length="66", weight="7.5")["category"] == "severe_stunting"


def test_the_gravest_finding_names_the_result() -> None:
    assert _growth(weight="6.8", muac=120)["category"] == "severe_wasting"


def test_the_arm_counts_with_the_rest() -> None:
    assert _growth(muac=114)["category"] == "severe_muac"


def test_oedema_comes_before_any_score() -> None:
    assert _growth(oedema=True)["category"] == "oedema"


def test_with_oedema_the_weight_is_not_scored() -> None:
    assert _growth(oedema=True)["result"]["waz"] is None


def test_an_implausible_score_is_checked_first() -> None:
    assert _growth(weight=30)["category"] == "implausible"


def test_severe_wasting_is_seen_today() -> None:
    assert urgency("growth", **{**_BOY, "weight": "6.8"}) == "U1"


def test_a_preterm_child_is_corrected() -> None:
    assert _growth(gestation_weeks=30)["result"]["waz"] > _growth()["result"]["waz"]


def test_without_measurements_there_is_no_standard() -> None:
    assert category("growth", age=365, sex="male") == "no_standard"


def test_obesity_of_a_schoolchild() -> None:
    assert category("growth", age=of(10, "a"), sex="female", weight=60, length=140) == "obesity"


@pytest.mark.parametrize(
    ("muac", "found"), [(114, "severe_muac"), (115, "moderate_muac"), (124, "moderate_muac"), (125, "within")]
)
def test_arm_from_6_months(muac: int, found: str) -> None:
    assert category("muac", age=of(12, "mo"), muac=muac) == found


@pytest.mark.parametrize(("muac", "found"), [(109, "infant_muac"), (110, "within")])
def test_arm_from_6_weeks_to_6_months(muac: int, found: str) -> None:
    assert category("muac", age=60, muac=muac) == found


def test_arm_before_6_weeks_has_no_standard() -> None:
    assert category("muac", age=41, muac=100) == "no_standard"


def test_arm_in_centimetres() -> None:
    assert category("muac", age=400, muac=of("11.4", "cm")) == "severe_muac"


# -- doses --------------------------------------------------------------------------------------------------------

_CHILD: dict[str, Any] = {"product": "paracetamol_120_5", "weight": 12, "age": of(2, "a"), "sex": "male"}


def _dose(**more: Any) -> dict[str, Any]:
    return ask("dose_by_weight", **{**_CHILD, **more})


def test_paracetamol_for_12_kg() -> None:
    assert _dose()["result"] == {"dose_mg": 180, "measured_ml": 7.5, "times_a_day": 4, "day_mg": 720}


def test_a_dose_at_its_most_is_called_so() -> None:
    found = _dose(product="azithromycin_200_5", weight=55, age=of(14, "a"), weight_confirmed=True)
    assert (found["result"]["dose_mg"], found["category"]) == (480, "capped")


def test_ibuprofen_not_under_3_months() -> None:
    assert set(wrong("dose_by_weight", **{**_CHILD, "product": "ibuprofen_100_5", "age": 91, "weight": "5.5"})) == {
        "age"
    }


def test_ibuprofen_not_under_5_kg() -> None:
    asked = {**_CHILD, "product": "ibuprofen_100_5", "age": 120, "weight": "4.9"}
    assert set(wrong("dose_by_weight", **asked)) == {"weight"}


def test_a_weight_far_from_the_age_is_refused() -> None:
    assert "Confirm the weight" in wrong("dose_by_weight", **{**_CHILD, "weight": 30})["weight"]


def test_a_confirmed_weight_is_taken() -> None:
    assert wrong("dose_by_weight", **{**_CHILD, "weight": 30, "weight_confirmed": True}) == {}


def test_an_age_without_a_standard_weight_asks_for_confirmation() -> None:
    asked = {**_CHILD, "age": of(14, "a"), "weight": 50}
    assert "no standard weight" in wrong("dose_by_weight", **asked)["weight"]


def test_an_amount_that_cannot_be_measured_is_refused_at_the_product() -> None:
    asked = {"product": "dexamethasone_2_5", "weight": "0.4", "age": 1, "sex": "male", "weight_confirmed": True}
    found = wrong("dose_by_weight", **asked)
    assert set(found) <= {"product"}


def test_failing_kidneys_are_warned_of() -> None:
    notes = _dose(product="ibuprofen_100_5", renal_impairment=True)["notes"]
    assert notes[0]["en"].startswith("Ibuprofen: not with failing kidneys")
    assert notes[0]["zh"].startswith("布洛芬")


def test_an_estimated_weight_is_said() -> None:
    assert "estimated weight" in _dose(weight_estimated=True)["notes"][0]["en"]


def test_the_way_to_the_dose_is_told() -> None:
    assert any("15 mg/kg × 12 kg = 180 mg" in line["en"] for line in _dose()["trace"])


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_every_product_has_both_names_and_a_bound(product: str) -> None:
    found = PRODUCTS[product]
    assert found.name.en != found.name.zh
    assert found.rule.dose_cap is not None


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_no_dose_of_any_product_goes_over_its_most(product: str) -> None:
    asked = {"product": product, "weight": 100, "age": of(16, "a"), "sex": "male", "weight_confirmed": True}
    cap = PRODUCTS[product].rule.dose_cap
    assert cap is not None
    assert result("dose_by_weight", **asked)["dose_mg"] <= cap


# -- kidney and surface -------------------------------------------------------------------------------------------


def test_schwartz() -> None:
    assert egfr(D(100), D("0.5")) == D("82.6")


@pytest.mark.parametrize(
    ("creatinine", "stage"),
    [("0.413", "g1"), ("0.4591", "g1"), ("0.46", "g2"), ("0.688", "g2"), ("0.69", "g3"), ("1.376", "g3"),
     ("1.38", "g4"), ("2.753", "g4"), ("2.77", "g5")],
)  # fmt: skip
def test_stage_of_the_kidney(creatinine: str, stage: str) -> None:
    assert category("egfr_schwartz", height=100, creatinine=creatinine) == stage


def test_creatinine_in_micromoles_typed_as_milligrams_is_noticed() -> None:
    assert wrong("egfr_schwartz", height=100, creatinine=45)["creatinine"].endswith("Is this in µmol/l perhaps?")


def test_mosteller() -> None:
    assert body_surface(D(100), D(36)) == 1


def test_surface_is_shown_to_two_places() -> None:
    assert result("bsa_mosteller", height=110, weight=20) == 0.78
