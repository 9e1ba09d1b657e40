"""Who is on the way to a house, who is there, and whom it follows up: a card of the worklist of who works there."""

from typing import Any

from django.db.models import F

from consortium.casework.models import Case, Service
from consortium.casework.queries.rows import row_of
from consortium.casework.queries.worklists import URGENT_FIRST, WHY, as_rows
from consortium.casework.states import CaseKind
from consortium.kernel.actors import Actor
from consortium.kernel.pagination import keyset_merged
from consortium.kernel.scoping import unfiltered
from consortium.people.states import Role
from referrals.states import PRESENT_STEPS, Step

COMING_STEPS = (Step.TRANSPORT, Step.EN_ROUTE, *PRESENT_STEPS, Step.FOLLOWING)
_MOST = 8


def expected_panel(actor: Actor) -> dict[str, Any] | None:
    """Beside the worklist of the doctors of a house (settings.WORKLIST_PANELS), without a name: children that travel to
    it, are cared for there, or are followed up by it, the most urgent first. Two queries; none for nobody's doctor."""
    return _card(actor, "referrals/expected_panel.html", Role.SPECIALIST, Role.SERVICE_LEAD)


def expected_card(actor: Actor) -> dict[str, Any] | None:
    """The same above the list of its nurses (settings.WORKLIST_CARDS), into whose hands nothing is put by name."""
    return _card(actor, "referrals/expected_card.html", Role.NURSE)


def _card(actor: Actor, template: str, *roles: Role) -> dict[str, Any] | None:
    houses = actor.institution_ids(*roles)
    if not houses:
        return None
    open_ = unfiltered(Case, why=WHY).filter(kind=CaseKind.REFERRAL, is_open=True, submitted_at__isnull=False)
    coming = open_.filter(referral__step__in=COMING_STEPS)
    services = Service.objects.filter(institution_id__in=houses).order_by("pk").values_list("pk", flat=True)
    parts = [coming.filter(service_id=service_id) for service_id in services]
    if not parts:
        return None
    page = keyset_merged(
        parts, order=URGENT_FIRST, size=_MOST,
        shaped=lambda rows: as_rows(rows, actor).annotate(step=F("referral__step")),
    )  # fmt: skip
    rows = [{**row_of(item, actor, {}), "step": Step(item["step"]).label} for item in page.items]
    return {"template": template, "rows": rows} if rows else None
