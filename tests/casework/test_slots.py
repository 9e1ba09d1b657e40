"""Calendars: weekly rules, exceptions, places kept for referrals, and whom a slot takes."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from consortium.casework import operations
from consortium.casework.models import Booking, Calendar, Service, Slot, SlotRule
from consortium.casework.queries.calendars import calendar_week, slot_for, slots_between
from consortium.casework.queries.roster import midnight, monday_of
from consortium.casework.states import HOLD_LASTS, PUBLISHED_AHEAD, DayKind
from consortium.casework.tasks import publish_slots
from consortium.kernel import clock
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, Taken, WrongStep
from consortium.people.models import Institution, User
from tests.casework.rosters import booked, by_system, calendar, first_slot, person, room, rule, soon, working_week
from tests.consultations.cases import by
from tests.factories.people import make_institution

pytestmark = pytest.mark.django_db
TOMORROW = timedelta(days=1)


@pytest.fixture
def clinic(service: Service, hospital: Institution) -> Calendar:
    return calendar(service, room(hospital))


def days(of: Calendar) -> list[date]:
    return sorted({timezone.localdate(slot.begins) for slot in of.slots.standing()})


def book(user: User, slot: Slot, **words: Any) -> Booking:
    made: Booking = by(user, operations.book_slot, slot_id=slot.pk, **words)
    return made


# -- publishing -------------------------------------------------------------------------------------------------------


def test_a_weekly_rule_is_published_for_eight_weeks(clinic: Calendar) -> None:
    rule(clinic, count=3)
    assert len(days(clinic)) == 8
    assert clinic.slots.count() == 24


def test_slots_of_a_day_follow_each_other(clinic: Calendar) -> None:
    rule(clinic, count=3, minutes=20, starts=time(9))
    first = [timezone.localtime(s.begins).time() for s in clinic.slots.order_by("period")[:3]]
    assert first == [time(9), time(9, 20), time(9, 40)]


def test_publishing_again_adds_nothing_until_time_passes(clinic: Calendar) -> None:
    rule(clinic)
    assert publish_slots() == 0
    with clock.moved(timedelta(weeks=1)):
        assert publish_slots() == 1
        assert publish_slots() == 0


def test_a_rule_with_an_end_publishes_nothing_beyond(clinic: Calendar) -> None:
    rule(clinic, ends_on=clock.today() + timedelta(days=8))
    assert len(days(clinic)) == 2


def test_nothing_is_published_beyond_the_weeks_ahead(clinic: Calendar) -> None:
    rule(clinic, begins_on=clock.today() + PUBLISHED_AHEAD + timedelta(days=1))
    assert days(clinic) == []


def test_a_closed_day_has_no_slots_and_gets_them_back(clinic: Calendar) -> None:
    rule(clinic)
    day = days(clinic)[0]
    assert by_system(operations.close_day, calendar_id=clinic.pk, on=day) == 0
    assert day not in days(clinic)
    assert publish_slots() == 0
    by_system(operations.reopen_day, calendar_id=clinic.pk, on=day)
    assert day in days(clinic)


def test_a_booked_slot_of_a_closed_day_stays_and_is_counted(clinic: Calendar, specialist: User) -> None:
    rule(clinic, count=2)
    slot = first_slot(clinic)
    book(specialist, slot)
    day = timezone.localdate(slot.begins)
    assert by_system(operations.close_day, calendar_id=clinic.pk, on=day) == 1
    assert clinic.slots.standing().filter(period__overlap=(midnight(day), midnight(day + TOMORROW))).count() == 1


def test_closing_a_day_twice_is_no_error(clinic: Calendar) -> None:
    rule(clinic)
    for _ in range(2):
        by_system(operations.close_day, calendar_id=clinic.pk, on=days(clinic)[1])


def test_ending_a_rule_withdraws_what_is_free(clinic: Calendar, specialist: User) -> None:
    made = rule(clinic)
    slots = list(clinic.slots.order_by("period"))
    book(specialist, slots[3])
    by_system(operations.end_rule, rule_id=made.pk, on=timezone.localdate(slots[0].begins))
    assert list(clinic.slots.standing().order_by("period")) == [slots[0], slots[3]]


def test_a_holiday_has_no_slots(clinic: Calendar, hospital: Institution) -> None:
    off = clock.today() + timedelta(days=8)
    working_week(hospital, days=((off, DayKind.HOLIDAY, ""),))
    rule(clinic)
    assert off not in days(clinic)
    assert len(days(clinic)) == 7


def test_a_make_up_day_has_the_slots_of_the_weekday_it_stands_for(clinic: Calendar, hospital: Institution) -> None:
    saturday = clock.today() + timedelta(days=(5 - clock.today().weekday()) % 7 + 7)
    working_week(hospital, days=((saturday, DayKind.MAKE_UP, ""),))
    rule(clinic, weekday=0)
    assert saturday in days(clinic)


# -- rules that are refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fields", [{"minutes": 4}, {"count": 0}, {"capacity": 51}, {"capacity": 1, "quota": 2}])
def test_sizes_that_make_no_sense_are_refused(fields: dict[str, Any], clinic: Calendar) -> None:
    with pytest.raises(DomainError):
        rule(clinic, **fields)


def test_who_is_in_charge_answers_for_the_service(clinic: Calendar, asker: User) -> None:
    with pytest.raises(InvalidInput):
        rule(clinic, asker)


def test_a_room_of_another_place_is_refused(service: Service) -> None:
    with pytest.raises(InvalidInput):
        calendar(service, room(make_institution()))


def test_two_calendars_of_one_name_are_refused(service: Service) -> None:
    calendar(service)
    with pytest.raises(DomainError, match="of this name"):
        calendar(service)


@pytest.mark.parametrize("who", ["specialist", "asker", "stranger"])
def test_others_open_no_calendar(who: str, service: Service, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotPermitted):
        by(request.getfixturevalue(who), operations.open_calendar, service_id=service.pk, name_en="X")


def test_a_key_opens_one_calendar_and_one_rule(lead: User, service: Service) -> None:
    key = uuid4()
    opened = {by(lead, operations.open_calendar, service_id=service.pk, name_en="A", key=key).pk for _ in range(2)}
    assert len(opened) == 1


@pytest.mark.parametrize("act", [operations.close_day, operations.reopen_day])
def test_what_is_not_there_is_hidden(act: Any, lead: User, service: Service) -> None:
    with pytest.raises(NotVisible):
        by(lead, act, calendar_id=service.pk, on=clock.today())


def test_a_rule_that_is_not_there_is_hidden(lead: User, service: Service) -> None:
    with pytest.raises(NotVisible):
        by(lead, operations.end_rule, rule_id=service.pk, on=clock.today())


def test_the_database_keeps_the_quota_within_the_places(clinic: Calendar) -> None:
    made = rule(clinic)
    with pytest.raises(IntegrityError, match="casework_slot_quota"), transaction.atomic():
        Slot.objects.filter(rule=made).update(quota=9)


# -- places -----------------------------------------------------------------------------------------------------------


def test_several_children_come_to_one_slot(clinic: Calendar, specialist: User) -> None:
    rule(clinic, specialist, capacity=2)
    slot = first_slot(clinic)
    assert [book(specialist, slot).place for _ in range(2)] == [1, 2]
    with pytest.raises(Taken, match="All places"):
        book(specialist, slot)


def test_clinicians_of_the_consortium_get_the_places_kept_for_them(
    clinic: Calendar, specialist: User, asker: User, district_doctor: User
) -> None:
    rule(clinic, specialist, capacity=3, quota=1)
    slot = first_slot(clinic)
    assert book(asker, slot).place == 1
    with pytest.raises(Taken):
        book(district_doctor, slot)
    assert book(specialist, slot).place == 2


def test_the_service_itself_leaves_the_kept_places_alone(clinic: Calendar, specialist: User) -> None:
    rule(clinic, specialist, capacity=2, quota=1)
    slot = first_slot(clinic)
    book(specialist, slot)
    with pytest.raises(Taken):
        book(specialist, slot)


def test_without_kept_places_nobody_from_outside_books(clinic: Calendar, asker: User) -> None:
    rule(clinic)
    with pytest.raises(NotPermitted, match="kept for referrals"):
        book(asker, first_slot(clinic))


def test_the_system_books_kept_places_first_then_the_others(clinic: Calendar) -> None:
    rule(clinic, capacity=2, quota=1)
    slot = first_slot(clinic)
    assert [by_system(operations.book_slot, slot_id=slot.pk).place for _ in range(2)] == [1, 2]


def test_the_same_key_twice_is_one_place(clinic: Calendar, specialist: User) -> None:
    rule(clinic, capacity=2)
    slot, key = first_slot(clinic), uuid4()
    assert book(specialist, slot, key=key).pk == book(specialist, slot, key=key).pk


def test_a_cancelled_place_is_free_again(clinic: Calendar, specialist: User) -> None:
    rule(clinic, specialist)
    slot = first_slot(clinic)
    made = book(specialist, slot)
    by(specialist, operations.settle_booking, booking_id=made.pk, verb="cancel", reason="Ill")
    assert book(specialist, slot).place == 1


def test_a_held_place_that_ran_out_is_free_again(clinic: Calendar, specialist: User) -> None:
    rule(clinic, specialist)
    slot = first_slot(clinic)
    book(specialist, slot, hold=True)
    with clock.moved(HOLD_LASTS):
        assert book(specialist, slot).place == 1


def test_a_slot_that_has_begun_is_not_booked(clinic: Calendar, specialist: User) -> None:
    rule(clinic)
    slot = first_slot(clinic)
    with clock.moved(slot.begins - clock.now()), pytest.raises(WrongStep, match="begun"):
        book(specialist, slot)


def test_a_withdrawn_slot_is_hidden(clinic: Calendar, specialist: User) -> None:
    made = rule(clinic)
    slot = first_slot(clinic)
    SlotRule.objects.filter(pk=made.pk).update(ends_on=None)
    Slot.objects.filter(pk=slot.pk).update(withdrawn_at=clock.now())
    with pytest.raises(NotVisible):
        book(specialist, slot)
    with pytest.raises(NotVisible):
        slot_for(slot.pk)


# -- people and rooms of a slot ---------------------------------------------------------------------------------------


def test_a_video_call_keeps_the_clinic_from_taking_the_specialist(clinic: Calendar, specialist: User) -> None:
    rule(clinic, specialist)
    slot = first_slot(clinic)
    words = {"what": "video", "resources": [person(specialist).pk], "period": (slot.period.lower, slot.period.upper)}
    by(specialist, operations.book, **words)
    with pytest.raises(Taken, match="Video call"):
        book(specialist, slot)


def test_a_booked_slot_keeps_the_specialist_from_a_video_call(clinic: Calendar, specialist: User) -> None:
    rule(clinic, specialist)
    slot = first_slot(clinic)
    book(specialist, slot)
    words = {"what": "video", "resources": [person(specialist).pk], "period": (slot.period.lower, slot.period.upper)}
    with pytest.raises(Taken, match="Clinic visit"):
        by(specialist, operations.book, **words)


def test_two_clinics_do_not_share_a_room_at_once(clinic: Calendar, service: Service, specialist: User) -> None:
    other = calendar(service, clinic.room, "Other clinic")
    rule(clinic)
    rule(other)
    book(specialist, first_slot(clinic))
    with pytest.raises(Taken, match="Room 3"):
        book(specialist, first_slot(other))


def test_a_booking_moves_to_another_slot(clinic: Calendar, specialist: User) -> None:
    rule(clinic, specialist, count=2)
    one, two = clinic.slots.order_by("period")[:2]
    made = book(specialist, one)
    moved = by(specialist, operations.move_booking, booking_id=made.pk, slot_id=two.pk)
    assert (moved.slot_id, moved.begins) == (two.pk, two.begins)
    assert book(specialist, one).pk is not None


def test_a_booking_in_a_slot_is_not_moved_to_any_time(clinic: Calendar, specialist: User) -> None:
    rule(clinic, specialist)
    made = book(specialist, first_slot(clinic))
    with pytest.raises(InvalidInput, match="another slot"):
        by(specialist, operations.move_booking, booking_id=made.pk, period=(soon(1), soon(2)))


# -- the week ---------------------------------------------------------------------------------------------------------


def week_of(slot: Slot) -> date:
    return monday_of(timezone.localdate(slot.begins).isoformat())


def test_the_week_tells_what_is_free_and_kept(clinic: Calendar, specialist: User) -> None:
    rule(clinic, specialist, capacity=3, quota=1)
    slot = first_slot(clinic)
    book(specialist, slot)
    (shown,) = [s for day in calendar_week(clinic, week_of(slot)) for s in day.slots]
    assert (shown.free, shown.kept, shown.blocked) == (2, 1, False)
    assert shown.free_for(own=True)
    assert shown.free_for(own=False)


def test_a_slot_whose_specialist_is_taken_otherwise_is_blocked(clinic: Calendar, specialist: User) -> None:
    rule(clinic, specialist)
    slot = first_slot(clinic)
    hours = (slot.begins - clock.now()).total_seconds() / 3600
    booked(specialist, person(specialist), begins=hours)
    (shown,) = [s for day in calendar_week(clinic, week_of(slot)) for s in day.slots]
    assert (shown.blocked, shown.free) == (True, 0)
    assert not shown.free_for(own=True)


def test_a_hold_that_ran_out_blocks_nothing(clinic: Calendar, specialist: User) -> None:
    rule(clinic, specialist)
    slot = first_slot(clinic)
    hours = (slot.begins - clock.now()).total_seconds() / 3600
    booked(specialist, person(specialist), begins=hours, hold=True)
    with clock.moved(HOLD_LASTS):
        (shown,) = [s for day in calendar_week(clinic, week_of(slot)) for s in day.slots]
    assert not shown.blocked


def test_the_week_marks_closed_days(clinic: Calendar) -> None:
    rule(clinic)
    day = days(clinic)[0]
    by_system(operations.close_day, calendar_id=clinic.pk, on=day)
    assert [d.on for d in calendar_week(clinic, monday_of(day.isoformat())) if d.closed] == [day]


def test_slots_cost_the_same_for_one_and_for_three(
    clinic: Calendar, specialist: User, django_assert_num_queries: Any
) -> None:
    rule(clinic, specialist, count=3)
    slots = list(clinic.slots.order_by("period")[:3])
    for slot in slots:
        book(specialist, slot)
        with django_assert_num_queries(3):
            assert slots_between(clinic, slots[0].begins, slots[2].period.upper)


@pytest.mark.parametrize("act", [operations.close_day, operations.reopen_day])
def test_a_day_of_no_century_of_ours_is_refused(act: Any, lead: User, clinic: Calendar) -> None:
    with pytest.raises(InvalidInput):
        by(lead, act, calendar_id=clinic.pk, on=date(9999, 12, 31))


def test_a_rule_neither_begins_nor_ends_beyond_the_century(lead: User, clinic: Calendar) -> None:
    with pytest.raises(InvalidInput):
        rule(clinic, begins_on=date(9999, 12, 31))
    with pytest.raises(InvalidInput):
        by(lead, operations.end_rule, rule_id=rule(clinic).pk, on=date(9999, 12, 31))
