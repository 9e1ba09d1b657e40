"""Real concurrency: each round is a race of threads with database connections of their own (R8, R9)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from consortium.casework.models import Case, Message, Service
from consortium.casework.operations import post_message
from consortium.casework.states import Priority
from consortium.journal.models import Entry
from consortium.journal.queries import chain_faults
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import DomainError, Taken
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations
from consultations.models import Answer
from tests.cast import actor_for
from tests.consultations.test_operations import ADVICE, act

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 20


def race(runners: list[Callable[[], Any]]) -> list[Any]:
    """Start all at the same instant; the result, or the error, of each."""
    start = threading.Barrier(len(runners))
    results: list[Any] = [None] * len(runners)

    def run(index: int, runner: Callable[[], Any]) -> None:
        start.wait(10)
        try:
            results[index] = runner()
        except DomainError as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def as_user(user: User, operation: Callable[..., Any], **words: Any) -> Callable[[], Any]:
    def run() -> Any:
        actor = actor_for(user)
        with acting_as(actor):
            return operation(actor=actor, **words)

    return run


def _ask(asker: User, patient: Patient, service: Service) -> UUID:
    fields = {
        "patient_id": patient.pk, "service_id": service.pk, "priority": Priority.URGENT, "weight_grams": 6800,
        "question": "Can she wait?", "consent_given": True,
    }  # fmt: skip
    draft = act(asker, operations.save_draft, fields=fields, key=uuid4())
    asked: UUID = act(asker, operations.submit, case_id=draft.pk).pk
    return asked


def test_of_two_claims_one_wins_and_the_other_is_told_who(
    asker: User, patient: Patient, service: Service, specialist: User, other_specialist: User
) -> None:
    for _ in range(ROUNDS):
        case_id = _ask(asker, patient, service)
        results = race([as_user(u, operations.claim, case_id=case_id) for u in (specialist, other_specialist)])
        lost = [r for r in results if isinstance(r, Taken)]
        winner = Case.unscoped.select_related("responder").get(pk=case_id).responder
        assert winner is not None
        assert len(lost) == 1
        assert lost[0].detail["winner"] == winner.get_full_name()
        assert Entry.unscoped.filter(subject_id=str(case_id), verb="claim").count() == 1


def test_of_two_coordinators_allocating_one_wins_and_the_other_is_told_who(
    asker: User, patient: Patient, service: Service, specialist: User, other_specialist: User, coordinator: User
) -> None:
    for _ in range(ROUNDS):
        case_id = _ask(asker, patient, service)
        words = [{"case_id": case_id, "responder_id": u.pk} for u in (specialist, other_specialist)]
        results = race([as_user(coordinator, operations.allocate, **w) for w in words])
        lost = [r for r in results if isinstance(r, Taken)]
        case = Case.unscoped.select_related("responder").get(pk=case_id)
        assert case.responder is not None
        assert case.ball_user_id == case.responder_id
        assert [each.detail["winner"] for each in lost] == [case.responder.get_full_name()]
    assert list(chain_faults()) == []


def test_ten_identical_submits_make_one_consultation(asker: User, patient: Patient, service: Service) -> None:
    key = uuid4()
    fields = {
        "patient_id": patient.pk, "service_id": service.pk, "priority": Priority.ROUTINE, "weight_grams": 6800,
        "question": "Can she wait?", "consent_given": True,
    }  # fmt: skip

    def ask(*, actor: Any) -> Any:
        draft = operations.save_draft(actor=actor, fields=fields, key=key)
        return operations.submit(actor=actor, case_id=draft.pk).pk

    results = race([as_user(asker, ask) for _ in range(10)])
    assert len(set(results)) == 1
    assert Case.unscoped.count() == 1
    assert Entry.unscoped.filter(verb="submit").count() == 1


def test_twenty_identical_messages_are_one(asker: User, patient: Patient, service: Service, specialist: User) -> None:
    case_id, key = _ask(asker, patient, service), uuid4()
    results = race([as_user(asker, post_message, case_id=case_id, text="She drinks.", key=key) for _ in range(20)])
    assert len({r.pk for r in results}) == 1
    assert list(Message.unscoped.values_list("seq", flat=True)) == [1]


def test_twenty_identical_answers_are_one(asker: User, patient: Patient, service: Service, specialist: User) -> None:
    case_id, key = _ask(asker, patient, service), uuid4()
    act(specialist, operations.claim, case_id=case_id)
    words = {"case_id": case_id, "advice": ADVICE, "key": key}
    results = race([as_user(specialist, operations.answer, **words) for _ in range(20)])
    assert {r.step for r in results} == {"answered"}
    assert Answer.unscoped.count() == 1


def test_messages_of_many_are_numbered_without_gap(
    asker: User, colleague: User, patient: Patient, service: Service
) -> None:
    case_id = _ask(asker, patient, service)
    race([
        as_user(user, post_message, case_id=case_id, text="…", key=uuid4())
        for user in (asker, colleague) for _ in range(10)
    ])  # fmt: skip
    assert sorted(Message.unscoped.values_list("seq", flat=True)) == list(range(1, 21))
    assert list(chain_faults()) == []
