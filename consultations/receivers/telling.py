"""Notices: whose turn it is now, and what came of it. After commit, at least once; each is told once per act."""

from consortium.casework.events import MessagePosted
from consortium.casework.models import Case
from consortium.casework.states import Ball, CaseKind, Priority
from consortium.kernel.events import receives
from consortium.notices.operations import tell, tell_of_messages
from consultations import events
from consultations.queries.concerned import answering_side, asking_side, coordinators_of, on_call, readers_of
from consultations.queries.opinions import seconds_of
from consultations.receivers.calling import case_heard


def _is_stat(case: Case) -> bool:
    return bool(case.priority == Priority.STAT)


@receives(events.ConsultationSubmitted)
def tell_of_question(entry_id: int, event: events.ConsultationSubmitted) -> None:
    """A routine question calls nobody: who is on duty finds it in the inbox, else the coordinators do."""
    case = case_heard(event.consultation_id)
    if case.priority == Priority.ROUTINE:
        tell(on_call(case), "consultation.new", case, entry_id)


@receives(events.ConsultationClaimed)
def tell_of_claim(entry_id: int, event: events.ConsultationClaimed) -> None:
    case = case_heard(event.consultation_id)
    name = {"en": case.responder.full_name, "zh": case.responder.full_name_zh} if case.responder else ""
    tell(asking_side(case), "consultation.claimed", case, entry_id, specialist=name)
    tell([event.responder_id], "consultation.allocated", case, entry_id, urgent=case.priority <= Priority.URGENT)


@receives(events.ConsultationDeclined)
def tell_of_decline(entry_id: int, event: events.ConsultationDeclined) -> None:
    case = case_heard(event.consultation_id)
    tell(asking_side(case), "consultation.declined", case, entry_id, urgent=_is_stat(case))
    tell(coordinators_of(case), "consultation.waiting", case, entry_id)


@receives(events.ConsultationReturned)
def tell_of_return(entry_id: int, event: events.ConsultationReturned) -> None:
    case = case_heard(event.consultation_id)
    tell(coordinators_of(case), "consultation.waiting", case, entry_id, urgent=_is_stat(case))
    if event.taken_back:
        tell([event.left_by_id], "consultation.taken_back", case, entry_id)


@receives(events.InformationRequested)
def tell_of_request(entry_id: int, event: events.InformationRequested) -> None:
    case = case_heard(event.consultation_id)
    tell(asking_side(case), "consultation.information_requested", case, entry_id, urgent=_is_stat(case))


@receives(events.InformationSupplied)
def tell_of_supply(entry_id: int, event: events.InformationSupplied) -> None:
    case = case_heard(event.consultation_id)
    tell(answering_side(case), "consultation.information_supplied", case, entry_id, urgent=_is_stat(case))


@receives(events.ConsultationAnswered)
def tell_of_answer(entry_id: int, event: events.ConsultationAnswered) -> None:
    case = case_heard(event.consultation_id)
    tell(asking_side(case), "consultation.answered", case, entry_id, urgent=case.priority <= Priority.URGENT)


@receives(events.AnswerCorrected)
def tell_of_correction(entry_id: int, event: events.AnswerCorrected) -> None:
    """A corrected answer may change what is being done to a child: never held back by quiet hours."""
    case = case_heard(event.consultation_id)
    tell(asking_side(case), "consultation.corrected", case, entry_id, urgent=True)


@receives(events.ClarificationRequested)
def tell_of_clarification(entry_id: int, event: events.ClarificationRequested) -> None:
    case = case_heard(event.consultation_id)
    tell(answering_side(case), "consultation.clarification", case, entry_id, urgent=_is_stat(case))


@receives(events.ConsultationClosedOut)
def tell_of_outcome(entry_id: int, event: events.ConsultationClosedOut) -> None:
    case = case_heard(event.consultation_id)
    tell(answering_side(case), "consultation.closed", case, entry_id)


@receives(events.ConsultationWithdrawn)
def tell_of_withdrawal(entry_id: int, event: events.ConsultationWithdrawn) -> None:
    case = case_heard(event.consultation_id)
    if case.responder_id:
        tell([case.responder_id], "consultation.withdrawn", case, entry_id)


@receives(events.ConsultationEnteredInError)
def tell_of_error(entry_id: int, event: events.ConsultationEnteredInError) -> None:
    """Everyone who read it is told: they may have acted on it."""
    case = case_heard(event.consultation_id)
    tell(readers_of(case), "consultation.error", case, entry_id, urgent=True)


@receives(MessagePosted)
def tell_of_message(entry_id: int, event: MessagePosted) -> None:
    case = case_heard(event.case_id)
    if case.kind != CaseKind.CONSULTATION:
        return
    people = [*asking_side(case), *([case.responder_id] if case.responder_id else [])]
    office = coordinators_of(case) if case.ball == Ball.COORDINATOR else []
    tell_of_messages([*people, *seconds_of(case), *office], "consultation.message", case, entry_id, event.author_id)
