"""The referral office and the thread: it reads and writes while it is its turn, and at no other time."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from consortium.casework.models import Case, Service
from consortium.casework.operations import post_message
from consortium.casework.policies import may_post, may_read_thread
from consortium.casework.states import Ball
from consortium.journal.tasks import relay
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import NotPermitted
from consortium.notices.models import Notice
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations
from consultations.models import Consultation
from tests.cast import actor_for, client_for
from tests.consultations.cases import QUESTION, by, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Refusals are compared in words; a test before may have left its page's language."""
    with translation.override("en"):
        yield


@pytest.fixture
def queued(asker: User, patient: Patient, service: Service) -> Consultation:
    return submitted(asker, patient, service)


def may(user: User, consultation: Consultation) -> tuple[bool, bool]:
    """(reads the thread, writes into it)."""
    actor = actor_for(user)
    with acting_as(actor):
        case = Case.unscoped.select_related("service").get(pk=consultation.pk)
        return may_read_thread(actor, case).allowed, may_post(actor, case).allowed


def test_while_it_lies_in_the_queue_the_office_reads_and_writes(queued: Consultation, coordinator: User) -> None:
    assert may(coordinator, queued) == (True, True)


def test_once_a_specialist_has_it_the_office_does_neither(held: Consultation, coordinator: User) -> None:
    assert may(coordinator, held) == (False, False)


def test_nor_while_the_asker_reviews_the_answer(given: Consultation, coordinator: User) -> None:
    assert may(coordinator, given) == (False, False)


def test_back_in_the_queue_it_is_the_offices_turn_again(
    held: Consultation, coordinator: User, specialist: User, other_service: Service
) -> None:
    words = {"reason": "wrong_service", "service_id": other_service.pk}
    by(specialist, operations.decline, case_id=held.pk, **words)
    assert may(coordinator, held) == (True, True)


def test_an_escalated_case_is_the_offices(held: Consultation, coordinator: User) -> None:
    Case.unscoped.filter(pk=held.pk).update(ball=Ball.COORDINATOR, ball_user=None)
    assert may(coordinator, held) == (True, True)


def test_the_office_of_another_hospital_never_does(queued: Consultation, district: object) -> None:
    from tests.factories.people import make_staff

    assert may(make_staff("far_office", district, "coordinator"), queued) == (False, False)  # type: ignore[arg-type]


def test_what_the_office_may_not_write_is_refused(held: Consultation, coordinator: User) -> None:
    with pytest.raises(NotPermitted):
        by(coordinator, post_message, case_id=held.pk, text="Any news?", key=uuid4())


def test_it_still_sees_that_the_case_is_there_and_who_has_it(held: Consultation, coordinator: User) -> None:
    page = client_for(coordinator).get(reverse("consultations:show", args=[held.pk]))
    assert page.status_code == 200
    assert QUESTION in page.content.decode()


def test_it_does_not_read_what_was_said_there(held: Consultation, coordinator: User, specialist: User) -> None:
    by(specialist, post_message, case_id=held.pk, text="Ask Lin's mother.", key=uuid4())
    page = client_for(coordinator).get(reverse("consultations:show", args=[held.pk])).content.decode()
    assert "Ask Lin" not in page


def test_it_may_still_give_the_case_to_another(held: Consultation, coordinator: User, other_specialist: User) -> None:
    words = {"responder_id": other_specialist.pk, "instead_of": held.case.responder_id}
    assert by(coordinator, operations.allocate, case_id=held.pk, **words).case.responder_id == other_specialist.pk


def _told(user: User) -> list[str]:
    with acting_as(system("test")):
        while relay():
            pass
    return list(Notice.unscoped.filter(recipient=user).values_list("kind", flat=True))


def test_a_message_about_a_queued_case_reaches_the_office(queued: Consultation, asker: User, coordinator: User) -> None:
    by(asker, post_message, case_id=queued.pk, text="She is worse.", key=uuid4())
    assert "consultation.message" in _told(coordinator)


def test_one_about_a_case_that_a_specialist_has_does_not(held: Consultation, asker: User, coordinator: User) -> None:
    by(asker, post_message, case_id=held.pk, text="She is worse.", key=uuid4())
    assert "consultation.message" not in _told(coordinator)


def test_the_office_is_told_in_words_why_it_cannot_read(held: Consultation, coordinator: User) -> None:
    actor = actor_for(coordinator)
    with acting_as(actor):
        reason = may_read_thread(actor, Case.unscoped.select_related("service").get(pk=held.pk)).reason
    assert "while it is their turn" in str(reason)
