"""What the clock does around referrals."""

from celery import shared_task

from consortium.kernel.actors import acting_as, system
from referrals.operations.timing import escalate_due


@shared_task(name="referrals.escalate")
def escalate() -> int:
    """Take the steps of clocks that ran on (beat, every 15 s): how many."""
    with acting_as(system("the time is over")) as actor:
        return escalate_due(actor=actor)
