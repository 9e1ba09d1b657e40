"""The checked views that release bytes: an empty response names the file, and something faster sends it."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from consortium.files import queries
from consortium.files.delivery.endpoint import PREFIX
from consortium.files.models import Attachment, CleanCopy, Series
from consortium.files.policies import may_download
from consortium.files.queries.copies import copy_to_take
from consortium.files.sniff.kinds import Kind
from consortium.journal.operations import note_read
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require

#: Served bytes are a dead end for a browser: nothing in them may run, load or frame anything.
BYTES_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
_ENDINGS = {Kind.PDF: ".pdf", Kind.DICOM: ".dcm"}
_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".dcm": "application/dicom", ".zip": "application/zip",
          ".mp3": "audio/mpeg"}  # fmt: skip


@require_safe
def picture(request: HttpRequest, attachment_id: UUID, size: str) -> HttpResponse:
    """A photo in one size, or the thumbnail of a DICOM file."""
    actor = current_actor()
    found = queries.attachment_to_look_at(actor, attachment_id)
    path = queries.picture_path(found, size)
    if size == "thumb":
        # Seen with its case: one read with that.
        note_read(actor=actor, subject=found.case, patient_id=found.case.patient_id, once_per_look=True)
    else:
        note(actor, found, "image")
    return released(path)


@require_safe
def frame(request: HttpRequest, attachment_id: UUID, number: int, preset: str, size: str = "full") -> HttpResponse:
    """One frame of a DICOM file under one window preset; `size` as `queries.frame_path` has it."""
    actor = current_actor()
    found = queries.attachment_to_look_at(actor, attachment_id)
    path = queries.frame_path(found, number, preset, size)
    note(actor, found, "image")
    return released(path)


@require_safe
def sound(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """A voice note, to be listened to."""
    actor = current_actor()
    found = queries.attachment_to_look_at(actor, attachment_id)
    path = queries.sound_path(found)
    note(actor, found, "sound")
    return released(path)


@require_safe
def original(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """The bytes as they came, to be saved: PDF and DICOM. Never shown inside the page."""
    actor = current_actor()
    found = queries.attachment_to_look_at(actor, attachment_id)
    if not downloadable(found):
        raise NotVisible
    require(may_download(actor, found))
    note(actor, found, "original")
    return saved(released(found.original, found.kind), _download_name(actor, found), found.sha256)


@require_safe
def copy_file(request: HttpRequest, copy_id: UUID) -> HttpResponse:
    """A released de-identified copy, to be saved."""
    actor = current_actor()
    found = copy_to_take(actor, copy_id)
    note_read(
        actor=actor, subject=found, patient_id=found.case.patient_id, what="clean-copy", once_per_look=True
    )  # fmt: skip
    return saved(released(found.file), _copy_name(found), found.sha256)


def _copy_name(found: CleanCopy) -> str:
    return f"images-{str(found.pk)[:8]}{found.file.suffix}"


def downloadable(found: Attachment) -> bool:
    return found.kind in _ENDINGS


def _download_name(actor: Actor, found: Attachment) -> str:
    ending = _ENDINGS[Kind(found.kind)]
    name = queries.names_in(actor, found.case).of(found)
    return name if name.lower().endswith(ending) else f"{name}{ending}"


def note(actor: Actor, found: Attachment, what: str) -> None:
    """One entry for one look: all frames, sizes, byte ranges and files of a series within 15 minutes are one look."""
    subject = Series(pk=found.series_id) if found.series_id and what == "image" else found
    note_read(actor=actor, subject=subject, patient_id=found.case.patient_id, what=what, once_per_look=True)


def saved(response: HttpResponse, name: str, digest: str) -> HttpResponse:
    """To be saved under `name`, never shown."""
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["ETag"] = f'"{digest}"'
    return response


def released(path: Path, content_type: str = "") -> HttpResponse:
    """An empty response that names the file: nginx, or the wrapper beside the thread pool, sends its bytes."""
    inside = path.relative_to(Path(settings.MEDIA_ROOT)).as_posix()
    response = HttpResponse(content_type=content_type or _TYPES[path.suffix])
    response["X-Accel-Redirect"] = f"{settings.X_ACCEL_PREFIX or PREFIX}{inside}"
    response["Content-Security-Policy"] = BYTES_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
