"""Asking for more (C5, C6, C10): what is said stands in the thread."""

from uuid import UUID

from django.db import transaction

from consortium.casework.models import Message
from consortium.casework.operations import add_message, informing, start_clock, stop_clock
from consortium.casework.operations.informing import information_came, wait_for_information
from consortium.casework.states import Ball, Leg, MessageKind
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.events import DomainEvent
from consultations.events import ClarificationRequested, InformationRequested, InformationSupplied
from consultations.models import Consultation
from consultations.operations.allocation import join_as_responder, return_to_queue
from consultations.operations.moving import Move, finish, locked, take
from consultations.queries import can_answer


def said_already(actor: Actor, consultation: Consultation, key: UUID | None) -> bool:
    return informing.said_already(actor, consultation.pk, key)


def say(move: Move, text: str, kind: MessageKind, key: UUID | None) -> Message:
    return add_message(actor=move.actor, case=move.case, text=text, kind=kind, key=key)


def _finish_saying(move: Move, event: DomainEvent, message: Message) -> Consultation:
    return finish(move, event, facts={"message": message.seq}, text=message.text)


@transaction.atomic
def ask_information(*, actor: Actor, case_id: UUID, text: str, key: UUID | None = None) -> Consultation:
    """The specialist needs more: the answer's clock pauses (stat never), the asker's runs."""
    consultation = locked(case_id)
    if said_already(actor, consultation, key):
        return consultation
    move = take(actor, consultation, "ask_information")
    message = say(move, text, MessageKind.INFORMATION_REQUEST, key)
    wait_for_information(move.case, Leg.FIRST_ANSWER)
    move.give_to_asker()
    return _finish_saying(move, InformationRequested(move.case.pk), message)


@transaction.atomic
def supply_information(*, actor: Actor, case_id: UUID, text: str, key: UUID | None = None) -> Consultation:
    """The asker supplies it: the answer's clock runs on."""
    consultation = locked(case_id)
    if said_already(actor, consultation, key):
        return consultation
    move = take(actor, consultation, "supply_information")
    message = say(move, text, MessageKind.INFORMATION, key)
    information_came(move.case)
    move.give_to(Ball.RESPONDER, move.case.responder_id)
    return _finish_saying(move, InformationSupplied(move.case.pk), message)


@transaction.atomic
def ask_clarification(*, actor: Actor, case_id: UUID, text: str, key: UUID | None = None) -> Consultation:
    """The asker asks back about the answer: a second round, with its own clock."""
    consultation = locked(case_id)
    if said_already(actor, consultation, key):
        return consultation
    move = take(actor, consultation, "ask_clarification")
    return ask_back(move, text, key)


def ask_back(move: Move, text: str, key: UUID | None) -> Consultation:
    """The second round begins; without somebody who can answer it, it goes to the service's queue."""
    message = say(move, text, MessageKind.CLARIFICATION, key)
    stop_clock(move.case)
    start_clock(move.case, Leg.CLARIFICATION)
    move.give_to(Ball.RESPONDER, move.case.responder_id)
    consultation = _finish_saying(move, ClarificationRequested(move.case.pk), message)
    responder_id = move.case.responder_id
    if responder_id is None or not can_answer(responder_id, move.case):
        why = system("the specialist can no longer act")
        with acting_as(why):
            return return_to_queue(actor=why, case_id=move.case.pk, why=why.why)
    join_as_responder(move)
    return consultation
