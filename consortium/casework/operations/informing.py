"""Asking the sending side for more, whatever the case: what is said stands in the thread, once for each key."""

from uuid import UUID

from consortium.casework.models import Case, Clock, Message
from consortium.casework.operations.clocks import pause_clock, resume_clock, start_clock, stop_clock
from consortium.casework.states import Leg, PauseReason
from consortium.kernel.actors import Actor
from consortium.kernel.scoping import unfiltered


def said_already(actor: Actor, case_id: UUID, key: UUID | None) -> bool:
    """Whether this very request was done before: a retry gets the same answer and leaves no second message."""
    mine = Message.objects.filter(case_id=case_id, created_by_id=actor.user_id)
    return key is not None and mine.filter(request_key=key).exists()


def wait_for_information(case: Case, leg: Leg | None = None) -> None:
    """The leg that runs (or `leg`) waits, stat never, and the asker's own begins. The case is locked."""
    running = leg or _running(case)
    if running is not None and pause_clock(case, running, PauseReason.INFORMATION):
        start_clock(case, Leg.INFORMATION)
        case.clock_paused = True


def information_came(case: Case) -> None:
    """The leg that waited runs on. The case is locked."""
    stop_clock(case, Leg.INFORMATION)
    resume_clock(case)


def _running(case: Case) -> Leg | None:
    rows = unfiltered(Clock, why="the clocks of a locked case").filter(case_id=case.pk, stopped_at=None, paused_at=None)
    found = rows.values_list("leg", flat=True).first()
    return Leg(found) if found else None
