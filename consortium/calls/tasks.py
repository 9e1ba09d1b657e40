"""What the clock brings to calls. It may run twice at once."""

from celery import shared_task

from consortium.calls.operations import end_abandoned as end
from consortium.kernel.actors import acting_as, system


@shared_task(name="calls.end_abandoned")
def end_abandoned() -> int:
    """End calls in which nobody is left (beat, every minute)."""
    with acting_as(system("calls in which nobody is left")):
        return end()
