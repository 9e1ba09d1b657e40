"""The clocks of a case. Callers hold the lock on the case's row and save it afterwards."""

from datetime import datetime, timedelta
from typing import Any

from consortium.casework.models import Case, Clock
from consortium.casework.states import TARGETS, Leg, PauseReason, Priority
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered


def _clocks(case: Case) -> Any:
    """The open clocks of a locked case."""
    return unfiltered(Clock, why="the clocks of a locked case").filter(case_id=case.pk, stopped_at=None)


def target_of(leg: str, priority: int) -> timedelta:
    return TARGETS[(leg, priority)]


def due_of(running: Clock) -> datetime:
    """When the clock strikes; what was paused is added."""
    return running.started_at + timedelta(seconds=running.target_seconds + running.paused_seconds)


def start_clock(case: Case, leg: Leg, *, since: datetime | None = None) -> Clock:
    """Start a leg's clock (from `since`, now when not given) and set the case's due time."""
    started = since or clock.now()
    seconds = int(target_of(leg, case.priority).total_seconds())
    fresh = Clock(case=case, leg=leg, priority=case.priority, target_seconds=seconds, started_at=started)
    fresh.save(force_insert=True)
    case.due_at, case.clock_paused = due_of(fresh), False
    return fresh


def stop_clock(case: Case, leg: Leg | None = None) -> None:
    """Stop the open clocks of `case` (only `leg`'s, when given)."""
    open_clocks = _clocks(case)
    if leg:
        open_clocks = open_clocks.filter(leg=leg)
    for each in open_clocks:
        _end_pause(each)
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
        _end_pause(open_clock)
        open_clock.save()
        case.due_at, case.clock_paused = due_of(open_clock), False


def _end_pause(each: Clock) -> None:
    if each.paused_at is not None:
        each.paused_seconds += int((clock.now() - each.paused_at).total_seconds())
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
