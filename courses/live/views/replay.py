"""What is said from beside the player of a recording."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from consortium.kernel.actors import Actor, current_actor
from courses.library.models import Lesson
from courses.live.forms.replay import LateVoteForm
from courses.live.operations.replaying import vote_late
from courses.live.queries.links import links_of
from courses.live.queries.replay import poll_of_lesson, poll_replayed, replay_of, replayed_lecture


def replay_panel(actor: Actor, lesson: Lesson) -> dict[str, Any] | None:
    """Beside the player of a recording (settings.WATCH_PANELS); nothing beside any other film."""
    lecture = replayed_lecture(lesson)
    if lecture is None:
        return None
    replay = replay_of(actor, lecture)
    polls = [(asked, LateVoteForm(poll=asked.poll) if asked.asks else None) for asked in replay.polls]
    return {"template": "lectures/replay.html", "replay": replay, "polls": polls, "links": links_of(actor, lecture)}


@require_POST
def vote(request: HttpRequest, lesson_id: UUID, poll_id: UUID) -> HttpResponse:
    """A late vote: for the script the poll with what the room said, else back to the page."""
    actor = current_actor()
    lesson, lecture, poll = poll_of_lesson(lesson_id, poll_id)
    form = LateVoteForm(request.POST, poll=poll)
    if form.is_valid():
        choice = form.cleaned_data["choice"]
        form.run(lambda: vote_late(actor=actor, lesson_id=lesson_id, poll_id=poll_id, choice=choice))
    if request.headers.get("HX-Request"):  # 200 also with a fault: what is swapped in says it
        asked = poll_replayed(actor, lecture, poll_id)
        context = {"asked": asked, "form": form if asked.asks else None, "lesson": lesson}
        return render(request, "lectures/replay_poll.html", context)
    for said in form.errors.values():
        messages.error(request, str(said[0]))
    return redirect(f"{reverse('library:watch', args=[lesson.pk])}#poll-{poll_id}")
