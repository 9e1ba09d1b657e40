"""From one to the next: the asking side when its doctor is gone, the answering side at the end of a shift."""

from uuid import UUID

from django.utils.translation import gettext as _

from consortium.casework.operations.handing import pass_on_turn
from consortium.casework.states import Ball
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotPermitted
from consortium.people.operations import hold_person
from consortium.people.queries import actor_by_id
from consultations.events import ConsultationClaimed
from consultations.models import Consultation
from consultations.operations.allocation import join_as_responder, release
from consultations.operations.moving import finish, locked, take
from consultations.queries import can_answer, whose_turn_as_asker


def hand_over_asker(*, actor: Actor, case_id: UUID) -> None:
    """Give the ball, where it lies with the asking side, to somebody there who can act, else to the coordinator.

    What the coordinator has taken on because its time was over stays with them.
    """
    case = locked(case_id).case
    pass_on_turn(actor, case, whose_turn_as_asker(case))


def hand_on(*, actor: Actor, case_id: UUID, from_id: UUID, to_id: UUID) -> Consultation:
    """The case passes from one specialist to the next by name; its clocks run on. Inside the hand-over's transaction.

    Whoever takes over stands in the journal as having done so.
    """
    consultation = locked(case_id)
    case = consultation.case
    if case.responder_id != from_id:
        return consultation
    move = take(actor, consultation, "hand_on")
    hold_person(to_id)
    if not can_answer(to_id, case):
        raise NotPermitted(_("You no longer answer for this service."))
    release(move)
    case.responder_id = to_id
    join_as_responder(move)
    if case.ball == Ball.RESPONDER:
        move.give_to(Ball.RESPONDER, to_id)
    move.actor = actor_by_id(to_id)
    event = ConsultationClaimed(case.pk, to_id)
    return finish(move, event, facts={"responder": str(to_id), "before": str(from_id)})
