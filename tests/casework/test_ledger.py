"""The parties' times with the ball add up to the time that has passed, whatever happened in between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from consortium.casework.models import Case, Service
from consortium.casework.queries.ledger import ledger_lines, time_by_party
from consortium.casework.states import Ball, Priority
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations
from consultations.operations import Advice
from consultations.tasks import escalate
from tests.consultations.cases import by, claimed, drafted, submitted

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def spent(case_id: Any) -> dict[str, timedelta]:
    with acting_as(system("test")):
        return time_by_party(Case.unscoped.get(pk=case_id))


def hours(case_id: Any) -> dict[str, int]:
    return {party: round(time / HOUR) for party, time in spent(case_id).items()}


def test_a_draft_has_none(asker: User, patient: Patient, service: Service) -> None:
    assert spent(drafted(asker, patient, service).pk) == {}


def test_in_the_queue_it_is_the_coordinator_s(asker: User, patient: Patient, service: Service) -> None:
    asked = submitted(asker, patient, service)
    with clock.moved(2 * HOUR):
        assert hours(asked.pk) == {Ball.COORDINATOR: 2}


@pytest.mark.parametrize("priority", Priority.values)
def test_they_add_up_over_all_the_ways_it_went(
    asker: User, specialist: User, patient: Patient, service: Service, coordinator: User, priority: int
) -> None:
    asked = submitted(asker, patient, service, priority=priority)
    case_id = asked.pk
    acts: list[tuple[int, User, Any, dict[str, Any]]] = [
        (1, specialist, operations.claim, {}),
        (3, specialist, operations.ask_information, {"text": "?"}),
        (7, asker, operations.supply_information, {"text": "!"}),
        (9, specialist, operations.answer, {"advice": Advice("Croup.", "Wait.")}),
        (20, asker, operations.ask_clarification, {"text": "Once?"}),
        (21, specialist, operations.answer, {"advice": Advice("Croup.", "Once.")}),
        (30, asker, operations.close_out, {"change": "treatment", "referral_avoided": True}),
    ]
    for after, who, operation, words in acts:
        with clock.moved(after * HOUR):
            by(who, operation, case_id=case_id, **words)
    case = Case.unscoped.get(pk=case_id)
    assert case.closed_at is not None
    assert case.submitted_at is not None
    assert hours(case_id) == {Ball.ASKER: 24, Ball.RESPONDER: 5, Ball.COORDINATOR: 1}
    assert sum(spent(case_id).values(), timedelta()) == case.closed_at - case.submitted_at


def test_what_the_coordinator_took_on_counts_for_them(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    held = claimed(asker, specialist, patient, service)
    with clock.moved(4 * HOUR):
        escalate()
    with clock.moved(10 * HOUR):
        assert hours(held.pk) == {Ball.RESPONDER: 4, Ball.COORDINATOR: 6}


def test_after_the_close_nothing_is_added(asker: User, patient: Patient, service: Service) -> None:
    asked = submitted(asker, patient, service)
    with clock.moved(HOUR):
        by(asker, operations.withdraw, case_id=asked.pk, reason="resolved")
    with clock.moved(90 * HOUR):
        assert hours(asked.pk) == {Ball.COORDINATOR: 1}


def test_on_the_page_they_have_a_label_and_a_share(asker: User, specialist: User, patient: Patient,
                                                   service: Service) -> None:  # fmt: skip
    asked = submitted(asker, patient, service)
    with clock.moved(HOUR):
        by(specialist, operations.claim, case_id=asked.pk)
    with clock.moved(4 * HOUR):
        lines = ledger_lines(Case.unscoped.get(pk=asked.pk))
    assert [(line["label"], line["share"]) for line in lines] == [
        ("With the specialist", 75),
        ("With the coordinator", 25),
    ]


def test_it_is_one_query(asker: User, patient: Patient, service: Service, django_assert_num_queries: Any) -> None:
    case = Case.unscoped.get(pk=submitted(asker, patient, service).pk)
    with django_assert_num_queries(1):
        time_by_party(case)
