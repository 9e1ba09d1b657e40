"""What the clock does around records."""

from celery import shared_task

from consortium.kernel.actors import acting_as, system
from consortium.patients.operations import end_expired_grants


@shared_task(name="patients.end_grants")
def end_grants() -> int:
    """Close break-the-glass grants whose time is over (beat, every 5 s): how many."""
    with acting_as(system("break-the-glass runs out")) as actor:
        return end_expired_grants(actor=actor)
