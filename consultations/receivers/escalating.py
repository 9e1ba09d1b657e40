"""Whom a clock that runs out calls: a stat question pages, all others leave a notice.

A page is a duty, so it is started in the transaction of the step; notices follow after the commit.
"""

from uuid import UUID

from consortium.casework.models import Case
from consortium.casework.queries.concerned import told_of_step
from consortium.casework.states import ASKING_LEGS, Priority
from consortium.kernel.events import receives
from consortium.notices.operations import page_about, tell
from consultations import events
from consultations.queries.concerned import asking_side, coordinators_of, on_call
from consultations.receivers.calling import case_heard


def told(case: Case, event: events.ConsultationEscalated) -> list[UUID]:
    """Whom a step tells, in the order in which a page would call them."""
    return told_of_step(case, event.tell, asks=event.leg in ASKING_LEGS, called=on_call)


def kind_of(event: events.ConsultationEscalated) -> str:
    if event.last:
        return "consultation.taken_on"
    return "consultation.overdue" if event.percent >= 100 else "consultation.time_runs"


@receives(events.ConsultationEscalated, duty=True)
def call_on_escalation(entry_id: int, event: events.ConsultationEscalated) -> None:
    case = case_heard(event.consultation_id)
    if case.priority != Priority.STAT:
        return
    people = [*told(case, event), *coordinators_of(case)]
    page_about(case, people, kind_of(event), once=f"escalation-page:{entry_id}")


@receives(events.ConsultationEscalated)
def tell_of_escalation(entry_id: int, event: events.ConsultationEscalated) -> None:
    case = case_heard(event.consultation_id)
    if case.priority != Priority.STAT:
        tell(told(case, event), kind_of(event), case, entry_id, urgent=case.priority == Priority.URGENT)


@receives(events.ReviewReminded)
def tell_of_reminder(entry_id: int, event: events.ReviewReminded) -> None:
    case = case_heard(event.consultation_id)
    tell(asking_side(case), "consultation.review", case, entry_id)


@receives(events.ConsultationLapsed)
def tell_of_lapse(entry_id: int, event: events.ConsultationLapsed) -> None:
    case = case_heard(event.consultation_id)
    people = [*asking_side(case), *([case.responder_id] if case.responder_id else [])]
    tell(people, "consultation.lapsed", case, entry_id)
