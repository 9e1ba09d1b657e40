"""The pre-transfer checklist on the page of a referral, and the signs that were timed before and on the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from consortium.casework.queries.page import CasePage
from consortium.casework.states import Priority
from referrals.checklist import Group, Line, lines_for
from referrals.models import Check, Referral
from referrals.policies import may_transport
from referrals.queries.checking import checks_of, is_weighed, traveller_of, weigh_url
from referrals.states import EXPECTED_STEPS, WAITING_STEPS, CheckState, Step

_SHOWN_STEPS = (*WAITING_STEPS, Step.DECLINED, *EXPECTED_STEPS, Step.ARRIVED)


#: how each state looks: (tone, icon)
_LOOKS: dict[str, tuple[str, str]] = {
    CheckState.DONE: ("green", "check"),
    CheckState.NOT_NEEDED: ("", "minus"),
    CheckState.CANNOT: ("pink", "x"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One item with what was said of it."""

    line: Line
    check: Check | None

    @property
    def state_label(self) -> str:
        return str(CheckState(self.check.state).label) if self.check else ""

    @property
    def tone(self) -> str:
        return _LOOKS[self.check.state][0] if self.check else ""

    @property
    def sign(self) -> str:
        return _LOOKS[self.check.state][1] if self.check else ""


def _groups(rows: list[Row]) -> Iterator[dict[str, Any]]:
    """The first one with something open is unfolded: one goes down the list as one ticks."""
    unfolded = False
    for group in Group:
        mine = [row for row in rows if row.line.item.group == group]
        waits = sum(row.check is None for row in mine)
        if mine:
            yield {"label": group.label, "rows": mine, "open": waits, "first_open": bool(waits) and not unfolded}
        unfolded = unfolded or bool(waits)


def part_checklist(page: CasePage[Referral]) -> dict[str, Any] | None:
    """For who knows the child, from the send of a stat one, or once transport is arranged, until it is there."""
    referral = page.row
    travels = page.case.priority == Priority.STAT or referral.step in (Step.TRANSPORT, Step.EN_ROUTE)
    if not page.identified or referral.is_back or referral.step not in _SHOWN_STEPS or not travels:
        return None
    child, said = traveller_of(referral), checks_of(referral)
    rows = [Row(line, said.get(line.item.code)) for line in lines_for(child)]
    missing = sum(row.check is None for row in rows)
    weighed = child.weight is not None and is_weighed(referral)
    return {
        "groups": list(_groups(rows)), "open": missing, "done": len(rows) - missing, "total": len(rows),
        "weight": child.weight, "estimated": child.estimated, "weighed": weighed,
        "weigh_url": "" if weighed else weigh_url(page),
        "states": [(state.value, state.label, _LOOKS[state][1]) for state in CheckState],
        "may_tick": may_transport(page.actor, referral).allowed,
    }  # fmt: skip
