"""Planning lectures: new, changed, announced, cancelled; who gives them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.errors import DomainError, NotPermitted
from consortium.kernel.methods import form_page, version_of
from consortium.kernel.policies import require
from courses.live.forms.lectures import CancelForm, CrewForm, LectureForm, SeriesForm
from courses.live.models import Lecture
from courses.live.models.lectures import planned_by
from courses.live.operations.crew import drop_from_crew, put_in_crew
from courses.live.operations.lectures import (
    announce_lecture,
    cancel_lecture,
    edit_lecture,
    end_lecture,
    make_lecture,
    make_series,
    open_lecture,
    reopen_lecture,
)
from courses.live.policies.lectures import may_change_lecture
from courses.live.queries.lectures import lecture_seen

#: verb -> what does it, and what is said then
_ACTS: dict[str, tuple[Callable[..., Lecture], Any]] = {
    "announce": (announce_lecture, gettext_lazy("Announced. Whoever it is for finds it now.")),
    "open": (open_lecture, gettext_lazy("The lecture is live.")),
    "end": (end_lecture, gettext_lazy("The lecture is over.")),
    "reopen": (reopen_lecture, gettext_lazy("The lecture is live again.")),
}


def _home_of(actor: Actor) -> UUID:
    """The institution for which the actor plans: the first of them."""
    places = sorted(planned_by(actor), key=str)
    if not places:
        raise NotPermitted(_("Only training admins and lecturers plan lectures."))
    return places[0]


def _changed(lecture_id: UUID) -> Lecture:
    """A lecture that the actor may change."""
    found = lecture_seen(lecture_id)
    require(may_change_lecture(current_actor(), found))
    return found


@form_page
def new(request: HttpRequest) -> HttpResponse:
    """A lecture begins as a draft; `?series=` is chosen already."""
    actor = current_actor()
    place = _home_of(actor)
    form = LectureForm(request.POST or None, institution_id=place, initial={"series_id": request.GET.get("series")})
    if form.is_valid():
        fields, key = form.given(), form.cleaned_data["request_key"]
        made = form.run(lambda: make_lecture(actor=actor, institution_id=place, fields=fields, key=key))
        if made:
            return redirect("lectures:lecture", made[0].pk)
    return render(request, "lectures/plan.html", {"form": form}, status=form.status)


@form_page
def edit(request: HttpRequest, lecture_id: UUID) -> HttpResponse:
    found = _changed(lecture_id)
    form = LectureForm(request.POST or None, institution_id=found.institution_id, lecture=found)
    if form.is_valid():
        fields, seen = form.given(), form.cleaned_data["version"]
        done = form.run(lambda: edit_lecture(actor=current_actor(), lecture_id=lecture_id, fields=fields, version=seen))
        if done:
            messages.success(request, _("Saved."))
            return redirect("lectures:lecture", lecture_id)
    return render(request, "lectures/plan.html", {"form": form, "lecture": found}, status=form.status)


@form_page
def series_new(request: HttpRequest) -> HttpResponse:
    actor = current_actor()
    place, form = _home_of(actor), SeriesForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        given = {name: said[name] for name in ("title_en", "title_zh", "reach")}
        made = form.run(lambda: make_series(actor=actor, institution_id=place, key=said["request_key"], **given))
        if made:
            return redirect("lectures:series", made[0].pk)
    return render(request, "lectures/series_new.html", {"form": form}, status=form.status)


@form_page
def act(request: HttpRequest, lecture_id: UUID, verb: str) -> HttpResponse:
    """Announce, open, end, go on; `cancel` asks why, `edit` has a page of its own."""
    if verb == "edit":
        return redirect("lectures:edit", lecture_id)
    if verb == "cancel":
        return _cancel(request, lecture_id)
    if verb not in _ACTS or request.method != "POST":
        raise Http404
    operation, told = _ACTS[verb]
    try:
        operation(actor=current_actor(), lecture_id=lecture_id, version=version_of(request))
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error.message))
    else:
        messages.success(request, str(told))
    return redirect("lectures:lecture", lecture_id)


def _cancel(request: HttpRequest, lecture_id: UUID) -> HttpResponse:
    found = _changed(lecture_id)
    form = CancelForm(request.POST or None, initial={"version": found.version})
    if form.is_valid():
        reason, seen = form.cleaned_data["reason"], form.cleaned_data["version"]
        if form.run(lambda: cancel_lecture(actor=current_actor(), lecture_id=lecture_id, reason=reason, version=seen)):
            messages.success(request, _("Cancelled. Whoever is registered is told."))
            return redirect("lectures:lecture", lecture_id)
    return render(request, "lectures/plan_cancel.html", {"form": form, "lecture": found}, status=form.status)


@form_page
def crew(request: HttpRequest, lecture_id: UUID) -> HttpResponse:
    """Who gives it, moderates it and types its captions."""
    found, form = _changed(lecture_id), CrewForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        if form.run(lambda: put_in_crew(actor=current_actor(), lecture_id=lecture_id, **said)):
            messages.success(request, _("Saved. They are told."))
            return redirect("lectures:crew", lecture_id)
    return render(request, "lectures/plan_crew.html", {"form": form, "lecture": found}, status=form.status)


@require_POST
def crew_drop(request: HttpRequest, lecture_id: UUID, user_id: UUID) -> HttpResponse:
    try:
        drop_from_crew(actor=current_actor(), lecture_id=lecture_id, user_id=user_id)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error.message))
    return redirect("lectures:crew", lecture_id)
