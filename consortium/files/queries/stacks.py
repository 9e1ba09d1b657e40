"""A stack: the frames of one DICOM file, or of all files of its series one after another; or one photo."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from consortium.files.models import Attachment
from consortium.kernel.errors import NotVisible


@dataclass(frozen=True)
class Stack:
    """`members` in their order; `start` is the first slot (from 1) of the file that was asked for."""

    members: tuple[Attachment, ...]
    start: int

    @property
    def head(self) -> Attachment:
        """What speaks for the whole: its numbers, its reads in the journal."""
        return self.members[0]

    @property
    def count(self) -> int:
        return sum(slots_of(each) for each in self.members)

    def at(self, slot: int) -> tuple[Attachment, int]:
        """The file and its own frame (from 1) at `slot` of the stack."""
        left = slot
        for member in self.members:
            if left <= slots_of(member):
                return member, left
            left -= slots_of(member)
        raise NotVisible

    def agreed(self, name: str, otherwise: Any) -> Any:
        """What all files say of `name`, else `otherwise`."""
        said = self.head.frames.get(name, otherwise)
        return said if all(each.frames.get(name, otherwise) == said for each in self.members) else otherwise


def slots_of(attachment: Attachment) -> int:
    return int(attachment.frames.get("count", 1))


def stack_of(attachment: Attachment) -> Stack:
    """The series of a DICOM file, as far as its files may be looked at; else the file alone."""
    members = [attachment]
    if attachment.series_id is not None and attachment.withdrawn_at is None:
        members = list(Attachment.objects.of_series(attachment.series_id).select_related("case__service"))
    before, start = 0, 1
    for member in members:
        if member.pk == attachment.pk:
            start = before + 1
        before += slots_of(member)
    return Stack(tuple(members) or (attachment,), start)


def day_of(attachment: Attachment) -> date:
    """When the picture was made, else when it was sent."""
    told = attachment.frames.get("taken_on")
    return date.fromisoformat(told) if told else attachment.created_at.date()


def kind_of(attachment: Attachment) -> str:
    """Pictures of one kind are set side by side: the modality, or "photo"."""
    return str(attachment.frames.get("modality") or "") if attachment.is_dicom else "photo"


def kind_words(attachment: Attachment) -> str:
    return kind_of(attachment) if attachment.is_dicom else _("Photo")


def comparable(attachment: Attachment) -> list[Attachment]:
    """Other pictures of the same child and kind that the actor sees, newest first, one for each series; at most 12."""
    rows = Attachment.objects.ready().filter(case__patient_id=attachment.case.patient_id).exclude(pk=attachment.pk)
    rows = rows.select_related("case__service").order_by("-created_at", "id")
    first: dict[UUID, Attachment] = {}
    for row in rows:
        shown = (row.is_dicom or row.is_photo) and kind_of(row) == kind_of(attachment)
        if shown and (row.series_id is None or row.series_id != attachment.series_id):
            first.setdefault(row.series_id or row.pk, row)
    return sorted(first.values(), key=day_of, reverse=True)[:12]
