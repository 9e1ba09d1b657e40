"""De-identified copies: asking for one, looking at its pictures one by one, discarding it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.files import queries
from consortium.files.forms import ImagesForm, KeyForm
from consortium.files.models import CleanCopy
from consortium.files.operations import confirm_images, discard_copy, make_copy
from consortium.files.queries.copies import acts_on, copy_for, images_to_look_at
from consortium.files.states import CopyStep
from consortium.journal.operations import note_read
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import NotVisible


@require_POST
def make(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """Ask for a copy of the file or its series."""
    found = queries.attachment_for(attachment_id)
    form = KeyForm(request.POST)
    key = form.cleaned_data["request_key"] if form.is_valid() else None
    copy = make_copy(actor=current_actor(), attachment=found, key=key)
    return redirect("files:copy", copy.pk)


@never_cache
@require_safe
def show_copy(request: HttpRequest, copy_id: UUID) -> HttpResponse:
    """How far the copy is, and the pictures that a person has to look at next."""
    actor = current_actor()
    found = copy_for(actor, copy_id)
    note_read(actor=actor, subject=found, patient_id=found.case.patient_id, what="image", once_per_look=True)
    source = found.attachment_id or _first_of(found)
    context: dict[str, Any] = {
        "copy": found,
        "back_url": reverse("files:show", args=[source]) if source else queries.case_url(found.case),
        "images": images_to_look_at(found) if found.step == CopyStep.REVIEW else [],
        "verbs": [each.verb for each in acts_on(actor, found)],
        "left": found.flagged - found.confirmed,
        "megabytes": found.size / 2**20,
    }
    return render(request, "files/copy.html", context)


def _first_of(copy: CleanCopy) -> UUID | None:
    return copy.files.values_list("attachment_id", flat=True).order_by("number").first()


@require_POST
def act_on_copy(request: HttpRequest, copy_id: UUID, verb: str) -> HttpResponse:
    """Confirm the ticked pictures, or discard the copy."""
    actor, found = current_actor(), copy_for(current_actor(), copy_id)
    if verb == "confirm":
        form = ImagesForm(request.POST)
        ids = form.cleaned_data["image"] if form.is_valid() else []
        done = confirm_images(actor=actor, copy=found, image_ids=ids)
        if done.step == CopyStep.AVAILABLE:
            messages.success(request, _("The copy is released: it can be saved now."))
    elif verb == "discard":
        discard_copy(actor=actor, copy=found)
        messages.success(request, _("The copy was discarded."))
    else:
        raise NotVisible
    return redirect("files:copy", copy_id)
