"""A child's way over all tiers, as a page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.casework.queries.journey import WIDTH, journey_of
from consortium.journal.operations import note_read
from consortium.kernel.actors import current_actor


@never_cache
@require_safe
def journey(request: HttpRequest, pathway_id: UUID) -> HttpResponse:
    """From the first question to the last follow-up; for who may know the child, and a read of the record."""
    found = journey_of(pathway_id)
    note_read(
        actor=current_actor(), subject=found.pathway, patient_id=found.pathway.patient_id, what="journey",
        once_per_look=True,
    )  # fmt: skip
    return render(request, "casework/journey.html", {"journey": found, "width": WIDTH})
