"""What is long over its time: the coordinator takes it back to the queue, for somebody who can answer now (C15)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consortium.casework.models import Case, Clock, Message, Service
from consortium.casework.states import Ball, Leg, MessageKind
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import NotPermitted
from consortium.notices.models import Page
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations
from consultations.models import Consultation
from consultations.operations.assigning import declined_by
from consultations.operations.timing import escalate_due
from consultations.queries.timeline import steps_of
from consultations.states import Step
from tests.cast import actor_for, client_for
from tests.consultations.cases import by, claimed
from tests.consultations.test_telling import told

pytestmark = pytest.mark.django_db
LONG_AFTER = timedelta(hours=9)


@pytest.fixture
def held(asker: User, specialist: User, patient: Patient, service: Service, coordinator: User) -> Consultation:
    made = claimed(asker, specialist, patient, service)
    by(specialist, operations.start, case_id=made.pk)
    return made


@pytest.fixture
def overdue(held: Consultation) -> Consultation:
    with clock.moved(LONG_AFTER), acting_as(system("the time is over")) as timer:
        escalate_due(actor=timer)
    return held


def taken_back(coordinator: User, consultation: Consultation, note: str = "") -> Case:
    with clock.moved(LONG_AFTER):
        by(coordinator, operations.take_back, case_id=consultation.pk, note=note)
    made: Case = Case.unscoped.get(pk=consultation.pk)
    return made


def test_it_lies_in_its_queue_again(overdue: Consultation, coordinator: User) -> None:
    case = taken_back(coordinator, overdue)
    assert (case.responder_id, case.ball, case.ball_user_id) == (None, Ball.COORDINATOR, None)
    assert Consultation.unscoped.get(pk=overdue.pk).step == Step.REQUESTED


def test_the_place_in_line_is_kept(overdue: Consultation, coordinator: User) -> None:
    case = taken_back(coordinator, overdue)
    running = Clock.unscoped.get(case=case, stopped_at=None)
    assert (running.leg, running.started_at) == (Leg.ALLOCATION, case.submitted_at)


def test_then_somebody_else_may_be_given_it(overdue: Consultation, coordinator: User, other_specialist: User) -> None:
    taken_back(coordinator, overdue)
    with clock.moved(LONG_AFTER * 1.1):
        by(coordinator, operations.allocate, case_id=overdue.pk, responder_id=other_specialist.pk)
    assert Case.unscoped.get(pk=overdue.pk).responder_id == other_specialist.pk


def test_it_does_not_come_back_by_itself_to_whom_it_was_taken_from(
    overdue: Consultation, coordinator: User, specialist: User
) -> None:
    with acting_as(system("test")):
        assert declined_by(taken_back(coordinator, overdue)) == [specialist.pk]


def test_the_service_is_called_again(overdue: Consultation, coordinator: User) -> None:
    """It creates a duty: an urgent question never lies in a queue that nobody was called to."""
    before = Page.unscoped.filter(subject_id=str(overdue.pk)).count()
    taken_back(coordinator, overdue)
    assert Page.unscoped.filter(subject_id=str(overdue.pk)).count() == before + 1


def test_who_held_it_is_told(overdue: Consultation, coordinator: User, specialist: User) -> None:
    taken_back(coordinator, overdue)
    with clock.moved(LONG_AFTER * 2):
        assert "consultation.taken_back" in told(specialist)


def test_who_can_no_longer_act_hears_of_no_coordinator(held: Consultation, specialist: User) -> None:
    with acting_as(system("test")) as itself:
        operations.return_to_queue(actor=itself, case_id=held.pk, why="test")
    assert "consultation.taken_back" not in told(specialist)


def test_a_word_to_the_asker_stands_in_the_thread(overdue: Consultation, coordinator: User) -> None:
    taken_back(coordinator, overdue, note="Somebody else answers within the hour.")
    message = Message.unscoped.get(case_id=overdue.pk)
    assert (message.kind, message.author_id) == (MessageKind.DECISION, coordinator.pk)


def test_without_a_word_nothing_is_said(overdue: Consultation, coordinator: User) -> None:
    taken_back(coordinator, overdue, note="  ")
    assert not Message.unscoped.filter(case_id=overdue.pk).exists()


def test_twice_is_once(overdue: Consultation, coordinator: User) -> None:
    taken_back(coordinator, overdue)
    taken_back(coordinator, overdue)
    assert Entry.unscoped.filter(subject_id=str(overdue.pk), verb="take_back").count() == 1


def test_before_the_last_step_of_the_escalation_nobody_takes_it_back(held: Consultation, coordinator: User) -> None:
    with pytest.raises(NotPermitted):
        by(coordinator, operations.take_back, case_id=held.pk)


@pytest.mark.parametrize("who", ["lead", "asker", "specialist"])
def test_nobody_but_the_coordinator(request: pytest.FixtureRequest, overdue: Consultation, who: str) -> None:
    with pytest.raises(NotPermitted):
        by(request.getfixturevalue(who), operations.take_back, case_id=overdue.pk)


def test_the_timeline_tells_from_whom(overdue: Consultation, coordinator: User, specialist: User) -> None:
    taken_back(coordinator, overdue)
    with acting_as(actor_for(coordinator)):
        last = steps_of(Case.objects.get(pk=overdue.pk))[-1]
    assert specialist.get_full_name() in str(last)


def test_its_button_stands_on_the_coordinator_s_page_and_works(overdue: Consultation, coordinator: User) -> None:
    client = client_for(coordinator)
    address = f"/consultations/{overdue.pk}/take_back/"
    assert address in client.get(f"/consultations/{overdue.pk}/").content.decode()
    with clock.moved(LONG_AFTER):
        assert client.post(address, {"note": ""}).status_code == 302
    assert Case.unscoped.get(pk=overdue.pk).responder_id is None
