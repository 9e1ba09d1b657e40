"""Rules the database holds about consultations and answers, their statuses outside, and what people type."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.db import IntegrityError, InternalError, transaction

from consortium.casework.forms.weighing import WeightField, expected_kg, plausible_kg
from consortium.casework.models import Service
from consortium.kernel import clock
from consortium.kernel.errors import DomainError, database_rules
from consortium.patients.models import Patient
from consortium.people.models import Institution, Specialty, User
from consultations.models import Answer, AnswerDraft, AnswerTemplate, Consultation
from consultations.states import FHIR_STATUS, MACHINE, NOTICE_KINDS, OPEN_STEPS, Step
from tests.consultations.cases import answered, claimed
from tests.factories.cases import make_asked, make_draft


def refused(rule: str, act: Any) -> None:
    with pytest.raises((IntegrityError, InternalError), match=rule), transaction.atomic():
        act()


def change(consultation: Consultation, **fields: Any) -> Any:
    return lambda: Consultation.unscoped.filter(pk=consultation.pk).update(**fields)


@pytest.fixture
def draft(patient: Patient, asker: User, community: Institution) -> Consultation:
    return make_draft(patient, asker, community)


@pytest.fixture
def asked(patient: Patient, asker: User, community: Institution, service: Service) -> Consultation:
    return make_asked(patient, asker, community, service)


@pytest.fixture
def answer(asker: User, specialist: User, patient: Patient, service: Service) -> Answer:
    made: Answer = Answer.unscoped.get(case_id=answered(asker, specialist, patient, service).pk)
    return made


# -- the steps


LEGAL = set(MACHINE.pairs())
ILLEGAL = sorted({(a, b) for a in Step.values for b in Step.values if a != b} - LEGAL)


@pytest.mark.parametrize(("source", "target"), [pair for pair in ILLEGAL if pair[0] == Step.DRAFT])
def test_no_bulk_update_jumps_from_a_draft(draft: Consultation, source: str, target: str) -> None:
    refused("Invalid transition", change(draft, step=target))


@pytest.mark.parametrize(("source", "target"), [pair for pair in ILLEGAL if pair[0] == Step.REQUESTED])
def test_no_bulk_update_jumps_from_the_queue(asked: Consultation, source: str, target: str) -> None:
    refused("Invalid transition", change(asked, step=target))


def test_no_consultation_is_born_in_the_middle(draft: Consultation) -> None:
    case = draft.case
    Consultation.unscoped.filter(pk=case.pk).delete()
    refused("consultation_first_step", lambda: Consultation.unscoped.create(case=case, step=Step.RECEIVED))


def test_closed_has_an_outcome(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    made = answered(asker, specialist, patient, service)
    refused("consultations_closed_has_outcome", change(made, step=Step.CLOSED))


def test_half_an_outcome_is_none(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    made = answered(asker, specialist, patient, service)
    refused("consultations_closed_has_outcome", change(made, step=Step.CLOSED, change="treatment"))


def test_an_outcome_is_asked_for_in_plain_words(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = answered(asker, specialist, patient, service)
    with pytest.raises(DomainError, match="what changed"), database_rules(), transaction.atomic():
        change(made, step=Step.CLOSED)()


def test_withdrawn_has_a_reason(asked: Consultation) -> None:
    refused("consultations_withdrawn_has_reason", change(asked, step=Step.WITHDRAWN))


def test_answered_has_a_time(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    made = claimed(asker, specialist, patient, service)
    refused("consultations_answered_at", change(made, step=Step.ANSWERED))


@pytest.mark.parametrize("stars", [0, 6])
def test_usefulness_has_five_steps(draft: Consultation, stars: int) -> None:
    refused("consultations_usefulness", change(draft, usefulness=stars))


@pytest.mark.parametrize("stars", [1, 5, None])
def test_usefulness_within_its_steps(draft: Consultation, stars: int | None) -> None:
    assert change(draft, usefulness=stars)() == 1


# -- a signed answer


def another(answer: Answer, **changes: Any) -> Any:
    fields = {f.attname: getattr(answer, f.attname) for f in answer._meta.concrete_fields if not f.primary_key}
    del fields["request_key"]
    return lambda: Answer.unscoped.create(**{**fields, "number": 2, **changes})


def test_one_answer_of_a_number(answer: Answer) -> None:
    refused("consultations_answer_number", another(answer, number=1))


@pytest.mark.parametrize("field", ["impression", "do_now", "signer_name"])
def test_a_signed_answer_is_whole(answer: Answer, field: str) -> None:
    refused("consultations_answer_signed_whole", another(answer, **{field: ""}))


def test_a_correction_has_a_reason(answer: Answer) -> None:
    refused("consultations_correction_reason", another(answer, corrects_id=answer.pk))


def test_a_reason_without_a_correction(answer: Answer) -> None:
    refused("consultations_correction_reason", another(answer, correction_reason="I had not seen it."))


def test_an_answer_is_corrected_once(answer: Answer) -> None:
    another(answer, corrects_id=answer.pk, correction_reason="x")()
    refused("corrects", another(answer, number=3, corrects_id=answer.pk, correction_reason="x"))


def test_no_answer_corrects_itself(answer: Answer) -> None:
    rows = Answer.unscoped.filter(pk=answer.pk)
    refused("consultations_correction_other", lambda: rows.update(corrects_id=answer.pk, correction_reason="x"))


def test_read_at_a_time_by_a_person(answer: Answer) -> None:
    rows = Answer.unscoped.filter(pk=answer.pk)
    refused("consultations_acknowledged_pair", lambda: rows.update(acknowledged_at=clock.now()))


def test_one_draft_of_an_answer_for_one_author(asked: Consultation, specialist: User) -> None:
    def write() -> None:
        AnswerDraft.unscoped.create(case=asked.case, author=specialist, saved_at=clock.now())

    write()
    refused("consultations_answer_draft_once", write)


def test_one_template_of_a_title(respiratory: Specialty) -> None:
    def write() -> None:
        AnswerTemplate.objects.create(specialty=respiratory, language="en", title="Croup")

    write()
    refused("consultations_template_title", write)


def test_the_same_title_in_the_other_language(respiratory: Specialty) -> None:
    for language in ("en", "zh-hans"):
        AnswerTemplate.objects.create(specialty=respiratory, language=language, title="Croup")


def test_rows_say_what_they_are(draft: Consultation, answer: Answer, specialist: User) -> None:
    written = AnswerDraft(case=draft.case, author=specialist)
    assert [str(row) for row in (draft, answer, written, AnswerTemplate(title="Croup"))] == [
        f"consultation {draft.pk}",
        f"answer 1 of {answer.case_id}",
        f"draft of {specialist.pk} for {draft.pk}",
        "Croup",
    ]


# -- outside


@pytest.mark.parametrize("step", Step.values)
def test_every_step_has_its_fhir_status(step: str) -> None:
    """FHIR R4 Task.status, value set task-status."""
    known = {"draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold",
             "failed", "completed", "entered-in-error"}  # fmt: skip
    assert FHIR_STATUS[step][0] in known


def test_no_two_steps_look_the_same_outside() -> None:
    assert len(set(FHIR_STATUS.values())) == len(Step.values)


@pytest.mark.parametrize("step", OPEN_STEPS)
def test_what_is_open_is_not_over_outside(step: str) -> None:
    assert FHIR_STATUS[step][0] not in ("completed", "cancelled", "entered-in-error", "failed")


def test_each_kind_of_notice_is_named_once() -> None:
    codes = [kind[0] for kind in NOTICE_KINDS]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("transition", MACHINE.transitions, ids=lambda t: f"{t.id}-{t.verb}")
def test_every_act_has_a_policy(transition: Any) -> None:
    from consultations import policies

    assert callable(getattr(policies, transition.policy))


@pytest.mark.parametrize("step", sorted(set(Step.values) - set(MACHINE.final)))
def test_every_step_that_is_not_final_has_a_way_on(step: str) -> None:
    assert [t for t in MACHINE.transitions if step in t.sources]


def test_every_step_can_be_reached() -> None:
    reached = set(MACHINE.initial)
    while grown := {b for a, b in MACHINE.pairs() if a in reached} - reached:
        reached |= grown
    assert reached >= set(Step.values) - {Step.CLOSED_UNREVIEWED}


# -- a weight as people write it


def grams(text: str) -> Any:
    return WeightField(required=False).clean(text)


@pytest.mark.parametrize("text", ["6.8", "6,8", "6.8 kg", " 6.80KG ", "06.8"])
def test_a_weight_however_it_is_written(text: str) -> None:
    assert grams(text) == 6800


def test_no_weight_is_none() -> None:
    assert grams("") is None


@pytest.mark.parametrize("text", ["heavy", "6.8.1", "nan", "inf", "1e", "６.8x"])
def test_what_is_no_weight(text: str) -> None:
    with pytest.raises(forms.ValidationError, match="in kilograms"):
        grams(text)


def test_grams_are_told_to_be_grams() -> None:
    with pytest.raises(forms.ValidationError, match=r"kilograms, 6\.8"):
        grams("6800")


@pytest.mark.parametrize("text", ["0", "0.2", "-5", "201", "999", "1e9"])
def test_a_weight_no_child_has(text: str) -> None:
    with pytest.raises(forms.ValidationError):
        grams(text)


@pytest.mark.parametrize(("text", "found"), [("0.3", 300), ("200", 200_000)])
def test_the_lightest_and_the_heaviest(text: str, found: int) -> None:
    assert grams(text) == found


@pytest.mark.parametrize(
    ("age_days", "kilograms"), [(0, "3.5"), (183, "7.0"), (365, "10.0"), (731, "12.0"), (1827, "18.0"), (3653, "37.0")]
)
def test_a_rough_weight_for_age(age_days: int, kilograms: str) -> None:
    """APLS formulas, 6th edition."""
    assert abs(expected_kg(age_days) - Decimal(kilograms)) < Decimal("0.2")


@pytest.mark.parametrize("age_days", [0, 20, 31, 200, 400, 2000, 6000])
def test_the_expected_weight_needs_no_second_look(age_days: int) -> None:
    low, high = plausible_kg(age_days)
    assert low < expected_kg(age_days) < high


def test_a_very_small_newborn_is_believed() -> None:
    assert plausible_kg(5)[0] == Decimal("0.4")
