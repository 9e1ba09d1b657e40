"""The clocks of a case: targets, pauses, what a change of urgency does to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from consortium.casework.models import Case, Clock
from consortium.casework.operations import (
    due_of,
    pause_clock,
    recompute_clocks,
    resume_clock,
    start_clock,
    stop_clock,
    target_of,
)
from consortium.casework.states import TARGETS, Leg, PauseReason, Priority
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.factories.cases import make_case

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def case(patient: Patient, asker: User, community: Institution) -> Case:
    made = make_case(patient, asker, community, priority=Priority.URGENT)
    made.submitted_at = made.created_at
    return made


@pytest.fixture(autouse=True)
def as_the_system() -> object:
    with acting_as(system("the clocks of a case")):
        yield


def running(case: Case) -> Clock:
    found: Clock = Clock.unscoped.get(case=case, stopped_at=None, paused_at=None)
    return found


def near(moment: datetime, other: datetime) -> bool:
    return abs(moment - other) < timedelta(seconds=5)


# -- targets


@pytest.mark.parametrize("leg", Leg.values)
@pytest.mark.parametrize("priority", Priority.values)
def test_every_leg_has_a_target_at_every_urgency(leg: str, priority: int) -> None:
    assert target_of(leg, priority) > timedelta()


@pytest.mark.parametrize("leg", Leg.values)
def test_what_is_more_urgent_has_less_time(leg: str) -> None:
    """Or the same, where a day is short for both: outcome and take-over of stat and urgent children."""
    times = [TARGETS[(leg, priority)] for priority in sorted(Priority.values)]
    assert all(before <= after for before, after in pairwise(times)) and times[0] < times[-1]


@pytest.mark.parametrize(
    ("leg", "priority", "target"),
    [
        (Leg.ALLOCATION, Priority.STAT, 5 * MINUTE),
        (Leg.ALLOCATION, Priority.URGENT, 10 * MINUTE),
        (Leg.ALLOCATION, Priority.ROUTINE, 30 * MINUTE),
        (Leg.FIRST_ANSWER, Priority.STAT, 15 * MINUTE),
        (Leg.FIRST_ANSWER, Priority.URGENT, 2 * HOUR),
        (Leg.FIRST_ANSWER, Priority.ROUTINE, 12 * HOUR),
    ],
)
def test_the_targets_are_those_of_the_care_pathway(leg: str, priority: int, target: timedelta) -> None:
    assert target_of(leg, priority) == target


# -- start and stop


def test_a_clock_starts_now(case: Case) -> None:
    assert near(start_clock(case, Leg.FIRST_ANSWER).started_at, clock.now())


def test_a_clock_may_count_from_earlier(case: Case) -> None:
    since = clock.now() - HOUR
    assert start_clock(case, Leg.FIRST_ANSWER, since=since).started_at == since


def test_the_case_is_due_when_its_clock_strikes(case: Case) -> None:
    started = start_clock(case, Leg.FIRST_ANSWER)
    assert case.due_at == due_of(started) == started.started_at + 2 * HOUR


def test_a_started_clock_is_not_paused(case: Case) -> None:
    case.clock_paused = True
    start_clock(case, Leg.FIRST_ANSWER)
    assert not case.clock_paused


def test_a_clock_keeps_the_urgency_it_was_started_with(case: Case) -> None:
    assert start_clock(case, Leg.FIRST_ANSWER).priority == Priority.URGENT


def test_what_was_paused_is_added(case: Case) -> None:
    started = start_clock(case, Leg.FIRST_ANSWER)
    started.paused_seconds = 600
    assert due_of(started) == started.started_at + 2 * HOUR + 10 * MINUTE


def test_a_stopped_clock_says_when(case: Case) -> None:
    start_clock(case, Leg.FIRST_ANSWER)
    stop_clock(case)
    stopped = Clock.unscoped.get(case=case).stopped_at
    assert stopped is not None
    assert near(stopped, clock.now())


def test_stopping_one_leg_leaves_the_other(case: Case) -> None:
    start_clock(case, Leg.FIRST_ANSWER)
    pause_clock(case, Leg.FIRST_ANSWER, PauseReason.INFORMATION)
    start_clock(case, Leg.INFORMATION)
    stop_clock(case, Leg.INFORMATION)
    assert [c.leg for c in Clock.unscoped.filter(case=case, stopped_at=None)] == [Leg.FIRST_ANSWER]


def test_stopping_a_paused_clock_ends_its_pause(case: Case) -> None:
    start_clock(case, Leg.FIRST_ANSWER)
    pause_clock(case, Leg.FIRST_ANSWER, PauseReason.INFORMATION)
    with clock.moved(10 * MINUTE):
        stop_clock(case)
    ended = Clock.unscoped.get(case=case)
    assert (ended.paused_at, ended.pause_reason) == (None, "")
    assert 595 <= ended.paused_seconds <= 605


def test_stopping_what_does_not_run_stops_nothing(case: Case) -> None:
    stop_clock(case)
    assert not Clock.unscoped.filter(case=case).exists()


# -- pauses


def test_a_pause_has_its_reason(case: Case) -> None:
    start_clock(case, Leg.FIRST_ANSWER)
    assert pause_clock(case, Leg.FIRST_ANSWER, PauseReason.INFORMATION)
    assert Clock.unscoped.get(case=case).pause_reason == PauseReason.INFORMATION


def test_a_stat_clock_runs_on(case: Case) -> None:
    case.priority = Priority.STAT
    start_clock(case, Leg.FIRST_ANSWER)
    assert not pause_clock(case, Leg.FIRST_ANSWER, PauseReason.INFORMATION)
    assert running(case).paused_at is None


def test_a_leg_that_does_not_run_cannot_pause(case: Case) -> None:
    assert not pause_clock(case, Leg.FIRST_ANSWER, PauseReason.INFORMATION)


def test_a_paused_clock_is_not_paused_again(case: Case) -> None:
    start_clock(case, Leg.FIRST_ANSWER)
    pause_clock(case, Leg.FIRST_ANSWER, PauseReason.INFORMATION)
    assert not pause_clock(case, Leg.FIRST_ANSWER, PauseReason.INFORMATION)


def test_a_resumed_clock_gives_the_pause_back(case: Case) -> None:
    started = start_clock(case, Leg.FIRST_ANSWER)
    pause_clock(case, Leg.FIRST_ANSWER, PauseReason.INFORMATION)
    with clock.moved(30 * MINUTE):
        resume_clock(case)
    assert near(case.due_at, started.started_at + 2 * HOUR + 30 * MINUTE)


def test_two_pauses_add_up(case: Case) -> None:
    start_clock(case, Leg.FIRST_ANSWER)
    for minutes in (10, 40):
        with clock.moved((minutes - 10) * MINUTE):
            pause_clock(case, Leg.FIRST_ANSWER, PauseReason.INFORMATION)
        with clock.moved(minutes * MINUTE):
            resume_clock(case)
    assert 1195 <= running(case).paused_seconds <= 1205


def test_the_clock_of_the_information_is_not_what_is_resumed(case: Case) -> None:
    start_clock(case, Leg.INFORMATION)
    before = case.due_at
    resume_clock(case)
    assert case.due_at == before


def test_a_resumed_case_is_no_longer_paused(case: Case) -> None:
    start_clock(case, Leg.FIRST_ANSWER)
    pause_clock(case, Leg.FIRST_ANSWER, PauseReason.INFORMATION)
    case.clock_paused = True
    resume_clock(case)
    assert not case.clock_paused


# -- another urgency


def test_raised_the_answer_counts_from_the_first_send(case: Case) -> None:
    case.submitted_at = clock.now() - HOUR
    start_clock(case, Leg.FIRST_ANSWER)
    case.priority = Priority.STAT
    recompute_clocks(case)
    assert running(case).started_at == case.submitted_at


def test_raised_the_target_is_the_new_one(case: Case) -> None:
    start_clock(case, Leg.FIRST_ANSWER)
    case.priority = Priority.STAT
    recompute_clocks(case)
    assert running(case).target_seconds == 15 * 60


def test_raised_the_old_clock_is_stopped(case: Case) -> None:
    old = start_clock(case, Leg.FIRST_ANSWER)
    case.priority = Priority.STAT
    recompute_clocks(case)
    old.refresh_from_db()
    assert old.stopped_at is not None


def test_a_review_counts_from_where_it_began(case: Case) -> None:
    since = clock.now() - HOUR
    start_clock(case, Leg.REVIEW, since=since)
    case.priority = Priority.ROUTINE
    recompute_clocks(case)
    assert running(case).started_at == since


def test_while_information_is_awaited_the_answer_s_new_clock_is_paused(case: Case) -> None:
    start_clock(case, Leg.FIRST_ANSWER)
    pause_clock(case, Leg.FIRST_ANSWER, PauseReason.INFORMATION)
    start_clock(case, Leg.INFORMATION)
    case.priority = Priority.ROUTINE
    recompute_clocks(case)
    paused = Clock.unscoped.get(case=case, stopped_at=None, leg=Leg.FIRST_ANSWER)
    assert paused.paused_at is not None


def test_while_information_is_awaited_its_clock_goes_on(case: Case) -> None:
    start_clock(case, Leg.FIRST_ANSWER)
    pause_clock(case, Leg.FIRST_ANSWER, PauseReason.INFORMATION)
    asked = start_clock(case, Leg.INFORMATION)
    case.priority = Priority.ROUTINE
    recompute_clocks(case)
    again = running(case)
    assert (again.leg, again.started_at, again.target_seconds) == (Leg.INFORMATION, asked.started_at, 2 * 86_400)


def test_raised_to_stat_while_information_is_awaited_the_answer_s_clock_runs(case: Case) -> None:
    start_clock(case, Leg.FIRST_ANSWER)
    pause_clock(case, Leg.FIRST_ANSWER, PauseReason.INFORMATION)
    start_clock(case, Leg.INFORMATION)
    case.priority = Priority.STAT
    recompute_clocks(case)
    assert running(case).leg == Leg.FIRST_ANSWER


def test_without_a_clock_there_is_nothing_to_recompute(case: Case) -> None:
    recompute_clocks(case)
    assert not Clock.unscoped.filter(case=case).exists()
