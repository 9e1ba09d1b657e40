"""Which rule of escalation holds for a clock, and which clocks are due for a step."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from consortium.casework.models import Case, Clock, ClockRule, Escalation, Service
from consortium.casework.states import DEFAULT_STEPS, TARGETS, Ball, EscalationStep, Leg, Priority, Tell
from consortium.kernel import clock
from consortium.kernel.pagination import keyset
from consortium.kernel.scoping import unfiltered

_WHY = "clocks that ran on"
_PAGE = 200


def steps_for(service_id: UUID | None, leg: str, priority: int) -> tuple[EscalationStep, ...]:
    """The service's own rule, else the default. One query."""
    which: dict[str, Any] = {"service_id": service_id, "leg": leg, "priority": priority}
    own = ClockRule.objects.filter(**which).order_by("number")
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


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens at one stage of one urgency when nobody acts; `own`: the service keeps it itself."""

    leg: str
    priority: int
    target: timedelta
    steps: tuple[EscalationStep, ...]
    own: bool

    @property
    def leg_label(self) -> str:
        return str(Leg(self.leg).label)

    @property
    def urgency(self) -> str:
        return Priority(self.priority).code

    @property
    def may_change(self) -> bool:
        """The reminders of a review are settings, the same for all."""
        return self.leg != Leg.REVIEW

    @property
    def lines(self) -> list[tuple[int, str]]:
        """(percent, whom to tell in words)."""
        return [(step.percent, str(Tell(step.tell).label)) for step in self.steps]


def rules_of(service: Service) -> list[Rule]:
    """Every rule that holds for a service, stage by stage, the most urgent first. One query."""
    own: dict[tuple[str, int], list[EscalationStep]] = {}
    for row in ClockRule.objects.filter(service=service).order_by("number"):
        own.setdefault((row.leg, row.priority), []).append(EscalationStep(row.percent, row.tell))
    return [
        Rule(leg, priority, target, tuple(own.get((leg, priority), ())) or DEFAULT_STEPS[(leg, priority)],
             (leg, priority) in own)
        for (leg, priority), target in TARGETS.items()
    ]  # fmt: skip
