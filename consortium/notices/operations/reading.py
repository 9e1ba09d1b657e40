"""Reading: one notice, all of them, and taking that back. The inbox is its owner's own, so the row is the check."""

from uuid import UUID, uuid4

from django.db import transaction

from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.notices.models import Notice
from consortium.notices.operations.sending import move_inbox
from consortium.notices.queries.inbox import notice_of

_WHY = system("keeping the inbox' number")


def _moved(actor: Actor) -> None:
    with acting_as(_WHY):
        move_inbox(actor.user_id)


@transaction.atomic
def mark_read(*, actor: Actor, notice_id: UUID) -> Notice:
    """The person has opened it. Opening it again changes nothing."""
    notice = notice_of(notice_id)
    if Notice.objects.unread().filter(pk=notice_id).update(read_at=clock.now()):
        _moved(actor)
        notice.read_at = clock.now()
    return notice


@transaction.atomic
def mark_all_read(*, actor: Actor) -> tuple[UUID, int]:
    """All is read but pages that wait for an answer: (the act's number, for taking it back, how many)."""
    batch = uuid4()
    waiting = Notice.objects.unread().exclude(page__isnull=False, acknowledged_at=None)
    count = waiting.update(read_at=clock.now(), read_batch=batch)
    if count:
        _moved(actor)
    return batch, count


@transaction.atomic
def mark_unread_again(*, actor: Actor, batch: UUID) -> int:
    """Take back a `mark_all_read`; how many are unread again."""
    count = Notice.objects.filter(read_batch=batch).update(read_at=None, read_batch=None)
    if count:
        _moved(actor)
    return count
