"""What the clock does around consultations."""

from celery import shared_task

from consortium.kernel.actors import acting_as, system
from consultations.operations import end_unattended, pass_on_stranded, remind_of_calls
from consultations.operations.assigning import assign_waiting
from consultations.operations.following import chase_due
from consultations.operations.recording import delete_due
from consultations.operations.reviewing import tend_reviews
from consultations.operations.timing import escalate_due


@shared_task(name="consultations.pass_on")
def pass_on() -> int:
    """Give open cases whose holder cannot act to whoever comes next (beat, every 15 s): how many."""
    with acting_as(system("the holder can no longer act")) as actor:
        return pass_on_stranded(actor=actor)


@shared_task(name="consultations.assign")
def assign() -> int:
    """Give what waits in queues that allocate by themselves to who is on duty (beat, every 10 s): how many."""
    with acting_as(system("given to who is on duty")) as actor:
        return assign_waiting(actor=actor)


@shared_task(name="consultations.escalate")
def escalate() -> int:
    """Take the steps of clocks that ran on, remind of answers, close what nobody reviews (beat, every 15 s)."""
    with acting_as(system("the time is over")) as actor:
        return escalate_due(actor=actor)


@shared_task(name="consultations.chase_outcomes")
def chase_outcomes() -> int:
    """Ask what became of children whose questions were closed three weeks ago, remind, pass on (beat): how many."""
    with acting_as(system("what became of the child")) as actor:
        return chase_due(actor=actor)


@shared_task(name="consultations.tend_reviews")
def tend() -> int:
    """Draw the month's answers to be rated, hand them out, remind of late ones (beat): how many."""
    with acting_as(system("an answer is rated")) as actor:
        return tend_reviews(actor=actor)


@shared_task(name="consultations.call_times")
def call_times() -> int:
    """Remind of video calls that come near, and close those that nobody opened (beat, every 30 s): how many."""
    with acting_as(system("the time of a video call")) as actor:
        return remind_of_calls(actor=actor) + end_unattended(actor=actor)


@shared_task(name="consultations.delete_recordings")
def delete_recordings() -> int:
    """Delete the bytes of recordings that may no longer be kept (beat, every minute): how many."""
    with acting_as(system("the time of keeping is over, or the consent was withdrawn")) as actor:
        return delete_due(actor=actor)
