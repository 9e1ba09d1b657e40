"""Files that go with a message (settings.MESSAGE_ATTACH), and the words of a voice note."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.casework.models import Message
from consortium.files.models import Attachment, MessageFile
from consortium.files.policies import may_transcribe
from consortium.files.states import Step
from consortium.journal.operations import record, seal_text
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible
from consortium.kernel.policies import require

MOST_FILES = 10
TRANSCRIPT_LENGTH = 2_000


def attach_to_message(*, actor: Actor, message: Message, attachment_ids: Sequence[UUID]) -> None:
    """Send files of the message's own case with it, in the order given. In the message's transaction.

    What is still being checked may go along when it is the author's own: others see it once it has passed.
    """
    wanted = list(dict.fromkeys(attachment_ids))
    if len(wanted) > MOST_FILES:
        raise InvalidInput({"files": _("Send %(most)d files at most with one message.") % {"most": MOST_FILES}})
    rows = Attachment.objects.filter(pk__in=wanted, case_id=message.case_id).shown()
    if {row.pk for row in rows if _can_go(actor, row)} != set(wanted):
        raise InvalidInput({"files": _("Choose files of this case that can be looked at.")})
    for place, attachment_id in enumerate(wanted):
        MessageFile(
            case_id=message.case_id, message=message, attachment_id=attachment_id, place=place
        ).save(force_insert=True)  # fmt: skip


def _can_go(actor: Actor, row: Attachment) -> bool:
    mine = row.created_by_id == actor.user_id
    return row.step == Step.AVAILABLE or (row.step == Step.PENDING and mine)


@transaction.atomic
def transcribe(*, actor: Actor, attachment: Attachment, text: str) -> Attachment:
    """Write down what a voice note says, for those who cannot listen; "" takes the words away."""
    row: Attachment | None = (
        Attachment.objects.select_for_update(of=("self",)).select_related("case").filter(pk=attachment.pk).first()
    )
    if row is None:
        raise NotVisible
    require(may_transcribe(actor, row))
    text = text.strip()
    if len(text) > TRANSCRIPT_LENGTH:
        raise InvalidInput(
            {"text": _("This is longer than %(most)d characters.") % {"most": TRANSCRIPT_LENGTH}}
        )  # fmt: skip
    case = row.case
    row.transcript_sealed = seal_text(case.patient_id, text)
    row.save(update_fields=["transcript_sealed"])
    record(
        actor=actor, verb="transcribe_file", subject=case, patient_id=case.patient_id,
        facts={"attachment": str(row.pk), "length": len(text)},
    )  # fmt: skip
    return row
