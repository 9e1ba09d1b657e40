"""The screens of duty, calendars and working time: what they show, what they refuse, and what they cost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from consortium.casework import operations
from consortium.casework.models import (
    Booking,
    Calendar,
    FeedLink,
    Handover,
    HandoverItem,
    Service,
    ServiceMember,
    Shift,
    SlotRule,
    SpecialDay,
    Swap,
    WorkingCalendar,
)
from consortium.casework.queries.duty import duty_now
from consortium.casework.states import BookingStep, HandoverStep, Rank, SwapStep
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import Institution, Region, User
from consortium.people.operations import suspend_person
from tests.casework.rosters import booked, calendar, first_slot, person, room, rule, shift, working_week
from tests.casework.test_sheets import NATIONAL, ics, xlsx
from tests.cast import actor_for, client_for
from tests.consultations.cases import by, claimed

pytestmark = pytest.mark.django_db


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def post(client: Client, path: str, status: Any = 302, **data: Any) -> Any:
    answer = client.post(path, {"request_key": uuid4(), **data})
    assert answer.status_code == status, (path, answer.status_code, answer.content.decode()[-2000:])
    return answer


def day(ahead: int = 3) -> str:
    return str(clock.today() + timedelta(days=ahead))


# -- my duty ----------------------------------------------------------------------------------------------------------


def test_my_duty_shows_shifts_bookings_and_what_is_open(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    shift(service, specialist)
    booked(specialist, person(specialist))
    text = page(client_for(specialist), "/cases/duty/")
    assert "1 thing open" in text
    assert "Offer to somebody" in text
    assert "Video call" in text
    assert patient.name not in text


def test_my_duty_is_empty_for_who_has_none(asker: User) -> None:
    text = page(client_for(asker), "/cases/duty/")
    assert "You stand on no roster" in text
    assert "Nothing is booked" in text


def test_my_duty_costs_the_same_for_one_shift_and_for_three(
    specialist: User, service: Service, django_assert_num_queries: Any
) -> None:
    client = client_for(specialist)
    page(client, "/cases/duty/")
    for n in range(3):
        shift(service, specialist, 24 * n + 1)
        booked(specialist, person(specialist), begins=24 * n + 12)
        with django_assert_num_queries(15):
            page(client, "/cases/duty/")


# -- the roster -------------------------------------------------------------------------------------------------------


def test_the_roster_shows_who_and_the_gaps(asker: User, specialist: User, service: Service) -> None:
    shift(service, specialist, -1)
    text = page(client_for(asker), f"/cases/services/{service.pk}/roster/?week={day(7)}")
    assert "7 gaps in this week" in text
    assert "Nobody on Tuesday" in text
    assert specialist.full_name in page(client_for(asker), f"/cases/services/{service.pk}/roster/")


def test_only_who_keeps_it_may_change_it(lead: User, specialist: User, service: Service) -> None:
    url = f"/cases/services/{service.pk}/roster/"
    assert "Add a shift" in page(client_for(lead), url)
    assert "Add a shift" not in page(client_for(specialist), url)


def test_the_roster_costs_the_same_for_one_and_for_three(
    specialist: User, service: Service, django_assert_num_queries: Any
) -> None:
    client = client_for(specialist)
    url = f"/cases/services/{service.pk}/roster/?week={day(7)}"
    page(client, url)
    for n in range(3):
        shift(service, specialist, 24 * (7 + n))
        with django_assert_num_queries(6):
            page(client, url)


def test_a_missing_service_has_no_roster(lead: User, patient: Patient) -> None:
    page(client_for(lead), f"/cases/services/{patient.pk}/roster/", 404)


def test_a_shift_over_midnight_is_typed_by_its_hours(lead: User, specialist: User, service: Service) -> None:
    words = {"user_id": specialist.pk, "day": day(), "begins": "20:00", "ends": "08:00", "rank": 1}
    post(client_for(lead), f"/cases/services/{service.pk}/roster/new/", **words)
    made = Shift.objects.get()
    assert made.ends - made.begins == timedelta(hours=12)


def test_a_shift_that_cannot_be_comes_back_with_the_reason(lead: User, specialist: User, service: Service) -> None:
    shift(service, specialist, 24 * 3, 20)
    words = {"user_id": specialist.pk, "day": day(3), "begins": "00:00", "ends": "23:59", "rank": 1}
    answer = post(client_for(lead), f"/cases/services/{service.pk}/roster/new/", 422, **words)
    assert "on duty twice" in answer.content.decode()


def test_a_shift_is_changed_and_taken_off(
    lead: User, specialist: User, other_specialist: User, service: Service
) -> None:
    made, client = shift(service, specialist, 30), client_for(lead)
    assert specialist.full_name in page(client, f"/cases/shifts/{made.pk}/")
    words = {"user_id": other_specialist.pk, "day": day(), "begins": "08:00", "ends": "18:00", "rank": 2, "version": 1}
    post(client, f"/cases/shifts/{made.pk}/", **words)
    made.refresh_from_db()
    assert (made.user_id, made.rank) == (other_specialist.pk, Rank.SECOND)
    post(client, f"/cases/shifts/{made.pk}/cancel/")
    page(client, f"/cases/shifts/{made.pk}/", 404)


def test_a_stale_change_says_so(lead: User, specialist: User, service: Service) -> None:
    made = shift(service, specialist, 30)
    words = {"user_id": specialist.pk, "day": day(), "begins": "08:00", "ends": "18:00", "rank": 1, "version": 9}
    post(client_for(lead), f"/cases/shifts/{made.pk}/", 409, **words)


def test_a_day_beyond_the_century_comes_back(lead: User, specialist: User, service: Service) -> None:
    words = {"user_id": specialist.pk, "day": "9999-12-31", "begins": "20:00", "ends": "08:00", "rank": 1}
    post(client_for(lead), f"/cases/services/{service.pk}/roster/new/", 422, **words)


# -- import -----------------------------------------------------------------------------------------------------------

HEAD = ("date", "from", "to", "name", "rank")


def upload(client: Client, service: Service, data: bytes, name: str = "roster.csv", status: int = 200) -> str:
    file = SimpleUploadedFile(name, data)
    answer = post(client, f"/cases/services/{service.pk}/roster/import/", status, file=file)
    return str(answer.content.decode())


def sheet(*rows: tuple[str, ...]) -> bytes:
    return "\n".join(",".join(row) for row in (HEAD, *rows)).encode()


def confirm(client: Client, service: Service, text: str, status: int = 302, key: Any = None) -> Any:
    signed = re.search(r'name="rows" value="([^"]+)"', text)
    assert signed
    url = f"/cases/services/{service.pk}/roster/import/"
    return post(client, url, status, rows=signed[1], **({"request_key": key} if key else {}))


def test_a_roster_is_looked_at_then_stored_whole(
    lead: User, specialist: User, other_specialist: User, service: Service
) -> None:
    client = client_for(lead)
    data = sheet(
        (day(3), "08:00", "20:00", specialist.username, "1"),
        (day(3), "20:00", "08:00", other_specialist.full_name, ""),
        (day(4), "08:00", "20:00", other_specialist.licence_number, "2"),
    )
    text = upload(client, service, data)
    assert not Shift.objects.exists(), "a look stores nothing"
    assert "Put 3 shifts on the roster" in text
    confirm(client, service, text)
    assert list(Shift.objects.order_by("period").values_list("rank", flat=True)) == [1, 1, 2]
    assert Entry.unscoped.filter(verb="import").count() == 1


def test_the_same_confirmation_twice_is_one_import(lead: User, specialist: User, service: Service) -> None:
    client, key = client_for(lead), uuid4()
    text = upload(client, service, sheet((day(3), "08:00", "20:00", specialist.username, "1")))
    for _ in range(2):
        confirm(client, service, text, key=key)
    assert Shift.objects.count() == 1


def test_an_xlsx_roster_is_read(lead: User, specialist: User, service: Service) -> None:
    tomorrow = timezone.localtime(clock.now()).replace(tzinfo=None) + timedelta(days=2)
    data = xlsx(HEAD, (tomorrow.date(), "08:00", "20:00", specialist.username, 1))
    assert "Put 1 shift on the roster" in upload(client_for(lead), service, data, "roster.xlsx")


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (("{day}", "08:00", "20:00", "nobody", ""), "Nobody of this service"),
        (("soon", "08:00", "20:00", "{who}", ""), "Write the day like"),
        (("{day}", "8", "20:00", "{who}", ""), "Write the times like"),
        (("{day}", "08:00", "20:00", "{who}", "7"), "The rank is 1 or 2"),
        (("2020-01-01", "08:00", "20:00", "{who}", ""), "lies ahead"),
        (("9999-12-31", "20:00", "08:00", "{who}", ""), "Write the day like"),
    ],
)
def test_each_row_tells_what_is_wrong_and_nothing_is_stored(
    row: tuple[str, ...], error: str, lead: User, specialist: User, service: Service
) -> None:
    wrong = tuple(cell.format(day=day(3), who=specialist.username) for cell in row)
    text = upload(client_for(lead), service, sheet((day(5), "08:00", "20:00", specialist.username, "1"), wrong))
    assert error in text
    assert "1 row is wrong" in text
    assert "Put 2 shifts" not in text
    assert not Shift.objects.exists()


def test_rows_that_overlap_each_other_or_the_roster_are_marked(lead: User, specialist: User, service: Service) -> None:
    shift(service, specialist, 24 * 9, 20)
    text = upload(
        client_for(lead), service,
        sheet(
            (day(3), "08:00", "20:00", specialist.username, "1"),
            (day(3), "19:00", "21:00", specialist.username, "2"),
            (day(9), "00:00", "23:59", specialist.username, "1"),
        ),
    )  # fmt: skip
    assert "is on duty in row 2 then" in text
    assert "on a roster then already" in text


def test_two_of_one_name_are_told_apart_by_sign_in(
    lead: User, specialist: User, other_specialist: User, service: Service
) -> None:
    User.objects.update(full_name="Same Name")
    text = upload(client_for(lead), service, sheet((day(3), "08:00", "20:00", "Same Name", "1")))
    assert "Several people are called so" in text


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"\x00\x01", "not a CSV"), (b"name\nA\n", "must name these columns"), (b"x" * 1_000_001, "1 MB")],
)
def test_a_file_that_is_no_roster_says_why(data: bytes, words: str, lead: User, service: Service) -> None:
    assert words in upload(client_for(lead), service, data, status=422)


def test_rows_that_became_wrong_meanwhile_store_nothing(lead: User, specialist: User, service: Service) -> None:
    client = client_for(lead)
    data = sheet(
        (day(3), "08:00", "20:00", specialist.username, "1"), (day(5), "08:00", "20:00", specialist.username, "1")
    )
    text = upload(client, service, data)
    shift(service, specialist, 24 * 4, 30)
    assert "Nothing was imported" in confirm(client, service, text, 422).content.decode()
    assert Shift.objects.count() == 1


def test_rows_that_somebody_made_up_are_refused(lead: User, service: Service) -> None:
    answer = post(client_for(lead), f"/cases/services/{service.pk}/roster/import/", 422, rows="made-up")
    assert "choose the file again" in answer.content.decode()


# -- swaps ------------------------------------------------------------------------------------------------------------


def test_a_shift_is_offered_taken_and_overruled_on_pages(
    specialist: User, other_specialist: User, lead: User, service: Service
) -> None:
    mine, theirs = shift(service, specialist, 30), shift(service, other_specialist, 60)
    words = {"to_user_id": other_specialist.pk, "in_return_id": theirs.pk}
    assert other_specialist.full_name in page(client_for(specialist), f"/cases/shifts/{mine.pk}/swap/")
    post(client_for(specialist), f"/cases/shifts/{mine.pk}/swap/", **words)
    swap = Swap.unscoped.get()
    assert "offers you" in page(client_for(other_specialist), "/cases/duty/")
    assert "Offered to" in page(client_for(specialist), "/cases/duty/")
    post(client_for(other_specialist), f"/cases/swaps/{swap.pk}/accept/")
    mine.refresh_from_db()
    assert mine.user_id == other_specialist.pk
    assert "Overrule" in page(client_for(lead), f"/cases/services/{service.pk}/roster/")
    post(client_for(lead), f"/cases/swaps/{swap.pk}/overrule/", 422, reason="")
    post(client_for(lead), f"/cases/swaps/{swap.pk}/overrule/", reason="Nights")
    swap.refresh_from_db()
    assert swap.step == SwapStep.OVERRULED


def test_an_offer_without_somebody_comes_back(specialist: User, service: Service) -> None:
    made = shift(service, specialist, 30)
    post(client_for(specialist), f"/cases/shifts/{made.pk}/swap/", 422)


def test_an_offer_that_is_refused_comes_back_with_the_reason(
    specialist: User, other_specialist: User, lead: User, service: Service
) -> None:
    made = shift(service, specialist, 30)
    by(specialist, operations.offer_swap, shift_id=made.pk, to_user_id=lead.pk)
    answer = post(client_for(specialist), f"/cases/shifts/{made.pk}/swap/", 422, to_user_id=other_specialist.pk)
    assert "offered to somebody already" in answer.content.decode()


def test_a_verb_that_is_none_is_refused(specialist: User, other_specialist: User, service: Service) -> None:
    made = by(specialist, operations.offer_swap, shift_id=shift(service, specialist, 30).pk,
              to_user_id=other_specialist.pk)  # fmt: skip
    post(client_for(other_specialist), f"/cases/swaps/{made.pk}/explode/", 422)


# -- hand-over --------------------------------------------------------------------------------------------------------


def test_the_hand_over_page_lists_everything_without_a_name(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    for _ in range(2):
        claimed(asker, specialist, patient, service)
    text = page(client_for(specialist), f"/cases/services/{service.pk}/hand-over/")
    assert "Hand over 2 things" in text
    assert "Girl" in text
    assert patient.name not in text


def test_a_hand_over_is_offered_read_and_taken_on_pages(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    made = claimed(asker, specialist, patient, service)
    note = {f"case:{made.pk}": "Recheck the saturation at nine."}
    url = f"/cases/services/{service.pk}/hand-over/"
    post(client_for(specialist), url, to_user_id=other_specialist.pk, **note)
    handover = Handover.unscoped.get()
    assert "You have offered a hand-over" in page(client_for(specialist), url)
    assert "hands over to you" in page(client_for(other_specialist), "/cases/duty/")
    text = page(client_for(other_specialist), f"/cases/hand-overs/{handover.pk}/")
    assert "Recheck the saturation at nine." in text
    assert "I take over" in text
    assert patient.name not in text
    post(client_for(other_specialist), f"/cases/hand-overs/{handover.pk}/take-over/")
    assert HandoverItem.unscoped.get().outcome == "taken"
    assert "Taken over" in page(client_for(specialist), f"/cases/hand-overs/{handover.pk}/")


def test_a_hand_over_is_withdrawn_on_its_page(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    made = by(specialist, operations.offer_handover, service_id=service.pk, to_user_id=other_specialist.pk)
    assert "Withdraw" in page(client_for(specialist), f"/cases/hand-overs/{made.pk}/")
    post(client_for(specialist), f"/cases/hand-overs/{made.pk}/withdraw/")
    made.refresh_from_db()
    assert made.step == HandoverStep.LAPSED


def test_nothing_open_is_said_so(specialist: User, service: Service) -> None:
    assert "Nothing is open" in page(client_for(specialist), f"/cases/services/{service.pk}/hand-over/")


def test_a_second_offer_comes_back_with_the_reason(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service
) -> None:
    claimed(asker, specialist, patient, service)
    url = f"/cases/services/{service.pk}/hand-over/"
    post(client_for(specialist), url, to_user_id=other_specialist.pk)
    answer = post(client_for(specialist), url, 422, to_user_id=other_specialist.pk)
    assert "waits to be taken over" in answer.content.decode()


def test_going_off_duty_on_the_page_returns_the_work(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = claimed(asker, specialist, patient, service)
    post(client_for(specialist), f"/cases/services/{service.pk}/off-duty/")
    made.case.refresh_from_db()
    assert made.case.responder_id is None
    assert not ServiceMember.objects.get(user=specialist).on_duty_now


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


# -- working time -----------------------------------------------------------------------------------------------------

WEEK = {f"day_{n}": "08:00-12:00, 14:00-18:00" for n in range(5)}


def test_an_admin_opens_hours_and_days_on_pages(admin: User, hospital: Institution) -> None:
    client = client_for(admin)
    assert f"working-time/institution/{hospital.pk}" in page(client, "/cases/working-time/")
    page(client, f"/cases/working-time/institution/{hospital.pk}/")
    post(client, f"/cases/working-time/institution/{hospital.pk}/", make_up_like=0, **WEEK)
    made = WorkingCalendar.objects.get()
    url = f"/cases/working-time/{made.pk}/"
    assert "08:00-12:00, 14:00-18:00" in page(client, url)
    post(client, f"{url}day/", on=day(), kind="holiday", name="Storm")
    assert "Storm" in page(client, url)
    post(client, f"{url}day/remove/", on=day())
    assert not SpecialDay.objects.exists()
    post(client, f"{url}day/remove/", 422, on="x")


def test_hours_are_changed_on_their_page(admin: User, hospital: Institution) -> None:
    made, client = working_week(hospital), client_for(admin)
    url = f"/cases/working-time/{made.pk}/hours/"
    assert "08:00-12:00" in page(client, url)
    post(client, url, make_up_like=0, version=made.version, **{**WEEK, "day_5": "9:00–12:00"})
    assert made.hours.count() == 11
    post(client, url, 409, make_up_like=0, version=made.version, **WEEK)


@pytest.mark.parametrize("text", ["8 to 12", "08:00-12:00 and later", "25:00-26:00"])
def test_hours_that_cannot_be_read_come_back(text: str, admin: User, hospital: Institution) -> None:
    url = f"/cases/working-time/institution/{hospital.pk}/"
    answer = post(client_for(admin), url, 422, make_up_like=0, **{**WEEK, "day_0": text})
    assert "Write hours like" in answer.content.decode()


def test_holidays_are_taken_in_from_a_file(admin: User, hospital: Institution) -> None:
    made, client = working_week(hospital), client_for(admin)
    file = SimpleUploadedFile("h.ics", ics(NATIONAL))
    post(client, f"/cases/working-time/{made.pk}/file/", file=file)
    assert SpecialDay.objects.count() == 7


def test_a_file_without_days_comes_back(admin: User, hospital: Institution) -> None:
    made = working_week(hospital)
    file = SimpleUploadedFile("h.ics", b"nothing")
    post(client_for(admin), f"/cases/working-time/{made.pk}/file/", 422, file=file)


def test_a_day_that_cannot_be_read_comes_back(admin: User, hospital: Institution) -> None:
    made = working_week(hospital)
    post(client_for(admin), f"/cases/working-time/{made.pk}/day/", 422, on="soon", kind="holiday")


def test_a_manager_opens_a_regions_calendar(manager: User, region: Region) -> None:
    client = client_for(manager)
    assert region.name_en in page(client, "/cases/working-time/")
    post(client, f"/cases/working-time/region/{region.pk}/", make_up_like=0, **WEEK)
    assert WorkingCalendar.objects.get().region == region


def test_a_place_that_is_not_there_is_hidden(manager: User, patient: Patient) -> None:
    page(client_for(manager), f"/cases/working-time/region/{patient.pk}/", 404)


def test_who_may_not_change_it_reads_it(specialist: User, hospital: Institution) -> None:
    made = working_week(hospital)
    text = page(client_for(specialist), f"/cases/working-time/{made.pk}/")
    assert "Change the hours" not in text
    assert "None lies ahead." in text


def test_everything_is_said_in_chinese(specialist: User, service: Service) -> None:
    shift(service, specialist)
    text = client_for(specialist).get("/cases/duty/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "您的值班" in text
    assert "Your next shifts" not in text


# -- pages cost the same for one row and for three --------------------------------------------------------------------


def test_the_hand_over_pages_cost_the_same_for_one_and_for_three(
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    client = client_for(specialist)
    for n in range(3):
        claimed(asker, specialist, patient, service)
        with django_assert_num_queries(11):
            assert page(client, f"/cases/services/{service.pk}/hand-over/").count('class="case"') == n + 1
        made = by(specialist, operations.offer_handover, service_id=service.pk, to_user_id=other_specialist.pk)
        with django_assert_num_queries(7):
            assert page(client, f"/cases/hand-overs/{made.pk}/").count('class="case"') == n + 1
        by(specialist, operations.withdraw_handover, handover_id=made.pk)


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


def test_working_time_costs_the_same_for_one_and_for_three(
    asker: User, hospital: Institution, community: Institution, district: Institution, django_assert_num_queries: Any
) -> None:
    client = client_for(asker)
    for place in (hospital, community, district):
        working_week(place)
        with django_assert_num_queries(5):
            page(client, "/cases/working-time/")


def test_who_is_suspended_is_on_duty_for_nobody(
    admin: User, specialist: User, service: Service, hospital: Institution
) -> None:
    shift(service, specialist, -1)
    suspend_person(actor=actor_for(admin), user_id=specialist.pk, institution_id=hospital.pk)
    assert duty_now([service])[0]["names"] == []
