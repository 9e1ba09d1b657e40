"""What the clock brings: duties that end, holds that run out, slots of the weeks ahead. Each may run twice at once."""

from celery import shared_task

from consortium.casework.operations.booking import expire_holds as expire
from consortium.casework.operations.ending import end_due_duties, remind_of_ends
from consortium.casework.operations.slots import publish_slots as publish
from consortium.kernel.actors import acting_as, system


@shared_task(name="casework.end_duties")
def end_duties() -> int:
    """Remind of duties that end soon, and end those whose time is up (beat, every minute)."""
    with acting_as(system("the end of duties")):
        remind_of_ends()
        return end_due_duties()


@shared_task(name="casework.expire_holds")
def expire_holds() -> int:
    """Give back what was held and not confirmed (beat, every minute)."""
    with acting_as(system("holds that run out")):
        return expire()


@shared_task(name="casework.publish_slots")
def publish_slots() -> int:
    """Publish the slots of the weeks ahead (beat, hourly)."""
    with acting_as(system("publishing slots")):
        return publish()
