"""Every band of every added score, from its source: the last value below an edge, and the edge."""

from __future__ import annotations

from typing import Any

import pytest

from decision_manual.calculators.catalogue import CALCULATORS
from decision_manual.calculators.inputs import Choice, Flag
from tests.decision_manual.calculators.asking import ask, category, nothing, of, result, urgency, wrong

# -- Westley: 0-2, 3-7, 8-11, 12+ ---------------------------------------------------------------------------------


def _westley(**found: object) -> str:
    return category("westley", **nothing("westley", **found))


def test_westley_0_is_mild() -> None:
    assert _westley() == "mild"


def test_westley_2_is_mild() -> None:
    assert _westley(stridor="rest") == "mild"


def test_westley_3_is_moderate() -> None:
    assert _westley(stridor="rest", retractions="mild") == "moderate"


def test_westley_7_is_moderate() -> None:
    assert _westley(stridor="rest", retractions="severe", air_entry="markedly_decreased") == "moderate"


def test_westley_8_is_severe() -> None:
    assert _westley(stridor="agitated", retractions="severe", cyanosis="agitated") == "severe"


def test_westley_11_is_severe() -> None:
    found = {"stridor": "rest", "retractions": "severe", "air_entry": "markedly_decreased", "cyanosis": "agitated"}
    assert _westley(**found) == "severe"


def test_westley_12_is_impending_failure() -> None:
    found = {"stridor": "rest", "retractions": "severe", "air_entry": "markedly_decreased", "cyanosis": "rest"}
    assert _westley(**found) == "impending_failure"


def test_westley_reaches_17() -> None:
    assert result("westley", stridor=2, retractions=3, air_entry=2, cyanosis=5, consciousness=5) == 17


def test_a_moderate_croup_is_seen_in_an_emergency_department() -> None:
    assert urgency("westley", **nothing("westley", stridor="rest", retractions="mild")) == "E1"


# -- PRAM: 0-3, 4-7, 8-12 -----------------------------------------------------------------------------------------


def _pram(spo2: int = 98, **found: object) -> str:
    return category("pram", **nothing("pram", spo2=spo2, **found))


def test_pram_95_percent_scores_nothing() -> None:
    assert result("pram", **nothing("pram", spo2=95)) == 0


def test_pram_94_percent_scores_one() -> None:
    assert result("pram", **nothing("pram", spo2=94)) == 1


def test_pram_92_percent_scores_one() -> None:
    assert result("pram", **nothing("pram", spo2=92)) == 1


def test_pram_91_percent_scores_two() -> None:
    assert result("pram", **nothing("pram", spo2=91)) == 2


def test_pram_3_is_mild() -> None:
    assert _pram(spo2=93, suprasternal="present") == "mild"


def test_pram_4_is_moderate() -> None:
    assert _pram(suprasternal="present", scalene="present") == "moderate"


def test_pram_7_is_moderate() -> None:
    assert _pram(suprasternal="present", scalene="present", wheeze="audible") == "moderate"


def test_pram_8_is_severe() -> None:
    assert _pram(spo2=94, suprasternal="present", scalene="present", wheeze="audible") == "severe"


def test_pram_reaches_12() -> None:
    found = {"suprasternal": "present", "scalene": "present", "air_entry": "absent", "wheeze": "audible"}
    assert result("pram", spo2=85, **found) == 12


# -- Clinical Dehydration Scale: 0, 1-4, 5-8 ----------------------------------------------------------------------


def test_cds_0_is_none() -> None:
    assert category("cds", **nothing("cds")) == "none"


def test_cds_1_is_some() -> None:
    assert category("cds", **nothing("cds", tears="decreased")) == "some"


def test_cds_4_is_some() -> None:
    assert category("cds", **nothing("cds", tears="absent", eyes="very_sunken")) == "some"


def test_cds_5_is_moderate_or_severe() -> None:
    found = nothing("cds", tears="absent", eyes="very_sunken", mucosae="sticky")
    assert category("cds", **found) == "moderate_severe"


def test_cds_reaches_8() -> None:
    assert result("cds", appearance=2, eyes=2, mucosae=2, tears=2) == 8


# -- Gorelick -----------------------------------------------------------------------------------------------------


def test_gorelick_one_sign_is_below_5_percent() -> None:
    assert category("gorelick", **nothing("gorelick", absent_tears=True)) == "below_5_percent"


def test_gorelick_two_signs_are_5_percent() -> None:
    assert category("gorelick", **nothing("gorelick", absent_tears=True, dry_mucosae=True)) == "at_least_5_percent"


def test_gorelick_three_signs_are_10_percent() -> None:
    found = nothing("gorelick", absent_tears=True, dry_mucosae=True, ill_appearance=True)
    assert category("gorelick", **found) == "at_least_10_percent"


def test_gorelick_counts_capillary_refill() -> None:
    assert result("gorelick", **nothing("gorelick", capillary_refill_over_2s=True)) == 1


# -- DHAKA: 0-1, 2-3, 4+ ------------------------------------------------------------------------------------------


def test_dhaka_1_is_none() -> None:
    assert category("dhaka", **nothing("dhaka", tears="decreased")) == "none"


def test_dhaka_2_is_some() -> None:
    assert category("dhaka", **nothing("dhaka", tears="absent")) == "some"


def test_dhaka_3_is_some() -> None:
    assert category("dhaka", **nothing("dhaka", tears="decreased", breathing="deep")) == "some"


def test_dhaka_4_is_severe() -> None:
    assert category("dhaka", **nothing("dhaka", skin_pinch="very_slow")) == "severe"


def test_dhaka_reaches_12() -> None:
    assert result("dhaka", appearance=4, breathing=2, skin_pinch=4, tears=2) == 12


def test_dhaka_is_for_children_under_5() -> None:
    assert set(wrong("dhaka", **nothing("dhaka", age=of(5, "a")))) == {"age"}


# -- Glasgow ------------------------------------------------------------------------------------------------------


def test_gcs_lowest_is_3() -> None:
    assert result("gcs", eye="none", verbal="none", motor="none") == 3


def test_gcs_highest_is_15() -> None:
    assert result("gcs", eye="spontaneous", verbal="usual", motor="obeys") == 15


def test_gcs_no_answer_scores_0() -> None:
    items = [each for each in CALCULATORS["gcs"].inputs if isinstance(each, Choice)]
    assert min(option.points for each in items for option in each.options) == 1


def test_gcs_8_is_coma() -> None:
    assert category("gcs", eye=2, verbal=2, motor=4) == "severe"


def test_gcs_9_is_not() -> None:
    assert category("gcs", eye=2, verbal=3, motor=4) == "moderate"


def test_gcs_12_is_moderate() -> None:
    assert category("gcs", eye=3, verbal=4, motor=5) == "moderate"


def test_gcs_13_is_mild() -> None:
    assert category("gcs", eye=4, verbal=4, motor=5) == "mild"


def test_gcs_14_is_not_normal() -> None:
    assert category("gcs", eye=4, verbal=5, motor=5) == "mild"


def test_gcs_15_is_normal() -> None:
    assert category("gcs", eye=4, verbal=5, motor=6) == "normal"


def test_gcs_8_is_an_emergency() -> None:
    assert urgency("gcs", eye=2, verbal=2, motor=4) == "E0"


def test_gcs_of_0_cannot_be_entered() -> None:
    assert set(wrong("gcs", eye=0, verbal=1, motor=1)) == {"eye"}


# -- Pediatric Appendicitis Score ---------------------------------------------------------------------------------

_WELL = {"temperature": 37, "wbc": 8, "anc": 5}


def _pas(**found: object) -> int:
    return int(result("pas", **{**nothing("pas", **_WELL), **found}))


def test_pas_0() -> None:
    assert _pas() == 0


def test_pas_38_degrees_scores() -> None:
    assert (_pas(temperature="37.9"), _pas(temperature=38), _pas(temperature="38.1")) == (0, 1, 1)


def test_pas_10_giga_white_cells_score() -> None:
    assert (_pas(wbc="9.9"), _pas(wbc=10), _pas(wbc="10.1")) == (0, 1, 1)


def test_pas_7_5_giga_neutrophils_score() -> None:
    assert (_pas(anc="7.4"), _pas(anc="7.5"), _pas(anc="7.6")) == (0, 1, 1)


def test_pas_white_cells_by_cubic_millimetre() -> None:
    assert _pas(wbc=of(10000, "/mm3")) == 1


def test_pas_tenderness_and_percussion_score_two_each() -> None:
    assert _pas(rlq_tenderness=True, cough_hop_percussion_pain=True) == 4


def test_pas_anorexia_nausea_and_migration_score_one_each() -> None:
    assert _pas(anorexia=True, nausea_vomiting=True, migration_of_pain=True) == 3


def test_pas_3_is_low() -> None:
    assert category("pas", **nothing("pas", **_WELL, rlq_tenderness=True, anorexia=True)) == "low"


def test_pas_4_is_equivocal() -> None:
    found = nothing("pas", **_WELL, rlq_tenderness=True, anorexia=True, nausea_vomiting=True)
    assert category("pas", **found) == "equivocal"


def test_pas_6_is_equivocal() -> None:
    found = {"rlq_tenderness": True, "cough_hop_percussion_pain": True, "anorexia": True, "nausea_vomiting": True}
    assert category("pas", **nothing("pas", **_WELL, **found)) == "equivocal"


def test_pas_7_is_high() -> None:
    found = {"rlq_tenderness": True, "cough_hop_percussion_pain": True, "anorexia": True, "nausea_vomiting": True}
    assert category("pas", **nothing("pas", **{**_WELL, "temperature": 38}, **found)) == "high"


def test_pas_reaches_10() -> None:
    yes = {each.id: True for each in CALCULATORS["pas"].inputs if isinstance(each, Flag)}
    assert result("pas", **yes, temperature=39, wbc=15, anc=10) == 10


# -- Alvarado -----------------------------------------------------------------------------------------------------


def _alvarado(**found: object) -> int:
    return int(result("alvarado", **nothing("alvarado", **{"temperature": 37, "wbc": 8, **found})))


def test_alvarado_temperature_above_37_3_scores() -> None:
    assert (_alvarado(temperature="37.2"), _alvarado(temperature="37.3"), _alvarado(temperature="37.4")) == (0, 0, 1)


def test_alvarado_white_cells_above_10_score_two() -> None:
    assert (_alvarado(wbc="9.9"), _alvarado(wbc=10), _alvarado(wbc="10.1")) == (0, 0, 2)


def test_alvarado_tenderness_scores_two() -> None:
    assert _alvarado(rlq_tenderness=True) == 2


def test_alvarado_4_is_unlikely() -> None:
    found = nothing("alvarado", temperature=37, wbc=12, rlq_tenderness=True)
    assert category("alvarado", **found) == "unlikely"


def test_alvarado_5_is_possible() -> None:
    found = nothing("alvarado", temperature=37, wbc=12, rlq_tenderness=True, rebound=True)
    assert category("alvarado", **found) == "possible"


def test_alvarado_6_is_possible() -> None:
    found = nothing("alvarado", temperature=38, wbc=12, rlq_tenderness=True, rebound=True)
    assert category("alvarado", **found) == "possible"


def test_alvarado_7_is_probable() -> None:
    found = nothing("alvarado", temperature=38, wbc=12, rlq_tenderness=True, rebound=True, left_shift=True)
    assert category("alvarado", **found) == "probable"


def test_alvarado_reaches_10() -> None:
    yes = {each.id: True for each in CALCULATORS["alvarado"].inputs if isinstance(each, Flag)}
    assert result("alvarado", **yes, temperature=39, wbc=15) == 10


# -- TWIST: 0-2, 3-4, 5+ ------------------------------------------------------------------------------------------


def test_twist_2_is_low() -> None:
    assert category("twist", **nothing("twist", hard_testis=True)) == "low"


def test_twist_3_is_intermediate() -> None:
    assert category("twist", **nothing("twist", hard_testis=True, nausea_vomiting=True)) == "intermediate"


def test_twist_4_is_intermediate() -> None:
    assert category("twist", **nothing("twist", hard_testis=True, testicular_swelling=True)) == "intermediate"


def test_twist_5_is_high() -> None:
    found = nothing("twist", hard_testis=True, testicular_swelling=True, high_riding_testis=True)
    assert category("twist", **found) == "high"


def test_twist_reaches_7() -> None:
    yes = {each.id: True for each in CALCULATORS["twist"].inputs}
    assert result("twist", **yes) == 7


def test_twist_never_sends_a_painful_testis_home() -> None:
    assert {c.urgency.value for c in CALCULATORS["twist"].categories} == {"E0", "E1"}


def test_twist_is_marked_as_unverified() -> None:
    assert ask("twist", **nothing("twist"))["source"]["verified"] is False


# -- Apgar: 0-3, 4-6, 7-10 ----------------------------------------------------------------------------------------


def test_apgar_3_is_low() -> None:
    assert category("apgar", appearance=0, pulse=1, grimace=1, activity=0, respiration=1) == "low"


def test_apgar_4_is_moderate() -> None:
    assert category("apgar", appearance=1, pulse=1, grimace=1, activity=0, respiration=1) == "moderate"


def test_apgar_6_is_moderate() -> None:
    assert category("apgar", appearance=1, pulse=2, grimace=1, activity=1, respiration=1) == "moderate"


def test_apgar_7_is_reassuring() -> None:
    assert category("apgar", appearance=1, pulse=2, grimace=1, activity=1, respiration=2) == "reassuring"


def test_apgar_reaches_10() -> None:
    assert result("apgar", appearance=2, pulse=2, grimace=2, activity=2, respiration=2) == 10


# -- sore throat --------------------------------------------------------------------------------------------------


def _centor(**found: object) -> int:
    return int(result("centor", **nothing("centor", **{"age": 16, "temperature": 37, **found})))


def test_centor_above_38_scores() -> None:
    assert (_centor(temperature="37.9"), _centor(temperature=38), _centor(temperature="38.1")) == (0, 0, 1)


def test_centor_under_15_years_scores_one() -> None:
    assert (_centor(age="14.9"), _centor(age=15)) == (1, 0)


def test_centor_is_not_for_children_under_3() -> None:
    assert set(wrong("centor", **nothing("centor", age="2.9", temperature=37))) == {"age"}


def test_centor_1_is_low() -> None:
    assert category("centor", **nothing("centor", age=8, temperature=37)) == "low"


def test_centor_2_is_moderate() -> None:
    assert category("centor", **nothing("centor", age=8, temperature=37, no_cough=True)) == "moderate"


def test_centor_3_is_moderate() -> None:
    assert category("centor", **nothing("centor", age=8, temperature=39, no_cough=True)) == "moderate"


def test_centor_4_is_high() -> None:
    found = nothing("centor", age=8, temperature=39, no_cough=True, tender_neck_nodes=True)
    assert category("centor", **found) == "high"


def test_feverpain_1_is_low() -> None:
    assert category("feverpain", **nothing("feverpain", purulence=True)) == "low"


def test_feverpain_2_is_moderate() -> None:
    assert category("feverpain", **nothing("feverpain", purulence=True, fever_24h=True)) == "moderate"


def test_feverpain_3_is_moderate() -> None:
    found = nothing("feverpain", purulence=True, fever_24h=True, inflamed_tonsils=True)
    assert category("feverpain", **found) == "moderate"


def test_feverpain_4_is_high() -> None:
    found = nothing("feverpain", purulence=True, fever_24h=True, inflamed_tonsils=True, attended_within_3_days=True)
    assert category("feverpain", **found) == "high"


def test_feverpain_reaches_5() -> None:
    assert result("feverpain", **{each.id: True for each in CALCULATORS["feverpain"].inputs}) == 5


# -- Bacterial Meningitis Score -----------------------------------------------------------------------------------

_CLEAR = {"age": of(2, "a"), "csf_protein": 30, "csf_anc": 10, "blood_anc": 5000}


def _bms(**found: object) -> int:
    asked = nothing("bacterial_meningitis_score", **{**_CLEAR, **found})
    return int(result("bacterial_meningitis_score", **asked))


def test_bms_protein_of_80_scores() -> None:
    assert (_bms(csf_protein=79), _bms(csf_protein=80), _bms(csf_protein=81)) == (0, 1, 1)


def test_bms_protein_in_grams() -> None:
    assert _bms(csf_protein=of("0.8", "g/L")) == 1


def test_bms_1000_neutrophils_in_csf_score() -> None:
    assert (_bms(csf_anc=999), _bms(csf_anc=1000)) == (0, 1)


def test_bms_10000_neutrophils_in_blood_score() -> None:
    assert (_bms(blood_anc=9999), _bms(blood_anc=10000)) == (0, 1)


def test_bms_neutrophils_in_giga() -> None:
    assert _bms(blood_anc=of(10, "10*9/L")) == 1


def test_bms_gram_stain_scores_two() -> None:
    assert _bms(gram_stain_positive=True) == 2


def test_bms_seizure_scores_one() -> None:
    assert _bms(seizure=True) == 1


def test_bms_0_is_very_low() -> None:
    assert category("bacterial_meningitis_score", **nothing("bacterial_meningitis_score", **_CLEAR)) == "very_low"


def test_bms_1_is_not_low() -> None:
    found = nothing("bacterial_meningitis_score", **_CLEAR, seizure=True)
    assert category("bacterial_meningitis_score", **found) == "not_low"


def test_bms_is_not_for_children_under_2_months() -> None:
    found = nothing("bacterial_meningitis_score", **{**_CLEAR, "age": "1.9"})
    assert set(wrong("bacterial_meningitis_score", **found)) == {"age"}


# -- Kocher -------------------------------------------------------------------------------------------------------

_HIP = {"temperature": 37, "esr": 10, "wbc": 8, "non_weight_bearing": False}


def _kocher(**found: object) -> dict[str, float]:
    return dict(result("kocher", **{**_HIP, **found}))


def test_kocher_temperature_above_38_5_counts() -> None:
    assert [_kocher(temperature=t)["score"] for t in ("38.4", "38.5", "38.6")] == [0, 0, 1]


def test_kocher_esr_of_40_counts() -> None:
    assert [_kocher(esr=esr)["score"] for esr in (39, 40, 41)] == [0, 1, 1]


def test_kocher_white_cells_above_12_count() -> None:
    assert [_kocher(wbc=wbc)["score"] for wbc in ("11", "12", "12.1")] == [0, 0, 1]


def test_kocher_11000_is_not_above_12000() -> None:
    assert _kocher(wbc=of(11000, "/mm3"))["score"] == 0


_PREDICTORS: tuple[dict[str, Any], ...] = (
    {},
    {"temperature": 39},
    {"temperature": 39, "esr": 50},
    {"temperature": 39, "esr": 50, "wbc": 15},
    {"temperature": 39, "esr": 50, "wbc": 15, "non_weight_bearing": True},
)


@pytest.mark.parametrize(
    ("count", "first", "second"), [(0, 0.2, 2), (1, 3, 9.5), (2, 40, 35), (3, 93, 73), (4, 99.6, 93)]
)
def test_kocher_probability_by_predictors(count: int, first: float, second: float) -> None:
    found = _kocher(**_PREDICTORS[count])
    assert (found["score"], found["probability_1999"], found["probability_2004"]) == (count, first, second)


def test_kocher_none_is_low() -> None:
    assert category("kocher", **_HIP) == "low"


def test_kocher_one_is_possible() -> None:
    assert category("kocher", **{**_HIP, **_PREDICTORS[1]}) == "possible"


def test_kocher_two_are_likely() -> None:
    assert category("kocher", **{**_HIP, **_PREDICTORS[2]}) == "likely"


def test_caird_crp_above_20_is_a_fifth_predictor() -> None:
    assert [_kocher(crp=crp)["caird_predictors"] for crp in (19, 20, 21)] == [0, 0, 1]


def test_caird_is_not_counted_without_crp() -> None:
    assert _kocher()["caird_predictors"] is None


# -- all of them --------------------------------------------------------------------------------------------------

_ADDED = ("westley", "cds", "gorelick", "dhaka", "gcs", "twist", "apgar")


@pytest.mark.parametrize("code", _ADDED)
def test_one_more_point_is_never_less_urgent(code: str) -> None:
    """Walk from the best to the worst answers, one item at a time."""
    order = ["", "H", "R2", "R1", "U2", "U1", "E1", "E0"]
    calculator, given, seen = CALCULATORS[code], dict[str, Any](), list[int]()
    for each in calculator.inputs:
        if isinstance(each, Flag):
            given[each.id] = False
        elif isinstance(each, Choice):
            best = max if code in {"gcs", "apgar"} else min
            given[each.id] = best(each.options, key=lambda o: o.points).code
    for each in calculator.inputs:
        seen.append(order.index(urgency(code, **given)))
        if isinstance(each, Flag):
            given[each.id] = True
        elif isinstance(each, Choice):
            worst = min if code in {"gcs", "apgar"} else max
            given[each.id] = worst(each.options, key=lambda o: o.points).code
    seen.append(order.index(urgency(code, **given)))
    assert seen == sorted(seen)
    assert seen[0] < seen[-1]


@pytest.mark.parametrize("code", ["westley", "gcs", "cds", "apgar"])
def test_every_item_is_needed(code: str) -> None:
    assert set(wrong(code)) == {each.id for each in CALCULATORS[code].inputs}


def test_the_trace_has_a_line_for_each_item_and_the_sum() -> None:
    steps = ask("westley", stridor=2, retractions=1, air_entry=0, cyanosis=0, consciousness=0)["trace"]
    assert [line["en"] for line in steps][:2] == ["Stridor: At rest = 2", "Retractions: Mild = 1"]
    assert steps[-1] == {"en": "Sum: 3", "zh": "合计：3", "source": "WEST"}
