"""Pages: a stat or urgent question without a specialist calls who is on duty, then the leads, then the coordinators.

They create a duty, so they run in the transaction of the act: such a question is not stored without its page.
"""

from uuid import UUID

from consortium.casework.models import Case
from consortium.casework.queries.concerned import heard
from consortium.casework.states import Priority
from consortium.journal.models import Entry
from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations import calm, page_about
from consultations import events
from consultations.queries.concerned import on_call


def case_heard(case_id: UUID) -> Case:
    """The case of a question, with the question itself."""
    return heard(case_id, "consultation")


def call_for(case: Case, entry_id: int) -> None:
    """Page the service about a case that nobody holds; nothing for a routine one, or where nobody serves."""
    if case.priority <= Priority.URGENT:
        kind = "consultation.stat" if case.priority == Priority.STAT else "consultation.urgent"
        page_about(case, on_call(case), kind, once=f"consultation-page:{entry_id}")


@receives(events.ConsultationSubmitted, duty=True)
def call_on_submit(entry_id: int, event: events.ConsultationSubmitted) -> None:
    call_for(case_heard(event.consultation_id), entry_id)


@receives(events.ConsultationReturned, duty=True)
def call_on_return(entry_id: int, event: events.ConsultationReturned) -> None:
    call_for(case_heard(event.consultation_id), entry_id)


@receives(events.ConsultationDeclined, duty=True)
def call_on_decline(entry_id: int, event: events.ConsultationDeclined) -> None:
    _stop(event.consultation_id)
    call_for(case_heard(event.consultation_id), entry_id)


@receives(events.UrgencyChanged, duty=True)
def call_on_raise(entry_id: int, event: events.UrgencyChanged) -> None:
    """Raised: call again, the specialist who holds it first. Lowered: nobody is called any more."""
    case = case_heard(event.consultation_id)
    calm(case)
    if event.after < event.before:
        call_for(case, entry_id)


def _stop(case_id: UUID) -> None:
    calm(case_heard(case_id))


@receives(events.ConsultationClaimed, duty=True)
def calm_on_claim(entry_id: int, event: events.ConsultationClaimed) -> None:
    """Somebody has taken it, or was given it by somebody. Given by the system, it calls on until a person begins: the
    one it was given to first."""
    _stop(event.consultation_id)
    if current_actor().is_system and _given_by_itself(entry_id):
        call_for(case_heard(event.consultation_id), entry_id)


def _given_by_itself(entry_id: int) -> bool:
    rows = unfiltered(Entry, why="whether anybody has seen to it")
    return bool(rows.filter(pk=entry_id, verb="assign").exists())


@receives(events.AnswerBegun, duty=True)
def calm_on_beginning(entry_id: int, event: events.AnswerBegun) -> None:
    _stop(event.consultation_id)


@receives(events.InformationRequested, duty=True)
def calm_on_request(entry_id: int, event: events.InformationRequested) -> None:
    _stop(event.consultation_id)


@receives(events.ConsultationAnswered, duty=True)
def calm_on_answer(entry_id: int, event: events.ConsultationAnswered) -> None:
    _stop(event.consultation_id)


@receives(events.ConsultationWithdrawn, duty=True)
def calm_on_withdrawal(entry_id: int, event: events.ConsultationWithdrawn) -> None:
    _stop(event.consultation_id)


@receives(events.ConsultationEnteredInError, duty=True)
def calm_on_error(entry_id: int, event: events.ConsultationEnteredInError) -> None:
    _stop(event.consultation_id)
