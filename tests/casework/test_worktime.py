"""Working time: the arithmetic, and the clocks that run by it. The calendar moves routine clocks, never stat ones."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from consortium.casework import operations
from consortium.casework.models import Case, Clock, Service, SpecialDay, WorkingCalendar, WorkingHours
from consortium.casework.queries.working import calendar_at, governed_by, working_time_of
from consortium.casework.states import DayKind, Leg, Priority
from consortium.casework.worktime import NoWorkingTime, WorkingTime
from consortium.kernel import clock
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion
from consortium.patients.models import Patient
from consortium.people.models import Institution, Membership, Region, User
from consultations import operations as consult
from tests.casework.rosters import DAY_HOURS, at, by_system, moved_to, working_week
from tests.consultations.cases import answered, by, claimed, submitted
from tests.factories.people import make_institution

ZONE = ZoneInfo("Asia/Shanghai")
WEEK = dict.fromkeys(range(5), DAY_HOURS)
# National Day 2026: 1-7 October off; Sunday 20 September and Saturday 10 October are worked.
NATIONAL = frozenset(date(2026, 10, n) for n in range(1, 8))
MADE_UP = {date(2026, 9, 20): 0, date(2026, 10, 10): 0}
WORK = WorkingTime(ZONE, WEEK, NATIONAL, MADE_UP)
H, D = timedelta(hours=1), timedelta(days=1)


# -- arithmetic -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begins", "target", "due"),
    [
        (("2026-11-24", "08:00"), 2 * H, ("2026-11-24", "10:00")),
        (("2026-11-24", "11:00"), 2 * H, ("2026-11-24", "15:00")),  # over the noon break
        (("2026-11-24", "17:00"), 2 * H, ("2026-11-25", "09:00")),  # over the night
        (("2026-11-24", "20:00"), 2 * H, ("2026-11-25", "10:00")),  # asked in the evening
        (("2026-11-24", "03:00"), 2 * H, ("2026-11-24", "10:00")),  # asked before opening
        (("2026-11-27", "17:30"), 1 * H, ("2026-11-30", "08:30")),  # over a weekend
        (("2026-09-30", "17:30"), 1 * H, ("2026-10-08", "08:30")),  # over the holiday
        (("2026-10-03", "12:00"), 1 * H, ("2026-10-08", "09:00")),  # asked during the holiday
        (("2026-10-09", "17:30"), 1 * H, ("2026-10-10", "08:30")),  # into the make-up Saturday
        (("2026-10-10", "17:30"), 1 * H, ("2026-10-12", "08:30")),  # out of it: the Sunday is off
        (("2026-11-24", "08:00"), 12 * H, ("2026-11-25", "12:00")),
    ],
)
def test_hours_of_work(begins: tuple[str, str], target: timedelta, due: tuple[str, str]) -> None:
    assert WORK.after(at(*begins), target) == at(*due)


@pytest.mark.parametrize(
    ("begins", "days", "due"),
    [
        (("2026-11-24", "10:00"), 2, ("2026-11-26", "10:00")),
        (("2026-11-27", "10:00"), 2, ("2026-12-01", "10:00")),  # over a weekend
        (("2026-11-28", "20:00"), 2, ("2026-12-02", "08:00")),  # given on a Saturday
        (("2026-09-30", "10:00"), 1, ("2026-10-08", "10:00")),  # over the holiday
        (("2026-10-09", "10:00"), 1, ("2026-10-10", "10:00")),  # the make-up Saturday counts
        (("2026-11-24", "12:30"), 1, ("2026-11-25", "14:00")),  # given in the noon break
    ],
)
def test_days_of_work(begins: tuple[str, str], days: int, due: tuple[str, str]) -> None:
    assert WORK.after(at(*begins), days * D) == at(*due)


def test_a_shorter_day_ends_a_day_target_at_its_closing() -> None:
    short = WorkingTime(ZONE, {0: DAY_HOURS, 1: ((time(8), time(12)),)})
    assert short.after(at("2026-11-23", "17:00"), D) == at("2026-11-24", "12:00")


def test_a_day_that_is_both_off_and_made_up_is_worked() -> None:
    both = WorkingTime(ZONE, WEEK, frozenset({date(2026, 10, 10)}), MADE_UP)
    assert both.is_working_day(date(2026, 10, 10))


def test_a_calendar_without_hours_has_no_end() -> None:
    for target in (H, D):
        with pytest.raises(NoWorkingTime):
            WorkingTime(ZONE, {}).after(at("2026-11-24"), target)


def test_holidays_without_end_are_found_out() -> None:
    off = frozenset(date(2026, 11, 25) + timedelta(days=n) for n in range(500))
    with pytest.raises(NoWorkingTime):
        WorkingTime(ZONE, WEEK, off).after(at("2026-11-24", "10:00"), 2 * D)


def test_between_counts_work_only() -> None:
    assert WORK.between(at("2026-11-24", "11:00"), at("2026-11-25", "09:00")) == 6 * H
    assert WORK.between(at("2026-10-01"), at("2026-10-08")) == timedelta()
    assert WORK.between(at("2026-10-10"), at("2026-10-11")) == 8 * H


MOMENTS = st.datetimes(datetime(2026, 9, 1), datetime(2026, 12, 31)).map(lambda d: d.replace(tzinfo=ZONE))


@given(MOMENTS, st.integers(1, 80 * 60))
def test_what_is_added_is_what_lies_between(begins: datetime, minutes: int) -> None:
    target = timedelta(minutes=minutes)
    if target % D:
        assert WORK.between(begins, WORK.after(begins, target)) == target


@given(MOMENTS, MOMENTS, st.integers(1, 7))
def test_later_is_never_due_earlier(one: datetime, other: datetime, days: int) -> None:
    first, second = sorted([one, other])
    assert WORK.after(first, days * D) <= WORK.after(second, days * D)
    assert WORK.after(first, days * H) <= WORK.after(second, days * H)


@given(MOMENTS, st.integers(1, 40))
def test_what_is_due_is_due_at_work(begins: datetime, hours: int) -> None:
    due = WORK.after(begins, hours * H)
    assert WORK.is_working_day(due.astimezone(ZONE).date())


# -- clocks -----------------------------------------------------------------------------------------------------------

pytestmark_db = pytest.mark.django_db


@pytest.fixture(autouse=True)
def long_at_work(request: pytest.FixtureRequest) -> None:
    """The cast holds its seats since long: these tests look at days of 2026, whenever they run."""
    if "asker" in request.fixturenames:
        for name in ("asker", "specialist"):
            request.getfixturevalue(name)
        Membership.unscoped.update(starts_on=date(2020, 1, 1))


def due(consultation: Any) -> datetime:
    case: Case = Case.unscoped.get(pk=consultation.pk)
    return case.due_at.astimezone(ZONE)


@pytest.fixture
def national(region: Region, hospital: Institution) -> WorkingCalendar:
    """The region's working week with the National Day of 2026."""
    days = [(on, DayKind.HOLIDAY, "国庆节") for on in NATIONAL] + [(on, DayKind.MAKE_UP, "补班") for on in MADE_UP]
    return working_week(region, days=tuple(days))


@pytestmark_db
def test_without_a_calendar_clocks_run_day_and_night(asker: User, patient: Patient, service: Service) -> None:
    with moved_to(at("2026-10-01", "23:00")):
        made = submitted(asker, patient, service, priority=Priority.ROUTINE)
        assert due(made) - clock.now() <= timedelta(minutes=30)


@pytestmark_db
@pytest.mark.parametrize(
    ("sent", "struck"),
    [
        (("2026-09-30", "17:45"), ("2026-10-08", "08:15")),  # the eve of the holiday: after it
        (("2026-10-04", "10:00"), ("2026-10-08", "08:30")),  # in the middle of it
        (("2026-10-09", "17:45"), ("2026-10-10", "08:15")),  # Friday evening: the make-up Saturday
        (("2026-10-10", "17:45"), ("2026-10-12", "08:15")),  # its evening: Monday
    ],
)
def test_a_routine_clock_skips_the_holiday_and_counts_the_make_up_day(
    sent: tuple[str, str], struck: tuple[str, str], national: WorkingCalendar, asker: User, patient: Patient,
    service: Service,
) -> None:  # fmt: skip
    with moved_to(at(*sent)):
        made = submitted(asker, patient, service, priority=Priority.ROUTINE)
    assert abs(due(made) - at(*struck)) < timedelta(seconds=30)


@pytestmark_db
@pytest.mark.parametrize(("priority", "minutes"), [(Priority.STAT, 5), (Priority.URGENT, 10)])
def test_stat_and_urgent_clocks_run_through_the_holiday(
    priority: int, minutes: int, national: WorkingCalendar, asker: User, patient: Patient, service: Service
) -> None:
    with moved_to(at("2026-10-03", "02:00")):
        made = submitted(asker, patient, service, priority=priority)
    assert abs(due(made) - at("2026-10-03", "02:00") - timedelta(minutes=minutes)) < timedelta(seconds=30)


@pytestmark_db
def test_the_answer_counts_working_hours(
    national: WorkingCalendar, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    """12 hours of work from Wednesday 16:00: two that day, eight on the 8th, two on the 9th."""
    with moved_to(at("2026-09-30", "16:00")):
        made = claimed(asker, specialist, patient, service, priority=Priority.ROUTINE)
    assert abs(due(made) - at("2026-10-09", "10:00")) < timedelta(minutes=1)


@pytestmark_db
def test_a_review_of_five_days_is_five_working_days(
    national: WorkingCalendar, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    """From Tuesday 29 September 10:00: the 30th, the 8th, the 9th, Saturday the 10th, Monday the 12th."""
    with moved_to(at("2026-09-29", "10:00")):
        made = answered(asker, specialist, patient, service, priority=Priority.ROUTINE)
    assert abs(due(made) - at("2026-10-12", "10:00")) < timedelta(minutes=1)


@pytestmark_db
def test_a_pause_counts_as_the_clock_counts(
    national: WorkingCalendar, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    """Paused from Friday 17:00 to Monday 09:00: two hours of work, so two hours later."""
    with moved_to(at("2026-11-20", "16:00")):
        made = claimed(asker, specialist, patient, service, priority=Priority.ROUTINE)
    before = due(made)
    with moved_to(at("2026-11-20", "17:00")):
        by(specialist, consult.ask_information, case_id=made.pk, text="Stridor?")
    with moved_to(at("2026-11-23", "09:00")):
        by(asker, consult.supply_information, case_id=made.pk, text="None.")
    assert abs(WORK.between(before, due(made)) - 2 * H) < timedelta(minutes=1)


# -- changing the calendar --------------------------------------------------------------------------------------------


@pytestmark_db
def test_a_new_holiday_moves_open_routine_deadlines_and_no_others(
    region: Region, asker: User, patient: Patient, service: Service
) -> None:
    calendar = working_week(region)
    with moved_to(at("2026-11-24", "17:45")):
        routine = submitted(asker, patient, service, priority=Priority.ROUTINE)
        urgent = submitted(asker, patient, service, priority=Priority.URGENT)
        stat = submitted(asker, patient, service, priority=Priority.STAT)
    before = {made.pk: due(made) for made in (urgent, stat)}
    assert abs(due(routine) - at("2026-11-25", "08:15")) < timedelta(seconds=30)
    by_system(operations.set_days, calendar_id=calendar.pk, days=[(date(2026, 11, 25), DayKind.HOLIDAY, "Storm")])
    assert abs(due(routine) - at("2026-11-26", "08:15")) < timedelta(seconds=30)
    assert {made.pk: due(made) for made in (urgent, stat)} == before
    by_system(operations.remove_day, calendar_id=calendar.pk, on=date(2026, 11, 25))
    assert abs(due(routine) - at("2026-11-25", "08:15")) < timedelta(seconds=30)


@pytestmark_db
def test_a_make_up_day_brings_a_deadline_forward(
    region: Region, asker: User, patient: Patient, service: Service
) -> None:
    calendar = working_week(region)
    with moved_to(at("2026-11-27", "17:45")):
        made = submitted(asker, patient, service, priority=Priority.ROUTINE)
    assert due(made).date() == date(2026, 11, 30)
    by_system(operations.set_days, calendar_id=calendar.pk, days=[(date(2026, 11, 28), DayKind.MAKE_UP, "")])
    assert abs(due(made) - at("2026-11-28", "08:15")) < timedelta(seconds=30)


@pytestmark_db
def test_new_hours_move_the_deadlines(region: Region, asker: User, patient: Patient, service: Service) -> None:
    calendar = working_week(region)
    with moved_to(at("2026-11-24", "20:00")):
        made = submitted(asker, patient, service, priority=Priority.ROUTINE)
    by_system(operations.save_hours, calendar_id=calendar.pk, hours=dict.fromkeys(range(5), ((time(9), time(17)),)))
    assert abs(due(made) - at("2026-11-25", "09:30")) < timedelta(seconds=30)


@pytestmark_db
def test_the_first_calendar_of_a_region_moves_what_runs_there(
    region: Region, asker: User, patient: Patient, service: Service
) -> None:
    with moved_to(at("2026-11-28", "10:00")):
        made = submitted(asker, patient, service, priority=Priority.ROUTINE)
    working_week(region)
    assert abs(due(made) - at("2026-11-30", "08:30")) < timedelta(seconds=30)


@pytestmark_db
def test_closed_cases_and_paused_clocks_are_left_alone(
    region: Region, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    calendar = working_week(region)
    with moved_to(at("2026-11-24", "10:00")):
        over = answered(asker, specialist, patient, service, priority=Priority.ROUTINE)
        by(asker, consult.close_out, case_id=over.pk, change="treatment", referral_avoided=True)
    before = due(over)
    by_system(operations.set_days, calendar_id=calendar.pk, days=[(date(2026, 11, 25), DayKind.HOLIDAY, "")])
    assert due(over) == before


@pytestmark_db
def test_another_regions_calendar_moves_nothing_here(
    asker: User, unrelated: Institution, patient: Patient, service: Service
) -> None:
    with moved_to(at("2026-11-28", "10:00")):
        made = submitted(asker, patient, service, priority=Priority.ROUTINE)
    before = due(made)
    working_week(unrelated.region)
    assert due(made) == before


@pytestmark_db
def test_an_institutions_own_calendar_goes_before_its_regions(
    region: Region, hospital: Institution, community: Institution
) -> None:
    shared, own = working_week(region), working_week(hospital)
    assert calendar_at(hospital.pk) == own
    assert calendar_at(community.pk) == shared
    assert governed_by(own) == [hospital.pk]
    assert hospital.pk not in governed_by(shared)
    assert calendar_at(None) is None


@pytestmark_db
def test_recomputing_costs_the_same_for_one_and_for_three(
    region: Region, asker: User, patient: Patient, service: Service, django_assert_max_num_queries: Any
) -> None:
    calendar = working_week(region)
    for n in range(3):
        with moved_to(at("2026-11-24", "17:45")):
            submitted(asker, patient, service, priority=Priority.ROUTINE)
        with django_assert_max_num_queries(30):
            day = (date(2026, 11, 25 + n), DayKind.HOLIDAY, "")
            by_system(operations.set_days, calendar_id=calendar.pk, days=[day])


@pytestmark_db
def test_a_stopped_leg_keeps_its_record(
    national: WorkingCalendar, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = claimed(asker, specialist, patient, service, priority=Priority.ROUTINE)
    stopped = Clock.unscoped.get(case_id=made.pk, leg=Leg.ALLOCATION)
    by_system(operations.remove_day, calendar_id=national.pk, on=date(2026, 10, 1))
    again = Clock.unscoped.get(pk=stopped.pk)
    assert (again.started_at, again.stopped_at) == (stopped.started_at, stopped.stopped_at)


# -- who may, and what is refused -------------------------------------------------------------------------------------


def hours(user: User, institution: Institution, **words: Any) -> WorkingCalendar:
    plain = {"hours": WEEK, "institution_id": institution.pk}
    made: WorkingCalendar = by(user, operations.open_working_calendar, **{**plain, **words})
    return made


@pytestmark_db
def test_an_admin_opens_the_calendar_of_their_institution_once(admin: User, hospital: Institution) -> None:
    assert hours(admin, hospital).pk == hours(admin, hospital).pk


@pytestmark_db
@pytest.mark.parametrize("who", ["lead", "coordinator", "community_admin", "stranger"])
def test_others_do_not(who: str, hospital: Institution, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotPermitted):
        hours(request.getfixturevalue(who), hospital)


@pytestmark_db
def test_a_regions_calendar_is_the_managers(admin: User, manager: User, region: Region) -> None:
    with pytest.raises(NotPermitted):
        by(admin, operations.open_working_calendar, hours=WEEK, region_id=region.pk)
    assert by(manager, operations.open_working_calendar, hours=WEEK, region_id=region.pk)


@pytestmark_db
def test_it_is_a_regions_or_an_institutions(manager: User, region: Region, hospital: Institution) -> None:
    for words in ({}, {"region_id": region.pk, "institution_id": hospital.pk}):
        with pytest.raises(NotVisible):
            by(manager, operations.open_working_calendar, hours=WEEK, **words)


@pytestmark_db
def test_the_database_wants_one_owner(region: Region, hospital: Institution) -> None:
    for fields in ({}, {"region": region, "institution": hospital}):
        with pytest.raises(IntegrityError, match="casework_working_whose"), transaction.atomic():
            WorkingCalendar.objects.create(**fields)


@pytestmark_db
def test_the_database_wants_hours_that_end_later(hospital: Institution) -> None:
    made = WorkingCalendar.objects.create(institution=hospital)
    with pytest.raises(IntegrityError, match="casework_hours_period"), transaction.atomic():
        WorkingHours.objects.create(calendar=made, weekday=0, opens=time(9), closes=time(8))


@pytestmark_db
def test_a_calendar_without_hours_yet_is_none(hospital: Institution) -> None:
    assert working_time_of(WorkingCalendar.objects.create(institution=hospital)) is None


@pytestmark_db
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({0: ((time(12), time(8)),)}, "day_0"),
        ({1: ((time(8), time(12)), (time(11), time(15)))}, "day_1"),
        ({}, "day_0"),
        ({1: ((time(8), time(12)),)}, "make_up_like"),
    ],
)
def test_hours_that_make_no_sense_are_refused(
    given: dict[int, Any], field: str, admin: User, hospital: Institution
) -> None:
    with pytest.raises(InvalidInput) as refused:
        hours(admin, hospital, hours=given)
    assert field in refused.value.fields


@pytestmark_db
def test_hours_that_somebody_changed_meanwhile_are_not_overwritten(admin: User, hospital: Institution) -> None:
    made = hours(admin, hospital)
    with pytest.raises(StaleVersion):
        by(admin, operations.save_hours, calendar_id=made.pk, hours=WEEK, version=made.version - 1)


@pytestmark_db
def test_the_same_days_twice_change_nothing(admin: User, hospital: Institution) -> None:
    made = hours(admin, hospital)
    days = [(date(2026, 10, 1), DayKind.HOLIDAY, "国庆节")]
    first = by(admin, operations.set_days, calendar_id=made.pk, days=days)
    assert by(admin, operations.set_days, calendar_id=made.pk, days=days).version == first.version


@pytestmark_db
def test_a_day_is_changed_by_its_date(admin: User, hospital: Institution) -> None:
    made = hours(admin, hospital)
    for kind in (DayKind.HOLIDAY, DayKind.MAKE_UP):
        by(admin, operations.set_days, calendar_id=made.pk, days=[(date(2026, 10, 10), kind, "")])
    assert SpecialDay.objects.get().kind == DayKind.MAKE_UP


@pytestmark_db
def test_a_kind_of_day_that_is_not_known_is_refused(admin: User, hospital: Institution) -> None:
    made = hours(admin, hospital)
    with pytest.raises(InvalidInput):
        by(admin, operations.set_days, calendar_id=made.pk, days=[(date(2026, 10, 10), "party", "")])


@pytestmark_db
def test_days_off_without_end_are_refused_and_nothing_changes(
    region: Region, asker: User, patient: Patient, service: Service
) -> None:
    calendar = working_week(region)
    with moved_to(at("2026-11-24", "17:45")):
        made = submitted(asker, patient, service, priority=Priority.ROUTINE)
    before = due(made)
    days = [(date(2026, 11, 24) + timedelta(days=n), DayKind.HOLIDAY, "") for n in range(500)]
    with pytest.raises(InvalidInput), transaction.atomic():
        by_system(operations.set_days, calendar_id=calendar.pk, days=days)
    assert due(made) == before
    assert not SpecialDay.objects.exists()


@pytestmark_db
def test_removing_a_day_that_is_none_changes_nothing(admin: User, hospital: Institution) -> None:
    made = hours(admin, hospital)
    assert by(admin, operations.remove_day, calendar_id=made.pk, on=date(2026, 10, 1)).version == made.version


@pytestmark_db
def test_a_calendar_that_is_not_there_is_hidden(admin: User, hospital: Institution) -> None:
    with pytest.raises(NotVisible):
        by(admin, operations.remove_day, calendar_id=hospital.pk, on=date(2026, 10, 1))


@pytestmark_db
def test_a_place_of_another_region_keeps_its_own_time(region: Region, db: None) -> None:
    working_week(region)
    assert calendar_at(make_institution().pk) is None
