"""Delivery of events after commit: at once when the queue is there, by the relay when it was not."""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import transaction

from consortium.journal.models import Delivery
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.events import DomainEvent, receiver_named

logger = logging.getLogger(__name__)

_MOST_ATTEMPTS = 12


@shared_task(name="journal.deliver_entry")
def deliver_entry(entry_id: int) -> None:
    for delivery_id in Delivery.objects.outstanding().filter(entry_id=entry_id).values_list("id", flat=True):
        deliver(delivery_id)


@shared_task(name="journal.relay")
def relay(limit: int = 200) -> int:
    """Deliver what is due and not done (beat, every 2 s). Returns how many were tried."""
    due = Delivery.objects.outstanding().filter(next_at__lte=clock.now()).order_by("next_at", "id")
    ids = list(due.values_list("id", flat=True)[:limit])
    for delivery_id in ids:
        deliver(delivery_id)
    return len(ids)


def deliver(delivery_id: int) -> None:
    """Run one receiver and mark it done, in one transaction; a failure is put off, doubling up to 5 minutes."""
    try:
        with transaction.atomic():
            row = (
                Delivery.objects.outstanding()
                .select_for_update(skip_locked=True, of=("self",))
                .select_related("entry")
                .filter(pk=delivery_id)
                .first()
            )
            if row is not None:
                _run(row)
                Delivery.objects.filter(pk=row.pk).update(done_at=clock.now(), attempts=row.attempts + 1, error="")
    except Exception as error:  # whatever a receiver raises must not stop the others
        logger.exception("receiver failed")
        _put_off(delivery_id, error)


def _run(row: Delivery) -> None:
    receiver = receiver_named(row.event, row.receiver)
    if receiver is None:  # a receiver that a newer version no longer has
        return
    event = DomainEvent.registry[row.event].load(row.payload)
    with acting_as(system(f"{row.receiver} heard {row.event}")):
        receiver.run(row.entry_id, event)


def _put_off(delivery_id: int, error: Exception) -> None:
    row = Delivery.objects.get(pk=delivery_id)
    attempts = row.attempts + 1
    wait = timedelta(seconds=min(2**attempts, 300))
    Delivery.objects.filter(pk=delivery_id).update(
        attempts=attempts,
        next_at=clock.now() + wait,
        error=type(error).__name__[:200],
        abandoned_at=clock.now() if attempts >= _MOST_ATTEMPTS else None,
    )
