"""From one to the next: a holder who can no longer act, the end of a shift, a sending side on which nobody is left."""

from uuid import UUID

from django.utils.translation import gettext as _

from consortium.casework.operations import Turn
from consortium.casework.operations.handing import pass_on_turn
from consortium.casework.states import Ball
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotPermitted
from consortium.kernel.scoping import unfiltered
from consortium.patients.operations import join_pathway, leave_pathway
from consortium.people.operations import hold_person
from consortium.people.queries import actor_by_id
from referrals.events import ReferralHandedOn
from referrals.models import Referral
from referrals.operations.moving import Move, finish, locked, take
from referrals.queries.holding import can_hold, waits_for_sender
from referrals.queries.turns import asker_turn, service_turn


def return_to_service(*, actor: Actor, case_id: UUID, why: str, stays: bool = False) -> Referral:
    """The system gives a referral back to the receiving service, whose clocks run on: its holder can no longer act.

    `stays`: they still work there, and go on seeing the child. Inside a transaction.
    """
    move = take(actor, locked(case_id), "hand_on")
    case, held_by = move.case, move.case.responder_id
    case.responder = None
    if held_by is not None and not stays:
        _let_go(move, held_by)
    if case.ball == Ball.RESPONDER:
        turn = service_turn(case)
        move.give_to(turn.party, turn.user_id)
    return finish(move, ReferralHandedOn(case.pk, None), facts={"before": str(held_by), "why": why})


def _let_go(move: Move, user_id: UUID) -> None:
    """Off the pathway, unless another case of it is theirs."""
    case = move.case
    rows = unfiltered(type(case), why="whether somebody still takes part").filter(pathway_id=case.pathway_id)
    if case.pathway_id and not rows.filter(responder_id=user_id).exclude(pk=case.pk).exists():
        leave_pathway(actor=move.actor, pathway_id=case.pathway_id, user_id=user_id)


def hand_on(*, actor: Actor, case_id: UUID, from_id: UUID, to_id: UUID) -> Referral:
    """The referral passes from one doctor of the receiving side to the next by name, inside the hand-over's
    transaction. Whoever takes over stands in the journal as having done so."""
    referral = locked(case_id)
    case = referral.case
    if case.responder_id != from_id:
        return referral
    move = take(actor, referral, "hand_on")
    hold_person(to_id)
    if not can_hold(to_id, referral):
        raise NotPermitted(_("You no longer answer for this service."))
    case.responder_id = to_id
    if case.pathway_id and case.service:
        join_pathway(actor=actor, pathway_id=case.pathway_id, institution_id=case.service.institution_id, user_id=to_id)
    if case.ball == Ball.RESPONDER:
        move.give_to(Ball.RESPONDER, to_id)
    move.actor = actor_by_id(to_id)
    return finish(move, ReferralHandedOn(case.pk, to_id), facts={"responder": str(to_id), "before": str(from_id)})


def hand_over_turn(*, actor: Actor, case_id: UUID) -> bool:
    """Give the ball, where it lies with a sending side, to somebody there who can act, else to the coordinator; and
    back from the coordinator once somebody can. Inside a transaction."""
    referral = locked(case_id)
    return pass_on_turn(actor, referral.case, _turn(referral))


def _turn(referral: Referral) -> Turn:
    case = referral.case
    if case.ball == Ball.ASKER or (case.ball == Ball.COORDINATOR and waits_for_sender(referral)):
        return asker_turn(case)
    return Turn(case.ball, case.ball_user_id)
