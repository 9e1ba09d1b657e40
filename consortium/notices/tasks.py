"""The urgent queue: deliveries asked for, those that were lost, and the pages' next calls."""

from uuid import UUID

from celery import shared_task

from consortium.kernel.actors import acting_as, system
from consortium.notices.operations import delivering, paging


@shared_task(name="notices.deliver")
def deliver(delivery_id: str) -> None:
    """Hand one delivery to its channel, and let a page whose channel is dead go on at once."""
    actor = system("delivering a notice")
    with acting_as(actor):
        delivering.deliver(actor=actor, delivery_id=UUID(delivery_id))
    paging.advance_pages()


@shared_task(name="notices.relay")
def relay() -> int:
    """Ask for what is due and was not delivered (beat, every 5 s): a task each, so a dead channel holds up its own."""
    with acting_as(system("finding lost deliveries")):
        due = delivering.lost_deliveries()
    for delivery_id in due:
        deliver.apply_async((str(delivery_id),), retry=False)
    return len(due)


@shared_task(name="notices.advance_pages")
def advance_pages() -> int:
    """Make the pages' calls that are due (beat, every 5 s)."""
    return paging.advance_pages()
