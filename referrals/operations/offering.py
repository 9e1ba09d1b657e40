"""The services that are asked, beneath the acts: asked, seen, answered, asked no longer. The case is locked."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from consortium.casework.models import Case, Service
from consortium.casework.queries.intake import named as named_refusal
from consortium.casework.queries.intake import refusal
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, Taken, database_rules
from consortium.kernel.scoping import unfiltered
from consortium.patients.operations import join_pathway
from referrals.models import Offer, Referral
from referrals.policies import receives
from referrals.states import OfferStep

#: how long a hospital that is asked no longer still sees who took the child, and learns where it went
LOOK_AFTER = timedelta(days=1)
WAITING = (OfferStep.REQUESTED, OfferStep.SEEN)
_WHY = "the services that a locked referral asks"


def offers_of(case: Case) -> Any:
    return unfiltered(Offer, why=_WHY).filter(case_id=case.pk)


def waiting_offers(case: Case) -> list[Offer]:
    """Those who have not answered yet, as they were asked."""
    rows = offers_of(case).filter(step__in=WAITING).select_related("service__institution")
    return list(rows.order_by("number"))


def winner_of(case: Case) -> Offer | None:
    rows = offers_of(case).filter(step__in=(OfferStep.ACCEPTED, OfferStep.COMPLETED))
    found: Offer | None = rows.select_related("answered_by", "service__institution").first()
    return found


def newest_of(case: Case) -> Offer | None:
    found: Offer | None = offers_of(case).order_by("-number").first()
    return found


def was_asked(actor: Actor, case: Case) -> bool:
    """Whether a service of the actor's was asked, whatever came of it."""
    rows = offers_of(case).select_related("service__institution")
    return any(receives(actor, offer.service) for offer in rows)


def taken_by(offer: Offer) -> Taken:
    """Who was first, with their hospital."""
    person = offer.answered_by.get_full_name() if offer.answered_by else ""
    hospital = offer.service.institution.name
    words = _("%(name)s of %(hospital)s has accepted this child already.")
    said = {"name": person, "hospital": hospital}
    return Taken(words % said, detail={"winner": person, "hospital": hospital})


def to_ask(referral: Referral, service_id: UUID) -> Service:
    """The service that is to be asked next; InvalidInput where it cannot be."""
    case = referral.case
    found = Service.objects.filter(pk=service_id, is_open=True).select_related("institution").first()
    if found is None or found.institution_id == case.asking_institution_id:
        raise InvalidInput({"service_id": _("Choose the service of another hospital.")})
    if offers_of(case).filter(service=found, step__in=WAITING).exists():
        raise InvalidInput({"service_id": _("This service has been asked already.")})
    if why := named_refusal(*refusal(found, case.age_days, case.priority)):
        raise InvalidInput({"service_id": why})
    return found


def ask(actor: Actor, case: Case, service: Service) -> Offer:
    """The next of the services asked; its hospital sees the record at once."""
    number = offers_of(case).aggregate(most=Max("number"))["most"] or 0
    offer = Offer(
        case=case, number=number + 1, service=service, asked_at=clock.now(), asked_by_id=actor.author_id
    )  # fmt: skip
    with database_rules():
        offer.save(force_insert=True)
    join_pathway(actor=actor, pathway_id=pathway_of(case), institution_id=service.institution_id)
    return offer


def answer(offer: Offer, actor: Actor, step: OfferStep, **told: Any) -> None:
    """What the service said to it; the database lets one accept."""
    offer.step, offer.answered_at, offer.answered_by_id = step, clock.now(), actor.author_id
    for name, value in told.items():
        setattr(offer, name, value)
    with database_rules():
        offer.save()


def ask_no_longer(actor: Actor, case: Case, offers: Iterable[Offer]) -> None:
    """They need not answer; each sees for a day who has the child."""
    for offer in offers:
        offer.step = OfferStep.WITHDRAWN
        offer.save(update_fields=["step"])
        let_look(actor, case, offer.service)


def let_look(actor: Actor, case: Case, service: Service) -> None:
    """A hospital that is out of it looks a day longer, unless it asked, or is asked still."""
    here = {case.asking_institution_id, *(each.service.institution_id for each in waiting_offers(case))}
    if (won := winner_of(case)) is not None:
        here.add(won.service.institution_id)
    others = unfiltered(Case, why=_WHY).filter(pathway_id=case.pathway_id, is_open=True).exclude(pk=case.pk)
    for asking, asked in others.values_list("asking_institution_id", "service__institution_id"):
        here |= {asking, asked}
    if service.institution_id not in here:
        join_pathway(
            actor=actor, pathway_id=pathway_of(case), institution_id=service.institution_id,
            until=clock.now() + LOOK_AFTER,
        )  # fmt: skip


def pathway_of(case: Case) -> UUID:
    """What was sent stands in a pathway (the database says so)."""
    if case.pathway_id is None:
        raise AssertionError("a sent referral has a pathway")
    return case.pathway_id
