"""Delivery of events after commit: at once when the queue is there, by the relay when it was not."""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from consortium.journal.models import Delivery, Verification
from consortium.journal.operations import begin_verification, continue_verification
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.events import DomainEvent, receiver_named

logger = logging.getLogger(__name__)

#: verified once a night; a worker goes on with it for so long, then lets others in
VERIFY_EVERY = timedelta(hours=20)
VERIFY_OVERDUE = timedelta(hours=30)
NIGHT = range(1, 6)
PIECE_SECONDS = 20.0

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


@shared_task(name="journal.verify_when_due")
def verify_when_due() -> int | None:
    """Verify all chains once a night (beat asks every 2 minutes): the faults so far, None when nothing is due."""
    with acting_as(system("the journal is verified every night")) as actor:
        last = Verification.objects.order_by("-id").first()
        if last is None or last.finished_at is not None:
            if not _verification_due(last):
                return None
            last = begin_verification(actor=actor)
        run = continue_verification(actor=actor, run=last, seconds=PIECE_SECONDS)
    if run.fault_count:
        logger.error("the journal's chains do not hold", extra={"faults": run.fault_count})
    return run.fault_count


def _verification_due(last: Verification | None) -> bool:
    if last is None:
        return True
    since = clock.now() - last.at
    return since > VERIFY_OVERDUE or (since > VERIFY_EVERY and timezone.localtime(clock.now()).hour in NIGHT)
