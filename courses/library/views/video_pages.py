"""Trainers' pages of videos: the list, a new one, how far it is, what may be done with it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.methods import form_page
from consortium.kernel.pagination import keyset
from consortium.people.views.institutions import more_url
from courses.library.forms.videos import NewVideoForm, VideoForm
from courses.library.operations.video_changing import cancel_film, change_video, retry_film
from courses.library.operations.video_uploading import make_video
from courses.library.queries.videos import (
    captions_of,
    video_to_change,
    videos_built_by,
)
from courses.library.states import FilmStep, Language
from courses.library.views.building import home_of
from courses.library.views.video_standing import standing

ACTS = {"cancel": cancel_film, "retry": retry_film}


@never_cache
@require_safe
def videos(request: HttpRequest) -> HttpResponse:
    """The videos of one's institutions, the newest first."""
    actor = current_actor()
    home_of(actor)
    page = keyset(videos_built_by(actor), order=("-made_at", "-id"), after=request.GET.get("after", ""))
    context = {"page": page, "more_url": more_url(request, page.next_cursor), "steps": dict(FilmStep.choices)}
    return render(request, "library/videos.html", context)


@form_page
def video_new(request: HttpRequest) -> HttpResponse:
    """A video begins with its title; on its page it is sent."""
    actor = current_actor()
    place, form = home_of(actor), NewVideoForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        made = form.run(
            lambda: make_video(
                actor=actor, institution_id=place, title_en=said["title_en"], title_zh=said["title_zh"],
                shows_patient=said["shows_patient"], key=said["request_key"],
            )
        )  # fmt: skip
        if made:
            return redirect("library:video", made.pk)
    return render(request, "library/video_new.html", {"form": form}, status=form.status)


@never_cache
@require_safe
def video(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """One video: its film, captions, chapters."""
    found = video_to_change(current_actor(), video_id)
    written = {each.language: each for each in captions_of(found)}
    languages = [(code, label, written.get(code)) for code, label in Language.choices]
    return render(request, "library/video.html", {**standing(found), "languages": languages})


@never_cache
@require_safe
def video_state(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """The part of the page that moves by itself."""
    found = video_to_change(current_actor(), video_id)
    return render(request, "library/video_state.html", standing(found))


@form_page
def video_edit(request: HttpRequest, video_id: UUID) -> HttpResponse:
    """Titles, and whether it shows a patient."""
    actor = current_actor()
    found = video_to_change(actor, video_id)
    form = VideoForm(request.POST) if request.method == "POST" else VideoForm.of(found)
    if form.is_valid():
        said = form.cleaned_data
        done = form.run(
            lambda: change_video(
                actor=actor, video_id=video_id, title_en=said["title_en"], title_zh=said["title_zh"],
                shows_patient=said["shows_patient"], version=said["version"],
            )
        )  # fmt: skip
        if done:
            return redirect("library:video", video_id)
    return render(request, "library/video_edit.html", {"form": form, "video": found}, status=form.status)


@require_POST
def film_act(request: HttpRequest, film_id: UUID, verb: str) -> HttpResponse:
    """Cancel, or try again."""
    if verb not in ACTS:
        raise NotVisible
    done = ACTS[verb](actor=current_actor(), film_id=film_id)
    return redirect("library:video", done.video_id)
