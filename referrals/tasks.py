"""What the clock does around referrals."""

from celery import shared_task

from consortium.kernel.actors import acting_as, system
from referrals.operations.filling import fill_places
from referrals.operations.reminding import remind_visits
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


@shared_task(name="referrals.fill_places")
def fill() -> int:
    """Give places that are free to children who wait for one (beat, every 5 minutes): how many."""
    with acting_as(system("a place is free")) as actor:
        return fill_places(actor=actor)


@shared_task(name="referrals.remind_visits")
def remind() -> int:
    """Remind of visits that come near (beat, every 5 minutes): how many."""
    with acting_as(system("a visit comes near")) as actor:
        return remind_visits(actor=actor)
