"""Who answers (C3, C4), and what happens when they no longer can."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Case, Service, ServiceMember
from consortium.casework.operations import add_message, start_clock, stop_clock
from consortium.casework.queries.intake import named, refusal
from consortium.casework.states import Ball, Leg, MessageKind
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotPermitted, Taken
from consortium.patients.operations import join_pathway
from consortium.people.models import User
from consortium.people.operations import hold_person
from consultations.events import ConsultationClaimed, ConsultationDeclined, ConsultationReturned, DisputeSettled
from consultations.models import Consultation
from consultations.operations.letting_go import end_waiting, let_go
from consultations.operations.moving import Move, begin, finish, locked, take
from consultations.queries import can_answer, queue_turn
from consultations.states import DeclineReason, DisputeOutcome, OpinionDecline, Step


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
    if not held_able(actor.user_id, move.case):
        raise NotPermitted(_("You no longer answer for this service."))
    return give_case(move, actor.user_id)


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
    if not held_able(responder_id, move.case):
        raise InvalidInput({"responder_id": _("Choose a specialist of this service who is able to act.")})
    if responder_id == declined_it(consultation):
        raise InvalidInput({"responder_id": _("They declined this question: give it to somebody else.")})
    release(move)
    return give_case(move, responder_id)


def declined_it(consultation: Consultation) -> UUID | None:
    """Who declined what the asker disputes: anybody but them may answer it."""
    return consultation.declined_by_id if consultation.looked_at_again else None


def held_able(user_id: UUID, case: Case) -> bool:
    """Whether this person can answer, with their row held: nobody suspends or moves them before this act commits."""
    hold_person(user_id)
    return can_answer(user_id, case)


def give_case(move: Move, responder_id: UUID) -> Consultation:
    """The case is this specialist's: the clock of the first answer starts, and they come to know the child."""
    case = move.case
    case.responder_id = responder_id
    settle_dispute(move, DisputeOutcome.TAKEN)
    stop_clock(case)
    start_clock(case, Leg.FIRST_ANSWER)
    join_as_responder(move)
    move.give_to(Ball.RESPONDER, responder_id)
    return finish(move, ConsultationClaimed(case.pk, responder_id), facts={"responder": str(responder_id)})


def settle_dispute(move: Move, outcome: DisputeOutcome) -> None:
    """Somebody has looked again: taken by whoever has it now; declined again when they let it go as well."""
    consultation = move.consultation
    awaited = {DisputeOutcome.TAKEN: "", DisputeOutcome.DECLINED: DisputeOutcome.TAKEN}[outcome]
    if consultation.disputed_at is not None and consultation.dispute_outcome == awaited:
        consultation.dispute_outcome = outcome
        move.also.append(DisputeSettled(move.case.pk, outcome.value))


def join_as_responder(move: Move) -> None:
    """Who answers takes part in the pathway, and so knows the child; nobody gives a second opinion on their own answer.

    Idempotent.
    """
    case = move.case
    end_waiting(move.actor, case, OpinionDecline.OWN_CASE, specialist_id=case.responder_id)
    if case.pathway_id and case.service and case.responder_id:
        join_pathway(
            actor=move.actor,
            pathway_id=case.pathway_id,
            institution_id=case.service.institution_id,
            user_id=case.responder_id,
        )


def release(move: Move) -> None:
    """The present responder lets go: no longer on the pathway, no longer named."""
    case, held_by = move.case, move.case.responder_id
    case.responder = None
    if held_by:
        let_go(move.actor, case, held_by)


def back_to_queue(move: Move) -> None:
    """Into the queue of `case.service`, with the place in line that the first send gave."""
    release(move)
    stop_clock(move.case)
    start_clock(move.case, Leg.ALLOCATION, since=move.case.submitted_at)
    turn = queue_turn()
    move.give_to(turn.party, turn.user_id)


@transaction.atomic
def decline(*, actor: Actor, case_id: UUID, reason: str, service_id: UUID, note: str = "") -> Consultation:
    """Say no with a coded reason, and name the service that should answer; the place in line is kept.

    `note`, a word to the asker, stands in the thread.
    """
    move = begin(actor, case_id, "decline")
    suggested = Service.objects.filter(pk=service_id, is_open=True).first()
    if reason not in DeclineReason.values:
        raise InvalidInput({"reason": _("Choose a reason.")})
    if suggested is None or (suggested.pk == move.case.service_id and _alone(move)):
        raise InvalidInput({"service_id": _("Name the service that should answer instead.")})
    if suggested.pk != move.case.service_id and (
        why := named(*refusal(suggested, move.case.age_days, move.case.priority))
    ):
        raise InvalidInput({"service_id": why})
    move.consultation.decline_reason = reason
    move.consultation.declined_by_service_id = move.case.service_id
    move.consultation.declined_by_id = move.actor.user_id
    settle_dispute(move, DisputeOutcome.DECLINED)
    if note.strip():
        add_message(actor=actor, case=move.case, text=note, kind=MessageKind.DECISION)
    end_waiting(move.actor, move.case, OpinionDecline.CASE_LEFT)
    move.case.service = suggested
    back_to_queue(move)
    event = ConsultationDeclined(move.case.pk, reason, suggested.pk)
    return finish(move, event, text=note, facts={"reason": reason, "service": str(suggested.pk)})


def _alone(move: Move) -> bool:
    others = ServiceMember.objects.filter(service=move.case.service, left_at=None)
    return not others.exclude(user_id=move.actor.user_id).exists()


@transaction.atomic
def take_back(*, actor: Actor, case_id: UUID, note: str = "") -> Consultation:
    """The coordinator takes a case that is long over its time from whoever holds it (C15); the holder is told.

    `note`, a word to the asker, stands in the thread. In its queue already: nothing happens.
    """
    consultation = locked(case_id)
    if consultation.step == Step.REQUESTED and consultation.case.responder_id is None:
        return consultation
    left_by = consultation.case.responder_id
    move = take(actor, consultation, "take_back")
    if note.strip():
        add_message(actor=actor, case=move.case, text=note, kind=MessageKind.DECISION)
    return _returned(move, left_by, {"left_by": str(left_by)}, note, taken_back=True)


def return_to_queue(*, actor: Actor, case_id: UUID, why: str) -> Consultation:
    """The system gives a case back to its queue because its holder can no longer act. Inside a transaction."""
    consultation = locked(case_id)
    left_by = consultation.case.responder_id
    return _returned(take(actor, consultation, "return_to_queue"), left_by, {"why": why})


def _returned(
    move: Move, left_by: UUID | None, facts: dict[str, str], note: str = "", *, taken_back: bool = False
) -> Consultation:
    back_to_queue(move)
    event = ConsultationReturned(move.case.pk, move.case.service_id, left_by, taken_back)  # type: ignore[arg-type]
    return finish(move, event, facts=facts, text=note)
