"""What a message of a case's thread carries: files of the same case."""

import uuid

from django.db import models

from consortium.casework.models import Case, Message, OfVisibleCase
from consortium.files.models.attachments import Attachment
from consortium.kernel.scoping import Scoped, ScopedManager


class MessageFile(Scoped):
    """One file sent with one message. A file may be sent with several."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, models.PROTECT, related_name="+")
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="sent_with")
    place = models.PositiveSmallIntegerField()

    objects = ScopedManager.from_queryset(OfVisibleCase)()

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["message", "attachment"], name="files_message_file_once"),
            models.UniqueConstraint(fields=["message", "place"], name="files_message_file_place"),
        ]

    def __str__(self) -> str:
        return f"{self.attachment_id} with {self.message_id}"
