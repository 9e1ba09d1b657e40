"""A case that is taught step by step: its votes are prepared, its stages are read in the room."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, NotVisible
from consortium.kernel.methods import form_page
from consortium.kernel.policies import require
from courses.live.forms.staging import SpotForm, VoteForm
from courses.live.models.lectures import Lecture
from courses.live.operations.staging import drop_vote, prepare_vote
from courses.live.policies.lectures import may_change_lecture, may_conduct, may_moderate, may_watch
from courses.live.queries.room import room_seen
from courses.live.queries.staged import planning_page, room_state, shown_in_room
from courses.live.queries.staging import shown_picture

_STAGED: Final = "lectures/staged_case.html"


# -- before the lecture -----------------------------------------------------------------------------------------------


@form_page
def votes(request: HttpRequest, lecture_id: UUID) -> HttpResponse:
    """What is voted on after each stage; `?picture=`: a place on that picture. Posted: one vote more."""
    lecture, page = _planned(lecture_id)
    form = _form(request, page)
    if form.is_valid():
        said, key = form.planned(), form.cleaned_data["request_key"]
        if form.run(lambda: prepare_vote(actor=current_actor(), lecture_id=lecture_id, planned=said, key=key)):
            messages.success(request, _("The vote is prepared."))
            return redirect("lectures:votes", lecture_id)
    context = {**page, "form": form, "lecture": lecture, "picture": request.GET.get("picture")}
    return render(request, "lectures/staged_votes.html", context, status=form.status)


def _planned(lecture_id: UUID) -> tuple[Lecture, dict[str, Any]]:
    lecture = room_seen(lecture_id)
    require(may_change_lecture(current_actor(), lecture))
    page = planning_page(lecture)
    if page is None:
        raise NotVisible
    return lecture, page


def _form(request: HttpRequest, page: dict[str, Any]) -> VoteForm:
    stages = [(stage["number"], f"{stage['number']}. {stage['label']}") for stage in page["stages"]]
    asked = request.GET.get("picture")
    if not asked:
        return VoteForm(request.POST or None, stages=stages)
    picture = next((row for row in page["pictures"] if str(row.pk) == asked), None)
    if picture is None:
        raise NotVisible
    later = [stage for stage in stages if stage[0] >= page["pictured_at"]]
    return SpotForm(request.POST or None, stages=later, picture=picture)


@require_POST
def vote_drop(request: HttpRequest, lecture_id: UUID, poll_id: UUID) -> HttpResponse:
    """Ask it not."""
    try:
        drop_vote(actor=current_actor(), lecture_id=lecture_id, poll_id=poll_id)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error.message))
    return redirect("lectures:votes", lecture_id)


# -- in the room ------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def staged(request: HttpRequest, lecture_id: UUID) -> HttpResponse:
    """A piece of the room's page: what of the case is shown; for the crew also what is next."""
    lecture, actor = room_seen(lecture_id), current_actor()
    require(may_watch(actor, lecture))
    if not may_moderate(actor, lecture):
        return HttpResponse(_of_everybody(lecture))
    context = {**shown_in_room(lecture, crew=True), "conducts": may_conduct(actor, lecture).allowed}
    return render(request, _STAGED, context)


def _of_everybody(lecture: Lecture) -> str:
    """What thousands ask for at once: made once a second for each language, and anew with each step."""
    name = f"lecture-staged:{lecture.pk}:{get_language()}:{':'.join(str(int(one)) for one in room_state(lecture))}"
    found: str | None = cache.get(name)
    if found is None:
        found = render_to_string(_STAGED, shown_in_room(lecture, crew=False))
        cache.set(name, found, 1)
    return found


@require_safe
def staged_picture(request: HttpRequest, lecture_id: UUID, picture_id: UUID) -> HttpResponse:
    """The bytes of a picture whose stage was shown to the room."""
    lecture, actor = room_seen(lecture_id), current_actor()
    require(may_watch(actor, lecture))
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(shown_picture(lecture, picture_id), content_type="image/webp", headers=headers)
