"""Sending: a row in the inbox always, and a delivery for each way out that the person wants."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction

from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.bells import ring_on_commit
from consortium.kernel.queue import ask_worker
from consortium.notices.models import Delivery, Inbox, Notice, Page
from consortium.notices.queries.reach import channels_for, quiet_until
from consortium.people.models import User

_WHY = system("telling people")


@transaction.atomic
def send_notice(
    *,
    actor: Actor,
    recipient_id: UUID,
    kind: str,
    subject: models.Model,
    url: str,
    once: str,
    facts: Mapping[str, Any] | None = None,
    urgent: bool = False,
) -> Notice | None:
    """Tell one person; None when they have left. `once` names what it follows from: heard twice, told once.

    `facts` fill the kind's text and must not identify a child. The act that it follows from stands in the journal
    already, so the notice writes no entry of its own. Urgent ones ignore quiet hours.
    """
    with acting_as(_WHY):
        recipient = User.objects.filter(pk=recipient_id, is_active=True).first()
        if recipient is None:
            return None
        notice, fresh = put_in_inbox(
            recipient, kind=kind, subject=(subject._meta.label_lower, str(subject.pk)), url=url, once=once,
            facts=facts or {}, urgent=urgent,
        )  # fmt: skip
        if fresh:
            at = clock.now() if urgent else quiet_until(recipient.pk, clock.now())
            send_by(notice, channels_for(recipient, urgent=urgent), at)
        return notice


def put_in_inbox(
    recipient: User,
    *,
    kind: str,
    subject: tuple[str, str],
    url: str,
    once: str,
    facts: Mapping[str, Any],
    urgent: bool,
    page: Page | None = None,
) -> tuple[Notice, bool]:
    """The notice, and whether it is new. The inbox' row is the lock: two at once make one."""
    seq = move_inbox(recipient.pk)
    found = Notice.objects.filter(recipient=recipient, once_key=once).first()
    if found is not None:
        return found, False
    notice = Notice(
        recipient=recipient, seq=seq, kind=kind, facts=dict(facts), subject_type=subject[0], subject_id=subject[1],
        url=url, urgent=urgent, once_key=once, page=page, created_at=clock.now(),
    )  # fmt: skip
    notice.save(force_insert=True)
    return notice, True


def move_inbox(user_id: UUID) -> int:
    """Count one change of the inbox and ring its pages at commit; the new number."""
    Inbox.objects.bulk_create([Inbox(user_id=user_id)], ignore_conflicts=True)
    inbox: Inbox = Inbox.objects.select_for_update(of=("self",)).get(user_id=user_id)
    inbox.last_seq += 1
    inbox.save(update_fields=["last_seq"])
    ring_on_commit(f"user:{user_id}", inbox.last_seq)
    return inbox.last_seq


def send_by(notice: Notice, channels: Iterable[str], at: datetime) -> None:
    """Put the notice on its ways; those that may leave now are asked for after commit, the relay finds the rest."""
    rows = [Delivery(notice=notice, channel=channel, next_at=at) for channel in channels]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    if rows and at <= clock.now():
        ids = [str(row.pk) for row in rows]
        transaction.on_commit(lambda: [ask_worker("notices.deliver", each) for each in ids], robust=True)
