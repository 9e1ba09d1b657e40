"""Questions in a video: its builder puts them in, its learners answer them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import InvalidInput, WrongStep
from consortium.kernel.methods import form_page
from courses.assessment.items import answer_from, read
from courses.library.forms.stops import StopForm
from courses.library.forms.watching import NoteForm
from courses.library.models import Lesson, Stop
from courses.library.operations.asking import add_stop, answer_stop, drop_stop
from courses.library.operations.moving import row_seen
from courses.library.queries.stops import (
    asked_at,
    asked_now,
    number_of,
    prefix_of,
    questions_offered,
    stop_seen,
    stops_listed,
)
from courses.library.queries.watching import lesson_and_video
from courses.library.views.building import draft_here
from courses.library.views.watching import shown_watching


@form_page
def stops(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """What a draft's video asks, and one question more; `?q=` finds them in the bank."""
    lesson: Lesson = row_seen(Lesson, lesson_id)
    draft = draft_here(lesson.version_id)
    words = request.GET.get("q", "").strip()[:100]
    offered = questions_offered(lesson, words)
    form = StopForm(request.POST or None, initial={"version": draft.version}, offered=offered)
    if form.is_valid():
        made = form.run(lambda: add_stop(actor=current_actor(), lesson_id=lesson_id, **form.cleaned_data))
        if made:
            messages.success(request, _("Added."))
            return redirect("library:stops", lesson_id)
    context = {
        "form": form, "version": draft, "lesson": lesson, "listed": stops_listed(lesson), "offered": offered,
        "q": words,
    }  # fmt: skip
    return render(request, "library/build_stops.html", context, status=form.status)


@require_POST
def stop_drop(request: HttpRequest, stop_id: UUID) -> HttpResponse:
    lesson_id = row_seen(Stop, stop_id).lesson_id
    drop_stop(actor=current_actor(), stop_id=stop_id)
    return redirect("library:stops", lesson_id)


@require_POST
def answer(request: HttpRequest, stop_id: UUID) -> HttpResponse:
    """An answer: for the player's script the question with what became of it, else back to the page; what was not taken
    stands there as it was typed."""
    actor, stop = current_actor(), stop_seen(stop_id)
    stop = asked_now(stop) or stop
    kept, done, fault, gone = None, False, "", ""
    given = answer_from(read(stop.question.item.kind, stop.question.content), request.POST, prefix_of(stop))
    try:
        kept, done = answer_stop(actor=actor, stop_id=stop.pk, given=given)
    except InvalidInput as error:
        fault = " ".join(str(said) for said in error.fields.values())
    except WrongStep as error:
        gone = str(error.message)
    asked = asked_at(stop, number_of(stop), actor.user_id, kept, given, fault or gone)
    if request.headers.get("HX-Request"):  # 200 also with a fault: what is swapped in says it
        context = {"asked": asked, "lesson": stop.lesson, "opened": True, "lesson_done": done}
        return render(request, "library/watch_question.html", context)
    if fault:
        return shown_watching(request, *lesson_and_video(stop.lesson_id), NoteForm(), asked)
    if gone:
        messages.error(request, gone)
    return redirect(f"{reverse('library:watch', args=[stop.lesson_id])}#question-{stop.pk}")
