"""How long each party had the ball: the ledger has no gap, so the parties' times add up to the case's own."""

from datetime import timedelta
from typing import Any

from consortium.casework.models import BallSpell, Case
from consortium.casework.states import Ball
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered


def time_by_party(case: Case) -> dict[str, timedelta]:
    """Party -> time with the ball since the question was sent, the parties in their order; {} for a draft. One query.

    The caller has checked the right to the case.
    """
    if case.submitted_at is None:
        return {}
    rows: Any = unfiltered(BallSpell, why="the ledger of a case that is seen").filter(case_id=case.pk)
    end, sent = case.closed_at or clock.now(), case.submitted_at
    spent: dict[str, timedelta] = {}
    told = rows.exclude(until__lte=sent).order_by("since").values_list("party", "since", "until")
    for number, (party, since, until) in enumerate(told):
        begins = sent if number == 0 else since  # the act of sending itself belongs to whom it was sent
        spent[party] = spent.get(party, timedelta()) + max(min(until or end, end) - begins, timedelta())
    return {party: spent[party] for party in Ball.values if spent.get(party)}


def ledger_lines(case: Case) -> list[dict[str, Any]]:
    """The same for a page: label, time, share of the whole in percent."""
    spent = time_by_party(case)
    whole = sum(spent.values(), timedelta())
    return [
        {"label": Ball(party).label, "time": time, "share": round(100 * time / whole)} for party, time in spent.items()
    ]
