"""Lectures: the list, one lecture, coming to it."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from consortium.casework.views.booking import calendar_file
from consortium.kernel.actors import current_actor
from consortium.kernel.errors import DomainError, InvalidInput
from consortium.kernel.methods import form_page, key_of
from consortium.kernel.policies import require
from consortium.people.views.institutions import more_url
from courses.live.forms.lectures import ClassroomForm
from courses.live.models.lectures import planned_by
from courses.live.operations.seats import check_in, give_up_seat, take_seat
from courses.live.policies.cases import may_see_cases
from courses.live.policies.lectures import may_change_lecture
from courses.live.policies.seats import may_register
from courses.live.queries.classrooms import classroom_of, classroom_page
from courses.live.queries.lectures import (
    lecture_ics,
    lecture_page,
    lecture_seen,
    lectures_on,
    series_seen,
    shelves_of,
)
from courses.live.queries.links import links_of
from courses.live.states.lectures import LectureStep, SeatKind

_SHELF_WORDS = {
    "coming": gettext_lazy("Coming"), "mine": gettext_lazy("Mine"), "past": gettext_lazy("Past"),
    "planned": gettext_lazy("Planned here"),
}  # fmt: skip


@never_cache
@require_safe
def lectures(request: HttpRequest) -> HttpResponse:
    """What is live and what comes; `?shelf=`, `?after=`."""
    return _list(request, {})


@never_cache
@require_safe
def series(request: HttpRequest, series_id: UUID) -> HttpResponse:
    """The lectures of one series."""
    return _list(request, {"series": series_seen(series_id)})


def _list(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    actor, shelf = current_actor(), request.GET.get("shelf", "coming")
    shelves = shelves_of(actor)
    if shelf not in shelves:
        raise InvalidInput({"shelf": _("There is no such shelf.")})
    of = context["series"].pk if context else None
    page = lectures_on(actor, shelf, series_id=of, after=request.GET.get("after", ""))
    tabs = [{"label": _SHELF_WORDS[one], "url": f"?shelf={one}", "here": one == shelf} for one in shelves]
    shown = {
        "page": page, "tabs": tabs, "shelf": shelf, "more_url": more_url(request, page.next_cursor),
        "plans": bool(planned_by(actor)), "cases": may_see_cases(actor).allowed, **context,
    }  # fmt: skip
    return render(request, "lectures/lectures.html", shown)


@never_cache
@require_safe
def lecture(request: HttpRequest, lecture_id: UUID) -> HttpResponse:
    """One lecture: what, when, by whom; the way in."""
    actor, found = current_actor(), lecture_seen(lecture_id)
    context = lecture_page(actor, found)
    context["request_key"] = uuid4()
    changes = may_change_lecture(actor, found).allowed
    context["changes"] = changes and not context["over"]
    context["follows_up"] = changes and found.step == LectureStep.ENDED
    context["links"] = links_of(actor, found, without="lecture")
    return render(request, "lectures/lecture.html", context)


@require_safe
def ics(request: HttpRequest, lecture_id: UUID) -> HttpResponse:
    """One lecture for a calendar program."""
    return calendar_file(lecture_ics(lecture_seen(lecture_id)), "lecture.ics")


@require_POST
def register(request: HttpRequest, lecture_id: UUID) -> HttpResponse:
    """A seat for oneself; nothing free is told on the page."""
    try:
        take_seat(actor=current_actor(), lecture_id=lecture_id, key=key_of(request))
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("You are registered. You are reminded before it begins."))
    return redirect("lectures:lecture", lecture_id)


@form_page
def classroom_new(request: HttpRequest, lecture_id: UUID) -> HttpResponse:
    """Bring a room: which one."""
    actor, found = current_actor(), lecture_seen(lecture_id)
    require(may_register(actor, found, SeatKind.CLASSROOM))
    form = ClassroomForm(request.POST or None)
    if form.is_valid():
        place, key = form.cleaned_data["place"], form.cleaned_data["request_key"]
        made = form.run(
            lambda: take_seat(actor=actor, lecture_id=lecture_id, kind=SeatKind.CLASSROOM, place=place, key=key)
        )
        if made:
            return redirect("lectures:classroom", made[0].pk)
    return render(request, "lectures/classroom_new.html", {"form": form, "lecture": found}, status=form.status)


@never_cache
@require_safe
def classroom(request: HttpRequest, seat_id: UUID) -> HttpResponse:
    """What stands on the room's screen before the lecture: the code to check in by, and who has come."""
    context = classroom_page(classroom_of(current_actor(), seat_id))
    return render(request, "lectures/classroom.html", {**context, "url": request.build_absolute_uri(context["path"])})


@require_POST
def give_up(request: HttpRequest, seat_id: UUID) -> HttpResponse:
    seat = give_up_seat(actor=current_actor(), seat_id=seat_id)
    messages.success(request, _("Given up. Somebody else may have the seat."))
    return redirect("lectures:lecture", seat.lecture_id)


@form_page
def sit_down(request: HttpRequest, seat_id: UUID, code: str) -> HttpResponse:
    """What the code on a room's screen opens: one press, and one is there."""
    if request.method != "POST":
        return render(request, "lectures/classroom_in.html")
    row, _fresh = check_in(actor=current_actor(), seat_id=seat_id, code=code)
    messages.success(request, _("You are checked in."))
    return redirect("lectures:lecture", row.seat.lecture_id)
