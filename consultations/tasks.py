"""What the clock does around consultations."""

from celery import shared_task

from consortium.kernel.actors import acting_as, system
from consultations.operations import pass_on_stranded


@shared_task(name="consultations.pass_on")
def pass_on() -> int:
    """Give open cases whose holder cannot act to whoever comes next (beat, every 15 s): how many."""
    with acting_as(system("the holder can no longer act")) as actor:
        return pass_on_stranded(actor=actor)
