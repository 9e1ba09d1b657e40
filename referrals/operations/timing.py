"""What happens because nobody acted (R21e): whom a step concerns is told; after the last one the coordinator has it.

That a beat takes each step once, and whom it passes over, is casework's (`strike_due`).
"""

from uuid import UUID

from consortium.casework.models import Clock, Escalation
from consortium.casework.operations import facts_of_step, strike_due, take_due_steps
from consortium.casework.states import Ball, CaseKind
from consortium.kernel.actors import Actor
from referrals.events import ReferralEscalated
from referrals.models import Referral
from referrals.operations.moving import finish, locked, take


def escalate_due(*, actor: Actor) -> int:
    """Take every step of every leg that is due, each referral in a transaction of its own; how many were taken."""
    return strike_due(CaseKind.REFERRAL, lambda running: _strike(actor, running))


def _strike(actor: Actor, running: Clock) -> int:
    taken = take_due_steps(locked(running.case_id).case, running)
    for step in taken:
        escalate(actor=actor, case_id=running.case_id, step=step)
    return len(taken)


def escalate(*, actor: Actor, case_id: UUID, step: Escalation) -> Referral:
    """One step, called with the referral locked."""
    move = take(actor, locked(case_id), "escalate")
    if step.is_last:
        move.give_to(Ball.COORDINATOR)
    facts = facts_of_step(step)
    return finish(move, ReferralEscalated(move.case.pk, **facts), facts=facts)
