"""One consultation: its page, and the parts of it that change by themselves."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from consortium.casework.queries.thread import Place
from consortium.casework.views.showing import composer, is_known_anew, note_look, or_away, place_of, shared_parts
from consortium.files.queries.sent import files_to_send
from consortium.kernel.actors import current_actor
from consultations.queries.outcomes import outcome_shown
from consultations.queries.page import ConsultationPage, case_page
from consultations.queries.reviews import open_review_of
from consultations.states import Step


@never_cache
@require_safe
def show(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The page; a draft is its author's form. Reading it with the child's name is journalled, once a look."""
    page = case_page(current_actor(), case_id)
    if page.consultation.step == Step.DRAFT:
        return redirect("consultations:edit", case_id)
    if review_id := open_review_of(page.actor, page.case):
        return redirect("consultations:review", review_id)
    place = Place.now(page.actor, page.case)
    note_look(page)
    context = parts(page, place) | composer(request, page, files_to_send)
    return render(request, "consultations/show.html", context)


@never_cache
@require_safe
@or_away
def live(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The parts that change, each to be put in its own place: what somebody is typing stays.

    `?beside=` names the page that asks (`case` or `answer`), `?since=` and `?read=` say where it stands in the thread,
    `?hidden=1` that nobody looks at it now. Who has come to know the child, or may no longer, gets the whole page anew.
    """
    page = case_page(current_actor(), case_id)
    if is_known_anew(request, page):
        return HttpResponseClientRefresh()
    note_look(page, seen=request.GET.get("hidden") != "1")
    beside = request.GET.get("beside", "case")
    return render(request, "consultations/live.html", parts(page, place_of(request)) | {"oob": True, "beside": beside})


def parts(page: ConsultationPage, place: Place | None = None) -> dict[str, Any]:
    """The context of everything that changes by itself; `place` in the thread, its end unless told."""
    return shared_parts(page, place or Place.now(page.actor, page.case)) | {
        "consultation": page.consultation,
        "answers": page.answers(),
        "opinions": page.opinions(),
        "manual": page.manual(),
        "steps": page.steps(),
        "call": page.meeting(),
        "outcome": outcome_shown(page.actor, page.case),
    }
