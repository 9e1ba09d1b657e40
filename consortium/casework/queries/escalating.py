"""Which rule of escalation holds for a clock, and which clocks are due for a step."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from consortium.casework.models import Case, Clock, ClockRule, Escalation
from consortium.casework.states import DEFAULT_STEPS, Ball, EscalationStep, Leg
from consortium.kernel import clock
from consortium.kernel.pagination import keyset
from consortium.kernel.scoping import unfiltered

#: stages in which the asking side has to act
ASKING_LEGS = (Leg.INFORMATION, Leg.REVIEW)
_WHY = "clocks that ran on"
_PAGE = 200


def steps_for(service_id: UUID | None, leg: str, priority: int) -> tuple[EscalationStep, ...]:
    """The service's own rule, else the default. One query."""
    own = ClockRule.objects.filter(service_id=service_id, leg=leg, priority=priority).order_by("number")
    rows = tuple(EscalationStep(percent, tell) for percent, tell in own.values_list("percent", "tell"))
    return rows or DEFAULT_STEPS[(leg, priority)]


def due_clocks(kind: str, *, size: int = _PAGE) -> Iterator[tuple[UUID, UUID]]:
    """(clock, case) of every running clock whose next step is due, the longest due first; read page by page, so that
    what is dealt with meanwhile and what is skipped are passed alike. `kind`: of CaseKind."""
    rows = unfiltered(Clock, why=_WHY).filter(
        stopped_at=None, paused_at=None, escalates_at__lte=clock.now(), case__kind=kind
    )
    after = ""
    while True:
        page = keyset(
            rows.values("id", "case_id", "escalates_at"), order=("escalates_at", "id"), after=after, size=size
        )
        yield from ((row["id"], row["case_id"]) for row in page.items)
        after = page.next_cursor
        if not after:
            return


def taken_on() -> Exists:
    """Whether the coordinator has taken a case on because its running clock came to the end of its escalation."""
    ended = unfiltered(Escalation, why=_WHY).filter(
        case_id=OuterRef("pk"), is_last=True, clock__stopped_at=None, clock__paused_at=None
    )
    return Exists(ended)


def is_taken_on(case: Case) -> bool:
    """The same of one case that the coordinator holds."""
    return case.ball == Ball.COORDINATOR and unfiltered(Case, why=_WHY).filter(taken_on(), pk=case.pk).exists()


def escalations_of(case: Case) -> list[tuple[str, int, datetime]]:
    """(leg, number, when) of every step taken on a case, in order. The caller has checked the right to it."""
    rows = unfiltered(Escalation, why=_WHY).filter(case=case).order_by("taken_at", "number")
    return list(rows.values_list("clock__leg", "number", "taken_at"))
