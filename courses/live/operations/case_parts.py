"""The parts of a teaching case: written by its maker, confirmed one by one by a second person."""

import io
import secrets
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from consortium.files.models import Attachment
from consortium.files.policies import may_look
from consortium.files.queries import frame_path, picture_path
from consortium.files.sandbox import clean_files
from consortium.files.states import REASONS
from consortium.journal.operations import seal_text
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.versions import check_version
from courses.live.deidentify import cleaned
from courses.live.models.cases import MOST_LETTERS, CasePicture, CaseStage, TeachingCase
from courses.live.operations.cases import locked_case, require_consent, save_case
from courses.live.queries.cases import found_in
from courses.live.states.cases import PHOTO, TEACHING_CASE, StageKind

MOST_PICTURES: Final = 20
#: pixels of the longer edge of a picture as it is taught
_EDGE: Final = 1600


@transaction.atomic
def write_stage(
    *, actor: Actor, teaching_case_id: UUID, kind: str, source: str, kept: Collection[int] = (),
    version: int | None = None,
) -> TeachingCase:  # fmt: skip
    """What is told at this stage, whole; an empty text leaves the stage out.

    `kept`: places (in characters of `source`) of what was found and tells nothing; of what is sure none is let stand.
    """
    row = locked_case(teaching_case_id)
    check_version(row, version)
    TEACHING_CASE.check("write", actor, row)
    require_consent(row.case)
    if kind not in StageKind.values:
        raise NotVisible
    source = source.replace("\r\n", "\n").strip()
    if len(source) > MOST_LETTERS:
        raise InvalidInput({"source": _("At most %(most)d characters.") % {"most": MOST_LETTERS}})
    CaseStage.objects.filter(teaching_case=row, kind=kind).delete()
    found = found_in(row.case, source)
    if source:
        with database_rules(), transaction.atomic():
            CaseStage(
                teaching_case=row, kind=kind, text=cleaned(source, found, kept), written_by_id=actor.user_id,
                source_sealed=seal_text(row.case.patient_id, source), kept=sorted(kept),
            ).save(force_insert=True)  # fmt: skip
    return save_case(actor, row, "write", facts={"stage": kind, "found": len(found), "kept": len(kept)})


@transaction.atomic
def confirm_part(
    *, actor: Actor, teaching_case_id: UUID, stage: str = "", picture_id: UUID | None = None,
    version: int | None = None,
) -> TeachingCase:  # fmt: skip
    """The second person has read this stage, or looked at this picture: nothing in it shows who the child is."""
    row = locked_case(teaching_case_id)
    check_version(row, version)
    TEACHING_CASE.check("confirm", actor, row)
    parts: Any = row.stages.filter(kind=stage) if stage else row.pictures.filter(pk__in=[picture_id])
    if not parts.exists():
        raise NotVisible
    with database_rules(), transaction.atomic():
        parts.filter(confirmed_by=None).update(confirmed_by_id=actor.user_id, confirmed_at=clock.now())
    return save_case(actor, row, "confirm", facts={"stage": stage or "picture", "part": str(picture_id or stage)})


# -- pictures ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_case_picture(
    *, actor: Actor, teaching_case_id: UUID, attachment_id: UUID, frame: int = 1, key: UUID | None = None
) -> TeachingCase:
    """Take the pixels of a photo of the case, or of one frame; names, dates and places of the file stay behind."""
    row = locked_case(teaching_case_id)
    TEACHING_CASE.check("write", actor, row)
    require_consent(row.case)
    source = Attachment.objects.ready().select_related("case").filter(pk=attachment_id, case_id=row.case_id).first()
    if source is None or not (source.is_photo or source.is_dicom):
        raise NotVisible
    require(may_look(actor, source))
    if row.pictures.count() >= MOST_PICTURES:
        raise InvalidInput(
            {"attachment": _("A teaching case has at most %(most)d pictures.") % {"most": MOST_PICTURES}}
        )
    made, fresh = once(CasePicture, actor=actor, key=key, make=lambda: _taken(actor, row, source, frame, key))
    if not fresh:
        return row
    return save_case(actor, row, "add_picture", facts={"picture": str(made.pk), "reasons": made.reasons})


def _taken(actor: Actor, row: TeachingCase, source: Attachment, frame: int, key: UUID | None) -> CasePicture:
    content, width, height = _pixels(_shown(source, frame))
    picture = CasePicture(
        teaching_case=row, attachment=source, frame=frame, content=content, width=width, height=height,
        reasons=_reasons(source), written_by_id=actor.user_id, created_by_id=actor.author_id,
        created_at=clock.now(), **({"request_key": key} if key else {}),
    )  # fmt: skip
    with database_rules(), transaction.atomic():
        picture.save(force_insert=True)
    return picture


def _shown(source: Attachment, frame: int) -> Path:
    """The stored picture that the inspection made: of a DICOM frame in its first window."""
    if source.is_photo:
        return picture_path(source, "screen")
    preset = (list(source.frames["presets"]) or ["default"])[0]
    return frame_path(source, frame, preset)


def _pixels(path: Path) -> tuple[bytes, int, int]:
    """(WebP, width, height): copied pixel by pixel, so that nothing of what stood around them comes along."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((_EDGE, _EDGE))
    plain = Image.frombytes("RGB", picture.size, picture.tobytes())
    out = io.BytesIO()
    plain.save(out, "WEBP", quality=85)
    return out.getvalue(), plain.width, plain.height


def _reasons(source: Attachment) -> list[str]:
    """Why a person has to look at it: the same judgement as of a de-identified copy of the file."""
    if source.is_photo:
        return [PHOTO]
    with TemporaryDirectory(dir=settings.MEDIA_ROOT, prefix=".judged-") as room:
        judged = clean_files([(source.original, Path(room) / "IM000001")], secrets.token_bytes(32))[0]
    if judged.fault is not None:
        raise InvalidInput({"attachment": REASONS[judged.fault]})
    return judged.flags


@transaction.atomic
def drop_case_picture(*, actor: Actor, teaching_case_id: UUID, picture_id: UUID) -> TeachingCase:
    """Its maker leaves it out, or the second person saw who it shows: its bytes go."""
    row = locked_case(teaching_case_id)
    verb = "write" if TEACHING_CASE.find("write", row.step) else "confirm"
    TEACHING_CASE.check(verb, actor, row)
    picture = row.pictures.filter(pk=picture_id).first()
    if picture is None:
        raise NotVisible
    picture.delete()
    return save_case(actor, row, "drop_picture", facts={"picture": str(picture_id)})
