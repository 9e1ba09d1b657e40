"""Who answers (C3, C4), and what happens when they no longer can."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Case, Service, ServiceMember
from consortium.casework.operations import start_clock, stop_clock
from consortium.casework.states import Ball, Leg
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotPermitted, Taken
from consortium.patients.operations import join_pathway, leave_pathway
from consortium.people.models import User
from consortium.people.operations import hold_person
from consultations.events import ConsultationClaimed, ConsultationDeclined, ConsultationReturned
from consultations.models import Consultation
from consultations.operations.moving import Move, begin, finish, locked, take
from consultations.queries import can_answer, queue_turn
from consultations.states import DeclineReason, Step


def _taken(winner: User) -> Taken:
    name = winner.get_full_name()
    return Taken(_("%(name)s took this case already.") % {"name": name}, detail={"winner": name})


@transaction.atomic
def claim(*, actor: Actor, case_id: UUID) -> Consultation:
    """Take a case from one's service's queue. Two at once: one wins, the other gets Taken with the winner's name."""
    consultation = locked(case_id)
    if consultation.case.responder_id == actor.user_id and consultation.step != Step.REQUESTED:
        return consultation
    if consultation.case.responder is not None:
        raise _taken(consultation.case.responder)
    move = take(actor, consultation, "claim")
    if not _held_able(actor.user_id, move.case):
        raise NotPermitted(_("You no longer answer for this service."))
    return _assign(move, actor.user_id)


@transaction.atomic
def allocate(*, actor: Actor, case_id: UUID, responder_id: UUID, instead_of: UUID | None = None) -> Consultation:
    """Give a case to a named specialist of the service; `instead_of`, who held it when the actor looked, is released.

    Somebody else has it by now: Taken with that name, so that of two who allocate at once the second does not undo the
    first unseen.
    """
    consultation = locked(case_id)
    holder = consultation.case.responder
    if consultation.step == Step.RECEIVED and consultation.case.responder_id == responder_id:
        return consultation
    move = take(actor, consultation, "allocate")
    if holder is not None and holder.pk != instead_of:
        raise _taken(holder)
    if not _held_able(responder_id, move.case):
        raise InvalidInput({"responder_id": _("Choose a specialist of this service who is able to act.")})
    release(move)
    return _assign(move, responder_id)


def _held_able(user_id: UUID, case: Case) -> bool:
    """Whether this person can answer, with their row held: nobody suspends or moves them before this act commits."""
    hold_person(user_id)
    return can_answer(user_id, case)


def _assign(move: Move, responder_id: UUID) -> Consultation:
    case = move.case
    case.responder_id = responder_id
    stop_clock(case)
    start_clock(case, Leg.FIRST_ANSWER)
    join_as_responder(move)
    move.give_to(Ball.RESPONDER, responder_id)
    return finish(move, ConsultationClaimed(case.pk, responder_id), facts={"responder": str(responder_id)})


def join_as_responder(move: Move) -> None:
    """Who answers takes part in the pathway, and so knows the child. Idempotent."""
    case = move.case
    if case.pathway_id and case.service and case.responder_id:
        join_pathway(
            actor=move.actor,
            pathway_id=case.pathway_id,
            institution_id=case.service.institution_id,
            user_id=case.responder_id,
        )


def release(move: Move) -> None:
    """The present responder lets go: no longer on the pathway, no longer named."""
    case = move.case
    if case.responder_id and case.pathway_id:
        leave_pathway(actor=move.actor, pathway_id=case.pathway_id, user_id=case.responder_id)
    case.responder = None


def _back_to_queue(move: Move) -> None:
    """Into the queue of `case.service`, with the place in line that the first send gave."""
    release(move)
    stop_clock(move.case)
    start_clock(move.case, Leg.ALLOCATION, since=move.case.submitted_at)
    turn = queue_turn()
    move.give_to(turn.party, turn.user_id)


@transaction.atomic
def decline(*, actor: Actor, case_id: UUID, reason: str, service_id: UUID, note: str = "") -> Consultation:
    """Say no with a coded reason, and name the service that should answer; the place in line is kept."""
    move = begin(actor, case_id, "decline")
    suggested = Service.objects.filter(pk=service_id, is_open=True).first()
    if reason not in DeclineReason.values:
        raise InvalidInput({"reason": _("Choose a reason.")})
    if suggested is None or (suggested.pk == move.case.service_id and _alone(move)):
        raise InvalidInput({"service_id": _("Name the service that should answer instead.")})
    move.consultation.decline_reason = reason
    move.consultation.declined_by_service_id = move.case.service_id
    move.case.service = suggested
    _back_to_queue(move)
    event = ConsultationDeclined(move.case.pk, reason, suggested.pk)
    return finish(move, event, text=note, facts={"reason": reason, "service": str(suggested.pk)})


def _alone(move: Move) -> bool:
    others = ServiceMember.objects.filter(service=move.case.service, left_at=None)
    return not others.exclude(user_id=move.actor.user_id).exists()


def return_to_queue(*, actor: Actor, case_id: UUID, why: str) -> Consultation:
    """The system gives a case back to its queue because its holder can no longer act. Inside a transaction."""
    consultation = locked(case_id)
    left_by = consultation.case.responder_id
    move = take(actor, consultation, "return_to_queue")
    _back_to_queue(move)
    event = ConsultationReturned(move.case.pk, move.case.service_id, left_by)  # type: ignore[arg-type]
    return finish(move, event, facts={"why": why})
