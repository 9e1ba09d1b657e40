"""Reads for screens and the API: a case's files as tiles, one file to look at, and its pictures on disk."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consortium.casework.models import Case
from consortium.casework.policies import may_post, may_read_identity
from consortium.files.dicom.render import render, render_codes, render_small
from consortium.files.models import Attachment
from consortium.files.policies import may_attach, may_look
from consortium.files.sniff.kinds import SOUNDS, Kind
from consortium.files.sound import NAME as SOUND
from consortium.files.states import MACHINE, REASONS, Hold, Step
from consortium.journal.operations import key_for
from consortium.kernel.actors import Actor, acting_as, current_actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require
from consortium.kernel.prepared import prepared
from consortium.kernel.sealing import SealBroken, unseal

PICTURE_SIZES = ("full", "screen", "thumb")
FRAME_SIZES = ("full", "small", "codes")
_SIGNS: dict[str, str] = {Kind.PDF: "file-text", **dict.fromkeys(SOUNDS, "mic")}


def attachment_for(attachment_id: UUID) -> Attachment:
    """The file, when the actor sees its case."""
    found: Attachment | None = Attachment.objects.select_related("case__service").filter(pk=attachment_id).first()
    if found is None:
        raise NotVisible()
    return found


def attachment_to_look_at(actor: Actor, attachment_id: UUID) -> Attachment:
    """An available file that the actor may open now."""
    found = attachment_for(attachment_id)
    require(may_look(actor, found))
    if found.step != Step.AVAILABLE:
        raise NotVisible()
    return found


@dataclass(frozen=True)
class Names:
    """Opens the names of one case's files; without a key everything has a plain description."""

    key: bytes | None

    @property
    def identified(self) -> bool:
        return self.key is not None

    def of(self, attachment: Attachment) -> str:
        """The file's own name for those who may know the child; a plain description for all others."""
        own = ""
        if self.key is not None:
            with suppress(SealBroken):  # the child's record was erased
                own = unseal(self.key, bytes(attachment.name_sealed), f"attachment:{attachment.pk}").decode()
        return own or plain_name(attachment)

    def words(self, attachment: Attachment) -> str:
        """What was typed of a voice note; "" where there is nothing, or it may not be known."""
        if self.key is None or not attachment.transcript_sealed:
            return ""
        chain = f"patient:{attachment.case.patient_id}"
        with suppress(SealBroken):  # the child's record was erased
            return unseal(self.key, bytes(attachment.transcript_sealed), chain).decode()
        return ""


def names_in(actor: Actor, case: Case) -> Names:
    """What `actor` may call the files of `case`."""
    return Names(key_for(f"patient:{case.patient_id}") if may_read_identity(actor, case) else None)


def plain_name(attachment: Attachment) -> str:
    """What it is, without anybody's words: "CT, 12 pictures", "Photo"."""
    if attachment.is_dicom:
        return ", ".join(filter(None, [attachment.frames.get("modality", ""), extent(attachment)]))
    if attachment.is_sound:
        return _("Voice note")
    names = {Kind.PDF: _("PDF document")}
    return names.get(Kind(attachment.kind), _("Photo")) if attachment.kind else _("File")


def extent(attachment: Attachment) -> str:
    """How many pictures a DICOM file holds."""
    count = int(attachment.frames.get("count", 0))
    return pictures(count) if count else ""


def pictures(count: int) -> str:
    return ngettext("%(count)d picture", "%(count)d pictures", count) % {"count": count}


def reason_for(attachment: Attachment) -> str:
    """Why a file cannot be used and what to do; "" for a file that can."""
    return str(REASONS[attachment.fault]) if attachment.fault else ""


def files_of_case(actor: Actor, case: Case, *, but_spoken: bool = False) -> list[Attachment]:
    """Complete files, oldest first; refused ones only for who sent them, who must do something about it."""
    rows = [row for row in _complete(current_actor(), case.pk, but_spoken) if _concerns(actor, row)]
    for row in rows:
        row.case = case
    return rows


@prepared
def _complete(actor: Actor, case_id: UUID, but_spoken: bool) -> Any:
    with acting_as(actor):
        rows = Attachment.objects.filter(case_id=case_id).shown().order_by("created_at", "id")
        return rows.but_spoken() if but_spoken else rows


def _concerns(actor: Actor, row: Attachment) -> bool:
    return row.step in (Step.AVAILABLE, Step.PENDING) or row.created_by_id == actor.user_id


def tiles_of_case(actor: Actor, case: Case) -> list[dict[str, Any]]:
    """What components/file_tile.html shows, one for each file; the files of one series share a tile."""
    rows = files_of_case(actor, case, but_spoken=True)
    names = names_in(actor, case) if rows else Names(None)
    return [series_tile(actor, group, names) for group in gathered(rows)]


def gathered(rows: Sequence[Attachment]) -> list[list[Attachment]]:
    """Available files of one series together, in its order, where its first file stands; all others alone."""
    groups: dict[Any, list[Attachment]] = {}
    for row in rows:
        together = row.series_id if row.step == Step.AVAILABLE and row.series_id else None
        groups.setdefault(together or row.pk, []).append(row)
    return [sorted(group, key=_order) for group in groups.values()]


def _order(row: Attachment) -> tuple[float, float]:
    far = float("inf")
    return (far if row.place is None else row.place, far if row.number is None else row.number)


def series_tile(actor: Actor, group: Sequence[Attachment], names: Names) -> dict[str, Any]:
    """One tile for the group: its middle picture, and how many there are. Acts on a whole series are its page's."""
    middle = group[len(group) // 2]
    shown = tile(actor, middle, names)
    if len(group) > 1:
        slots = sum(int(row.frames.get("count", 1)) for row in group)
        modality = middle.frames.get("modality", "")
        shown |= {"name": _("Series") + (f" {modality}" if modality else ""), "note": pictures(slots), "actions": []}
    return shown


def tile(actor: Actor, row: Attachment, names: Names) -> dict[str, Any]:
    """id, name, url, thumbnail_url, sign, note, problem, pending, actions; sound of a voice note (`player`)."""
    ready = row.step == Step.AVAILABLE
    return {
        "id": row.pk,
        "name": names.of(row),
        "url": reverse("files:show", args=[row.pk]) if ready else "",
        "thumbnail_url": reverse("files:picture", args=[row.pk, "thumb"]) if ready and has_thumbnail(row) else "",
        "sign": _SIGNS.get(row.kind, "image"),
        "note": extent(row) if ready else "" if row.fault else waiting_for(row),
        "problem": reason_for(row),
        "pending": row.step == Step.PENDING,
        "withdrawn": row.withdrawn_at is not None,
        "sound": player(actor, row, names) if ready and row.is_sound else None,
        "actions": MACHINE.available(actor, row),
    }


def player(actor: Actor, row: Attachment, names: Names) -> dict[str, Any]:
    """url, seconds, length ("0:42"), words (the transcript), words_url where the actor may write them."""
    writes = names.identified and may_post(actor, row.case).allowed
    seconds = int(float(row.sound.get("seconds", 0)) + 0.2)  # as players count: in whole seconds that are over
    return {
        "url": reverse("files:sound", args=[row.pk]),
        "seconds": seconds,
        "length": f"{seconds // 60}:{seconds % 60:02d}",
        "words": names.words(row),
        "words_url": reverse("files:transcript", args=[row.pk]) if writes else "",
    }


def sound_path(attachment: Attachment) -> Path:
    """The stored sound of a voice note."""
    if not attachment.is_sound:
        raise NotVisible()
    return attachment.folder / SOUND


def waiting_for(row: Attachment) -> str:
    """What an undecided file waits for."""
    return str(Hold(row.held_up).label if row.held_up else Step(row.step).label)


def has_thumbnail(row: Attachment) -> bool:
    return row.is_photo or row.is_dicom


def has_original(row: Attachment) -> bool:
    """Whether the bytes are kept as they came: photos and sound are kept as written anew."""
    return row.is_dicom or row.kind == Kind.PDF


def adding(actor: Actor, case: Case) -> bool:
    """Whether the actor may add files to this case now."""
    return may_attach(actor, case).allowed


def picture_path(attachment: Attachment, size: str) -> Path:
    """The stored file of a photo in one size, or the thumbnail of a DICOM file."""
    if attachment.is_dicom and size == "thumb":
        return attachment.folder / "thumb.jpg"
    names: Sequence[dict[str, Any]] = attachment.about.get("pictures", ())
    for picture in names:
        if picture["name"].partition(".")[0] == size:
            return attachment.folder / str(picture["name"])
    raise NotVisible()


def frame_path(attachment: Attachment, number: int, preset: str, size: str = "full") -> Path:
    """One frame: the exact PNG ("full"), a JPEG for scrolling ("small"), or the stored codes ("codes").

    A colour file has one look, whatever preset is asked for, and no codes.
    """
    if not attachment.is_dicom or size not in FRAME_SIZES:
        raise NotVisible()
    look = "" if attachment.frames.get("colour") else preset
    try:
        if size == "codes":
            return render_codes(attachment.folder, number)
        return (render_small if size == "small" else render)(attachment.folder, number, look)
    except FileNotFoundError as error:
        raise NotVisible() from error
