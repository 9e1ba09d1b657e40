"""A consultation from question to close-out, and the ways it may turn, each by its operation."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import InternalError, transaction

from consortium.casework.models import BallSpell, Case, Clock, Message, Service
from consortium.casework.states import Ball, Leg, Priority
from consortium.journal.queries import chain_faults, timeline
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion, Taken, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations
from consultations.models import Answer, Consultation
from consultations.operations import Advice
from consultations.states import Change, DeclineReason, Step, WithdrawReason
from tests.cast import actor_for

ADVICE = Advice("Croup, moderate.", "Dexamethasone 0.15 mg/kg by mouth once.")


def act(user: User, operation: Callable[..., Any], **words: Any) -> Any:
    """Do it as `user`, with the seats they hold at this moment."""
    actor = actor_for(user)
    with acting_as(actor):
        return operation(actor=actor, **words)


@pytest.fixture
def draft(asker: User, patient: Patient, service: Service) -> Consultation:
    fields = {
        "patient_id": patient.pk, "service_id": service.pk, "priority": Priority.URGENT, "weight_grams": 6800,
        "question": "Lin Xiaoyu breathes fast.\nCan she wait?", "consent_given": True,
    }  # fmt: skip
    made: Consultation = act(asker, operations.save_draft, fields=fields, key=uuid4())
    return made


@pytest.fixture
def asked(draft: Consultation, asker: User) -> Consultation:
    made: Consultation = act(asker, operations.submit, case_id=draft.pk)
    return made


@pytest.fixture
def claimed(asked: Consultation, specialist: User) -> Consultation:
    made: Consultation = act(specialist, operations.claim, case_id=asked.pk)
    return made


@pytest.fixture
def answered(claimed: Consultation, specialist: User) -> Consultation:
    made: Consultation = act(specialist, operations.answer, case_id=claimed.pk, advice=ADVICE, key=uuid4())
    return made


def _case(consultation: Consultation) -> Case:
    case: Case = Case.unscoped.get(pk=consultation.pk)
    return case


def _running(consultation: Consultation) -> list[str]:
    rows = Clock.unscoped.filter(case_id=consultation.pk, stopped_at=None, paused_at=None)
    return list(rows.values_list("leg", flat=True))


def test_the_whole_way(asked: Consultation, asker: User, specialist: User) -> None:
    act(specialist, operations.claim, case_id=asked.pk)
    act(specialist, operations.start, case_id=asked.pk)
    act(specialist, operations.ask_information, case_id=asked.pk, text="Stridor at rest?", key=uuid4())
    act(asker, operations.supply_information, case_id=asked.pk, text="Yes.", key=uuid4())
    act(specialist, operations.answer, case_id=asked.pk, advice=ADVICE, key=uuid4())
    act(asker, operations.ask_clarification, case_id=asked.pk, text="Once, or twice?", key=uuid4())
    act(specialist, operations.answer, case_id=asked.pk, advice=ADVICE, key=uuid4())
    act(asker, operations.close_out, case_id=asked.pk, change=Change.TREATMENT, referral_avoided=True, usefulness=5)

    case = _case(asked)
    assert (case.is_open, case.ball, case.ball_user_id) == (False, Ball.NONE, None)
    assert [s.facts["id"] for s in timeline(case)] == ["C1", "C2", "C3", "C7", "C5", "C6", "C9", "C10", "C9", "C11"]
    assert list(chain_faults()) == []
    assert not Clock.unscoped.filter(case=case, stopped_at=None).exists()
    assert not BallSpell.unscoped.filter(case=case, until=None).exists()


def test_the_headline_of_the_queue_does_not_name_the_child(asked: Consultation) -> None:
    assert _case(asked).headline == "… breathes fast."


def test_before_the_claim_the_specialist_sees_the_case_and_not_the_child(
    asked: Consultation, specialist: User, patient: Patient
) -> None:
    with acting_as(actor_for(specialist)):
        assert Case.objects.filter(pk=asked.pk).exists()
        assert not Patient.objects.filter(pk=patient.pk).exists()
    act(specialist, operations.claim, case_id=asked.pk)
    with acting_as(actor_for(specialist)):
        assert Patient.objects.filter(pk=patient.pk).exists()


def test_a_draft_is_its_authors_alone(draft: Consultation, colleague: User, specialist: User) -> None:
    for other in (colleague, specialist):
        with pytest.raises(NotVisible):
            act(other, operations.submit, case_id=draft.pk)


def test_a_stranger_finds_nothing(asked: Consultation, stranger: User) -> None:
    for operation in (operations.claim, operations.start):
        with pytest.raises(NotVisible):
            act(stranger, operation, case_id=asked.pk)


@pytest.mark.parametrize("missing", ["question", "service_id", "weight_grams", "consent_given"])
def test_a_routine_question_needs_its_parts(draft: Consultation, asker: User, missing: str) -> None:
    act(asker, operations.save_draft, case_id=draft.pk, fields={missing: None, "priority": Priority.ROUTINE})
    with pytest.raises(InvalidInput) as refused:
        act(asker, operations.submit, case_id=draft.pk)
    assert set(refused.value.fields) == {missing}


def test_a_stat_question_needs_only_child_and_problem(draft: Consultation, asker: User) -> None:
    fields = {"priority": Priority.STAT, "weight_grams": None, "consent_given": False}
    act(asker, operations.save_draft, case_id=draft.pk, fields=fields)
    assert act(asker, operations.submit, case_id=draft.pk).step == Step.REQUESTED


@pytest.mark.parametrize("grams", [299, 200_001, -5])
def test_an_impossible_weight_is_refused(draft: Consultation, asker: User, grams: int) -> None:
    with pytest.raises(InvalidInput, match=r"0\.3 and 200 kg"):
        act(asker, operations.save_draft, case_id=draft.pk, fields={"weight_grams": grams})


def test_the_same_draft_twice_is_one(asker: User, patient: Patient) -> None:
    key = uuid4()
    made = {act(asker, operations.save_draft, fields={"patient_id": patient.pk}, key=key).pk for _ in range(3)}
    assert len(made) == Case.unscoped.count() == 1


def test_a_stale_draft_is_told_apart(draft: Consultation, asker: User) -> None:
    version = _case(draft).version
    act(asker, operations.save_draft, case_id=draft.pk, fields={"situation": "one"}, version=version)
    with pytest.raises(StaleVersion) as refused:
        act(asker, operations.save_draft, case_id=draft.pk, fields={"situation": "two"}, version=version)
    assert refused.value.detail["changed_by"] == actor_for(asker).name


def test_submitting_again_changes_nothing(asked: Consultation, asker: User) -> None:
    before = _case(asked).version
    assert act(asker, operations.submit, case_id=asked.pk).step == Step.REQUESTED
    assert _case(asked).version == before


def test_the_second_claim_is_told_who_won(claimed: Consultation, other_specialist: User, specialist: User) -> None:
    with pytest.raises(Taken) as refused:
        act(other_specialist, operations.claim, case_id=claimed.pk)
    assert refused.value.detail["winner"] == specialist.get_full_name()


def test_claiming_twice_oneself_is_one_claim(claimed: Consultation, specialist: User) -> None:
    version = _case(claimed).version
    act(specialist, operations.claim, case_id=claimed.pk)
    assert _case(claimed).version == version


def test_the_coordinator_allocates_to_one_who_can_act(
    asked: Consultation, coordinator: User, specialist: User, district_doctor: User
) -> None:
    with pytest.raises(InvalidInput):
        act(coordinator, operations.allocate, case_id=asked.pk, responder_id=district_doctor.pk)
    act(coordinator, operations.allocate, case_id=asked.pk, responder_id=specialist.pk)
    assert _case(asked).ball_user_id == specialist.pk


def test_giving_a_case_to_another_names_who_is_released(
    claimed: Consultation, coordinator: User, specialist: User, other_specialist: User
) -> None:
    words = {"case_id": claimed.pk, "responder_id": other_specialist.pk}
    with pytest.raises(Taken) as refused:
        act(coordinator, operations.allocate, **words)
    assert refused.value.detail["winner"] == specialist.get_full_name()
    assert _case(claimed).responder_id == specialist.pk
    act(coordinator, operations.allocate, **words, instead_of=specialist.pk)
    assert _case(claimed).responder_id == other_specialist.pk


def test_a_declined_case_waits_at_the_other_service_with_its_place(
    claimed: Consultation, specialist: User, other_service: Service, patient: Patient
) -> None:
    sent = _case(claimed).submitted_at
    words = {"reason": DeclineReason.WRONG_SERVICE, "service_id": other_service.pk}
    act(specialist, operations.decline, case_id=claimed.pk, **words)
    case = _case(claimed)
    assert (case.service_id, case.responder_id, case.ball) == (other_service.pk, None, Ball.COORDINATOR)
    assert Clock.unscoped.get(case=case, stopped_at=None).started_at == sent
    with acting_as(actor_for(specialist)):
        assert not Patient.objects.filter(pk=patient.pk).exists()


def test_the_answers_clock_pauses_while_information_is_awaited(
    claimed: Consultation, specialist: User, asker: User
) -> None:
    due = _case(claimed).due_at
    act(specialist, operations.ask_information, case_id=claimed.pk, text="Fever?", key=uuid4())
    assert _running(claimed) == [Leg.INFORMATION]
    with clock.moved(timedelta(hours=1)):
        act(asker, operations.supply_information, case_id=claimed.pk, text="No.", key=uuid4())
    assert _running(claimed) == [Leg.FIRST_ANSWER]
    assert timedelta(minutes=59) < _case(claimed).due_at - due < timedelta(minutes=61)


def test_a_stat_clock_never_pauses(claimed: Consultation, specialist: User, asker: User) -> None:
    act(asker, operations.raise_urgency, case_id=claimed.pk, priority=Priority.STAT)
    act(specialist, operations.ask_information, case_id=claimed.pk, text="Fever?", key=uuid4())
    assert _running(claimed) == [Leg.FIRST_ANSWER]
    assert not _case(claimed).clock_paused


def test_raised_urgency_counts_from_the_first_send(asked: Consultation, asker: User) -> None:
    with clock.moved(timedelta(minutes=3)):
        act(asker, operations.raise_urgency, case_id=asked.pk, priority=Priority.STAT)
    case = _case(asked)
    assert case.submitted_at is not None
    assert case.due_at == case.submitted_at + timedelta(minutes=5)


def test_only_the_coordinator_lowers_urgency_and_says_why(asked: Consultation, asker: User, coordinator: User) -> None:
    words = {"case_id": asked.pk, "priority": Priority.ROUTINE}
    with pytest.raises(NotPermitted):
        act(asker, operations.lower_urgency, reason="calm", **words)
    with pytest.raises(InvalidInput):
        act(coordinator, operations.lower_urgency, reason=" ", **words)
    assert act(coordinator, operations.lower_urgency, reason="well child", **words).case.priority == Priority.ROUTINE


def test_a_message_asked_for_twice_is_said_once(claimed: Consultation, specialist: User) -> None:
    key = uuid4()
    for _ in range(2):
        act(specialist, operations.ask_information, case_id=claimed.pk, text="Fever?", key=key)
    assert Message.unscoped.filter(case_id=claimed.pk).count() == 1


@pytest.mark.parametrize("advice", [Advice("", "do"), Advice("think", "  ")])
def test_an_answer_has_an_impression_and_something_to_do(
    claimed: Consultation, specialist: User, advice: Advice
) -> None:
    with pytest.raises(InvalidInput):
        act(specialist, operations.answer, case_id=claimed.pk, advice=advice)


def test_an_answer_carries_its_signers_name_title_and_licence(answered: Consultation, specialist: User) -> None:
    signed = Answer.unscoped.get(case_id=answered.pk)
    assert (signed.signer_name, signed.signer_licence) == (specialist.full_name, specialist.licence_number)


def test_nobody_else_answers(claimed: Consultation, other_specialist: User, asker: User) -> None:
    for other in (other_specialist, asker):
        with pytest.raises(NotPermitted):
            act(other, operations.answer, case_id=claimed.pk, advice=ADVICE)


def test_a_corrected_answer_must_be_acknowledged_before_closing(
    answered: Consultation, specialist: User, asker: User
) -> None:
    outcome = {"change": Change.CONFIRMED, "referral_avoided": False}
    act(specialist, operations.correct_answer, case_id=answered.pk, advice=ADVICE, reason="Dose", key=uuid4())
    with pytest.raises(NotPermitted):
        act(asker, operations.close_out, case_id=answered.pk, **outcome)
    act(asker, operations.acknowledge_correction, case_id=answered.pk)
    assert act(asker, operations.close_out, case_id=answered.pk, **outcome).step == Step.CLOSED
    assert [a.number for a in Answer.unscoped.filter(case_id=answered.pk).order_by("number")] == [1, 2]


def test_a_correction_opens_a_closed_consultation_again(answered: Consultation, specialist: User, asker: User) -> None:
    act(asker, operations.close_out, case_id=answered.pk, change=Change.NOTHING, referral_avoided=False)
    act(specialist, operations.correct_answer, case_id=answered.pk, advice=ADVICE, reason="Dose", key=uuid4())
    case = _case(answered)
    assert (case.is_open, case.ball_user_id) == (True, asker.pk)


def test_closing_needs_an_outcome(answered: Consultation, asker: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        act(asker, operations.close_out, case_id=answered.pk, change="", referral_avoided=None)
    assert set(refused.value.fields) == {"change", "referral_avoided"}


def test_reopened_within_thirty_days_and_not_after(answered: Consultation, asker: User, specialist: User) -> None:
    act(asker, operations.close_out, case_id=answered.pk, change=Change.NOTHING, referral_avoided=False)
    with clock.moved(timedelta(days=31)), pytest.raises((NotPermitted, NotVisible)):
        act(asker, operations.reopen, case_id=answered.pk, text="It came back.", key=uuid4())
    with clock.moved(timedelta(days=29)):
        assert act(asker, operations.reopen, case_id=answered.pk, text="Back.", key=uuid4()).step == Step.CLARIFICATION
    assert _case(answered).ball_user_id == specialist.pk


def test_withdrawn_with_a_reason(asked: Consultation, asker: User) -> None:
    with pytest.raises(InvalidInput):
        act(asker, operations.withdraw, case_id=asked.pk, reason="because")
    words = {"case_id": asked.pk, "reason": WithdrawReason.RESOLVED}
    assert act(asker, operations.withdraw, **words).step == Step.WITHDRAWN
    assert act(asker, operations.withdraw, **words).step == Step.WITHDRAWN


def test_entered_in_error_leaves_the_lists(asked: Consultation, asker: User) -> None:
    act(asker, operations.enter_in_error, case_id=asked.pk, reason="wrong_child")
    with acting_as(actor_for(asker)):
        assert not Case.objects.shown().filter(pk=asked.pk).exists()
        assert Case.objects.filter(pk=asked.pk).exists()


def test_a_wrong_step_says_so(asked: Consultation, specialist: User, answered: Consultation, asker: User) -> None:
    with pytest.raises(WrongStep):
        act(asker, operations.supply_information, case_id=answered.pk, text="more", key=uuid4())


def test_the_database_refuses_an_illegal_step_even_in_bulk(asked: Consultation) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        Consultation.unscoped.filter(pk=asked.pk).update(step=Step.CLOSED)


def test_the_parties_minutes_add_up(answered: Consultation, asker: User) -> None:
    with clock.moved(timedelta(hours=2)):
        act(asker, operations.close_out, case_id=answered.pk, change=Change.NOTHING, referral_avoided=False)
    case = _case(answered)
    spells = list(BallSpell.unscoped.filter(case=case).order_by("since"))
    assert all(before.until == after.since for before, after in itertools.pairwise(spells))
    held = sum((spell.until - spell.since for spell in spells if spell.until), timedelta())
    assert held == (spells[-1].until or spells[-1].since) - spells[0].since
    assert held >= timedelta(hours=2)
