"""Visits: booked by the hospital or by the sender on the spot, moved, missed, cancelled; the card and its page."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from consortium.casework.models import Booking, Calendar, Case, Service, Slot
from consortium.casework.queries.calendars import next_free
from consortium.casework.states import Ball, BookingStep, Leg
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, Taken, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from referrals.models import Referral, Visit, Waiting
from referrals.operations.answering import accept, decline
from referrals.operations.reminding import remind_visits
from referrals.operations.visiting import book_visit, cancel_visit, miss_visit
from referrals.queries.visits import calendars_of, next_places
from referrals.states import DeclineReason, Step
from tests.casework.rosters import by_system, calendar, first_slot, rule
from tests.cast import client_for
from tests.consultations.cases import by
from tests.consultations.test_concurrency import ROUNDS, as_user, race
from tests.factories.cases import make_service
from tests.factories.patients import make_patient
from tests.factories.people import make_specialty
from tests.referrals.cases import sent
from tests.referrals.test_answering import running, stored


@pytest.fixture
def clinic(service: Service, specialist: User) -> Calendar:
    """Two places a slot, one kept for referrals."""
    made = calendar(service)
    rule(made, specialist, count=3, capacity=2, quota=1)
    return made


@pytest.fixture
def slot(clinic: Calendar) -> Slot:
    return first_slot(clinic)


@pytest.fixture
def accepted(specialist: User, referral: Referral) -> Referral:
    by(specialist, accept, case_id=referral.pk)
    return referral


@pytest.fixture
def booked(specialist: User, accepted: Referral, slot: Slot) -> Visit:
    by(specialist, book_visit, case_id=accepted.pk, slot_id=slot.pk, instructions="Bring the health book.")
    return Visit.unscoped.select_related("booking", "case").get(case_id=accepted.pk)


def later(clinic: Calendar, number: int = 1) -> Slot:
    return list(clinic.slots.order_by("period"))[number]


# -- booked -----------------------------------------------------------------------------------------------------------


def test_the_hospital_books_a_visit(accepted: Referral, booked: Visit, slot: Slot) -> None:
    assert stored(accepted).step == Step.SCHEDULED
    assert (booked.booking.slot_id, booked.instructions, booked.by_sender) == (
        slot.pk, "Bring the health book.", False,
    )  # fmt: skip


def test_the_family_has_the_ball_until_a_day_after_the_visit(accepted: Referral, booked: Visit) -> None:
    case = stored(accepted).case
    assert case.ball == Ball.FAMILY
    assert running(accepted) == [Leg.ARRIVAL]
    assert abs(case.due_at - (booked.booking.ends + timedelta(days=1))) < timedelta(seconds=5)


def test_the_sender_books_on_the_spot_a_place_kept_for_referrals(
    asker: User, accepted: Referral, slot: Slot
) -> None:  # fmt: skip
    by(asker, book_visit, case_id=accepted.pk, slot_id=slot.pk)
    visit = Visit.unscoped.select_related("booking").get(case_id=accepted.pk)
    assert (visit.by_sender, visit.booking.place) == (True, 1)


def test_the_sender_does_not_get_the_other_places(
    asker: User, specialist: User, accepted: Referral, slot: Slot, service: Service
) -> None:
    first = sent(asker, make_patient(stored(accepted).case.asking_institution), service)
    by(specialist, accept, case_id=first.pk)
    by(asker, book_visit, case_id=first.pk, slot_id=slot.pk)
    with pytest.raises(Taken):
        by(asker, book_visit, case_id=accepted.pk, slot_id=slot.pk)
    assert by(specialist, book_visit, case_id=accepted.pk, slot_id=slot.pk).step == Step.SCHEDULED


def test_the_same_request_twice_is_one_visit(specialist: User, accepted: Referral, slot: Slot) -> None:
    key = uuid4()
    for _ in range(2):
        by(specialist, book_visit, case_id=accepted.pk, slot_id=slot.pk, key=key)
    assert Visit.unscoped.filter(case_id=accepted.pk).count() == 1


def test_a_slot_of_another_hospital_is_no_place(
    specialist: User, rival: User, accepted: Referral, elsewhere: Service
) -> None:
    other = calendar(elsewhere)
    rule(other)
    with pytest.raises(InvalidInput) as wrong:
        by(specialist, book_visit, case_id=accepted.pk, slot_id=first_slot(other).pk)
    assert "slot_id" in wrong.value.fields


def test_what_is_not_accepted_has_no_visit(specialist: User, referral: Referral, slot: Slot) -> None:
    with pytest.raises(WrongStep):
        by(specialist, book_visit, case_id=referral.pk, slot_id=slot.pk)


def test_what_to_bring_is_no_novel(specialist: User, accepted: Referral, slot: Slot) -> None:
    with pytest.raises(InvalidInput):
        by(specialist, book_visit, case_id=accepted.pk, slot_id=slot.pk, instructions="x" * 1001)


# -- moved, missed, cancelled -----------------------------------------------------------------------------------------


def test_another_time_frees_the_first(specialist: User, accepted: Referral, booked: Visit, clinic: Calendar) -> None:
    by(specialist, book_visit, case_id=accepted.pk, slot_id=later(clinic).pk)
    assert Booking.unscoped.get(pk=booked.booking_id).step == BookingStep.CANCELLED
    newest = Visit.unscoped.select_related("booking").get(case_id=accepted.pk, number=2)
    assert newest.booking.slot_id == later(clinic).pk
    assert newest.instructions == "Bring the health book."


def test_a_move_that_is_refused_leaves_the_first_time(
    asker: User, specialist: User, accepted: Referral, booked: Visit, clinic: Calendar
) -> None:
    Slot.objects.filter(pk=later(clinic).pk).update(quota=0)
    with pytest.raises(DomainError):
        by(asker, book_visit, case_id=accepted.pk, slot_id=later(clinic).pk)
    assert Booking.unscoped.get(pk=booked.booking_id).step == BookingStep.BOOKED


def test_who_did_not_come_is_noted_after_the_time(specialist: User, accepted: Referral, booked: Visit) -> None:
    with pytest.raises(WrongStep):
        by(specialist, miss_visit, case_id=accepted.pk)
    with clock.moved(timedelta(days=9)):
        by(specialist, miss_visit, case_id=accepted.pk)
    after = stored(accepted)
    assert (after.step, after.case.ball_user_id) == (Step.UNATTENDED, specialist.pk)
    assert Booking.unscoped.get(pk=booked.booking_id).step == BookingStep.NO_SHOW
    assert running(accepted) == [Leg.BOOKING]


def test_the_sender_does_not_say_who_came(asker: User, accepted: Referral, booked: Visit) -> None:
    with clock.moved(timedelta(days=9)), pytest.raises(NotPermitted):
        by(asker, miss_visit, case_id=accepted.pk)


def test_after_a_miss_another_time_is_booked(
    specialist: User, accepted: Referral, booked: Visit, clinic: Calendar
) -> None:  # fmt: skip
    with clock.moved(timedelta(days=9)):
        by(specialist, miss_visit, case_id=accepted.pk)
        ahead = clinic.slots.ahead().order_by("period").first()
        assert ahead is not None
        by(specialist, book_visit, case_id=accepted.pk, slot_id=ahead.pk)
    assert stored(accepted).step == Step.SCHEDULED


@pytest.mark.parametrize("who", ["asker", "specialist"])
def test_either_side_cancels_with_a_reason(
    who: str, asker: User, specialist: User, accepted: Referral, booked: Visit
) -> None:
    by({"asker": asker, "specialist": specialist}[who], cancel_visit, case_id=accepted.pk, reason="Flood on the road")
    assert stored(accepted).step == Step.VISIT_CANCELLED
    assert Visit.unscoped.get(pk=booked.pk).cancel_reason == "Flood on the road"
    assert Booking.unscoped.get(pk=booked.booking_id).step == BookingStep.CANCELLED


def test_a_visit_is_not_cancelled_without_words(specialist: User, accepted: Referral, booked: Visit) -> None:
    with pytest.raises(InvalidInput):
        by(specialist, cancel_visit, case_id=accepted.pk, reason="  ")


def test_a_visit_that_was_freed_elsewhere_is_not_cancelled_again(
    specialist: User, accepted: Referral, booked: Visit
) -> None:
    Booking.unscoped.filter(pk=booked.booking_id).update(step=BookingStep.CANCELLED)
    with pytest.raises(WrongStep):
        by(specialist, cancel_visit, case_id=accepted.pk, reason="Flood")


def test_a_decline_frees_the_visit(specialist: User, accepted: Referral, booked: Visit) -> None:
    by(specialist, decline, case_id=accepted.pk, reason=DeclineReason.NO_BED)
    assert Booking.unscoped.get(pk=booked.booking_id).step == BookingStep.CANCELLED


# -- reminders --------------------------------------------------------------------------------------------------------


def test_the_reminders_go_out_once_each(booked: Visit) -> None:
    begins = booked.booking.begins
    with clock.moved(begins - clock.now() - timedelta(hours=60)):
        assert [by_system(remind_visits) for _ in range(2)] == [1, 0]
    with clock.moved(begins - clock.now() - timedelta(hours=20)):
        assert [by_system(remind_visits) for _ in range(2)] == [1, 0]
    numbers = [entry.facts["number"] for entry in Entry.unscoped.filter(verb="remind_visit").order_by("id")]
    assert numbers == [1, 2]


def test_a_visit_booked_late_is_reminded_of_once(booked: Visit) -> None:
    with clock.moved(booked.booking.begins - clock.now() - timedelta(hours=5)):
        assert [by_system(remind_visits) for _ in range(2)] == [1, 0]


def test_what_is_cancelled_or_over_is_not_reminded_of(specialist: User, accepted: Referral, booked: Visit) -> None:
    with clock.moved(booked.booking.ends - clock.now() + timedelta(hours=1)):
        assert by_system(remind_visits) == 0
    by(specialist, cancel_visit, case_id=accepted.pk, reason="Flood")
    with clock.moved(booked.booking.begins - clock.now() - timedelta(hours=5)):
        assert by_system(remind_visits) == 0


# -- the screens ------------------------------------------------------------------------------------------------------


def get(user: User, name: str, referral: Referral, **more: Any) -> str:
    response = client_for(user).get(reverse(f"referrals:{name}", args=[referral.pk]), **more)
    assert response.status_code == 200
    return response.content.decode()


def test_the_next_places_stand_on_the_page_as_buttons(specialist: User, accepted: Referral, slot: Slot) -> None:
    text = get(specialist, "show", accepted)
    assert f'name="slot_id" value="{slot.pk}"' in text
    assert text.count('name="slot_id"') == 3


def test_a_tap_books(specialist: User, accepted: Referral, slot: Slot) -> None:
    said = {"slot_id": slot.pk, "request_key": uuid4(), "instructions": ""}
    response = client_for(specialist).post(reverse("referrals:visit", args=[accepted.pk]), said)
    assert response["Location"] == reverse("referrals:show", args=[accepted.pk])
    assert stored(accepted).step == Step.SCHEDULED


def test_a_place_that_was_just_taken_is_said_and_the_others_offered(
    asker: User, specialist: User, accepted: Referral, slot: Slot
) -> None:
    Slot.objects.filter(pk=slot.pk).update(quota=0, capacity=1)
    other = sent(asker, make_patient(stored(accepted).case.asking_institution), slot.calendar.service)
    by(specialist, accept, case_id=other.pk)
    by(specialist, book_visit, case_id=other.pk, slot_id=slot.pk)
    said = {"slot_id": slot.pk, "request_key": uuid4()}
    response = client_for(specialist).post(reverse("referrals:visit", args=[accepted.pk]), said)
    assert response.status_code == 409
    assert b"All places of this slot are taken." in response.content


def test_the_card_shows_the_visit_and_its_file(asker: User, accepted: Referral, booked: Visit) -> None:
    text = get(asker, "show", accepted)
    assert "Bring the health book." in text
    assert reverse("casework:booking_ics", args=[booked.booking_id]) in text


def test_the_file_names_no_child(asker: User, accepted: Referral, booked: Visit, patient: Patient) -> None:
    body = client_for(asker).get(reverse("casework:booking_ics", args=[booked.booking_id])).content.decode()
    assert "BEGIN:VEVENT" in body
    assert patient.display_name not in body


def test_the_button_of_booking_leads_to_the_times(specialist: User, accepted: Referral, slot: Slot) -> None:
    response = client_for(specialist).get(reverse("referrals:act", args=[accepted.pk, "book_visit"]))
    assert response["Location"] == reverse("referrals:visit", args=[accepted.pk])
    assert str(slot.pk) in get(specialist, "visit", accepted)


def test_the_sender_is_offered_the_places_kept_for_referrals(
    asker: User, specialist: User, accepted: Referral, clinic: Calendar, slot: Slot
) -> None:
    Slot.objects.filter(calendar=clinic).exclude(pk=slot.pk).update(quota=0)
    places = by(asker, lambda actor: next_places(actor, stored(accepted)))["places"]
    assert [place["slot_id"] for place in places] == [slot.pk]


@pytest.fixture
def other_clinic(hospital: Institution) -> Calendar:
    """Of another specialty in the same house, with a place a day before."""
    made = calendar(make_service(hospital, make_specialty("surgery", "Surgery")), name="Hernia clinic")
    rule(made, count=1, capacity=2, quota=1, starts=time(8))
    return made


def test_other_clinics_stand_behind_those_of_the_service(
    specialist: User, accepted: Referral, slot: Slot, other_clinic: Calendar
) -> None:
    text = get(specialist, "visit", accepted)
    here, _fold, there = text.partition("Other clinics of the hospital")
    assert f'value="{slot.pk}"' in here and "Hernia clinic" not in here
    assert f'value="{first_slot(other_clinic).pk}"' in there and f'value="{slot.pk}"' not in there


def test_where_the_service_publishes_nothing_the_other_clinics_are_folded(
    specialist: User, accepted: Referral, other_clinic: Calendar
) -> None:
    text = get(specialist, "show", accepted)
    assert "No free time of this service is published." in text
    here, _fold, there = text.partition("Other clinics of the hospital")
    assert 'name="slot_id"' not in here and f'value="{first_slot(other_clinic).pk}"' in there


def test_a_place_of_another_clinic_is_booked_all_the_same(
    specialist: User, accepted: Referral, other_clinic: Calendar
) -> None:
    by(specialist, book_visit, case_id=accepted.pk, slot_id=first_slot(other_clinic).pk)
    assert stored(accepted).step == Step.SCHEDULED


def test_other_hospitals_clinics_are_not_offered(specialist: User, accepted: Referral, elsewhere: Service) -> None:
    rule(calendar(elsewhere), count=1, capacity=2, quota=1)
    assert "Other clinics of the hospital" not in get(specialist, "visit", accepted)


def test_one_waits_for_a_clinic_of_the_service_where_it_has_one(
    accepted: Referral, clinic: Calendar, other_clinic: Calendar
) -> None:
    assert calendars_of(stored(accepted)) == [(str(clinic.pk), "Clinic")]


def test_of_other_services_clinics_one_is_chosen_by_name(accepted: Referral, other_clinic: Calendar) -> None:
    """None of them stands there chosen already."""
    assert calendars_of(stored(accepted)) == [
        ("", "Choose a clinic"), (str(other_clinic.pk), f"Hernia clinic · {other_clinic.service.name}"),
    ]  # fmt: skip


def test_a_clinic_to_wait_for_has_to_be_chosen(
    specialist: User, accepted: Referral, other_clinic: Calendar
) -> None:  # fmt: skip
    said = {"calendar_id": "", "notice_hours": "24"}
    response = client_for(specialist).post(reverse("referrals:wait", args=[accepted.pk]), said)
    assert response.status_code == 422 and not Waiting.unscoped.exists()


def test_a_house_without_clinics_has_no_list(accepted: Referral) -> None:
    assert calendars_of(stored(accepted)) == []


def test_a_referral_to_nobody_has_no_places(specialist: User, accepted: Referral) -> None:
    unsent = Referral(case=Case(asking_institution=stored(accepted).case.asking_institution))
    assert by(specialist, lambda actor: next_places(actor, unsent)) == {"places": [], "others": []}


@pytest.mark.parametrize("count", [1, 3])
def test_the_free_places_cost_five_queries(
    accepted: Referral, clinic: Calendar, other_clinic: Calendar, count: int, django_assert_num_queries: Any
) -> None:
    rule(clinic, count=count, capacity=2, quota=1, starts=time(14))
    with acting_as(system("test")), django_assert_num_queries(5):
        next_free(clinic.service, own=True, most=12)


# -- at once ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_children_for_the_last_place_one_gets_it(
    asker: User, service: Service, specialist: User, other_specialist: User, patient: Patient
) -> None:
    clinic = calendar(service)
    rule(clinic, count=ROUNDS // 2, capacity=1)
    pair = [sent(asker, child, service) for child in (patient, make_patient(patient.registered_at))]
    for each in pair:
        by(specialist, accept, case_id=each.pk)
    for slot in clinic.slots.order_by("period")[: ROUNDS // 2]:
        results = race([
            as_user(user, book_visit, case_id=each.pk, slot_id=slot.pk)
            for user, each in zip((specialist, other_specialist), pair, strict=True)
        ])  # fmt: skip
        assert len([each for each in results if isinstance(each, Taken)]) == 1, results
        assert Booking.unscoped.filter(slot=slot, step=BookingStep.BOOKED).count() == 1
