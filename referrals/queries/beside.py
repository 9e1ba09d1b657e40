"""Stat children for whom the actor's service is asked beside another one: they stand in no queue of its own."""

from typing import Any
from uuid import UUID

from django.db.models import F
from django.urls import reverse

from consortium.casework.models import ServiceMember
from consortium.casework.queries.rows import child_words
from consortium.casework.states import Priority
from consortium.kernel.actors import Actor
from consortium.kernel.prepared import prepared
from consortium.kernel.scoping import unfiltered
from consortium.people.states import Role
from referrals.models import Offer
from referrals.states import WAITING_STEPS, OfferStep

_WHY = "whom a service is asked for; narrower than the right to see the case"


@prepared
def _asked(user_id: UUID) -> Any:
    seats = ServiceMember.objects.filter(user_id=user_id, left_at=None).values("service")
    rows = unfiltered(Offer, why=_WHY).filter(
        service__in=seats, step__in=(OfferStep.REQUESTED, OfferStep.SEEN), case__is_open=True,
        case__referral__step__in=WAITING_STEPS,
    )  # fmt: skip
    beside = rows.exclude(case__service_id=F("service_id")).select_related("case__asking_institution")
    return beside.order_by("case__priority", "asked_at")[:20]


def asked_beside(actor: Actor) -> dict[str, Any]:
    """What the worklist shows above its list, without a name; empty for who answers for nothing. One query."""
    if not actor.has(Role.SPECIALIST, Role.SERVICE_LEAD):
        return {}
    asked = [_row(offer) for offer in _asked(actor.user_id)]
    return {"template": "referrals/asked_beside.html", "asked": asked} if asked else {}


def _row(offer: Offer) -> dict[str, Any]:
    case = offer.case
    return {
        "url": reverse("referrals:show", args=[case.pk]), "priority": Priority(case.priority).code,
        "title": case.headline, "who": child_words(case.sex, case.age_days, case.weight_grams),
        "place": case.asking_institution.name, "at": offer.asked_at,
    }  # fmt: skip
