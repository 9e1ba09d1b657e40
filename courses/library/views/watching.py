"""The page of a video lesson, what its player tells, and the notes of its viewer."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.adapters import adapters
from consortium.kernel.methods import form_page
from courses.library.forms.watching import NoteForm
from courses.library.ladder.signing import binding
from courses.library.models import Lesson, Video
from courses.library.operations.watch_notes import drop_note, write_note
from courses.library.operations.watching import open_watch, tell_beat
from courses.library.policies import may_build_course
from courses.library.queries.page import neighbours
from courses.library.queries.progress import closed_because, progress_of
from courses.library.queries.stops import Asked, asked_in
from courses.library.queries.watching import lesson_and_video, notes_of, watch_page
from courses.library.states import Progress


@never_cache
@require_safe
def watch(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """The player. A builder looks at a draft the same way, and nothing is counted."""
    actor, (lesson, video) = current_actor(), lesson_and_video(lesson_id)
    course = lesson.version.course
    learning = course.current_id == lesson.version_id
    if not learning and not may_build_course(actor, course):
        return redirect("library:course", course.pk)
    if learning and closed_because(actor.user_id, lesson):
        return redirect("library:lesson", lesson.pk)
    return shown_watching(request, lesson, video, NoteForm())


def shown_watching(
    request: HttpRequest, lesson: Lesson, video: Video, form: NoteForm, refused: Asked | None = None
) -> HttpResponse:
    """The player's page; `refused`: a question with what was sent to it and was not taken."""
    actor, course = current_actor(), lesson.version.course
    learning = course.current_id == lesson.version_id
    row = progress_of(actor.user_id, course.pk).get(lesson.key) if learning else None
    asked = asked_in(lesson, actor.user_id, row)
    context: dict[str, Any] = {
        **watch_page(actor, video), "lesson": lesson, "course": course, "preview": not learning,
        "done": row is not None and row.state == Progress.COMPLETED, "after": neighbours(lesson)[1],
        "asked": [refused if refused and one.stop == refused.stop else one for one in asked], "note_form": form,
        "owner": binding(request.session.session_key or ""),
        "panels": [found for panel in adapters("WATCH_PANELS").values() if (found := panel(actor, lesson))],
    }  # fmt: skip
    return render(request, "library/watch.html", context, status=422 if form.errors or refused else 200)


@require_POST
def open_player(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """A session for this player: JSON of its secret and of where its viewer stopped."""
    made = open_watch(actor=current_actor(), lesson_id=lesson_id, session=request.session.session_key or "")
    said = {
        "beat_url": reverse("library:watch_beat", args=[made.id]), "nonce": made.nonce, "position": made.position,
        "watched": made.watched, "share": made.share, "done": made.done,
    }  # fmt: skip
    return JsonResponse(said)


@require_POST
def beat(request: HttpRequest, watch_id: UUID) -> HttpResponse:
    """What a player has played: JSON of what stands now."""
    told = tell_beat(
        actor=current_actor(), watch_id=watch_id, session=request.session.session_key or "",
        text=request.POST.get("text", "")[:8000], mark=request.POST.get("mark", "")[:64],
    )  # fmt: skip
    said = {
        "seq": told.seq, "watched": told.watched, "share": told.share, "again": told.again, "closed": told.closed,
        "refused": told.refused, "done": told.done,
    }  # fmt: skip
    return JsonResponse(said)


# -- notes ------------------------------------------------------------------------------------------------------------


@form_page
def notes(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """One's notes, and one more."""
    lesson, video = lesson_and_video(lesson_id)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data
        made = form.run(
            lambda: write_note(
                actor=current_actor(), video_id=video.pk, at=said["at"] or 0, text=said["text"], key=said["request_key"]
            )
        )
        if made and not request.headers.get("HX-Request"):
            return redirect(f"{reverse('library:watch', args=[lesson.pk])}#watch-notes")
        form = NoteForm() if made else form
    if not request.headers.get("HX-Request"):
        return shown_watching(request, lesson, video, form)
    # 200 also with a fault: what is swapped in says it
    context = {"lesson": lesson, "notes": notes_of(video), "note_form": form}
    return render(request, "library/watch_notes.html", context)


@require_POST
def note_drop(request: HttpRequest, note_id: UUID) -> HttpResponse:
    """Gone; back to the page it was on."""
    gone = drop_note(actor=current_actor(), note_id=note_id)
    lesson = _lesson_of(request, gone.video_id)
    if lesson is None:
        return redirect("library:courses")
    return redirect(f"{reverse('library:watch', args=[lesson.pk])}#watch-notes")


def _lesson_of(request: HttpRequest, video_id: UUID) -> Lesson | None:
    """The lesson on whose page the button was, where it shows this video."""
    try:
        lesson_id = UUID(request.POST.get("lesson", ""))
    except ValueError:
        return None
    found: Lesson | None = Lesson.objects.filter(pk=lesson_id, video_id=video_id).first()
    return found


@never_cache
@require_safe
def notes_text(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """One's notes as a file."""
    lesson, video = lesson_and_video(lesson_id)
    said = {"lesson": lesson, "notes": notes_of(video)}
    answer = render(request, "library/watch_notes.txt", said, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="notes.txt"'
    return answer
