"""What a symptom needs, beside the question while it is written."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from consortium.kernel.actors import current_actor
from consultations.forms.intake import NeedsForm
from consultations.queries import consultation_for
from consultations.states import MACHINE


@never_cache
@require_POST
def needs(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The lines of the symptom chosen just now, with what was typed already; nothing is kept by this."""
    consultation = consultation_for(case_id)
    MACHINE.check("save", current_actor(), consultation)
    form = NeedsForm(request.POST, consultation)
    return render(request, "consultations/needs.html", {"needs": form, "case": consultation.case})
