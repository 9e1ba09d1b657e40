"""De-identified copies as pages and the API show them."""

from typing import Any, Final
from uuid import UUID

from django.urls import reverse

from consortium.files.models import Attachment, CleanCopy, CleanImage
from consortium.files.policies import may_see_copy, may_take_copy
from consortium.files.queries.stacks import slots_of
from consortium.files.states import COPY_MACHINE, FLAGS
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require

#: Pictures on one page of a look: what fits a screen or three.
PAGE: Final = 12


def copy_for(actor: Actor, copy_id: UUID) -> CleanCopy:
    """The copy, when the actor sees its case and may know the child."""
    found: CleanCopy | None = CleanCopy.objects.select_related("case__service").filter(pk=copy_id).first()
    if found is None:
        raise NotVisible()
    require(may_see_copy(actor, found))
    return found


def copy_to_take(actor: Actor, copy_id: UUID) -> CleanCopy:
    """A released copy; before that there is none for anybody."""
    found = copy_for(actor, copy_id)
    require(may_take_copy(actor, found))
    return found


def copies_of(attachment: Attachment) -> list[CleanCopy]:
    """Copies of the file or of its series, newest first."""
    rows = CleanCopy.objects.filter(case=attachment.case_id)
    mine = rows.filter(attachment=attachment)
    if attachment.series_id:
        mine |= rows.filter(series=attachment.series_id)
    return list(mine.order_by("-created_at")[:5])


def images_to_look_at(copy: CleanCopy) -> list[dict[str, Any]]:
    """The next pictures that a person has to look at: id, number, reasons in words, frames to be shown."""
    rows = CleanImage.objects.filter(copy=copy).waiting().select_related("attachment").order_by("number")[:PAGE]
    return [_image(row) for row in rows]


def _image(row: CleanImage) -> dict[str, Any]:
    source = row.attachment
    preset = (list(source.frames["presets"]) or ["default"])[0]
    numbers = range(1, slots_of(source) + 1)
    shown = reverse("files:show", args=[source.pk])
    return {
        "id": row.pk,
        "number": row.number,
        "reasons": [str(FLAGS[reason]) for reason in row.reasons],
        "frames": [
            (reverse("files:sized_frame", args=[source.pk, each, preset, "small"]), f"{shown}?frame={each}")
            for each in numbers
        ],
        "width": source.frames["width"],
        "height": source.frames["height"],
    }


def acts_on(actor: Actor, copy: CleanCopy) -> list[Any]:
    """What `actor` may do with it now."""
    return COPY_MACHINE.available(actor, copy)
