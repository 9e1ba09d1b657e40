"""Clocks that ran on, handed to the feature whose case it is.

Everything due is a row: the clock says when its next step is. A beat that comes late, twice, or beside another takes
each step once; a case in somebody's hands is passed over and looked at by the next beat.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction

from consortium.casework.models import Case, Clock, Escalation
from consortium.casework.queries.escalating import due_clocks
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered


def strike_due(kind: str, strike: Callable[[Clock], int]) -> int:
    """Hand each clock of the cases of `kind` (of CaseKind) whose next step is due to `strike`, which says how many
    steps it took, in a transaction of its own under the lock of its case; how many were taken."""
    return sum(_struck(clock_id, case_id, strike) for clock_id, case_id in due_clocks(kind))


@transaction.atomic
def _struck(clock_id: UUID, case_id: UUID, strike: Callable[[Clock], int]) -> int:
    """Looked at again under the case's lock: what somebody has moved meanwhile stays where it is."""
    free = unfiltered(Case, why="a clock ran on").select_for_update(of=("self",), skip_locked=True)
    if free.filter(pk=case_id, is_open=True).first() is None:
        return 0
    due = unfiltered(Clock, why="a clock ran on").filter(pk=clock_id, stopped_at=None, paused_at=None)
    running: Clock | None = due.filter(escalates_at__lte=clock.now()).first()
    return strike(running) if running is not None else 0


def facts_of_step(step: Escalation) -> dict[str, Any]:
    """What the journal and the event keep of a step that was taken."""
    leg = step.clock.leg
    return {"leg": leg, "number": step.number, "tell": step.tell, "percent": step.percent, "last": step.is_last}
