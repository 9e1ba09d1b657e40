"""How long each party had the ball: the ledger has no gap, so the parties' times add up to the case's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from consortium.casework.models import BallSpell, Case
from consortium.casework.states import Ball
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered


@dataclass(frozen=True, slots=True)
class Stretch:
    """One party's time with the ball."""

    party: str
    since: datetime
    until: datetime

    @property
    def label(self) -> str:
        return str(Ball(self.party).label)

    @property
    def time(self) -> timedelta:
        return self.until - self.since


def stretches(cases: Iterable[Case]) -> dict[UUID, list[Stretch]]:
    """Who had each case from its sending to its end, without a gap; nothing for a draft. One query.

    The caller has checked the right to the cases.
    """
    sent = {case.pk: case for case in cases if case.submitted_at is not None}
    found: dict[UUID, list[Stretch]] = {pk: [] for pk in sent}
    rows: Any = unfiltered(BallSpell, why="the ledger of a case that is seen").filter(case_id__in=sent)
    for case_id, party, since, until in rows.order_by("since").values_list("case_id", "party", "since", "until"):
        case = sent[case_id]
        end, begun = case.closed_at or clock.now(), case.submitted_at
        if begun is None or (until is not None and until <= begun):
            continue
        # the act of sending itself belongs to whom it was sent
        begins = since if found[case_id] else begun
        found[case_id].append(Stretch(party, begins, max(until or end, begins)))
    return found


def spent(lines: Iterable[Stretch]) -> dict[str, timedelta]:
    """Party -> its time, the parties in their order."""
    total: dict[str, timedelta] = {}
    for each in lines:
        total[each.party] = total.get(each.party, timedelta()) + each.time
    return {party: total[party] for party in Ball.values if total.get(party)}


def time_by_party(case: Case) -> dict[str, timedelta]:
    """Party -> time with the ball since the question was sent, the parties in their order; {} for a draft. One query
    at most."""
    return spent(stretches([case])[case.pk]) if case.submitted_at is not None else {}


def ledger_lines(case: Case) -> list[dict[str, Any]]:
    """The same for a page."""
    return lines_of(time_by_party(case))


def lines_of(total: Mapping[str, timedelta]) -> list[dict[str, Any]]:
    """For a page: party, label, time, share of the whole in percent."""
    whole = sum(total.values(), timedelta())
    return [
        {"party": party, "label": Ball(party).label, "time": time, "share": round(100 * time / whole)}
        for party, time in total.items()
    ]
