"""The screens of calendars and bookings, and the calendar that one's own device reads."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consortium.casework import operations
from consortium.casework.models import (
    Booking,
    Calendar,
    FeedLink,
    Service,
    SlotRule,
)
from consortium.casework.states import BookingStep
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.casework.pages import day, page, post
from tests.casework.rosters import booked, calendar, first_slot, person, room, rule, shift
from tests.cast import client_for
from tests.consultations.cases import by, claimed

pytestmark = pytest.mark.django_db


# -- calendars and bookings -------------------------------------------------------------------------------------------


@pytest.fixture
def clinic(service: Service, hospital: Institution) -> Calendar:
    return calendar(service, room(hospital))


def test_a_calendar_is_opened_with_its_slots_on_pages(
    lead: User, specialist: User, service: Service, hospital: Institution
) -> None:
    client, where = client_for(lead), room(hospital)
    words = {"service_id": service.pk, "name_en": "Asthma clinic", "room_id": where.pk}
    post(client, "/cases/calendars/new/", **words)
    made = Calendar.objects.get()
    rule_words = {
        "weekday": 1, "starts": "08:30", "minutes": 20, "count": 2, "capacity": 2, "quota": 1, "begins_on": day(0),
        "person_id": specialist.pk,
    }  # fmt: skip
    post(client, f"/cases/calendars/{made.pk}/slots/", **rule_words)
    assert SlotRule.objects.get().person == person(specialist)
    assert "Asthma clinic" in page(client, "/cases/calendars/")


def test_a_calendar_that_exists_comes_back(lead: User, service: Service) -> None:
    calendar(service)
    post(client_for(lead), "/cases/calendars/new/", 422, service_id=service.pk, name_en="Clinic")


def test_slots_that_cannot_be_come_back(lead: User, clinic: Calendar) -> None:
    words = {"weekday": 1, "starts": "08:30", "minutes": 20, "count": 2, "capacity": 1, "quota": 2, "begins_on": day(0)}
    post(client_for(lead), f"/cases/calendars/{clinic.pk}/slots/", 422, **words)


def test_the_calendar_shows_what_is_free_to_whom(
    specialist: User, asker: User, auditor: User, clinic: Calendar
) -> None:
    rule(clinic, specialist, capacity=2, quota=1)
    slot = first_slot(clinic)
    url = f"/cases/calendars/{clinic.pk}/?week={timezone.localdate(slot.begins)}"
    for user in (specialist, asker):
        assert f"/cases/slots/{slot.pk}/" in page(client_for(user), url)
        post(client_for(user), f"/cases/slots/{slot.pk}/")
    assert "Full" in page(client_for(specialist), url)
    assert "Booked in this week" in page(client_for(specialist), url)
    assert "Booked in this week" not in page(client_for(auditor), url)


def test_a_full_slot_comes_back_with_the_reason(specialist: User, clinic: Calendar) -> None:
    rule(clinic, specialist)
    slot = first_slot(clinic)
    assert "Book this slot" in page(client_for(specialist), f"/cases/slots/{slot.pk}/")
    post(client_for(specialist), f"/cases/slots/{slot.pk}/")
    assert "All places" in post(client_for(specialist), f"/cases/slots/{slot.pk}/", 409).content.decode()


def test_a_day_is_closed_and_reopened_on_its_page(lead: User, specialist: User, clinic: Calendar) -> None:
    rule(clinic, specialist)
    slot, client = first_slot(clinic), client_for(lead)
    by(specialist, operations.book_slot, slot_id=slot.pk)
    on = str(timezone.localdate(slot.begins))
    answer = client.post(f"/cases/calendars/{clinic.pk}/day/", {"on": on}, follow=True)
    assert "1 bookings of that day have to be moved" in answer.content.decode()
    assert clinic.closures.count() == 1
    post(client, f"/cases/calendars/{clinic.pk}/day/", on=on, reopen="1")
    assert clinic.closures.count() == 0


def test_closing_an_empty_day_says_only_that(lead: User, clinic: Calendar) -> None:
    answer = client_for(lead).post(f"/cases/calendars/{clinic.pk}/day/", {"on": day()}, follow=True)
    assert "The day is closed." in answer.content.decode()


def book_words(*people: User, hour: int = 9, **more: Any) -> dict[str, Any]:
    plain = {"what": "video", "day": day(), "begins": f"{hour:02}:00", "ends": f"{hour + 1:02}:00"}
    return {**plain, "people": [str(p.pk) for p in people], **more}


def test_people_and_rooms_are_booked_on_a_page(specialist: User, hospital: Institution) -> None:
    where = room(hospital)
    post(client_for(specialist), "/cases/bookings/new/", **book_words(specialist, rooms=[str(where.pk)]))
    made = Booking.unscoped.get()
    text = page(client_for(specialist), f"/cases/bookings/{made.pk}/")
    assert "Room 3" in text
    assert specialist.full_name in text


def test_a_booking_in_somebodys_way_comes_back_and_names_them(specialist: User) -> None:
    post(client_for(specialist), "/cases/bookings/new/", **book_words(specialist))
    answer = post(client_for(specialist), "/cases/bookings/new/", 409, **book_words(specialist))
    assert f"{specialist.full_name} is booked from 09:00 to 10:00" in answer.content.decode()


def test_a_booking_is_moved_and_cancelled_on_pages(specialist: User) -> None:
    made, client = booked(specialist, person(specialist), begins=30), client_for(specialist)
    page(client, f"/cases/bookings/{made.pk}/move/")
    words = {"day": day(), "begins": "09:00", "ends": "10:00"}
    post(client, f"/cases/bookings/{made.pk}/move/", version=1, **words)
    post(client, f"/cases/bookings/{made.pk}/move/", 409, version=1, **words)
    post(client, f"/cases/bookings/{made.pk}/cancel/", 422, version=2)
    post(client, f"/cases/bookings/{made.pk}/cancel/", version=2, reason="Ill")
    made.refresh_from_db()
    assert made.step == BookingStep.CANCELLED
    assert "Ill" in page(client, f"/cases/bookings/{made.pk}/")


def test_a_hold_is_confirmed_on_its_page(specialist: User) -> None:
    made = booked(specialist, person(specialist), hold=True)
    assert "Held until" in page(client_for(specialist), f"/cases/bookings/{made.pk}/")
    post(client_for(specialist), f"/cases/bookings/{made.pk}/confirm/")
    made.refresh_from_db()
    assert made.step == BookingStep.BOOKED
    post(client_for(specialist), f"/cases/bookings/{made.pk}/explode/", 422)


def test_a_booking_is_downloaded_without_a_name(
    asker: User, specialist: User, patient: Patient, service: Service, hospital: Institution
) -> None:
    case = claimed(asker, specialist, patient, service).case
    made = booked(specialist, person(specialist), room(hospital), case_id=case.pk)
    answer = client_for(specialist).get(f"/cases/bookings/{made.pk}/booking.ics")
    text = answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert "LOCATION:Room 3" in text
    assert patient.name not in text


# -- one's own calendar -----------------------------------------------------------------------------------------------


def feed_url(client: Client) -> str:
    post(client, "/cases/feed/new/")
    found = re.search(r"http://testserver(/cases/feed/[^<]+\.ics)", page(client, "/cases/duty/"))
    assert found
    return found[1]


def test_the_address_is_shown_once_and_opens_without_signing_in(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    shift(service, specialist)
    booked(specialist, person(specialist), begins=30, case_id=claimed(asker, specialist, patient, service).case.pk)
    url = feed_url(client_for(specialist))
    assert "/cases/feed/" not in page(client_for(specialist), "/cases/duty/").replace("/cases/feed/new/", "").replace(
        "/cases/feed/revoke/", ""
    )
    text = Client().get(url).content.decode()
    assert text.count("BEGIN:VEVENT") == 2
    assert "First on duty: Respiratory medicine" in text
    assert patient.name not in text


def test_the_feed_keeps_the_hours_of_the_consortium(specialist: User, service: Service) -> None:
    made = shift(service, specialist, 24)
    text = Client().get(feed_url(client_for(specialist))).content.decode()
    assert f"DTSTART;TZID=Asia/Shanghai:{timezone.localtime(made.begins):%Y%m%dT%H%M%S}" in text


def test_a_new_address_ends_the_one_before(specialist: User) -> None:
    client = client_for(specialist)
    old, new = feed_url(client), feed_url(client)
    assert [Client().get(url).status_code for url in (old, new)] == [404, 200]


def test_a_revoked_address_opens_nothing(specialist: User) -> None:
    client = client_for(specialist)
    url = feed_url(client)
    post(client, "/cases/feed/revoke/")
    assert Client().get(url).status_code == 404


def test_the_address_of_who_left_opens_nothing(specialist: User) -> None:
    url = feed_url(client_for(specialist))
    User.objects.filter(pk=specialist.pk).update(is_active=False)
    assert Client().get(url).status_code == 404


def test_only_the_hash_of_an_address_is_kept(specialist: User) -> None:
    token = feed_url(client_for(specialist)).rpartition("/")[2].removesuffix(".ics")
    link = FeedLink.unscoped.get()
    assert bytes(link.token_hash) == FeedLink.hash_of(token)
    assert token not in str(vars(link))


def test_a_cancelled_booking_is_said_to_be_in_the_feed(specialist: User) -> None:
    made = booked(specialist, person(specialist))
    by(specialist, operations.settle_booking, booking_id=made.pk, verb="cancel", reason="Ill")
    assert "STATUS:CANCELLED" in Client().get(feed_url(client_for(specialist))).content.decode()


def test_a_calendar_costs_the_same_for_one_slot_and_for_three(
    specialist: User, clinic: Calendar, django_assert_num_queries: Any
) -> None:
    client = client_for(specialist)
    rule(clinic, specialist, count=3)
    url = f"/cases/calendars/{clinic.pk}/?week={timezone.localdate(first_slot(clinic).begins)}"
    slots = list(clinic.slots.order_by("period")[:3])
    page(client, url)
    for slot in slots:
        by(specialist, operations.book_slot, slot_id=slot.pk)
        with django_assert_num_queries(14):
            page(client, url)


def test_the_list_of_calendars_costs_the_same_for_one_and_for_three(
    asker: User, service: Service, django_assert_num_queries: Any
) -> None:
    client = client_for(asker)
    for n in range(3):
        calendar(service, name=f"Clinic {n}")
        with django_assert_num_queries(6):
            page(client, "/cases/calendars/")
