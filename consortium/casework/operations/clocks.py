"""The clocks of a case. Callers hold the lock on the case's row and save it afterwards."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from consortium.casework.models import Case, Clock, Escalation
from consortium.casework.queries.escalating import steps_for
from consortium.casework.queries.working import working_time_for
from consortium.casework.states import (
    ELAPSED_LEGS,
    MOST_STEPS,
    PLANNED_LEGS,
    TARGETS,
    EscalationStep,
    Leg,
    PauseReason,
    Priority,
    Tell,
)
from consortium.casework.worktime import WorkingTime
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered

#: legs that count from the first send whatever happened since
FROM_SEND = (Leg.ALLOCATION, Leg.FIRST_ANSWER, Leg.SEEN, Leg.ACCEPTANCE)


def _clocks(case: Case) -> Any:
    """The open clocks of a locked case."""
    return unfiltered(Clock, why="the clocks of a locked case").filter(case_id=case.pk, stopped_at=None)


def target_of(leg: str, priority: int) -> timedelta:
    return TARGETS[(leg, priority)]


def _routine_time(case: Case, running: Clock) -> WorkingTime | None:
    """Routine legs count working time; stat and urgent ones, and a child's journey and stay, run day and night."""
    if running.priority != Priority.ROUTINE or running.leg in ELAPSED_LEGS:
        return None
    return working_time_for(case, running.leg)


def due_of(
    running: Clock, case: Case | None = None, work: WorkingTime | None = None, *, percent: int = 100
) -> datetime:
    """When the clock strikes, or reaches `percent` of its target; what was paused is added.

    Routine legs strike in the working time of the side that has to act (`work`, looked up when not given).
    """
    return _moment(running, work or _routine_time(case or running.case, running), percent)


def _moment(running: Clock, work: WorkingTime | None, percent: int) -> datetime:
    target, paused = timedelta(seconds=running.target_seconds), timedelta(seconds=running.paused_seconds)
    if work is None:
        return running.started_at + target * percent / 100 + paused
    due = work.after(running.started_at, target)
    if percent != 100:
        share = work.between(running.started_at, due) * percent / 100
        due = work.minutes_after(running.started_at, share)
    return work.minutes_after(due, paused) if paused else due


def start_clock(
    case: Case, leg: Leg, *, since: datetime | None = None, target: timedelta | None = None,
    pause: PauseReason | None = None,
) -> Clock:  # fmt: skip
    """Start a leg's clock (from `since`, now when not given) and set the case's due time. `target`: the leg's own for
    this urgency unless given, as for a visit whose day is known. `pause`: why it begins paused."""
    started = since or clock.now()
    seconds = int((target or target_of(leg, case.priority)).total_seconds())
    fresh = Clock(case=case, leg=leg, priority=case.priority, target_seconds=seconds, started_at=started)
    set_times(case, fresh)
    if pause is not None:
        fresh.paused_at, fresh.pause_reason = clock.now(), pause
    fresh.save(force_insert=True)
    return fresh


def set_times(case: Case, running: Clock) -> None:
    """When it is due and when it next escalates, on both rows; the caller saves them."""
    work = _routine_time(case, running)
    case.due_at, case.clock_paused = _moment(running, work, 100), False
    plan_next(running, steps_for(case.service_id, running.leg, running.priority), work)


def plan_next(running: Clock, steps: Sequence[EscalationStep], work: WorkingTime | None) -> None:
    """When the next step of the escalation is due. One whose steps are behind it keeps what its feature has set."""
    if running.steps_taken < len(steps):
        running.escalates_at = _moment(running, work, steps[running.steps_taken].percent)


def take_due_steps(case: Case, running: Clock, *, most: int = MOST_STEPS) -> list[Escalation]:
    """Write the steps that are due, in their order, and plan the next one. A warning that comes after the time is over
    says nothing any more and is left out."""
    steps, now = steps_for(case.service_id, running.leg, running.priority), clock.now()
    work = _routine_time(case, running)
    is_over, taken = _moment(running, work, 100) <= now, []
    running.escalates_at = None
    for number, step in list(enumerate(steps, 1))[running.steps_taken : running.steps_taken + most]:
        due = _moment(running, work, step.percent)
        if due > now:
            break
        running.steps_taken = number
        if step.percent >= 100 or not is_over:
            last = number == len(steps) and step.tell == Tell.COORDINATOR
            taken.append(_step_taken(running, case, number, step, due_at=due, taken_at=now, is_last=last))
    plan_next(running, steps, work)
    running.save(update_fields=["steps_taken", "escalates_at"])
    unfiltered(Escalation, why="the steps of a locked case").bulk_create(taken)
    return taken


def _step_taken(running: Clock, case: Case, number: int, step: EscalationStep, **more: Any) -> Escalation:
    return Escalation(case=case, clock=running, number=number, percent=step.percent, tell=step.tell, **more)


def stop_clock(case: Case, leg: Leg | None = None, *, but: Leg | None = None) -> None:
    """Stop the open clocks of `case` (only `leg`'s, when given; all `but` that one's)."""
    open_clocks = _clocks(case).exclude(leg=but) if but else _clocks(case)
    if leg:
        open_clocks = open_clocks.filter(leg=leg)
    for each in open_clocks:
        _end_pause(case, each)
        each.stopped_at = clock.now()
        each.save()


def pause_clock(case: Case, leg: Leg, reason: PauseReason) -> bool:
    """Pause `leg`'s clock with a coded reason; a stat clock runs on (False)."""
    running = _clocks(case).filter(leg=leg, paused_at=None).first()
    if running is None or case.priority == Priority.STAT:
        return False
    running.paused_at, running.pause_reason = clock.now(), reason
    running.save()
    return True


def start_beneath(case: Case, leg: Leg, asked_at: datetime, *, target: timedelta | None = None) -> None:
    """A leg that begins while the asking side is asked for information (since `asked_at`) waits; their own clock runs
    on as it was, with the steps it has taken. A stat clock never waits."""
    if case.priority == Priority.STAT:
        stop_clock(case, Leg.INFORMATION)
        start_clock(case, leg, target=target)
        return
    start_clock(case, leg, target=target, pause=PauseReason.INFORMATION)
    running = _clocks(case).filter(leg=Leg.INFORMATION).first() or start_clock(case, Leg.INFORMATION, since=asked_at)
    case.due_at, case.clock_paused = due_of(running, case), True


def resume_clock(case: Case) -> None:
    """Let the paused clock run on, and set the case's due time from it."""
    open_clock = _clocks(case).exclude(leg=Leg.INFORMATION).first()
    if open_clock is not None:
        _end_pause(case, open_clock)
        set_times(case, open_clock)
        open_clock.save()


def _end_pause(case: Case, each: Clock) -> None:
    """Count the pause as the clock counts: in working time where it runs in that."""
    if each.paused_at is not None:
        work, now = _routine_time(case, each), clock.now()
        paused = work.between(each.paused_at, now) if work else now - each.paused_at
        each.paused_seconds += int(paused.total_seconds())
        each.paused_at, each.pause_reason = None, ""


def recompute_clocks(case: Case) -> None:
    """After a change of urgency: the open legs begin anew with the new target, the answer's from the first send."""
    open_clocks = {each.leg: each for each in _clocks(case)}
    stop_clock(case)
    asked = open_clocks.pop(Leg.INFORMATION, None)
    for leg, each in open_clocks.items():
        since = case.submitted_at if leg in FROM_SEND else each.started_at
        start_clock(case, Leg(leg), since=since, target=_own_target(each, case.priority))
        if asked is not None and pause_clock(case, Leg(leg), PauseReason.INFORMATION):
            start_clock(case, Leg.INFORMATION, since=asked.started_at)


def _own_target(each: Clock, priority: int) -> timedelta | None:
    """A target that is not the leg's own, as of a visit whose day is known, stays where it is the sooner one; a plan's
    always, for its days are a doctor's."""
    seconds = timedelta(seconds=each.target_seconds)
    if each.leg in PLANNED_LEGS:
        return seconds
    if seconds == target_of(each.leg, each.priority):
        return None
    return min(seconds, target_of(each.leg, priority))
