"""One consultation: its page, and the parts of it that change by themselves."""

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from consortium.casework.forms import MessageForm
from consortium.casework.operations import mark_read
from consortium.journal.operations import note_read
from consortium.kernel.actors import current_actor
from consultations.queries.page import CasePage, case_page
from consultations.states import Step


@never_cache
@require_safe
def show(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The page; a draft is its author's form. Reading it with the child's name is journalled, once a look."""
    page = case_page(current_actor(), case_id)
    if page.consultation.step == Step.DRAFT:
        return redirect("consultations:edit", case_id)
    note_look(page)
    context = parts(page) | {"message_form": MessageForm(initial={"request_key": uuid4()})}
    return render(request, "consultations/show.html", context)


@never_cache
@require_safe
def live(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The parts that change, each to be put in its own place: what somebody is typing stays.

    `?beside=` names the page that asks (`case` or `answer`). Who has come to know the child, or may no longer, gets
    the whole page anew.
    """
    page = case_page(current_actor(), case_id)
    if request.GET.get("known", "") not in ("", str(int(page.identified))):
        return HttpResponseClientRefresh()
    note_look(page)
    beside = request.GET.get("beside", "case")
    return render(request, "consultations/live.html", parts(page) | {"oob": True, "beside": beside})


def note_look(page: CasePage) -> None:
    """One read in the journal for one look, and the thread is read to its end."""
    if page.patient is not None:
        note_read(
            actor=page.actor, subject=page.patient, patient_id=page.patient.pk, what="consultation", once_per_look=True
        )
        mark_read(actor=page.actor, case=page.case)


def parts(page: CasePage) -> dict[str, Any]:
    """The context of everything that changes by itself."""
    return {
        "page": page,
        "consultation": page.consultation,
        "case": page.case,
        "clock": page.running(),
        "answers": page.answers(),
        "thread": page.thread() if page.thread_shown else [],
        "steps": page.steps(),
        "dock": page.dock(),
        "glance": page.glance(),
        "duty": page.duty,
    }
