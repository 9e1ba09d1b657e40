"""Who is on the way to a house, who is there, and whom it follows up: a card of the worklist of who works there."""

from typing import Any
from uuid import UUID

from django.db.models import F

from consortium.casework.models import Case
from consortium.casework.queries.rows import row_of
from consortium.casework.queries.worklists import URGENT_FIRST, WHY, as_rows
from consortium.kernel.actors import Actor
from consortium.kernel.pagination import merged
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import unfiltered
from consortium.people.states import Role
from referrals.models import Expected
from referrals.states import Step

_MOST = 8


def expected_panel(actor: Actor) -> dict[str, Any] | None:
    """Beside the worklist of the doctors of a house (settings.WORKLIST_PANELS), without a name: children that travel to
    it, are cared for there, or are followed up by it, the most urgent first. One query, by the index
    `referrals_expected_by`; none for nobody's doctor."""
    return _card(actor, "referrals/expected_panel.html", Role.SPECIALIST, Role.SERVICE_LEAD)


def expected_card(actor: Actor) -> dict[str, Any] | None:
    """The same above the list of its nurses (settings.WORKLIST_CARDS), into whose hands nothing is put by name."""
    return _card(actor, "referrals/expected_card.html", Role.NURSE)


@prepared
def _coming(actor: Actor, houses: tuple[UUID, ...]) -> Any:
    """The most urgent of those that these houses expect, one more than a card shows."""
    coming = unfiltered(Expected, why=WHY).annotate(id=F("case_id"))
    parts = [coming.filter(receiver_id=house) for house in houses]
    return merged(
        parts, order=URGENT_FIRST, size=_MOST, of=Case,
        shaped=lambda rows: as_rows(rows, actor).annotate(step=F("referral__step")),
    )  # fmt: skip


def _card(actor: Actor, template: str, *roles: Role) -> dict[str, Any] | None:
    houses = actor.institution_ids(*roles)
    if not houses:
        return None
    found = _coming(actor, tuple(sorted(houses, key=str)))[:_MOST]
    rows = [{**row_of(item, actor, {}), "step": Step(item["step"]).label} for item in found]
    return {"template": template, "rows": rows} if rows else None
