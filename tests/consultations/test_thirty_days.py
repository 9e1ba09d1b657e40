"""Days of clocks in one walk: over a holiday, with the worker away for six hours, and two beats at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from consortium.casework.models import Case, Clock, Escalation, Service, SpecialDay, WorkingCalendar, WorkingHours
from consortium.casework.queries.working import working_time_of
from consortium.casework.states import Ball, DayKind, Leg, Priority
from consortium.casework.worktime import WorkingTime
from consortium.journal.models import Entry
from consortium.journal.queries import chain_faults
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import Institution, Region, User
from consultations import operations
from consultations.models import Consultation
from consultations.operations import Advice
from consultations.states import Step
from consultations.tasks import escalate, pass_on
from tests.consultations.cases import answered, by, claimed, submitted
from tests.consultations.test_concurrency import race

BEAT = timedelta(minutes=30)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ZONE = ZoneInfo(settings.TIME_ZONE)
#: the Thursday of a week before a holiday of seven days, Thursday to Wednesday; the second Saturday is worked for it
_TODAY = datetime.now(ZONE)
START = (_TODAY + timedelta(days=2 + (3 - _TODAY.weekday() - 2) % 7)).replace(hour=9, minute=0, second=0, microsecond=0)
HOLIDAYS, WORKED = range(7, 14), 16


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """That time of the day that lies so many days after START."""
    return (START + day * DAY).replace(hour=hour, minute=minute)


@pytest.fixture
def calendar(region: Region) -> WorkingTime:
    """Monday to Friday, 8 to 12 and 14 to 18; the holiday."""
    made = WorkingCalendar.objects.create(region=region)
    for weekday in range(5):
        for opens, closes in ((time(8), time(12)), (time(14), time(18))):
            WorkingHours.objects.create(calendar=made, weekday=weekday, opens=opens, closes=closes)
    for day in HOLIDAYS:
        SpecialDay.objects.create(calendar=made, on=at(day, 0).date(), kind=DayKind.HOLIDAY)
    SpecialDay.objects.create(calendar=made, on=at(WORKED, 0).date(), kind=DayKind.MAKE_UP)
    work = working_time_of(made)
    assert work is not None
    return work


class Walk:
    """Time moved on beat by beat from START; what was asked for on the way happens before the beat of its hour."""

    def __init__(self) -> None:
        self.at = START
        self.away: tuple[datetime, datetime] | None = None
        self.beats = 0

    def moved(self) -> Any:
        return clock.moved(self.at - datetime.now(UTC))

    def do(self, act: Callable[[], Any]) -> Any:
        with self.moved():
            return act()

    def on(self, until: datetime, *, beat: Callable[[], Any] = escalate) -> None:
        while self.at < until:
            self.at += BEAT
            if self.away is None or not self.away[0] <= self.at < self.away[1]:
                self.beats += 1
                self.do(beat)


def steps(consultation: Consultation) -> list[tuple[str, int]]:
    rows = Escalation.unscoped.filter(case_id=consultation.pk).order_by("taken_at", "number")
    return list(rows.values_list("clock__leg", "percent"))


def late(consultation: Consultation) -> timedelta:
    """How late the latest step of a case was taken."""
    rows = Escalation.unscoped.filter(case_id=consultation.pk)
    return max((row.taken_at - row.due_at for row in rows), default=timedelta())


pytestmark = pytest.mark.django_db


def test_thirty_days_over_a_holiday_each_step_once_and_on_time(
    figure: Callable[[str, str], None], calendar: WorkingTime, asker: User, specialist: User, lead: User,
    coordinator: User, patient: Patient, service: Service,
) -> None:  # fmt: skip
    walk = Walk()
    routine = {"priority": Priority.ROUTINE}
    queued = walk.do(lambda: submitted(asker, patient, service, **routine))
    calm = walk.do(lambda: claimed(asker, specialist, patient, service, **routine))
    urgent = walk.do(lambda: claimed(asker, specialist, patient, service))
    stat = walk.do(lambda: submitted(asker, patient, service, priority=Priority.STAT))
    told = walk.do(lambda: answered(asker, specialist, patient, service, **routine))
    walk.at = START - 5 * MINUTE  # beats at 25 and 55 minutes past the hour
    walk.on(at(6, 15))
    walk.at = at(6, 15)
    over = walk.do(lambda: claimed(asker, specialist, patient, service, **routine))
    walk.at = at(6, 15, 25)
    walk.away = (at(14, 16), at(14, 22))
    walk.on(at(30, 9))

    assert [p for _leg, p in steps(queued)] == [80, 100, 150]
    assert [p for _leg, p in steps(calm)] == [80, 100, 150]
    assert [p for _leg, p in steps(urgent)] == [50, 100, 150]
    assert [p for _leg, p in steps(stat)] == [100, 150]  # of 5 minutes: over before the first beat
    assert max(late(each) for each in (queued, calm, urgent, stat)) <= BEAT
    # 12 hours of work from Wednesday 15:00: four fifths are over while the worker is away, all of it on Friday at 9:00
    due = [row.due_at for row in Escalation.unscoped.filter(case_id=over.pk).order_by("number")]
    assert [whole_minute(each) for each in due] == [at(14, 16, 36), at(15, 9), at(15, 17)]
    taken = Escalation.unscoped.filter(case_id=over.pk).order_by("number").values_list("taken_at", flat=True)
    assert [whole_minute(each) for each in taken] == [at(14, 22, 25), at(15, 9, 25), at(15, 17, 25)]
    # five working days from Thursday 9:00 end behind the holiday
    acts = Entry.unscoped.filter(subject_id=str(told.pk), verb__in=("remind", "auto_close")).order_by("seq")
    assert [(e.verb, e.facts.get("number")) for e in acts] == [("remind", 1), ("remind", 2), ("auto_close", None)]
    assert [whole_minute(e.at) for e in acts][:2] == [at(14, 9, 25), at(16, 15, 25)]
    assert acts[2].at - acts[1].at in (pytest.approx(DAY, abs=MINUTE), pytest.approx(DAY + BEAT, abs=MINUTE))
    assert Consultation.unscoped.get(pk=told.pk).step == Step.CLOSED_UNREVIEWED
    assert Entry.unscoped.filter(verb="escalate").count() == Escalation.unscoped.exclude(clock__leg="review").count()
    assert list(chain_faults()) == []
    figure("thirty days of clocks", f"{walk.beats} beats, {Escalation.unscoped.count()} steps, each once; with the "
           f"worker up at most {max(late(e) for e in (queued, calm, urgent, stat))} after its time")  # fmt: skip


def whole_minute(moment: datetime) -> datetime:
    return moment.astimezone(ZONE).replace(second=0, microsecond=0)


def test_a_worker_that_was_away_takes_up_each_step_once(
    asker: User, specialist: User, lead: User, coordinator: User, patient: Patient, service: Service
) -> None:
    walk = Walk()
    walk.away = (START + HOUR, START + 7 * HOUR)
    urgent = walk.do(lambda: claimed(asker, specialist, patient, service))
    calm = walk.do(lambda: claimed(asker, specialist, patient, service, priority=Priority.ROUTINE))
    told = walk.do(lambda: claimed(asker, specialist, patient, service))
    walk.on(START + 2 * HOUR)
    walk.do(lambda: by(specialist, operations.answer, case_id=told.pk, advice=Advice("Croup.", "Wait.")))
    walk.on(START + 20 * HOUR)
    assert steps(urgent) == [(Leg.FIRST_ANSWER, 100), (Leg.FIRST_ANSWER, 150)]
    assert late(urgent) <= 5 * HOUR + BEAT
    assert steps(calm) == [(Leg.FIRST_ANSWER, p) for p in (80, 100, 150)]
    assert late(calm) <= BEAT
    assert steps(told) == []


def test_in_order_though_they_come_together(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    urgent = claimed(asker, specialist, patient, service)
    with clock.moved(6 * HOUR):
        escalate()
    acts = Entry.unscoped.filter(subject_id=str(urgent.pk), verb="escalate").order_by("seq")
    assert [(e.facts["percent"], e.facts["last"]) for e in acts] == [(100, False), (150, True)]


@pytest.mark.parametrize("priority", [Priority.STAT, Priority.URGENT])
def test_stat_and_urgent_run_by_night_and_in_the_holiday(
    calendar: WorkingTime, asker: User, specialist: User, patient: Patient, service: Service, priority: int
) -> None:
    walk = Walk()
    walk.at = at(9, 2)
    held = walk.do(lambda: claimed(asker, specialist, patient, service, priority=priority))
    walk.on(walk.at + 4 * HOUR)
    assert [percent for _leg, percent in steps(held)][-2:] == [100, 150]


def test_a_routine_one_of_the_evening_is_warned_about_in_working_hours(
    calendar: WorkingTime, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    walk = Walk()
    walk.at = at(18, 20)
    held = walk.do(lambda: claimed(asker, specialist, patient, service, priority=Priority.ROUTINE))
    planned = Clock.unscoped.get(case_id=held.pk, stopped_at=None).escalates_at
    assert planned is not None
    # 80 % of 12 hours: 9 h 36 min of work, 8 of them on Tuesday
    assert whole_minute(planned) == at(20, 9, 36)


@pytest.mark.parametrize("days", [2, 5])
@pytest.mark.parametrize("percent", [50, 80, 120, 150, 300])
def test_a_share_of_working_days_lies_on_its_side_of_the_target(
    calendar: WorkingTime, asker: User, patient: Patient, service: Service, days: int, percent: int
) -> None:
    from consortium.casework.operations import due_of

    case = submitted(asker, patient, service, priority=Priority.ROUTINE).case
    running = Clock(case=case, leg=Leg.REVIEW, priority=Priority.ROUTINE, target_seconds=days * 86400, started_at=START)
    due = due_of(running, case, calendar)
    part = due_of(running, case, calendar, percent=percent)
    assert (part > due) == (percent > 100)
    share = calendar.between(START, part) / calendar.between(START, due)
    assert abs(share - percent / 100) < 0.001


def test_a_whole_day_of_work_is_counted_in_minutes_where_minutes_are_meant(calendar: WorkingTime) -> None:
    assert calendar.minutes_after(START, DAY) == at(5, 9)
    assert calendar.after(START, DAY) < calendar.minutes_after(START, DAY)


def test_a_day_off_that_is_announced_moves_the_next_step(
    calendar: WorkingTime, asker: User, specialist: User, patient: Patient, service: Service, manager: User
) -> None:
    from consortium.casework.operations import set_days

    walk = Walk()
    walk.at = at(18, 9)
    held = walk.do(lambda: claimed(asker, specialist, patient, service, priority=Priority.ROUTINE))
    before = Clock.unscoped.get(case_id=held.pk, stopped_at=None).escalates_at
    day = [(at(19, 0).date(), DayKind.HOLIDAY, "Flood")]
    made = WorkingCalendar.objects.get()
    walk.do(lambda: by(manager, set_days, calendar_id=made.pk, days=day))
    after = Clock.unscoped.get(case_id=held.pk, stopped_at=None).escalates_at
    assert before is not None
    assert after == before + DAY  # from Tuesday to Wednesday


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_take_each_step_once(
    asker: User, specialist: User, lead: User, coordinator: User, patient: Patient, service: Service
) -> None:
    held = [claimed(asker, specialist, patient, service, priority=p) for p in (1, 2, 2, 3)]

    def beat(hours: float) -> Callable[[], Any]:
        def run() -> Any:
            with clock.moved(timedelta(hours=hours)):
                return escalate()

        return run

    for hours in (1.1, 2.1, 3.1, 19):
        race([beat(hours), beat(hours), beat(hours)])
        beat(hours)()  # what each passed over because the other held it
    assert sorted(len(steps(each)) for each in held) == [2, 2, 3, 3]
    told = Entry.unscoped.filter(verb="escalate")
    assert told.count() == Escalation.unscoped.count() == 10
    assert {Case.unscoped.get(pk=each.pk).ball for each in held} == {Ball.COORDINATOR}
    with clock.moved(20 * HOUR):
        assert pass_on() == 0


def test_an_institution_without_a_calendar_runs_by_day_and_night(
    asker: User, specialist: User, patient: Patient, service: Service, hospital: Institution
) -> None:
    held = claimed(asker, specialist, patient, service, priority=Priority.ROUTINE)
    running = Clock.unscoped.get(case_id=held.pk, stopped_at=None)
    assert running.escalates_at is not None
    assert running.escalates_at - running.started_at == timedelta(hours=9, minutes=36)
