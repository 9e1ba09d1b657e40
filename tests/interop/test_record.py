"""A child's record, row by row: Patient, RelatedPerson, Consent, EpisodeOfCare, Observation."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from consortium.clinical.units import KINDS as UNITS
from consortium.interop.fhir import children, measured
from consortium.interop.r4.kinds import Reader
from consortium.kernel.actors import ANONYMOUS
from consortium.patients.states import SIGNS, ConsentKind, MeasurementKind, Relation, Sex
from tests.interop.checking import accepted, path
from tests.interop.rows import HOUR, NOON, child, consent, guardian, institution, key, measurement, row

#: FHIR's administrative-gender, with which ours was chosen to be one
GENDERS = {"male", "female", "other", "unknown"}


def patient(**named: Any) -> Any:
    made = children._patient(child(**named))
    accepted(made)
    return made


def test_sexes_are_fhir_s_own() -> None:
    assert set(Sex.values) == GENDERS


def test_a_child_has_a_name_a_sex_and_a_birthday() -> None:
    made = patient()
    assert (made["name"], made["gender"], made["birthDate"]) == ([{"text": "Lin Xiaoyu"}], "female", "2026-04-26")
    assert made["active"] is True


def test_an_erased_child_has_neither_name_nor_activity() -> None:
    made = patient(display_name="", erased_at=NOON)
    assert "name" not in made
    assert made["active"] is False


def test_a_twin_has_its_order() -> None:
    assert patient(birth_order=2)["multipleBirthInteger"] == 2
    assert "multipleBirthInteger" not in patient()


def test_a_record_number_has_the_system_of_its_institution() -> None:
    numbers = [row(number="Z-77", institution_id=key(9), institution=institution()), row(number="")]
    (number,) = patient(record_numbers=SimpleNamespace(all=lambda: numbers))["identifier"]
    assert number["system"] == f"urn:consortium:id:record-number:{key(9)}"
    assert (number["value"], number["assigner"]["reference"]) == ("Z-77", f"Organization/{key(9)}")


def test_an_institution_that_gave_no_number_gives_no_identifier() -> None:
    assert "identifier" not in patient(record_numbers=SimpleNamespace(all=lambda: [row(number="")]))


@pytest.mark.parametrize(
    ("named", "value"), [({"gestation_weeks": 31}, 31), ({"allergies": "Penicillin"}, "Penicillin")]
)
def test_what_matters_for_a_dose_is_told(named: dict[str, Any], value: Any) -> None:
    (told,) = patient(**named)["extension"]
    assert value in told.values()


def test_a_child_one_may_not_know_is_left_out() -> None:
    rows: Any = [child()]
    assert children._patients(Reader(ANONYMOUS), rows) == []
    assert len(children._patients(Reader(ANONYMOUS, frozenset({key(1)})), rows)) == 1


# -- guardians


@pytest.mark.parametrize("relation", Relation.values)
def test_every_relation_has_our_code_and_a_word_in_both_languages(relation: str) -> None:
    made = children._related_person(guardian(relation=relation))
    accepted(made)
    own = made["relationship"][0]["coding"][-1]
    assert (own["system"], own["code"]) == ("urn:consortium:code:relation", relation)
    assert own["_display"]


def test_a_relation_that_hl7_names_has_its_code_too() -> None:
    codings = children._related_person(guardian(relation="father"))["relationship"][0]["coding"]
    assert codings[0] == {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "FTH"}


def test_another_relation_has_ours_alone() -> None:
    assert len(children._related_person(guardian(relation="other"))["relationship"][0]["coding"]) == 1


def test_a_guardian_s_language_is_told_where_it_is_known() -> None:
    made = children._related_person(guardian(language="zh-hans"))
    accepted(made)
    assert path(made, "communication.language.coding.code") == ["zh-hans"]
    assert "communication" not in children._related_person(guardian())


def test_a_guardian_without_a_telephone_has_none() -> None:
    assert "telecom" not in children._related_person(guardian(phone=""))


def test_guardians_of_others_are_left_out() -> None:
    rows: Any = [guardian()]
    assert children._related_persons(Reader(ANONYMOUS), rows) == []


# -- consents


@pytest.mark.parametrize(
    ("status", "superseded", "told"),
    [
        ("active", False, "active"),
        ("active", True, "inactive"),
        ("inactive", False, "inactive"),
        ("rejected", False, "rejected"),
        ("rejected", True, "rejected"),
    ],
)
def test_only_the_newest_consent_is_active(status: str, superseded: bool, told: str) -> None:
    made = children._consent(consent(status=status, superseded=superseded))
    accepted(made)
    assert made["status"] == told


@pytest.mark.parametrize(("status", "rule", "kind"), [("active", "OPTIN", "permit"), ("rejected", "OPTOUT", "deny")])
def test_a_consent_permits_and_a_refusal_denies(status: str, rule: str, kind: str) -> None:
    made = children._consent(consent(status=status))
    assert path(made, "policyRule.coding.code") == [rule]
    assert made["provision"] == {"type": kind}


@pytest.mark.parametrize("kind", ConsentKind.values)
def test_each_of_the_four_consents_is_named(kind: str) -> None:
    made = children._consent(consent(kind=kind))
    accepted(made)
    assert path(made, "category.coding.code") == ["59284-0", kind]
    assert path(made, "scope.coding.code")[0] in {"patient-privacy", "treatment"}


def test_who_gave_it_is_told() -> None:
    assert children._consent(consent(guardian_id=key(5)))["performer"] == [{"reference": f"RelatedPerson/{key(5)}"}]
    assert "performer" not in children._consent(consent())


# -- pathways


@pytest.mark.parametrize(("closed", "status"), [(None, "active"), (NOON, "finished")])
def test_a_pathway_is_an_episode_with_its_number(closed: Any, status: str) -> None:
    made = children._episode(row(number="P26-000001", patient_id=key(2), opened_at=NOON, closed_at=closed))
    accepted(made)
    assert (made["status"], made["identifier"][0]["value"]) == (status, "P26-000001")
    assert ("end" in made["period"]) is (closed is not None)


# -- what was measured


def observed(**named: Any) -> Any:
    made = measured._observation(measurement(**named))
    accepted(made)
    return made


@pytest.mark.parametrize("kind", [kind.value for kind in MeasurementKind if kind in UNITS])
def test_every_number_has_its_code_and_ucum_unit(kind: str) -> None:
    unit = UNITS[kind].base.code
    made = observed(kind=kind, value=Decimal(40), unit=unit)
    assert made["valueQuantity"]["code"] == unit
    assert made["valueQuantity"]["system"] == "http://unitsofmeasure.org"
    assert path(made, "code.coding.code")[-1] == kind


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, words in SIGNS.items() for code in words])
def test_every_sign_has_its_word_in_both_languages(kind: str, code: str) -> None:
    made = observed(kind=kind, value=None, unit="", code=code)
    (told,) = made["valueCodeableConcept"]["coding"]
    assert (told["system"], told["code"]) == (f"urn:consortium:code:{kind}", code)
    assert told["display"]


def test_no_two_kinds_share_a_loinc_code() -> None:
    assert len(set(measured.LOINC.values())) == len(measured.LOINC)


def test_a_value_stands_in_the_unit_in_which_it_was_entered() -> None:
    assert observed(value=Decimal(6800), unit="g")["valueQuantity"] == {
        "value": 6800, "unit": "g", "system": "http://unitsofmeasure.org", "code": "g",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("named", "status"),
    [({}, "final"), ({"replaces_id": key(4)}, "corrected"), ({"entered_in_error_at": NOON}, "entered-in-error")],
)
def test_a_value_taken_back_or_put_right_says_so(named: dict[str, Any], status: str) -> None:
    assert observed(**named)["status"] == status


def test_where_the_temperature_was_taken_is_told() -> None:
    made = observed(kind="temperature", unit="Cel", value=Decimal("38.5"), site="axilla")
    assert path(made, "bodySite.coding.code") == ["axilla"]
    assert "bodySite" not in observed()


@pytest.mark.parametrize(
    ("named", "codes"),
    [
        ({"position": "lying"}, ["lying"]),
        ({"estimated": True}, ["estimated"]),
        ({"position": "standing", "estimated": True}, ["standing", "estimated"]),
        ({}, []),
    ],
)
def test_how_it_was_measured_is_told(named: dict[str, Any], codes: list[str]) -> None:
    assert path(observed(**named), "method.coding.code") == codes


def test_a_value_without_a_place_has_no_performer() -> None:
    nowhere = SimpleNamespace(institution=None, recorded_at=NOON)
    assert "performer" not in observed(measured=nowhere)


def test_when_it_was_taken_and_when_it_was_written_down() -> None:
    made = observed()
    assert (made["effectiveDateTime"], made["issued"]) == ("2026-11-22T12:00:00.000Z", "2026-11-22T13:00:00.000Z")


# -- which values bear on a question


def bearing(*values: tuple[int, str, timedelta]) -> set[int]:
    """Of (number, kind, how long before the close), those that bear on a question asked 10 days before it."""
    rows = sorted(((key(n), key(2), kind, NOON - ago) for n, kind, ago in values), key=lambda one: one[3], reverse=True)
    return {found.int for found in measured._newest(rows, key(2), NOON - timedelta(days=10), NOON)}


def test_the_newest_of_each_kind_bears_on_it() -> None:
    assert bearing((1, "weight", HOUR), (2, "weight", 2 * HOUR), (3, "head", 3 * HOUR)) == {1, 3}


def test_what_is_older_than_thirty_days_before_the_question_does_not() -> None:
    assert bearing((1, "weight", timedelta(days=40)), (2, "head", timedelta(days=39))) == {2}


def test_what_came_after_the_close_does_not() -> None:
    assert bearing((1, "weight", -HOUR)) == set()


def test_what_is_another_child_s_does_not() -> None:
    assert measured._newest([(key(1), key(5), "weight", NOON)], key(2), NOON - HOUR, NOON) == []


def test_no_case_asks_nothing_of_the_database() -> None:
    assert measured.bearing_on([]) == {}
