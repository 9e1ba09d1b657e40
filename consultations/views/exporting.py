"""The whole consultation as a file that other systems read: a FHIR R4 Bundle."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.interop.views import download
from consultations.fhir.bundle import consultation_bundle
from consultations.queries import consultation_for


@never_cache
@require_safe
def fhir(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """For who may know the child and has shown just now who they are; noted in the journal, and counted."""
    case = consultation_for(case_id).case
    return download(
        request, lambda actor: consultation_bundle(actor, case_id), subject=case, patient_id=case.patient_id,
        named=f"consultation-{str(case_id)[:8]}", back=reverse("consultations:show", args=[case_id]),
    )  # fmt: skip
