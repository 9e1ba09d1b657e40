"""Which specialty is wanted, by what it is about, the diagnosis, age and urgency. No database."""

from __future__ import annotations

import pytest

from consortium.casework.states import Priority, Symptom
from consortium.clinical.diagnoses import diagnoses
from referrals.queries.specialties import BY_CODE, by_code, wanted


def test_the_symptom_names_the_specialty() -> None:
    assert wanted(Symptom.CONVULSION, "", 400, Priority.ROUTINE) == ["neurology"]


def test_the_diagnosis_comes_before_the_symptom() -> None:
    assert wanted(Symptom.COUGH, "I50.9", 400, Priority.ROUTINE) == ["cardiology", "respiratory"]


def test_a_newborn_is_the_newborns_doctors_first() -> None:
    assert wanted(Symptom.COUGH, "", 27, Priority.ROUTINE) == ["neonatology", "respiratory"]
    assert wanted(Symptom.COUGH, "", 28, Priority.ROUTINE) == ["respiratory"]


def test_a_life_at_risk_is_the_emergencys_too() -> None:
    assert wanted(Symptom.RASH, "", 400, Priority.STAT)[-1] == "emergency"


def test_without_any_hint_anybody_who_sees_any_child() -> None:
    assert wanted("", "", None, Priority.ROUTINE) == ["paediatrics", "child_health"]


def test_each_is_named_once() -> None:
    assert wanted(Symptom.HEAD_INJURY, "S06.0", 400, Priority.STAT) == ["neurosurgery", "emergency"]


@pytest.mark.parametrize(
    ("code", "whose"),
    [("J35.1", "ent"), ("J21.9", "respiratory"), ("K35.8", "surgery"), ("K21.9", "gastroenterology"),
     ("D50.9", "haematology"), ("Q21.0", "cardiology"), ("P59.9", "neonatology")],
)  # fmt: skip
def test_a_code_belongs_to_its_chapter(code: str, whose: str) -> None:
    assert by_code(code)[0] == whose


@pytest.mark.parametrize("code", ["", "R50.9", "Z03.9", "U07.1"])
def test_what_tells_nothing_belongs_to_nobody(code: str) -> None:
    assert by_code(code) == ()


def test_most_listed_diagnoses_belong_to_somebody() -> None:
    homeless = {code[0] for code in diagnoses() if not by_code(code)}
    assert homeless <= {"R", "Z", "U"}


def test_the_ranges_are_whole() -> None:
    assert all(first <= last for first, last, _whose in BY_CODE)
