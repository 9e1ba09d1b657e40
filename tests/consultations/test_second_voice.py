"""A second specialist writes into the thread while their opinion is asked for, and is marked as such."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from consortium.casework import operations as casework
from consortium.casework.models import Case, Message, Service
from consortium.casework.policies import brought_in_as
from consortium.casework.queries.thread import Place, thread_of
from consortium.casework.states import MessageKind
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import NotPermitted, NotVisible
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role
from consultations import operations
from consultations.models import Consultation
from tests.cast import actor_for, client_for
from tests.consultations.cases import by, claimed
from tests.consultations.test_telling import told
from tests.factories.cases import make_service_member
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db
WORDS = "Is the murmur louder when she lies down?"


@pytest.fixture
def second(hospital: Institution, other_service: Service) -> User:
    user = make_staff("cardiologist", hospital, Role.SPECIALIST)
    make_service_member(other_service, user)
    return user


@pytest.fixture
def asked(asker: User, specialist: User, second: User, patient: Patient, service: Service) -> Consultation:
    made = claimed(asker, specialist, patient, service)
    by(specialist, operations.ask_second, case_id=made.pk, colleague_id=second.pk, question="Is it innocent?")
    return made


def posted(user: User, consultation: Consultation, **words: Any) -> Message:
    made: Message = by(user, casework.post_message, case_id=consultation.pk, text=WORDS, **words)
    return made


def test_what_they_write_is_marked(asked: Consultation, second: User) -> None:
    assert posted(second, asked).kind == MessageKind.SECOND


def test_the_two_sides_are_not(asked: Consultation, asker: User, specialist: User) -> None:
    assert {posted(user, asked).kind for user in (asker, specialist)} == {MessageKind.MESSAGE}


def test_a_note_of_a_call_stays_one(asked: Consultation, second: User) -> None:
    assert posted(second, asked, kind=MessageKind.NOTE).kind == MessageKind.NOTE


def test_everybody_reads_who_it_is(asked: Consultation, second: User, asker: User) -> None:
    posted(second, asked)
    actor = actor_for(asker)
    with acting_as(actor), translation.override("en"):
        (item,) = thread_of(actor, Case.objects.get(pk=asked.pk), Place()).items
    assert (item["kind"], item["author"]) == ("Second specialist", second.get_full_name())


def test_both_sides_hear_of_it(asked: Consultation, second: User, asker: User, specialist: User) -> None:
    posted(second, asked)
    assert "consultation.message" in told(asker)
    assert "consultation.message" in told(specialist)


def test_and_they_of_what_is_answered(asked: Consultation, second: User, specialist: User) -> None:
    posted(specialist, asked)
    assert "consultation.message" in told(second)


def test_their_page_has_a_box_to_write_in(asked: Consultation, second: User) -> None:
    shown = client_for(second).get(f"/consultations/{asked.pk}/").content.decode()
    assert 'name="text"' in shown


def test_once_they_have_answered_they_write_no_more(asked: Consultation, second: User) -> None:
    by(second, operations.give_opinion, case_id=asked.pk, agrees=True, text="Innocent.")
    with pytest.raises((NotPermitted, NotVisible)):
        posted(second, asked)


def test_who_was_not_asked_does_not_write(asked: Consultation, other_specialist: User) -> None:
    with pytest.raises(NotPermitted):
        posted(other_specialist, asked)


def test_of_a_referral_it_says_nothing(asked: Consultation, second: User) -> None:
    actor = actor_for(second)
    with acting_as(actor):
        case = Case.objects.get(pk=asked.pk)
        case.kind = "referral"
        assert brought_in_as(actor, case) == ""
