"""Rows that hold, rows that can't be excluded, what to ask next, the way walked; the editions of IMCI."""

from __future__ import annotations

from typing import Any

import pytest

from decision_manual.evaluator import Edition, Manual, rank, worst
from decision_manual.library import Library, Pathway
from tests.decision_manual.conftest import changed, rows_of, seen

COUGH = {"age_months": 10, "cough_or_difficult_breathing": True}


def asked_for(library: Library, pathway: Pathway, facts: dict[str, Any], **words: Any) -> list[str]:
    return [need.finding for need in seen(library, pathway, facts, **words).needs]


# -- hits, open rows, severity ------------------------------------------------------------------------------------


def test_the_first_row_that_holds_is_shown_alone(library: Library, cough: Pathway) -> None:
    facts = {**COUGH, "stridor_when_calm": True, "chest_indrawing": True, "respiratory_rate": 60}

    assert rows_of(seen(library, cough, facts)) == ["cough-severe"]


def test_at_least_yellow_while_pink_is_not_excluded(library: Library, cough: Pathway) -> None:
    outcome = seen(library, cough, {**COUGH, "respiratory_rate": 52})

    assert (outcome.severity, outcome.not_excluded) == ("yellow", "pink")


def test_nothing_green_while_something_worse_is_open(library: Library, cough: Pathway) -> None:
    outcome = seen(library, cough, {**COUGH, "respiratory_rate": 30})

    assert (rows_of(outcome), outcome.severity, outcome.not_excluded) == ([], "", "pink")


def test_green_when_all_was_asked_and_the_oximeter_is_missing(library: Library, cough: Pathway) -> None:
    outcome = seen(library, cough, {**COUGH, "respiratory_rate": 30}, unlisted="negative")

    assert rows_of(outcome) == ["cough-cold"]
    assert outcome.not_excluded == "pink"
    assert outcome.needs[0].finding == "spo2"


def test_nothing_is_open_when_everything_is_known(library: Library, cough: Pathway) -> None:
    facts = {**COUGH, "respiratory_rate": 30, "spo2": 97, "cough_days": 3}
    outcome = seen(library, cough, facts, unlisted="negative")

    assert (outcome.not_excluded, outcome.needs) == ("", ())


def test_a_pink_row_leaves_nothing_worse_to_ask(library: Library, cough: Pathway) -> None:
    outcome = seen(library, cough, {**COUGH, "stridor_when_calm": True})

    assert outcome.not_excluded == ""


def test_all_rows_of_the_worst_severity_are_shown(library: Library, young: Pathway) -> None:
    facts = {"age_days": 20, "respiratory_rate": 62, "skin_pustules": True}

    assert rows_of(seen(library, young, facts, unlisted="negative")) == ["yi-pneumonia", "yi-local"]


def test_a_worse_row_hides_the_others(library: Library, young: Pathway) -> None:
    facts = {"age_days": 20, "convulsions": True, "skin_pustules": True}

    assert rows_of(seen(library, young, facts, unlisted="negative")) == ["yi-very-severe"]


@pytest.mark.parametrize(("facts", "entered"), [
    ({"age_months": 10}, None), ({"age_months": 10, "cough_or_difficult_breathing": False}, False), (COUGH, True),
])  # fmt: skip
def test_the_entry_question(facts: dict[str, Any], entered: bool | None, library: Library, cough: Pathway) -> None:
    assert seen(library, cough, facts).entered is entered


def test_an_open_entry_is_asked_first(library: Library, cough: Pathway) -> None:
    assert asked_for(library, cough, {"age_months": 10})[0] == "cough_or_difficult_breathing"


def test_a_denied_entry_asks_nothing(library: Library, cough: Pathway) -> None:
    assert asked_for(library, cough, {"age_months": 10, "cough_or_difficult_breathing": False}) == []


def test_worst_of_nothing_is_nothing() -> None:
    assert worst([]) == ""


def test_pink_is_worse_than_yellow() -> None:
    assert rank("pink") < rank("yellow")
    assert worst(["green", "pink", "yellow"]) == "pink"


# -- what to ask next ---------------------------------------------------------------------------------------------


def test_what_could_be_pink_is_asked_before_what_could_be_yellow(library: Library, cough: Pathway) -> None:
    needs = asked_for(library, cough, {**COUGH, "respiratory_rate": 52})

    assert needs.index("stridor_when_calm") < needs.index("cough_days")


def test_a_question_goes_before_a_measurement_of_the_same_weight(library: Library, cough: Pathway) -> None:
    needs = asked_for(library, cough, COUGH)

    assert needs.index("chest_indrawing") < needs.index("spo2")


def test_what_cannot_change_the_result_is_not_asked(library: Library, cough: Pathway) -> None:
    facts = {**COUGH, "stridor_when_calm": True, "hiv_exposed_or_infected": False}

    assert "respiratory_rate" not in asked_for(library, cough, facts)


def test_each_finding_is_asked_once(library: Library, cough: Pathway) -> None:
    needs = asked_for(library, cough, COUGH)

    assert len(needs) == len(set(needs))


# -- examined again -----------------------------------------------------------------------------------------------

WHEEZE = {**COUGH, "wheeze": True, "respiratory_rate": 55}


def test_wheeze_with_fast_breathing_is_examined_again(library: Library, cough: Pathway) -> None:
    outcome = seen(library, cough, WHEEZE, unlisted="negative")

    assert [again.code for again in outcome.again] == ["after_bronchodilator"]


def test_what_was_found_again_counts(library: Library, cough: Pathway) -> None:
    facts = {**WHEEZE, "after_bronchodilator": {"respiratory_rate": 40, "chest_indrawing": False}}
    outcome = seen(library, cough, facts, unlisted="negative")

    assert rows_of(outcome) == ["cough-cold"]
    assert outcome.again == ()


def test_without_wheeze_nothing_is_examined_again(library: Library, cough: Pathway) -> None:
    assert seen(library, cough, {**WHEEZE, "wheeze": False}, unlisted="negative").again == ()


# -- the way walked -----------------------------------------------------------------------------------------------


def test_the_way_goes_through_the_questions_answered_no(library: Library, cough: Pathway) -> None:
    walked = seen(library, cough, {**COUGH, "respiratory_rate": 52}, unlisted="negative").walked

    assert walked[:6] == (
        "n-start", "t-cough", "q-cough-severe", "q-cough-pneumonia-indrawing", "q-cough-pneumonia-fast",
        "n-cough-pneumonia-fast",
    )  # fmt: skip


def test_the_way_ends_in_the_referral(library: Library, cough: Pathway) -> None:
    assert "r-cough-severe" in seen(library, cough, {**COUGH, "stridor_when_calm": True}).walked


def test_who_does_not_enter_stays_at_the_start(library: Library, cough: Pathway) -> None:
    assert seen(library, cough, {"age_months": 10}).walked == ("n-start",)


# -- editions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("edition", "days", "row"), [
    ("2014", 6, "yi-very-severe"), ("2014", 7, "yi-very-severe"), ("2019", 6, "yi-very-severe"),
    ("2019", 7, "yi-pneumonia"), ("2019", 59, "yi-pneumonia"),
])  # fmt: skip
def test_fast_breathing_under_two_months(edition: str, days: int, row: str, library: Library, young: Pathway) -> None:
    facts = {"age_days": days, "respiratory_rate": 60}
    outcome = seen(library, young, facts, unlisted="negative", imci_young_infant=edition)

    assert rows_of(outcome) == [row]


@pytest.mark.parametrize(("again", "row"), [(59, "yi-unlikely"), (60, "yi-pneumonia"), (None, "yi-pneumonia")])
def test_a_second_count_decides(again: int | None, row: str, library: Library, young: Pathway) -> None:
    facts = {"age_days": 20, "respiratory_rate": 60, "respiratory_rate_repeat": again}

    assert rows_of(seen(library, young, facts, unlisted="negative")) == [row]


@pytest.mark.parametrize(("celsius", "row"), [
    (35.4, "yi-very-severe"), (35.5, "yi-unlikely"), (37.4, "yi-unlikely"), (37.5, "yi-very-severe"),
])  # fmt: skip
def test_the_young_infants_temperature(celsius: float, row: str, library: Library, young: Pathway) -> None:
    facts = {"age_days": 20, "respiratory_rate": 40, "temperature_axillary_c": celsius}

    assert rows_of(seen(library, young, facts, unlisted="negative")) == [row]


# -- the manual as a whole ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def manual(library: Library) -> Manual:
    imci = [p for p in library.pathways.values() if p.id in ("cough-2-59m", "danger-signs", "young-infant-infection")]
    return Manual(tuple(Edition(p, "1", "draft") for p in imci), library.shared)


def codes(manual: Manual, facts: dict[str, Any], **words: Any) -> list[str]:
    told = manual.told({"facts": facts, "unlisted": "negative", **words})
    return [one["code"] for one in told["classifications"]]


def test_a_danger_sign_makes_the_cough_pink_as_well(manual: Manual) -> None:
    found = codes(manual, {**COUGH, "respiratory_rate": 30, "vomits_everything": True})

    assert sorted(found) == ["severe_pneumonia_or_very_severe_disease", "very_severe_disease"]


@pytest.mark.parametrize(("days", "expected"), [(59, "yi_pneumonia"), (60, "pneumonia")])
def test_age_bands_do_not_leak(days: int, expected: str, manual: Manual) -> None:
    facts = {"age_days": days, "cough_or_difficult_breathing": True, "respiratory_rate": 62}

    assert codes(manual, facts) == [expected]


def test_a_pathway_asked_for_is_entered(manual: Manual) -> None:
    facts = {"age_months": 10, "respiratory_rate": 52}

    assert codes(manual, facts) == []
    assert codes(manual, facts, pathway="cough-2-59m") == ["pneumonia"]


def test_a_pathway_asked_for_is_not_entered_when_that_is_denied(manual: Manual) -> None:
    facts = {"age_months": 10, "cough_or_difficult_breathing": False, "respiratory_rate": 52}

    assert codes(manual, facts, pathway="cough-2-59m") == []


@pytest.mark.parametrize(("asked", "field"), [
    (3, "line"), ({"facts": [1]}, "facts"), ({"facts": {}, "colour": 1}, "colour"),
    ({"facts": {"age_days": 3}, "pathway": 3}, "pathway"), ({"facts": {"age_days": 3}, "unlisted": 3}, "unlisted"),
    ({"facts": {"age_days": 3}, "pathway": "nothing"}, "pathway"),
    ({"facts": {"age_days": 3}, "pathway": "cough-2-59m"}, "age_days"),
])  # fmt: skip
def test_a_question_that_cannot_be_answered_names_the_field(asked: Any, field: str, manual: Manual) -> None:
    assert list(manual.told(asked)["error"]) == [field]


def test_the_id_comes_back(manual: Manual) -> None:
    assert manual.told({"id": "x", "facts": {}})["id"] == "x"
    assert manual.told({"id": 7, "facts": {"age_days": 400}})["id"] == 7


def test_a_referral_names_its_indication_and_urgency(manual: Manual) -> None:
    told = manual.told({"facts": {**COUGH, "stridor_when_calm": True}})

    (referral,) = told["referrals"]
    assert (referral["code"], referral["urgency"], referral["row"]) == ("RI-cough-1", "E1", "cough-severe")


def test_an_action_is_named_once(manual: Manual) -> None:
    told = manual.told({"facts": {**COUGH, "stridor_when_calm": True, "vomits_everything": True}})
    found = [action["code"] for action in told["actions"]]

    assert len(found) == len(set(found))
    assert "refer_urgently" in found


def test_an_action_the_site_does_not_do_is_left_out(manual: Manual) -> None:
    asked = {"facts": {**COUGH, "respiratory_rate": 52}, "unlisted": "negative", "profile": {"hiv_setting": "high"}}

    assert "oral_amoxicillin_3d" not in [action["code"] for action in manual.told(asked)["actions"]]


def test_what_is_due_again_stands_first_among_the_unknown(manual: Manual) -> None:
    assert manual.told({"facts": WHEEZE, "unlisted": "negative"})["unknown"][0] == "after_bronchodilator"


def test_rows_of_several_holding_together(library: Library, cough: Pathway) -> None:
    facts = {**COUGH, "respiratory_rate": 30, "spo2": 88, "cough_days": 20}

    assert rows_of(seen(library, cough, facts, unlisted="negative")) == ["cough-cold", "cough-hypoxaemia", "cough-long"]


def test_a_table_that_is_not_entered_says_nothing(library: Library, cough: Pathway) -> None:
    def closed(bundle: dict[str, Any]) -> None:
        bundle["pathway"]["tables"][1]["entry"] = {"age_days": {"lt": 61}}

    outcome = seen(library, changed(cough, closed), {**COUGH, "spo2": 80}, unlisted="negative")

    assert outcome.tables[1].entry is False
    assert "cough-hypoxaemia" not in rows_of(outcome)
