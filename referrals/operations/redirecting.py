"""Finding a place: another hospital instead (R5), another one too (R1a), and the sender who disagrees (R6)."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Case, Service
from consortium.casework.operations import add_message, ring_lists, start_clock, stop_clock
from consortium.casework.operations.drafting import TEXT_LENGTH
from consortium.casework.queries.concerned import leads_of
from consortium.casework.states import Ball, Leg, MessageKind
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, WrongStep
from referrals.events import ReferralAlsoAsked, ReferralDisputed, ReferralRedirected
from referrals.models import Offer, Referral
from referrals.operations.moving import Move, finish, locked, take
from referrals.operations.offering import answer, ask, ask_no_longer, let_look, newest_of, to_ask, waiting_offers
from referrals.queries.turns import service_turn
from referrals.states import OfferStep, Step


@transaction.atomic
def redirect(
    *, actor: Actor, case_id: UUID, service_id: UUID, note: str = "", version: int | None = None
) -> Referral:  # fmt: skip
    """Ask another hospital (R5): a new Task with the next number; the place in line is that of the first send.

    Asked there already and not answered: the same referral. Raises InvalidInput, WrongStep, NotPermitted, NotVisible.
    """
    referral = locked(case_id)
    if referral.step == Step.REQUESTED and referral.case.service_id == service_id:
        return referral
    move = take(actor, referral, "redirect", version)
    found = to_ask(referral, service_id)
    _leave(move)
    _send_to(move, found)
    if note.strip():
        add_message(actor=actor, case=move.case, text=note, kind=MessageKind.DECISION)
    event = ReferralRedirected(move.case.pk, found.pk)
    return finish(move, event, facts={"service": str(found.pk)}, text=note)


def _leave(move: Move) -> None:
    """Whom it was asked of before is asked no longer; what hung on their answer is over."""
    case, referral = move.case, move.referral
    ring_lists(case)
    left, waiting = case.service, waiting_offers(case)
    case.responder = None
    referral.disputed_at, referral.dispute_reason, referral.information_asked_at = None, "", None
    ask_no_longer(move.actor, case, waiting)
    if left is not None and all(offer.service_id != left.pk for offer in waiting):
        let_look(move.actor, case, left)


def _send_to(move: Move, service: Service) -> None:
    move.case.service = service
    ask(move.actor, move.case, service)
    stop_clock(move.case)
    start_clock(move.case, Leg.SEEN, since=move.case.submitted_at)
    turn = service_turn(move.case)
    move.give_to(turn.party, turn.user_id)
    ring_lists(move.case)


@transaction.atomic
def also_ask(*, actor: Actor, case_id: UUID, service_id: UUID, version: int | None = None) -> Referral:
    """Ask another hospital at the same time (R1a), for a stat child: the first that accepts has it."""
    referral = locked(case_id)
    if any(offer.service_id == service_id for offer in waiting_offers(referral.case)):
        return referral
    move = take(actor, referral, "also_ask", version)
    found = to_ask(referral, service_id)
    ask(actor, move.case, found)
    ring_lists(_as_of(move.case, found))
    return finish(move, ReferralAlsoAsked(move.case.pk, found.pk), facts={"service": str(found.pk)})


def _as_of(case: Case, service: Service) -> Case:
    """The case as the lists of another service that is asked for it see it."""
    return Case(pk=case.pk, asker_id=case.asker_id, service=service, asking_institution_id=case.asking_institution_id)


@transaction.atomic
def dispute(*, actor: Actor, case_id: UUID, reason: str, version: int | None = None) -> Referral:
    """The sender disagrees with the decline (R6): a lead of the service that declined looks again, the place in line
    kept. Disputed already for this reason: the same referral."""
    referral, said = locked(case_id), reason.strip()
    if referral.disputed_at is not None and referral.dispute_reason == said:
        return referral
    move = take(actor, referral, "dispute", version)
    if not said:
        raise InvalidInput({"reason": _("Say why you disagree, so that the lead knows what to look at.")})
    if len(said) > TEXT_LENGTH:
        raise InvalidInput({"reason": _("This is longer than %(most)d characters.") % {"most": TEXT_LENGTH}})
    offer = newest_of(move.case)
    lead = _who_looks(offer)
    referral.disputed_at, referral.dispute_reason = clock.now(), said
    _open_again(move, offer)
    stop_clock(move.case)
    start_clock(move.case, Leg.ACCEPTANCE, since=move.case.submitted_at)
    move.give_to(Ball.RESPONDER, lead)
    event = ReferralDisputed(move.case.pk, move.case.service_id)  # type: ignore[arg-type]  # it was asked
    return finish(move, event, facts={"service": str(move.case.service_id)}, text=said)


def _who_looks(offer: Offer | None) -> UUID:
    """A lead of the service that declined, not who declined where there is another."""
    leads = leads_of(offer.service_id) if offer is not None else []
    others = [lead for lead in leads if offer is not None and lead != offer.answered_by_id]
    if not leads:
        raise WrongStep(_("This service has no lead to look again: ask another hospital."))
    return (others or leads)[0]


def _open_again(move: Move, offer: Offer | None) -> None:
    """The declined asking is looked at again; its reason stays until it is settled."""
    if offer is None or offer.step != OfferStep.DECLINED:
        raise WrongStep(_("Nobody declined this."))
    answer(offer, move.actor, OfferStep.SEEN, answered_by_id=offer.answered_by_id, answered_at=offer.answered_at)
    move.case.service = offer.service
