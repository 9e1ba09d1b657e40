"""The thread of a case: stored before it is sent, numbered under the lock of the case."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.events import MessagePosted
from consortium.casework.models import Case, Message, ReadMark
from consortium.casework.operations.turns import acting_institution, locked_case, ring_lists
from consortium.casework.policies import may_post
from consortium.casework.states import MessageKind
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput
from consortium.kernel.once import once
from consortium.kernel.policies import require

MESSAGE_LENGTH = 10_000


@transaction.atomic
def post_message(
    *, actor: Actor, case_id: UUID, text: str, key: UUID | None = None, kind: str = MessageKind.MESSAGE
) -> Message:
    """Write into a case's thread; the same `key` twice is one message."""
    case = locked_case(case_id)
    require(may_post(actor, case))
    message, fresh = once(
        Message, actor=actor, key=key, make=lambda: add_message(actor=actor, case=case, text=text, kind=kind, key=key)
    )
    if fresh:
        case.save(update_fields=["last_message_seq"])
        ring_lists(case)
        record(
            actor=actor, verb="message", subject=case, patient_id=case.patient_id,
            institution_id=message.institution_id, facts={"kind": kind, "seq": message.seq},
            event=MessagePosted(case.pk, message.pk, message.author_id),
        )  # fmt: skip
    return message


def add_message(
    *, actor: Actor, case: Case, text: str, kind: str, key: UUID | None = None, institution_id: UUID | None = None
) -> Message:
    """The next row of the thread. The caller holds the lock, has checked the right, saves the case and records."""
    text = text.strip()
    if not text:
        raise InvalidInput({"text": _("Write something first.")})
    if len(text) > MESSAGE_LENGTH:
        raise InvalidInput({"text": _("This is longer than %(most)d characters.") % {"most": MESSAGE_LENGTH}})
    case.last_message_seq += 1
    message = Message(
        case=case, seq=case.last_message_seq, kind=kind, author_id=actor.user_id, created_by_id=actor.user_id,
        institution_id=institution_id or acting_institution(actor, case), text=text, created_at=clock.now(),
        **({"request_key": key} if key else {}),
    )  # fmt: skip
    message.save(force_insert=True)
    return message


def mark_read(*, actor: Actor, case: Case) -> None:
    """The actor has the whole thread on the screen."""
    if not actor.is_person or case.last_message_seq == 0:
        return
    mark, fresh = ReadMark.objects.get_or_create(
        case=case, user_id=actor.user_id, defaults={"seq": case.last_message_seq}
    )
    if not fresh and mark.seq < case.last_message_seq:
        ReadMark.objects.filter(pk=mark.pk, seq__lt=case.last_message_seq).update(seq=case.last_message_seq)
