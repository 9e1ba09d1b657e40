"""The waiting list: a place that frees goes to who waits, the most urgent first, if the family can come so soon."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from consortium.casework.models import Calendar, Service, Slot
from consortium.casework.operations import book_slot
from consortium.casework.states import Priority
from consortium.journal.tasks import relay
from consortium.kernel import clock
from consortium.kernel.actors import system
from consortium.kernel.errors import InvalidInput, NotPermitted, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import User
from referrals.models import Referral, Visit, Waiting
from referrals.operations.answering import accept
from referrals.operations.cancelling import end
from referrals.operations.filling import fill_places
from referrals.operations.visiting import book_visit, cancel_visit, wait_for_place
from referrals.queries.timeline import steps_of
from referrals.states import EndReason, Step
from tests.casework.rosters import by_system, calendar, first_slot, rule
from tests.cast import client_for
from tests.consultations.cases import by
from tests.factories.patients import make_patient
from tests.referrals.cases import sent
from tests.referrals.test_answering import stored


@pytest.fixture
def clinic(service: Service) -> Calendar:
    """One place in a week, tomorrow and every week after; none yet."""
    return calendar(service)


@pytest.fixture
def accepted(specialist: User, referral: Referral) -> Referral:
    by(specialist, accept, case_id=referral.pk)
    return referral


def another(asker: User, specialist: User, service: Service, like: Patient, **more: object) -> Referral:
    made = sent(asker, make_patient(like.registered_at), service, **more)  # type: ignore[arg-type]
    by(specialist, accept, case_id=made.pk)
    return made


def row(referral: Referral) -> Waiting:
    return Waiting.unscoped.get(case_id=referral.pk)


def test_who_waits_gets_the_place_that_is_published(specialist: User, accepted: Referral, clinic: Calendar) -> None:
    by(specialist, wait_for_place, case_id=accepted.pk, calendar_id=clinic.pk, notice_hours=1)
    assert by_system(fill_places) == 0
    rule(clinic)
    assert by_system(fill_places) == 1
    assert stored(accepted).step == Step.SCHEDULED
    assert row(accepted).filled_at is not None
    assert by_system(fill_places) == 0


def test_the_most_urgent_comes_first_then_who_waits_longest(
    asker: User, specialist: User, accepted: Referral, clinic: Calendar, service: Service, patient: Patient
) -> None:
    routine = another(asker, specialist, service, patient, priority=Priority.ROUTINE)
    urgent = another(asker, specialist, service, patient)
    for each in (routine, accepted, urgent):
        by(specialist, wait_for_place, case_id=each.pk, calendar_id=clinic.pk, notice_hours=1)
    rule(clinic)
    by_system(fill_places)
    times = [
        Visit.unscoped.select_related("booking").get(case_id=e.pk).booking.begins for e in (accepted, urgent, routine)
    ]
    assert times == sorted(times)


def test_a_place_that_comes_too_soon_is_left(specialist: User, accepted: Referral, clinic: Calendar) -> None:
    by(specialist, wait_for_place, case_id=accepted.pk, calendar_id=clinic.pk, notice_hours=96)
    rule(clinic)
    by_system(fill_places)
    booked = Visit.unscoped.select_related("booking").get(case_id=accepted.pk).booking
    assert booked.begins >= clock.now() + timedelta(hours=95)
    assert booked.slot_id != first_slot(clinic).pk


def test_a_cancelled_visit_gives_its_place_to_who_waits(
    asker: User, specialist: User, accepted: Referral, clinic: Calendar, service: Service, patient: Patient
) -> None:
    rule(clinic, ends_on=clock.today() + timedelta(days=2))
    slot = first_slot(clinic)
    first = another(asker, specialist, service, patient)
    by(specialist, book_visit, case_id=first.pk, slot_id=slot.pk)
    by(specialist, wait_for_place, case_id=accepted.pk, calendar_id=clinic.pk, notice_hours=1)
    assert by_system(fill_places) == 0, "the clinic is full"
    by(asker, cancel_visit, case_id=first.pk, reason="The family moved")
    relay()
    assert stored(accepted).step == Step.SCHEDULED


def test_a_free_place_without_anybody_waiting_stays_free(
    asker: User, specialist: User, accepted: Referral, clinic: Calendar
) -> None:
    rule(clinic)
    by(specialist, book_visit, case_id=accepted.pk, slot_id=first_slot(clinic).pk)
    by(asker, cancel_visit, case_id=accepted.pk, reason="Flood")
    relay()
    assert stored(accepted).step == Step.VISIT_CANCELLED


def test_a_booking_without_a_slot_frees_nothing(specialist: User, clinic: Calendar) -> None:
    rule(clinic)
    made = by(specialist, book_slot, slot_id=first_slot(clinic).pk)
    assert made.slot_id == first_slot(clinic).pk
    assert by_system(fill_places, calendar_id=clinic.pk) == 0


def test_who_has_a_visit_does_not_wait(specialist: User, accepted: Referral, clinic: Calendar) -> None:
    rule(clinic)
    by(specialist, book_visit, case_id=accepted.pk, slot_id=first_slot(clinic).pk)
    with pytest.raises(WrongStep):
        by(specialist, wait_for_place, case_id=accepted.pk, calendar_id=clinic.pk)


def test_another_list_keeps_since_when(
    specialist: User, accepted: Referral, clinic: Calendar, service: Service
) -> None:
    by(specialist, wait_for_place, case_id=accepted.pk, calendar_id=clinic.pk)
    since = row(accepted).since
    other = calendar(service, name="Second clinic")
    with clock.moved(timedelta(days=1)):
        by(specialist, wait_for_place, case_id=accepted.pk, calendar_id=other.pk, notice_hours=4)
    assert (row(accepted).calendar_id, row(accepted).since, row(accepted).notice_hours) == (other.pk, since, 4)


def test_who_was_off_the_list_waits_anew(specialist: User, accepted: Referral, clinic: Calendar) -> None:
    by(specialist, wait_for_place, case_id=accepted.pk, calendar_id=clinic.pk)
    since = row(accepted).since
    Waiting.unscoped.filter(case_id=accepted.pk).update(left_at=clock.now())
    with clock.moved(timedelta(days=1)):
        by(specialist, wait_for_place, case_id=accepted.pk, calendar_id=clinic.pk)
    assert row(accepted).since > since
    assert row(accepted).left_at is None


@pytest.mark.parametrize("hours", [0, 337])
def test_the_notice_is_an_hour_to_two_weeks(
    specialist: User, accepted: Referral, clinic: Calendar, hours: int
) -> None:  # fmt: skip
    with pytest.raises(InvalidInput):
        by(specialist, wait_for_place, case_id=accepted.pk, calendar_id=clinic.pk, notice_hours=hours)


def test_a_list_of_another_hospital_is_none(
    specialist: User, rival: User, accepted: Referral, elsewhere: Service
) -> None:
    with pytest.raises(InvalidInput):
        by(specialist, wait_for_place, case_id=accepted.pk, calendar_id=calendar(elsewhere).pk)


def test_a_nurse_of_the_sender_puts_nobody_on_a_list(nurse: User, accepted: Referral, clinic: Calendar) -> None:
    with pytest.raises(NotPermitted):
        by(nurse, wait_for_place, case_id=accepted.pk, calendar_id=clinic.pk)


def test_what_has_ended_is_off_the_list(specialist: User, accepted: Referral, clinic: Calendar) -> None:
    by(specialist, wait_for_place, case_id=accepted.pk, calendar_id=clinic.pk)
    by(specialist, end, case_id=accepted.pk, reason=EndReason.LOST)
    assert row(accepted).left_at is not None


def test_a_place_taken_meanwhile_is_passed_over(specialist: User, accepted: Referral, clinic: Calendar) -> None:
    by(specialist, wait_for_place, case_id=accepted.pk, calendar_id=clinic.pk, notice_hours=1)
    rule(clinic)
    by(specialist, lambda actor: Slot.objects.filter(calendar=clinic).update(withdrawn_at=clock.now()))
    assert by_system(fill_places) == 0
    assert stored(accepted).step == Step.ACCEPTED


def test_the_page_puts_the_child_on_the_list(specialist: User, accepted: Referral, clinic: Calendar) -> None:
    said = {"calendar_id": clinic.pk, "notice_hours": 24}
    response = client_for(specialist).post(reverse("referrals:wait", args=[accepted.pk]), said)
    assert response.status_code == 302
    page = client_for(specialist).get(reverse("referrals:show", args=[accepted.pk])).content.decode()
    assert "Waits for a place in Clinic" in page


def test_the_page_says_what_is_wrong(specialist: User, accepted: Referral, clinic: Calendar) -> None:
    response = client_for(specialist).post(reverse("referrals:wait", args=[accepted.pk]), {"notice_hours": 24})
    assert response.status_code == 422


def test_the_system_is_who_fills(specialist: User, accepted: Referral, clinic: Calendar) -> None:
    by(specialist, wait_for_place, case_id=accepted.pk, calendar_id=clinic.pk, notice_hours=1)
    rule(clinic)
    assert system("a place is free").is_system
    by_system(fill_places)
    assert Visit.unscoped.get(case_id=accepted.pk).created_by_id is None


def test_the_timeline_says_that_the_child_waits(specialist: User, accepted: Referral, clinic: Calendar) -> None:
    by(specialist, wait_for_place, case_id=accepted.pk, calendar_id=clinic.pk)
    told = by(specialist, lambda actor: steps_of(stored(accepted).case))
    assert str(told[-1]["label"]) == "Waits for a place"
