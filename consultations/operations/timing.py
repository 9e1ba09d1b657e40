"""What happens because nobody acted: escalation (C15), reminders of an answer and its closing without review (C14).

That a beat takes each step once, and whom it passes over, is casework's (`strike_due`).
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from consortium.casework.models import Clock, Escalation
from consortium.casework.operations import facts_of_step, stop_clock, strike_due, take_due_steps
from consortium.casework.states import Ball, CaseKind, Leg, Tell
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consultations.events import ConsultationEscalated, ConsultationLapsed, ReviewReminded
from consultations.models import Consultation
from consultations.operations.moving import close, finish, locked, take
from consultations.policies import correction_waits

#: reminders of an answer before it is closed without review (C14)
REMINDERS = 2
#: what comes late does not come all at once
_APART = timedelta(days=1)


def escalate_due(*, actor: Actor) -> int:
    """Take every step that is due, each case in a transaction of its own; how many were taken."""
    return strike_due(CaseKind.CONSULTATION, lambda running: _strike(actor, running))


def _strike(actor: Actor, running: Clock) -> int:
    consultation = locked(running.case_id)
    if running.leg == Leg.REVIEW and not correction_waits(consultation):
        return _review(actor, consultation, running)
    return _escalate(actor, consultation, running)


def _escalate(actor: Actor, consultation: Consultation, running: Clock) -> int:
    taken = take_due_steps(consultation.case, running)
    for step in taken:
        if running.leg == Leg.REVIEW and running.escalates_at is None and step is taken[-1]:
            _to_coordinator(step)
        escalate(actor=actor, case_id=consultation.pk, step=step)
    return len(taken)


def _to_coordinator(step: Escalation) -> None:
    """A correction that nobody has read is never let lie: the coordinator sees to it (C19)."""
    step.tell, step.is_last = Tell.COORDINATOR, True
    step.save(update_fields=["tell", "is_last"])


def escalate(*, actor: Actor, case_id: UUID, step: Escalation) -> Consultation:
    """One step of the escalation (C15): whom it concerns is told; after the last one the coordinator has the ball."""
    move = take(actor, locked(case_id), "escalate")
    if step.is_last:
        move.give_to(Ball.COORDINATOR)
    facts = facts_of_step(step)
    return finish(move, ConsultationEscalated(move.case.pk, **facts), facts=facts)


def _review(actor: Actor, consultation: Consultation, running: Clock) -> int:
    """One reminder at a time, never two in one day; after the last of them the case closes in its own time."""
    if running.steps_taken >= REMINDERS:
        auto_close(actor=actor, case_id=consultation.pk)
        return 1
    taken = take_due_steps(consultation.case, running, most=1)
    if taken:
        running.escalates_at = max(clock.now() + _APART, running.escalates_at or closes_at(running))
        running.save(update_fields=["escalates_at"])
        remind(actor=actor, case_id=consultation.pk, number=running.steps_taken)
    return len(taken)


def closes_at(running: Clock) -> datetime:
    """When a case whose answer nobody reviews closes by itself."""
    return running.started_at + timedelta(days=settings.REVIEW_CLOSE_DAYS)


def remind(*, actor: Actor, case_id: UUID, number: int) -> Consultation:
    """Remind the asking side, for the first or second time, of the answer that waits (C14)."""
    move = take(actor, locked(case_id), "remind")
    move.consultation.reminders = number
    return finish(move, ReviewReminded(case_id, number), facts={"number": number})


def auto_close(*, actor: Actor, case_id: UUID) -> Consultation:
    """Closed because nobody reviewed the answer (C14): counted apart, never as managed locally."""
    move = take(actor, locked(case_id), "auto_close")
    stop_clock(move.case)
    close(move)
    return finish(move, ConsultationLapsed(case_id), facts={"reminders": move.consultation.reminders})
