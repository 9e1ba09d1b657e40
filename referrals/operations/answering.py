"""The receiving service looks (R2), says yes (R3) or no (R4)."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Service
from consortium.casework.operations import acting_institution, add_message, start_clock, stop_clock
from consortium.casework.states import Ball, Leg, MessageKind
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotPermitted
from consortium.kernel.policies import require
from consortium.patients.operations import join_pathway
from consortium.people.operations import hold_person
from consortium.people.queries import actor_by_id
from referrals.events import ReferralAccepted, ReferralDeclined, ReferralSeen
from referrals.models import Offer, Referral
from referrals.operations.beds import promise_bed
from referrals.operations.moving import Move, finish, locked, next_leg, take
from referrals.operations.offering import (
    answer,
    ask_no_longer,
    let_look,
    offers_of,
    pathway_of,
    taken_by,
    waiting_offers,
    was_asked,
    winner_of,
)
from referrals.operations.vehicles import free_vehicle
from referrals.operations.visiting import free_visit
from referrals.policies import answers, may_receive, receives
from referrals.queries.turns import turn_of
from referrals.states import MACHINE, WAITING_STEPS, DeclineReason, OfferStep, Step

PROMISE_LENGTH = 200


@transaction.atomic
def open_referral(*, actor: Actor, case_id: UUID) -> Referral:
    """The receiving service looks for the first time (R2): "seen" is a leg of its own. Looked at already: nothing.

    A hospital asked beside the first stamps its own asking; the referral is seen once.
    """
    referral = locked(case_id)
    unseen = [offer for offer in waiting_offers(referral.case) if offer.seen_at is None]
    mine = [offer for offer in unseen if receives(actor, offer.service)]
    if mine or referral.step not in WAITING_STEPS:
        return _looked(actor, referral, mine) if mine else referral
    require(may_receive(actor, referral))
    return referral


def _looked(actor: Actor, referral: Referral, mine: list[Offer]) -> Referral:
    for offer in mine:
        offer.step, offer.seen_at, offer.seen_by_id = OfferStep.SEEN, clock.now(), actor.author_id
        offer.save(update_fields=["step", "seen_at", "seen_by"])
    case, service_id = referral.case, mine[0].service_id
    event, facts = ReferralSeen(case.pk, service_id), {"service": str(service_id)}
    if referral.step == Step.REQUESTED:
        move = take(actor, referral, "open")
        stop_clock(case, Leg.SEEN)
        start_clock(case, Leg.ACCEPTANCE, since=case.submitted_at)
        return finish(move, event, facts=facts)
    record(
        actor=actor, verb="open", subject=case, patient_id=case.patient_id,
        institution_id=acting_institution(actor, case), facts=facts, event=event,
    )  # fmt: skip
    return referral


@transaction.atomic
def accept(
    *, actor: Actor, case_id: UUID, promise: str = "", bed_id: UUID | None = None, version: int | None = None
) -> Referral:  # fmt: skip
    """Say yes, with the bed or place that is promised. Of two hospitals at once one wins: the other gets Taken with the
    winner's name and hospital.
    """
    referral = locked(case_id)
    won = winner_of(referral.case)
    if won is not None and was_asked(actor, referral.case):
        if referral.case.responder_id == actor.user_id:
            return referral
        raise taken_by(won)
    move = take(actor, referral, "accept", version)
    return accepted(move, _offer_of(actor, referral), promise, bed_id)


def _offer_of(actor: Actor, referral: Referral) -> Offer:
    """For which of the services asked the actor says yes: the case's own first."""
    mine = [offer for offer in waiting_offers(referral.case) if answers(actor, referral, offer.service)]
    hold_person(actor.user_id)
    able = [offer for offer in mine if receives(actor_by_id(actor.user_id), offer.service)]
    if not able:
        raise NotPermitted(_("You no longer answer for this service."))
    return next((offer for offer in able if offer.service_id == referral.case.service_id), able[0])


def accepted(move: Move, offer: Offer, promise: str = "", bed_id: UUID | None = None) -> Referral:
    """This service has the child: the others are asked no longer, and who accepted takes part."""
    case, referral, actor = move.case, move.referral, move.actor
    case.service, case.responder_id = offer.service, actor.user_id
    bed = promise_bed(actor, offer.service, bed_id) if bed_id else ""
    referral.promise = " · ".join(part for part in (bed, promise.strip()) if part)
    if len(referral.promise) > PROMISE_LENGTH:
        raise InvalidInput({"promise": _("Say it in fewer words.")})
    referral.accepted_at = clock.now()
    others = [each for each in waiting_offers(case) if each.pk != offer.pk]
    answer(offer, actor, OfferStep.ACCEPTED, seen_at=offer.seen_at or clock.now())
    ask_no_longer(actor, case, others)
    join_pathway(
        actor=actor, pathway_id=pathway_of(case), institution_id=offer.service.institution_id, user_id=actor.user_id
    )
    if referral.step == Step.ACCEPTED:
        next_leg(move, Leg.TAKE_OVER if referral.is_back else Leg.BOOKING)
    turn = turn_of(referral)
    move.give_to(turn.party, turn.user_id)
    event = ReferralAccepted(case.pk, offer.service_id, actor.user_id)
    facts = {"service": str(offer.service_id), "responder": str(actor.user_id), "promise": referral.promise}
    return finish(move, event, facts=facts)


@transaction.atomic
def decline(
    *, actor: Actor, case_id: UUID, reason: str, service_id: UUID | None = None, note: str = "",
    version: int | None = None,
) -> Referral:  # fmt: skip
    """Say no with a coded reason, and name the service to ask instead; without one the coordinator finds a place.

    While another hospital asked beside this one has not answered, the referral waits on with that one.
    """
    referral = locked(case_id)
    case = referral.case
    declining = _declining(actor, referral)
    others = [each for each in waiting_offers(case) if each not in declining]
    move = _waits_on(actor, referral) if others and declining else take(actor, referral, "decline", version)
    if reason not in DeclineReason.values:
        raise InvalidInput({"reason": _("Choose a reason.")})
    alternative = _alternative(referral, service_id)
    for offer in declining:
        answer(
            offer, actor, OfferStep.DECLINED, decline_reason=reason, alternative=alternative, note=note.strip()[:1000]
        )
    if note.strip():
        add_message(actor=actor, case=case, text=note, kind=MessageKind.DECISION)
    declined_by = declining[0].service_id if declining else case.service_id
    if others:
        _pass_to(move, others, declining)
    else:
        _without_place(move)
    alternative_id = alternative.pk if alternative else None
    facts = {
        "reason": reason, "by": str(declined_by), "alternative": str(alternative_id) if alternative_id else None
    }  # fmt: skip
    event = ReferralDeclined(case.pk, declined_by, reason, alternative_id)  # type: ignore[arg-type]
    return finish(move, event, facts=facts, text=note)


def _declining(actor: Actor, referral: Referral) -> list[Offer]:
    """What the actor says no to: after the acceptance what was accepted, before it what their services were asked."""
    rows = offers_of(referral.case).select_related("service__institution").order_by("number")
    if referral.step not in WAITING_STEPS:
        return list(rows.filter(step=OfferStep.ACCEPTED))
    return [offer for offer in waiting_offers(referral.case) if answers(actor, referral, offer.service)]


def _waits_on(actor: Actor, referral: Referral) -> Move:
    """One of several says no: the step stays, for another may still say yes."""
    return Move(actor, referral, MACHINE.check("decline", actor, referral), referral.step)


def _alternative(referral: Referral, service_id: UUID | None) -> Service | None:
    if service_id is None:
        return None
    found = Service.objects.filter(pk=service_id, is_open=True).select_related("institution").first()
    if found is None or found.pk == referral.case.service_id:
        raise InvalidInput({"service_id": _("Name another service that is open.")})
    return found


def _pass_to(move: Move, others: list[Offer], declined: list[Offer]) -> None:
    """The case stands with a service that may still say yes."""
    move.case.service = others[0].service
    for offer in declined:
        let_look(move.actor, move.case, offer.service)


def _without_place(move: Move) -> None:
    """Nobody has the child: the coordinator finds a place."""
    case, referral = move.case, move.referral
    case.responder, referral.accepted_at, referral.promise = None, None, ""
    referral.cancel_asked_at, referral.cancel_reason, referral.information_asked_at = None, "", None
    free_visit(case, _("The hospital declined."))
    free_vehicle(case, _("The hospital declined."))
    next_leg(move, Leg.REDIRECTION)
    move.give_to(Ball.COORDINATOR)
