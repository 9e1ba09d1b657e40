"""Whom a clock that runs out calls: a stat child pages, all others leave a notice."""

from uuid import UUID

from consortium.casework.models import Case
from consortium.casework.queries.concerned import told_of_step
from consortium.casework.states import ASKING_LEGS, Leg, Priority
from consortium.kernel.events import receives
from consortium.notices.operations import page_about, tell
from referrals import events
from referrals.queries.concerned import DOCTORS, everybody_called, offices, receiver_side, sender_side
from referrals.receivers.calling import case_heard
from referrals.states import WAITING_STEPS


def told(case: Case, event: events.ReferralEscalated) -> list[UUID]:
    """Whom a step tells, in the order in which a page would call them; the last one both referral offices."""
    if event.last or event.leg == Leg.REDIRECTION:
        return offices(case)
    asks = event.leg in ASKING_LEGS
    people = told_of_step(case, event.tell, asks=asks, called=_called, roles=DOCTORS)
    return people or (sender_side(case) if asks else [])


def _called(case: Case) -> list[UUID]:
    """Everybody of the services that are asked now; afterwards of the one that has the child."""
    return everybody_called(case) if case.referral.step in WAITING_STEPS else receiver_side(case)


def kind_of(event: events.ReferralEscalated) -> str:
    if event.last:
        return "referral.taken_on"
    return "referral.overdue" if event.percent >= 100 else "referral.time_runs"


@receives(events.ReferralEscalated, duty=True)
def call_on_escalation(entry_id: int, event: events.ReferralEscalated) -> None:
    case = case_heard(event.referral_id)
    if case.priority == Priority.STAT:
        people = [*told(case, event), *offices(case)]
        page_about(case, people, kind_of(event), once=f"referral-escalation:{entry_id}")


@receives(events.ReferralEscalated)
def tell_of_escalation(entry_id: int, event: events.ReferralEscalated) -> None:
    case = case_heard(event.referral_id)
    if case.priority != Priority.STAT:
        tell(told(case, event), kind_of(event), case, entry_id, urgent=case.priority == Priority.URGENT)
