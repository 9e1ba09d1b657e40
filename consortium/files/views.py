"""Pages of files, and the checked views that release bytes."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.casework.models import Case
from consortium.files import queries
from consortium.files.delivery.endpoint import PREFIX
from consortium.files.forms import SmallFilesForm
from consortium.files.models import Attachment
from consortium.files.operations import attach_small, restore_attachment, retry_inspection, withdraw_attachment
from consortium.files.operations.uploading import case_for
from consortium.files.policies import may_attach, may_download
from consortium.files.queries.viewing import viewer_of
from consortium.files.sniff.kinds import Kind
from consortium.journal.operations import note_read
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import DomainError, NotVisible
from consortium.kernel.limits import spend, spender
from consortium.kernel.policies import require

ACTS = {"withdraw": withdraw_attachment, "restore": restore_attachment, "retry": retry_inspection}
#: Served bytes are a dead end for a browser: nothing in them may run, load or frame anything.
BYTES_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"
_ENDINGS = {Kind.PDF: ".pdf", Kind.DICOM: ".dcm"}


# -- pages ------------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def of_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """A case's files and the place to add some; POST takes small ones from a plain form."""
    actor, case = current_actor(), case_for(case_id)
    if request.method == "POST":
        spend("upload", spender(request))
        require(may_attach(actor, case))
        _take(request, actor, case)
        return redirect("files:of_case", case_id)
    note_read(actor=actor, subject=case, patient_id=case.patient_id, what="files", once_per_look=True)
    return render(request, "files/of_case.html", {"case": case, "back_url": queries.case_url(case)})


def _take(request: HttpRequest, actor: Actor, case: Case) -> None:
    form = SmallFilesForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose one or more files first."))
        return
    for file in form.cleaned_data["files"]:
        _take_one(request, actor, case, file)


def _take_one(request: HttpRequest, actor: Actor, case: Case, file: UploadedFile[bytes]) -> None:
    """One bad file does not stop the others."""
    try:
        attach_small(
            actor=actor, case_id=case.pk, name=file.name or "", size=file.size or 0, pieces=file.chunks()
        )  # fmt: skip
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The file has come and is being checked."))


@never_cache
@require_safe
def tiles(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The tiles alone, for a page that shows them already (and noted the read)."""
    actor, case = current_actor(), case_for(case_id)
    note_read(actor=actor, subject=case, patient_id=case.patient_id, once_per_look=True)
    return render(request, "files/tiles.html", {"case": case, "tiles": queries.tiles_of_case(actor, case)})


@never_cache
@require_safe
def show(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """One file: a photo or DICOM viewer, or what a PDF is and its download. `?frame=` and `?window=` without script."""
    actor = current_actor()
    found = queries.attachment_to_look_at(actor, attachment_id)
    names = queries.names_in(actor, found.case)
    _note(actor, found, "image")
    context: dict[str, Any] = {
        "attachment": found,
        "back_url": queries.case_url(found.case),
        "name": names.of(found),
        "tile": queries.tile(actor, found, names),
        "downloadable": _downloadable(found) and may_download(actor, found).allowed,
        "viewer": viewer_of(found, frame=request.GET.get("frame", ""), window=request.GET.get("window", "")),
    }
    return render(request, "files/show.html", context)


@require_POST
def act(request: HttpRequest, attachment_id: UUID, verb: str) -> HttpResponse:
    """Remove, put back, check again."""
    if verb not in ACTS:
        raise NotVisible
    found = queries.attachment_for(attachment_id)
    ACTS[verb](actor=current_actor(), attachment=found)
    if verb == "withdraw":
        undo = reverse("files:act", args=[attachment_id, "restore"])
        messages.success(request, _("The file was removed."), extra_tags=f"undo:{undo}")
    return redirect("files:of_case", found.case_id)


# -- bytes ------------------------------------------------------------------------------------------------------------


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
        _note(actor, found, "image")
    return released(path, "image/png" if path.suffix == ".png" else "image/jpeg")


@require_safe
def frame(request: HttpRequest, attachment_id: UUID, number: int, preset: str) -> HttpResponse:
    """One frame of a DICOM file under one window preset."""
    actor = current_actor()
    found = queries.attachment_to_look_at(actor, attachment_id)
    path = queries.frame_path(found, number, preset)
    _note(actor, found, "image")
    return released(path, "image/png")


@require_safe
def original(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """The bytes as they came, to be saved: PDF and DICOM. Never shown inside the page."""
    actor = current_actor()
    found = queries.attachment_to_look_at(actor, attachment_id)
    if not _downloadable(found):
        raise NotVisible
    require(may_download(actor, found))
    _note(actor, found, "original")
    response = released(found.original, found.kind)
    response["Content-Disposition"] = content_disposition_header(True, _download_name(actor, found)) or "attachment"
    response["ETag"] = f'"{found.sha256}"'
    return response


def _downloadable(found: Attachment) -> bool:
    return found.kind in _ENDINGS


def _download_name(actor: Actor, found: Attachment) -> str:
    ending = _ENDINGS[Kind(found.kind)]
    name = queries.names_in(actor, found.case).of(found)
    return name if name.lower().endswith(ending) else f"{name}{ending}"


def _note(actor: Actor, found: Attachment, what: str) -> None:
    """One entry for one look: all frames, sizes and byte ranges within 15 minutes are the same look."""
    note_read(actor=actor, subject=found, patient_id=found.case.patient_id, what=what, once_per_look=True)


def released(path: Path, content_type: str) -> HttpResponse:
    """An empty response that names the file: nginx, or the wrapper beside the thread pool, sends its bytes."""
    inside = path.relative_to(Path(settings.MEDIA_ROOT)).as_posix()
    response = HttpResponse(content_type=content_type)
    response["X-Accel-Redirect"] = f"{settings.X_ACCEL_PREFIX or PREFIX}{inside}"
    response["Content-Security-Policy"] = BYTES_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
