"""The clocks of a case. Callers hold the lock on the case's row and save it afterwards."""

from datetime import datetime, timedelta
from typing import Any

from consortium.casework.models import Case, Clock
from consortium.casework.queries.working import working_time_for
from consortium.casework.states import TARGETS, Leg, PauseReason, Priority
from consortium.casework.worktime import WorkingTime
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered


def _clocks(case: Case) -> Any:
    """The open clocks of a locked case."""
    return unfiltered(Clock, why="the clocks of a locked case").filter(case_id=case.pk, stopped_at=None)


def target_of(leg: str, priority: int) -> timedelta:
    return TARGETS[(leg, priority)]


def _routine_time(case: Case, running: Clock) -> WorkingTime | None:
    """Routine legs count working time; stat and urgent ones run day and night."""
    return working_time_for(case, running.leg) if running.priority == Priority.ROUTINE else None


def due_of(running: Clock, case: Case | None = None, work: WorkingTime | None = None) -> datetime:
    """When the clock strikes; what was paused is added.

    Routine legs strike in the working time of the side that has to act (`work`, looked up when not given).
    """
    work = work or _routine_time(case or running.case, running)
    target, paused = timedelta(seconds=running.target_seconds), timedelta(seconds=running.paused_seconds)
    if work is None:
        return running.started_at + target + paused
    due = work.after(running.started_at, target)
    return work.after(due, paused) if paused else due


def start_clock(case: Case, leg: Leg, *, since: datetime | None = None) -> Clock:
    """Start a leg's clock (from `since`, now when not given) and set the case's due time."""
    started = since or clock.now()
    seconds = int(target_of(leg, case.priority).total_seconds())
    fresh = Clock(case=case, leg=leg, priority=case.priority, target_seconds=seconds, started_at=started)
    fresh.save(force_insert=True)
    case.due_at, case.clock_paused = due_of(fresh, case), False
    return fresh


def stop_clock(case: Case, leg: Leg | None = None) -> None:
    """Stop the open clocks of `case` (only `leg`'s, when given)."""
    open_clocks = _clocks(case)
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


def resume_clock(case: Case) -> None:
    """Let the paused clock run on, and set the case's due time from it."""
    open_clock = _clocks(case).exclude(leg=Leg.INFORMATION).first()
    if open_clock is not None:
        _end_pause(case, open_clock)
        open_clock.save()
        case.due_at, case.clock_paused = due_of(open_clock, case), False


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
        from_send = leg in (Leg.ALLOCATION, Leg.FIRST_ANSWER)
        start_clock(case, Leg(leg), since=case.submitted_at if from_send else each.started_at)
        if asked is not None and pause_clock(case, Leg(leg), PauseReason.INFORMATION):
            start_clock(case, Leg.INFORMATION, since=asked.started_at)
