"""The manual beside a question that is being written, and where it fell short of questions."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.kernel.actors import current_actor
from consortium.kernel.policies import require
from consultations.forms import ManualForm
from consultations.models import Consultation
from consultations.policies import may_see_gaps
from consultations.queries import consultation_for
from consultations.queries.citing import Cited, gaps, place, use_of
from consultations.states import MACHINE

_KEPT = ("pathway", "version", "node", "indication", "why", "note")


def manual_form(request: HttpRequest, consultation: Consultation) -> ManualForm:
    """What the page says of the manual: as it was sent, else as it was kept."""
    sent, use = request.POST if "manual_pathway" in request.POST else None, use_of(consultation.pk)
    kept: dict[str, Any] = {}
    if use is not None:
        kept = {"manual_run": use.run_id, **{f"manual_{name}": getattr(use, name) for name in _KEPT}}
    return ManualForm(sent, initial=kept, age_days=consultation.case.age_days)


def page_beside(manual: ManualForm) -> Cited | None:
    """The chosen page of the manual, in the version in which it was looked at."""
    said = str(manual["manual_version"].value() or "")
    version = int(said) if said.isdecimal() else None
    return (place(manual.pathway, version, "") or place(manual.pathway, None, "")) if manual.pathway else None


@never_cache
@require_safe
def manual_beside(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The chosen page of the manual beside the draft, with its branches: a fragment."""
    consultation = consultation_for(case_id)
    MACHINE.check("save", current_actor(), consultation)
    chosen = {"manual_pathway": request.GET.get("manual_pathway", "")[:80]}
    manual = ManualForm(initial=chosen, age_days=consultation.case.age_days)
    context = {"manual": manual, "beside": page_beside(manual), "case": consultation.case}
    return render(request, "consultations/manual_beside.html", context)


@never_cache
@require_safe
def manual_gaps(request: HttpRequest) -> HttpResponse:
    """Branches of the manual that did not suffice, the most frequent first: numbers, and nothing of any child."""
    require(may_see_gaps(current_actor()))
    return render(request, "consultations/manual_gaps.html", {"gaps": gaps()})
