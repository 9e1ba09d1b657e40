"""Captions and chapters of a video, written beside it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, NotVisible
from consortium.kernel.methods import form_page
from courses.library.forms.videos import CaptionsFileForm, CaptionsForm, ChaptersForm
from courses.library.models import Caption, Video
from courses.library.operations.video_changing import remove_captions, set_captions, set_chapters
from courses.library.queries.videos import captions_of, video_to_change
from courses.library.states import Language

_EXAMPLE = "WEBVTT\n\n00:00:00.000 --> 00:00:04.000\n"


@form_page
def captions(request: HttpRequest, video_id: UUID, language: str) -> HttpResponse:
    """The editor: all lines of one language; POST keeps them."""
    actor = current_actor()
    video, written = _written(video_id, language)
    form = CaptionsForm(request.POST) if request.method == "POST" else _filled(written)
    if form.is_valid():
        done = form.run(
            lambda: set_captions(
                actor=actor, video_id=video_id, language=language, cues=form.cues(),
                version=form.cleaned_data["version"],
            )
        )  # fmt: skip
        if done:
            messages.success(request, _("The captions are saved."))
            return redirect("library:video_words_edit", video_id, language)
    return render(request, "library/captions.html", _context(video, written, language, form), status=form.status)


def _written(video_id: UUID, language: str) -> tuple[Video, Caption | None]:
    if language not in Language.values:
        raise NotVisible
    video = video_to_change(current_actor(), video_id)
    return video, next((each for each in captions_of(video) if each.language == language), None)


def _filled(written: Caption | None) -> CaptionsForm:
    text = written.text if written else _EXAMPLE
    return CaptionsForm(initial={"text": text, "version": written.version if written else None})


def _context(video: Video, written: Caption | None, language: str, form: CaptionsForm) -> dict[str, Any]:
    return {"video": video, "written": written, "language": language, "form": form, "file": CaptionsFileForm(),
            "language_label": Language(language).label}  # fmt: skip


@require_POST
def captions_file(request: HttpRequest, video_id: UUID, language: str) -> HttpResponse:
    """A file replaces all lines of one language."""
    _written(video_id, language)
    form = CaptionsFileForm(request.POST, request.FILES)
    try:
        if form.is_valid():
            set_captions(actor=current_actor(), video_id=video_id, language=language, cues=form.cues())
            messages.success(request, _("The captions are saved."))
        else:
            messages.error(request, _("Choose a file first."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("library:video_words_edit", video_id, language)


@require_POST
def captions_remove(request: HttpRequest, video_id: UUID, language: str) -> HttpResponse:
    """Take the captions of one language away."""
    _written(video_id, language)
    remove_captions(actor=current_actor(), video_id=video_id, language=language)
    messages.success(request, _("The captions are removed."))
    return redirect("library:video", video_id)


@form_page
def chapters(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """Where parts of the video begin, and their names."""
    actor = current_actor()
    video = video_to_change(actor, video_id)
    form = ChaptersForm(request.POST) if request.method == "POST" else ChaptersForm.of(video)
    if form.is_valid():
        version = form.cleaned_data["version"]
        done = form.run(
            lambda: set_chapters(actor=actor, video_id=video_id, chapters=form.rows(), version=version)
        )  # fmt: skip
        if done:
            messages.success(request, _("The chapters are saved."))
            return redirect("library:video", video_id)
    return render(request, "library/chapters.html", {"form": form, "video": video}, status=form.status)
