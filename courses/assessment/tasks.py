"""What the clock does around exams."""

from celery import shared_task

from consortium.kernel.actors import acting_as, system
from courses.assessment.operations.handing_in import end_due


@shared_task(name="assessment.end_attempts")
def end_attempts() -> int:
    """Hand in for those whose time is over (beat, every 5 s): how many."""
    with acting_as(system("the time of an attempt is over")) as actor:
        return end_due(actor=actor)
