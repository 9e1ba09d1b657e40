"""Taking a file back, and putting it back again. Nothing is deleted: the record keeps what was once shown."""

from django.db import transaction

from consortium.files.models import Attachment
from consortium.files.states import MACHINE
from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor


def withdraw_attachment(*, actor: Actor, attachment: Attachment) -> Attachment:
    """Hide the file from everybody but its uploader."""
    return _marked(actor, attachment, "withdraw")


def restore_attachment(*, actor: Actor, attachment: Attachment) -> Attachment:
    """Undo a withdrawal."""
    return _marked(actor, attachment, "restore")


@transaction.atomic
def _marked(actor: Actor, attachment: Attachment, verb: str) -> Attachment:
    row: Attachment = Attachment.objects.select_for_update(of=("self",)).select_related("case").get(pk=attachment.pk)
    MACHINE.take(verb, actor, row)
    row.withdrawn_at = clock.now() if verb == "withdraw" else None
    row.save(update_fields=["withdrawn_at"])
    case = row.case
    record(
        actor=actor, verb=f"{verb}_file", subject=case, patient_id=case.patient_id, facts={"attachment": str(row.pk)}
    )  # fmt: skip
    return row
