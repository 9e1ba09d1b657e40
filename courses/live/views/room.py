"""The room of a lecture, the studio of its crew, and what their scripts ask over HTTP."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.calls.views.showing import with_devices
from consortium.kernel.actors import current_actor
from consortium.kernel.methods import form_page
from consortium.kernel.policies import require
from courses.live.forms.room import PollForm
from courses.live.models.lectures import Lecture
from courses.live.models.room import Poll
from courses.live.operations import polls
from courses.live.policies.lectures import may_conduct, may_moderate, may_watch
from courses.live.queries.board import since as told_since
from courses.live.queries.board import stands_at, whole
from courses.live.queries.room import mine, room_seen
from courses.live.queries.staging import case_taught
from courses.live.queries.tickets import rights_in, ticket_for
from courses.live.room import CAPTION
from courses.live.room.saying import REACTIONS
from courses.live.states.staging import Confidence
from courses.live.views.guests import guests_script


@with_devices
@never_cache
@require_safe
def room(request: HttpRequest, lecture_id: UUID) -> HttpResponse:
    """Watch, vote, ask."""
    lecture = room_seen(lecture_id)
    require(may_watch(current_actor(), lecture))
    return render(request, "lectures/room.html", _shown(lecture, crew=False))


@with_devices
@form_page
def studio(request: HttpRequest, lecture_id: UUID) -> HttpResponse:
    """The crew's room: what the audience does, polls, questions. Posted: one poll more."""
    lecture = room_seen(lecture_id)
    require(may_moderate(current_actor(), lecture))
    conducts = may_conduct(current_actor(), lecture)
    if request.method == "POST":
        require(conducts)
    form = PollForm(request.POST or None)
    if form.is_valid() and form.run(lambda: _made(lecture_id, **form.cleaned_data)) is not None:
        return redirect("lectures:studio", lecture_id)
    context = {**_shown(lecture, crew=True), "form": form, "conducts": bool(conducts)}
    return render(request, "lectures/studio.html", context, status=form.status)


def _made(lecture_id: UUID, request_key: UUID, **asked: Any) -> Poll:
    return polls.make_poll(actor=current_actor(), lecture_id=lecture_id, key=request_key, **asked)


def _shown(lecture: Lecture, *, crew: bool) -> dict[str, Any]:
    seq, actor = stands_at(lecture.pk), current_actor()
    script: dict[str, Any] = {
        "socket": f"/ws/lectures/{lecture.pk}/room/",
        "ticket": reverse("lectures:room_ticket", args=[lecture.pk]),
        "since": reverse("lectures:room_since", args=[lecture.pk]),
        "me": str(actor.user_id), "name": actor.name, "rights": sorted(rights_in(actor, lecture)), "crew": crew,
        "seq": seq, "shows": whole(lecture, crew=crew), "mine": mine(actor, lecture), "words": words(),
        "guests": guests_script(lecture),
    }  # fmt: skip
    return {"lecture": lecture, "script": script, "reactions": _reactions(), "confidences": Confidence.choices,
            "staged": case_taught(lecture.pk) is not None, "types": CAPTION in script["rights"]}  # fmt: skip


_SIGNS = {"clap": "thumbs-up", "heart": "heart", "think": "circle-question-mark", "wow": "sparkles"}


def _reactions() -> list[tuple[str, str, str]]:
    """Of each its name, icon and words."""
    said = {
        "clap": _("Well said"), "heart": _("Thank you"), "think": _("I did not follow"), "wow": _("Astonishing"),
    }  # fmt: skip
    return [(one, _SIGNS[one], said[one]) for one in REACTIONS]


def words() -> dict[str, str]:
    """Every sentence that the script says, in the reader's language."""
    return {
        "votes": _("{n} votes"), "saved": _("Your vote is saved."), "closed": _("This poll is closed."),
        "left_out": _("{n} lines are not shown: too many at once."), "answered": _("Answered"),
        "support": _("I want to know this too"),
        "not-permitted": _("You may not do this: the lecture may be over, or a moderator has blocked you here."),
        "not-live": _("Begin the lecture first."), "settled": _("This question was answered or taken away."),
        "hand-down": _("Their hand is not up any more."), "invitation-over": _("This invitation is over."),
        "present": _("{n} here"), "trouble": _("This did not arrive. Try again."),
        "too-fast": _("Too fast: wait a moment."), "hide": _("Hide"), "block": _("Block"),
        "dismiss": _("Take away"), "mark": _("Answered"), "open": _("Open the poll"), "close": _("Close the poll"),
        "lower": _("Take the hand down"), "wrong-step": _("This is not its turn: close the vote, or go on in order."),
    }  # fmt: skip


@never_cache
@require_safe
def ticket(request: HttpRequest, lecture_id: UUID) -> JsonResponse:
    """A ticket for this sign-in: ``{"ticket"}``."""
    lecture = room_seen(lecture_id)
    return JsonResponse({"ticket": ticket_for(current_actor(), lecture, request.session.session_key or "")})


@never_cache
@require_safe
def since(request: HttpRequest, lecture_id: UUID) -> JsonResponse:
    """``?after=`` -> ``{"seq", "frames"}``, or ``{"seq", "snapshot"}`` where they are not kept or none is asked for."""
    lecture, actor = room_seen(lecture_id), current_actor()
    require(may_watch(actor, lecture))
    after = request.GET.get("after", "")
    number = int(after) if after.isdecimal() and len(after) < 12 else None
    return JsonResponse(told_since(lecture, number, crew=bool(may_moderate(actor, lecture))))
