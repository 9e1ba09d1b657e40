"""The thread of a case: stored before it is sent, numbered under the lock of the case."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.events import MessagePosted
from consortium.casework.models import Case, Message, ReadMark
from consortium.casework.operations.turns import acting_institution, locked_case, ring_lists, ring_topics
from consortium.casework.policies import brought_in_as, may_post
from consortium.casework.states import MessageKind
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.adapters import adapter
from consortium.kernel.errors import InvalidInput
from consortium.kernel.once import once
from consortium.kernel.policies import require

MESSAGE_LENGTH = 10_000


@transaction.atomic
def post_message(
    *,
    actor: Actor,
    case_id: UUID,
    text: str,
    key: UUID | None = None,
    kind: str = MessageKind.MESSAGE,
    reply_to: UUID | None = None,
    files: Sequence[UUID] = (),
) -> Message:
    """Write into a case's thread; the same `key` twice is one message. `reply_to` is a message of the same thread,
    `files` go with it: with files it may be without words. Whom a feature has brought in is marked as such."""
    case = locked_case(case_id)
    require(may_post(actor, case))
    if kind == MessageKind.MESSAGE:
        kind = brought_in_as(actor, case) or kind
    message, fresh = once(
        Message,
        actor=actor,
        key=key,
        make=lambda: add_message(actor=actor, case=case, text=text, kind=kind, key=key, reply_to=reply_to, files=files),
        look_first=bool(files),
    )
    if fresh:
        case.save(update_fields=["last_message_seq"])
        record(
            actor=actor, verb="message", subject=case, patient_id=case.patient_id,
            institution_id=message.institution_id, facts=_facts(message, files),
            event=MessagePosted(case.pk, message.pk, message.author_id),
        )  # fmt: skip
        ring_lists(case)  # after those who look at the thread: bells ring in the order of asking
    return message


def _facts(message: Message, files: Sequence[UUID]) -> dict[str, Any]:
    return {"kind": message.kind, "seq": message.seq, **({"files": len(files)} if files else {})}


def add_message(
    *,
    actor: Actor,
    case: Case,
    text: str,
    kind: str,
    key: UUID | None = None,
    institution_id: UUID | None = None,
    reply_to: UUID | None = None,
    files: Sequence[UUID] = (),
) -> Message:
    """The next row of the thread. The caller holds the lock, has checked the right, saves the case and records."""
    text = text.strip()
    if not text and not files:
        raise InvalidInput({"text": _("Write something first.")})
    if len(text) > MESSAGE_LENGTH:
        raise InvalidInput({"text": _("This is longer than %(most)d characters.") % {"most": MESSAGE_LENGTH}})
    _check_reply(case, reply_to)
    case.last_message_seq += 1
    message = Message(
        case=case, seq=case.last_message_seq, kind=kind, author_id=actor.user_id, created_by_id=actor.user_id,
        institution_id=institution_id or acting_institution(actor, case), text=text, created_at=clock.now(),
        reply_to_id=reply_to, with_files=bool(files), **({"request_key": key} if key else {}),
    )  # fmt: skip
    message.save(force_insert=True)
    if files:
        adapter("MESSAGE_ATTACH")(actor=actor, message=message, attachment_ids=files)
    return message


def _check_reply(case: Case, reply_to: UUID | None) -> None:
    if reply_to is not None and not Message.objects.filter(case=case, pk=reply_to).exists():
        raise InvalidInput({"reply_to": _("This message is not in this thread.")})


def mark_read(*, actor: Actor, case: Case) -> None:
    """The actor has the whole thread on the screen. Who looks on sees it at once."""
    if not actor.is_person or case.last_message_seq == 0:
        return
    mark, _fresh = ReadMark.objects.get_or_create(case=case, user_id=actor.user_id, defaults={"seq": 0})
    if mark.seq >= case.last_message_seq:
        return
    unread = Message.objects.filter(case=case, seq__gt=mark.seq).exclude(author_id=actor.user_id)
    moved = {"seq": case.last_message_seq, **({"read_at": clock.now()} if unread.exists() else {})}
    if ReadMark.objects.filter(pk=mark.pk, seq__lt=case.last_message_seq).update(**moved) and "read_at" in moved:
        ring_topics([f"thread:{case.pk}"])
