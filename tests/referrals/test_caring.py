"""The child is there: admitted or seen, noted for the sender, discharged; clocks, turns and the booked visit."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from consortium.casework.models import Clock, Message, Service
from consortium.casework.states import Ball, Leg, MessageKind, Priority
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role
from referrals.models import Referral
from referrals.operations.caring import NEXT_NOTE, admit, discharge, note_interim, see_child
from referrals.queries import available, referral_for
from referrals.states import Place, Step
from tests.cast import actor_for
from tests.consultations.cases import by
from tests.factories.people import make_staff
from tests.referrals.cared import admitted, arrived, fresh, holder, running, stays
from tests.referrals.cases import sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    """At the door."""
    return arrived(asker, specialist, patient, service)


@pytest.fixture
def inside(asker: User, specialist: User, patient: Patient, service: Service) -> Referral:
    """On the ward."""
    return admitted(asker, specialist, patient, service)


def started(referral: Referral, leg: str) -> Clock:
    found: Clock = Clock.unscoped.get(case_id=referral.pk, leg=leg, stopped_at=None)
    return found


# --- admitted ---------------------------------------------------------------------------------------------------------


def test_a_child_is_admitted_by_place_and_ward(here: Referral, specialist: User) -> None:
    by(specialist, admit, case_id=here.pk, place=Place.INTENSIVE, ward="  PICU ")
    stay = stays(here)[0]
    assert fresh(here).step == Step.UNDER_CARE
    assert (stay.place, stay.ward, stay.begun_by_id, stay.ended_at) == (Place.INTENSIVE, "PICU", specialist.pk, None)


def test_the_first_note_is_owed_from_the_arrival(inside: Referral) -> None:
    assert running(inside) == [Leg.INTERIM_NOTE]
    assert started(inside, Leg.INTERIM_NOTE).started_at <= stays(inside)[0].begun_at


def test_who_accepted_goes_on(inside: Referral, specialist: User) -> None:
    assert holder(inside) == (Ball.RESPONDER, specialist.pk)


def test_the_journal_says_where(inside: Referral) -> None:
    entry = Entry.unscoped.get(verb="admit")
    assert (entry.facts["place"], entry.facts["ward"], entry.facts["id"]) == ("ward", "5 East", "R10")


@pytest.mark.parametrize("place", ["", "corridor", Place.CLINIC])
def test_where_it_stays_is_one_of_the_known_places(here: Referral, specialist: User, place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        by(specialist, admit, case_id=here.pk, place=place)
    assert list(refused.value.fields) == ["place"]


def test_a_ward_is_named_in_a_line(here: Referral, specialist: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        by(specialist, admit, case_id=here.pk, place=Place.WARD, ward="x" * 121)
    assert list(refused.value.fields) == ["ward"]


def test_a_nurse_of_the_hospital_admits(here: Referral, hospital: Institution) -> None:
    by(make_staff("ward_nurse", hospital, Role.NURSE), admit, case_id=here.pk, place=Place.WARD)
    assert fresh(here).step == Step.UNDER_CARE


def test_the_sender_does_not_admit(here: Referral, asker: User) -> None:
    with pytest.raises(NotPermitted):
        by(asker, admit, case_id=here.pk, place=Place.WARD)


def test_a_stranger_sees_nothing_to_admit(here: Referral, stranger: User) -> None:
    with pytest.raises(NotVisible):
        by(stranger, admit, case_id=here.pk, place=Place.WARD)


def test_nobody_is_admitted_before_coming(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    referral = sent(asker, patient, service)
    with pytest.raises(WrongStep):
        by(specialist, admit, case_id=referral.pk, place=Place.WARD)


def test_nobody_is_admitted_twice(inside: Referral, specialist: User) -> None:
    with pytest.raises(WrongStep):
        by(specialist, admit, case_id=inside.pk, place=Place.WARD)


# --- seen in the clinic -----------------------------------------------------------------------------------------------


def test_a_visit_to_the_clinic_begins_and_is_over(here: Referral, specialist: User) -> None:
    by(specialist, see_child, case_id=here.pk, clinic="Room 3")
    stay = stays(here)[0]
    assert (fresh(here).step, stay.place, stay.ward) == (Step.UNDER_CARE, Place.CLINIC, "Room 3")
    assert stay.ended_at == stay.begun_at


def test_after_a_visit_the_outcome_is_owed(here: Referral, specialist: User) -> None:
    by(specialist, see_child, case_id=here.pk)
    assert running(here) == [Leg.OUTCOME]


def test_who_was_seen_in_the_clinic_is_not_discharged(here: Referral, specialist: User) -> None:
    by(specialist, see_child, case_id=here.pk)
    with pytest.raises(NotPermitted, match="left already"):
        by(specialist, discharge, case_id=here.pk)


# --- notes ------------------------------------------------------------------------------------------------------------


def test_a_note_stands_in_the_thread(inside: Referral, specialist: User) -> None:
    by(specialist, note_interim, case_id=inside.pk, text="Off oxygen since noon.")
    message = Message.unscoped.get(case_id=inside.pk, kind=MessageKind.INTERIM)
    assert (message.text, message.author_id) == ("Off oxygen since noon.", specialist.pk)


def test_the_sender_reads_it_at_once(inside: Referral, specialist: User, asker: User) -> None:
    by(specialist, note_interim, case_id=inside.pk, text="Off oxygen.")
    told = by(asker, lambda actor: Message.objects.filter(case_id=inside.pk).latest("seq").text)
    assert told == "Off oxygen."


def test_the_next_note_is_owed_in_a_week(inside: Referral, specialist: User) -> None:
    by(specialist, note_interim, case_id=inside.pk, text="Better.")
    assert running(inside) == [Leg.INTERIM_NOTE]
    assert started(inside, Leg.INTERIM_NOTE).target_seconds == NEXT_NOTE.total_seconds()
    assert fresh(inside).case.due_at - clock.now() > timedelta(days=6)


def test_a_note_at_the_door_counts_too(here: Referral, specialist: User) -> None:
    by(specialist, note_interim, case_id=here.pk, text="Waits for a bed.")
    assert started(here, Leg.INTERIM_NOTE).target_seconds == NEXT_NOTE.total_seconds()


def test_a_note_after_the_stay_leaves_the_outcome_owed(inside: Referral, specialist: User) -> None:
    by(specialist, discharge, case_id=inside.pk)
    by(specialist, note_interim, case_id=inside.pk, text="Letter follows.")
    assert running(inside) == [Leg.OUTCOME]


def test_twice_with_one_key_is_one_note(inside: Referral, specialist: User) -> None:
    key = uuid4()
    for _ in range(2):
        by(specialist, note_interim, case_id=inside.pk, text="Better.", key=key)
    assert Message.unscoped.filter(case_id=inside.pk, kind=MessageKind.INTERIM).count() == 1


def test_a_note_has_words(inside: Referral, specialist: User) -> None:
    with pytest.raises(InvalidInput):
        by(specialist, note_interim, case_id=inside.pk, text="  ")


def test_a_note_is_signed_by_a_doctor_of_the_hospital(inside: Referral, asker: User, hospital: Institution) -> None:
    for user in (asker, make_staff("ward_nurse", hospital, Role.NURSE)):
        with pytest.raises(NotPermitted):
            by(user, note_interim, case_id=inside.pk, text="Better.")


def waiting_for_information(referral: Referral, asker: User) -> Referral:
    """As `ask_information` leaves it: the leg paused, the sender's running, the ball theirs."""
    Clock.unscoped.filter(case_id=referral.pk, stopped_at=None).update(
        paused_at=clock.now(), pause_reason="information"
    )
    Referral.unscoped.filter(pk=referral.pk).update(information_asked_at=clock.now())
    return referral


def test_while_the_sender_is_asked_the_next_note_waits(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    inside = admitted(asker, specialist, patient, service, priority=Priority.ROUTINE)
    waiting_for_information(inside, asker)
    by(specialist, note_interim, case_id=inside.pk, text="Better.")
    assert running(inside) == [Leg.INFORMATION, Leg.INTERIM_NOTE]
    assert started(inside, Leg.INTERIM_NOTE).paused_at is not None
    assert fresh(inside).case.clock_paused


def test_a_stat_note_never_waits(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    inside = admitted(asker, specialist, patient, service, priority=Priority.STAT)
    Referral.unscoped.filter(pk=inside.pk).update(information_asked_at=clock.now())
    by(specialist, note_interim, case_id=inside.pk, text="Better.")
    assert running(inside) == [Leg.INTERIM_NOTE]


# --- discharged -------------------------------------------------------------------------------------------------------


def test_the_stay_ends_and_the_outcome_is_owed(inside: Referral, specialist: User) -> None:
    by(specialist, discharge, case_id=inside.pk)
    assert stays(inside)[0].ended_at is not None
    assert (running(inside), fresh(inside).step) == ([Leg.OUTCOME], Step.UNDER_CARE)


def test_nobody_leaves_twice(inside: Referral, specialist: User) -> None:
    by(specialist, discharge, case_id=inside.pk)
    with pytest.raises(NotPermitted, match="left already"):
        by(specialist, discharge, case_id=inside.pk)


def test_the_button_goes_with_the_stay(inside: Referral, specialist: User) -> None:
    def verbs(actor: object) -> set[str]:
        return {t.verb for t in available(actor_for(specialist), referral_for(inside.pk))}

    assert "discharge" in by(specialist, verbs)
    by(specialist, discharge, case_id=inside.pk)
    assert "discharge" not in by(specialist, verbs)


def test_a_nurse_does_not_discharge(inside: Referral, hospital: Institution) -> None:
    with pytest.raises(NotPermitted):
        by(make_staff("ward_nurse", hospital, Role.NURSE), discharge, case_id=inside.pk)
