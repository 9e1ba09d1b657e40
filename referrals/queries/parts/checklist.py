"""The pre-transfer checklist on the page of a referral, and the signs that were timed before and on the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from consortium.casework.states import Priority
from consortium.clinical.growth import Index, NoStandard
from consortium.clinical.growth import score as growth_score
from consortium.kernel.scoping import unfiltered
from consortium.patients.queries.measuring import latest_values
from referrals.checklist import Group, Line, Traveller, lines_for
from referrals.models import Check, Referral
from referrals.policies import may_transport
from referrals.states import EXPECTED_STEPS, WAITING_STEPS, CheckState, Step

if TYPE_CHECKING:
    from referrals.queries.page import ReferralPage

_SHOWN_STEPS = (*WAITING_STEPS, Step.DECLINED, *EXPECTED_STEPS, Step.ARRIVED)


#: how each state looks: (tone, icon)
_LOOKS: dict[str, tuple[str, str]] = {
    CheckState.DONE: ("green", "check"),
    CheckState.NOT_NEEDED: ("", "minus"),
    CheckState.CANNOT: ("pink", "x"),
}


def traveller_of(referral: Referral) -> Traveller:
    """The child as the checklist needs it: the weight of the referral, else the newest one of the record."""
    case, patient = referral.case, referral.patient
    latest = latest_values(patient).get("weight")
    grams = case.weight_grams
    kilograms = Decimal(grams) / 1000 if grams else latest.value if latest else None
    from_record = latest is not None and latest.value == kilograms
    return Traveller(
        age_days=case.age_days or 0,
        weight=kilograms,
        weight_z=_weight_z(referral, kilograms),
        confirmed=bool(from_record and latest and latest.row.confirmed),
        estimated=bool(from_record and latest and latest.row.estimated),
        symptom=case.symptom,
    )


def _weight_z(referral: Referral, kilograms: Decimal | None) -> Decimal | None:
    if kilograms is None:
        return None
    try:
        return growth_score(Index.WEIGHT, kilograms, sex=referral.case.sex, days=referral.case.age_days or 0).z
    except NoStandard:
        return None


def checks_of(referral: Referral) -> dict[str, Check]:
    """What was said, by item. The caller has checked the right to the referral. One query."""
    rows = unfiltered(Check, why="the checklist of a referral that is seen").filter(case_id=referral.pk)
    return {check.item: check for check in rows.select_related("by")}


def open_items(referral: Referral) -> list[Line]:
    """What nobody has said anything of yet. Two queries."""
    said = checks_of(referral)
    return [line for line in lines_for(traveller_of(referral)) if line.item.code not in said]


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


def part_checklist(page: "ReferralPage") -> dict[str, Any] | None:
    """For who knows the child, from the send of a stat one, or once transport is arranged, until it is there."""
    referral = page.referral
    travels = page.case.priority == Priority.STAT or referral.step in (Step.TRANSPORT, Step.EN_ROUTE)
    if not page.identified or referral.is_back or referral.step not in _SHOWN_STEPS or not travels:
        return None
    child, said = traveller_of(referral), checks_of(referral)
    rows = [Row(line, said.get(line.item.code)) for line in lines_for(child)]
    missing = sum(row.check is None for row in rows)
    return {
        "groups": list(_groups(rows)), "open": missing, "done": len(rows) - missing, "total": len(rows),
        "weight": child.weight, "estimated": child.estimated,
        "states": [(state.value, state.label, _LOOKS[state][1]) for state in CheckState],
        "may_tick": may_transport(page.actor, referral).allowed,
    }  # fmt: skip
