"""What the clock does around referrals."""

from celery import shared_task

from consortium.kernel.actors import acting_as, system
from referrals.operations.sweeping import pass_on_stranded
from referrals.operations.timing import escalate_due


@shared_task(name="referrals.escalate")
def escalate() -> int:
    """Take the steps of clocks that ran on (beat, every 15 s): how many."""
    with acting_as(system("the time is over")) as actor:
        return escalate_due(actor=actor)


@shared_task(name="referrals.pass_on")
def pass_on() -> int:
    """Give open referrals whose holder cannot act to whoever comes next (beat, every 15 s): how many."""
    with acting_as(system("the holder can no longer act")) as actor:
        return pass_on_stranded(actor=actor)
