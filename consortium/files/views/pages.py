"""Pages of files: a case's files, one file or series, and two of them side by side."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consortium.casework.models import Case
from consortium.files import queries
from consortium.files.forms import SmallFilesForm
from consortium.files.models import Attachment
from consortium.files.operations import attach_small, restore_attachment, retry_inspection, withdraw_attachment
from consortium.files.operations.uploading import case_for
from consortium.files.policies import may_attach, may_download, may_make_copy
from consortium.files.queries.copies import copies_of
from consortium.files.queries.stacks import Stack, comparable, day_of, kind_of, kind_words, stack_of
from consortium.files.queries.viewing import day_words, viewer_of
from consortium.files.views.bytes_out import downloadable, note
from consortium.journal.operations import note_read
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import DomainError, NotVisible
from consortium.kernel.limits import spend, spender
from consortium.kernel.policies import require

ACTS = {"withdraw": withdraw_attachment, "restore": restore_attachment, "retry": retry_inspection}


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
    """One file or its series: a viewer, or what a PDF is and its download. `?frame=` and `?window=` without script."""
    actor = current_actor()
    found = queries.attachment_to_look_at(actor, attachment_id)
    note(actor, found, "image")
    stack = stack_of(found)
    frame, window = request.GET.get("frame", ""), request.GET.get("window", "")
    names = queries.names_in(actor, found.case)
    shown = queries.series_tile(actor, stack.members, names)
    context: dict[str, Any] = {
        "attachment": found,
        "back_url": queries.case_url(found.case),
        "name": shown["name"],
        "tile": shown | {"withdrawn": found.withdrawn_at is not None},
        "downloadable": len(stack.members) == 1 and downloadable(found) and may_download(actor, found).allowed,
        "viewer": viewer_of(actor, stack, frame=frame, window=window),
        **_besides(actor, found, stack),
    }
    return render(request, "files/show.html", context)


def _besides(actor: Actor, found: Attachment, stack: Stack) -> dict[str, Any]:
    """What else can be done with a picture: set another beside it, copy it without names."""
    pictures = found.is_dicom or found.is_photo
    return {
        "others": [_other(stack.head, each) for each in comparable(found)] if pictures else [],
        "copies": copies_of(found) if found.is_dicom else [],
        "copying": may_make_copy(actor, found).allowed,
        "request_key": uuid4(),
    }


def _other(head: Attachment, other: Attachment) -> dict[str, Any]:
    url = reverse("files:beside", args=[head.pk, other.pk])
    return {"url": url, "day": day_words(other), "what": kind_words(other)}


@never_cache
@require_safe
def beside(request: HttpRequest, attachment_id: UUID, other_id: UUID) -> HttpResponse:
    """Two dates side by side: pictures of the same child and kind, the older one first."""
    actor = current_actor()
    pair = [queries.attachment_to_look_at(actor, each) for each in (attachment_id, other_id)]
    if not _belong_together(*pair):
        raise NotVisible
    # one look at one child; the bytes of each picture are noted as they leave
    note(actor, pair[0], "image")
    stacks = sorted((stack_of(found) for found in pair), key=lambda stack: day_of(stack.head))
    context = {
        "back_url": reverse("files:show", args=[attachment_id]),
        "viewers": [viewer_of(actor, stack) for stack in stacks],
    }
    return render(request, "files/beside.html", context)


def _belong_together(one: Attachment, other: Attachment) -> bool:
    pictures = all(each.is_dicom or each.is_photo for each in (one, other))
    return pictures and one.case.patient_id == other.case.patient_id and kind_of(one) == kind_of(other)


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
