"""The plan of a child that goes home, its visits, and what this referral has led to."""

from typing import Any

from django.utils.translation import gettext as _

from consortium.casework.queries.page import CasePage
from consortium.kernel import clock
from referrals.models import FollowUp, Referral
from referrals.queries.following import visits_of
from referrals.queries.matching import lacking, named
from referrals.states import FOLLOW_UP_AHEAD, FollowUpStep, Kind, Step


def part_plan(page: CasePage[Referral]) -> dict[str, Any] | None:
    """`visits` of a back-referral with its `plan` and `medicines` (for who may know the child), and `led_to`: the
    referrals that came out of this one."""
    referral, led_to = page.row, _led_to(page.row)
    if not referral.is_back and not led_to:
        return None
    shown = referral.is_back and page.identified
    return {
        "is_back": referral.is_back,
        "plan": referral.plan if shown else "",
        "medicines": referral.plan_medicines if shown else "",
        "needs": _needs(referral),
        "visits": [_visit(visit) for visit in visits_of(referral.pk)] if shown else [],
        "led_to": led_to,
    }


def _needs(referral: Referral) -> str:
    """What the centre must have, and what of it the centre that is asked lacks."""
    service, needs = referral.case.service, referral.needs_capabilities
    lacks = lacking(service.institution, needs) if service else []
    told = [named(needs), _("lacks %(what)s") % {"what": named(lacks)} if lacks else ""]
    return " · ".join(filter(None, told))


def _visit(visit: FollowUp) -> dict[str, Any]:
    """A step of the timeline: its day and how it stands, the task and what it needs, and what was found."""
    ahead = visit.step in FOLLOW_UP_AHEAD
    late = ahead and visit.day < clock.today()
    found = ": ".join(filter(None, (visit.done_by.get_full_name() if visit.done_by else "", visit.finding)))
    missed = _("Did not come on %(day)s.") % {"day": visit.due_on.isoformat()} if visit.recall_on else ""
    word = _("Overdue") if late else str(FollowUpStep(visit.step).label)
    return {
        "label": f"{visit.day.isoformat()} · {word}", "who": visit.task, "at": visit.done_at,
        "note": " ".join(filter(None, (_takes(visit), missed, found))),
        "state": "late" if late else "next" if ahead else "done",
    }  # fmt: skip


def _takes(visit: FollowUp) -> str:
    return _("Needs %(what)s.") % {"what": named(visit.needs)} if visit.needs else ""


def _led_to(referral: Referral) -> list[dict[str, Any]]:
    """Seen by the actor, the newest first."""
    rows = Referral.objects.filter(parent_id=referral.pk).exclude(step__in=(Step.DRAFT, Step.ENTERED_IN_ERROR))
    return [
        {
            "id": row.pk, "kind": Kind(row.kind).label, "step": Step(row.step).label,
            "where": f"{row.case.service.name} · {row.case.service.institution.name}", "at": row.case.submitted_at,
        }
        for row in rows.select_related("case__service__institution").order_by("-case__submitted_at")
    ]  # fmt: skip
