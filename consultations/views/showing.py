"""One consultation: its page, and the parts of it that change by themselves."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from consortium.casework.operations import mark_read
from consortium.casework.queries.thread import Place, quoted
from consortium.journal.operations import note_read
from consortium.kernel.actors import current_actor
from consultations.queries.outcomes import outcome_shown
from consultations.queries.page import CasePage, case_page
from consultations.queries.reviews import open_review_of
from consultations.states import Step
from consultations.views.talking import fresh_form, uuid_of


@never_cache
@require_safe
def show(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The page; a draft is its author's form. Reading it with the child's name is journalled, once a look."""
    page = case_page(current_actor(), case_id)
    if page.consultation.step == Step.DRAFT:
        return redirect("consultations:edit", case_id)
    if review_id := open_review_of(page.actor, page.case):
        return redirect("consultations:review", review_id)
    place, reply_to = Place.now(page.actor, page.case), uuid_of(request.GET.get("reply", ""))
    note_look(page)
    context = parts(page, place)
    if page.may_write and page.case.is_open:
        context["message_form"] = fresh_form(page.actor, page.consultation, reply_to)
        context["quote"] = quoted(page.case, reply_to)
    return render(request, "consultations/show.html", context)


@never_cache
@require_safe
def live(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The parts that change, each to be put in its own place: what somebody is typing stays.

    `?beside=` names the page that asks (`case` or `answer`), `?since=` and `?read=` say where it stands in the thread,
    `?hidden=1` that nobody looks at it now. Who has come to know the child, or may no longer, gets the whole page anew.
    """
    page = case_page(current_actor(), case_id)
    if request.GET.get("known", "") not in ("", str(int(page.identified))):
        return HttpResponseClientRefresh()
    place = Place(_number(request, "since"), _number(request, "read") or 0)
    note_look(page, seen=request.GET.get("hidden") != "1")
    beside = request.GET.get("beside", "case")
    return render(request, "consultations/live.html", parts(page, place) | {"oob": True, "beside": beside})


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def note_look(page: CasePage, *, seen: bool = True) -> None:
    """One read in the journal for one look, and the thread is read to its end when somebody sees it."""
    if page.patient is not None:
        note_read(
            actor=page.actor, subject=page.patient, patient_id=page.patient.pk, what="consultation", once_per_look=True
        )
    if page.thread_shown and seen:
        mark_read(actor=page.actor, case=page.case)


def parts(page: CasePage, place: Place | None = None) -> dict[str, Any]:
    """The context of everything that changes by itself; `place` in the thread, its end unless told."""
    return {
        "page": page,
        "consultation": page.consultation,
        "case": page.case,
        "clock": page.running(),
        "answers": page.answers(),
        "opinions": page.opinions(),
        "manual": page.manual(),
        "thread": page.thread(place or Place.now(page.actor, page.case)),
        "steps": page.steps(),
        "dock": page.dock(),
        "glance": page.glance(),
        "call": page.meeting(),
        "duty": page.duty,
        "outcome": outcome_shown(page.actor, page.case),
    }
