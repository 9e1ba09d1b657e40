"""One child's way over all tiers: every question and referral of a pathway from the first to the last, who had the ball
how long, and what happened when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from consortium.casework.models import Case
from consortium.casework.queries.ledger import Stretch, lines_of, spent, stretches
from consortium.casework.queries.rows import case_url
from consortium.casework.queries.telling_acts import told
from consortium.casework.states import CaseKind, Priority
from consortium.journal.queries import timelines
from consortium.kernel import clock
from consortium.kernel.adapters import adapters
from consortium.kernel.errors import NotVisible
from consortium.patients.models import Pathway

#: the width of a bar, in its own units
WIDTH = 1000
#: what took no time to speak of is still seen
THINNEST = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of a bar: from `x` on, `width` of WIDTH."""

    stretch: Stretch
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Leg:
    """One question or referral of the way."""

    case: Case
    pieces: list[Piece]
    #: how long each party had it
    lines: list[dict[str, Any]]
    steps: list[dict[str, Any]]

    @property
    def url(self) -> str:
        return case_url(self.case)

    @property
    def kind(self) -> str:
        return str(CaseKind(self.case.kind).label)

    @property
    def priority(self) -> str:
        return Priority(self.case.priority).code

    @property
    def places(self) -> tuple[str, str]:
        """From where to where."""
        to = self.case.service
        return self.case.asking_institution.name, f"{to.institution.name} · {to.name}" if to else ""


@dataclass(frozen=True, slots=True)
class Journey:
    """`since` to `until`, over which all bars are drawn; `lines`: how long each party had the child altogether."""

    pathway: Pathway
    since: datetime
    until: datetime
    legs: list[Leg]
    lines: list[dict[str, Any]]

    @property
    def time(self) -> timedelta:
        return self.until - self.since


def journey_of(pathway_id: UUID) -> Journey:
    """The way of a child whom the person acting may know, else NotVisible. Seven queries at most, however many cases
    there are."""
    pathway: Pathway | None = Pathway.objects.select_related("patient").filter(pk=pathway_id).first()
    if pathway is None:
        raise NotVisible
    cases = _cases(pathway)
    ledger = stretches(cases)
    steps = told(cases, timelines(cases), adapters("CASE_WORDS"))
    since = min((case.submitted_at for case in cases if case.submitted_at), default=pathway.opened_at)
    ends = [case.closed_at or clock.now() for case in cases]
    until = max([since, *ends])
    legs = [_leg(case, ledger[case.pk], steps[str(case.pk)], since, until) for case in cases]
    total = spent(stretch for each in ledger.values() for stretch in each)
    return Journey(pathway, since, until, legs, lines_of(total))


def _cases(pathway: Pathway) -> list[Case]:
    """What was sent of it and the reader sees, in its order."""
    seen = Case.objects.filter(pathway=pathway, submitted_at__isnull=False).shown()
    rows = seen.select_related("asker", "responder", "asking_institution", "service__institution")
    return list(rows.order_by("submitted_at", "pk"))


def _leg(case: Case, mine: Sequence[Stretch], steps: list[dict[str, Any]], since: datetime, until: datetime) -> Leg:
    if steps:
        steps[-1]["state"] = "now" if case.is_open else "done"
    return Leg(case, pieces_of(mine, since, until), lines_of(spent(mine)), steps)


def pieces_of(mine: Sequence[Stretch], since: datetime, until: datetime) -> list[Piece]:
    """The stretches on a bar that lasts from `since` to `until`."""
    whole = (until - since) or timedelta(seconds=1)

    def at(moment: datetime) -> int:
        return round(WIDTH * (moment - since) / whole)

    return [
        Piece(each, min(at(each.since), WIDTH - THINNEST), max(at(each.until) - at(each.since), THINNEST))
        for each in mine
    ]  # fmt: skip
