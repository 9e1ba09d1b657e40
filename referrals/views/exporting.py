"""The child's pathway over all tiers as a file that other systems read: a FHIR R4 Bundle."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.interop.fhir.bundle import pathway_bundle
from consortium.interop.views import download
from consortium.kernel.errors import NotVisible
from referrals.queries import referral_for


@never_cache
@require_safe
def fhir(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """For who may know the child and has shown just now who they are; noted in the journal, and counted."""
    case = referral_for(case_id).case
    pathway_id = case.pathway_id
    if pathway_id is None:
        raise NotVisible
    return download(
        request, lambda actor: pathway_bundle(actor, pathway_id), subject=case, patient_id=case.patient_id,
        named=f"pathway-{str(pathway_id)[:8]}", back=reverse("referrals:show", args=[case_id]),
    )  # fmt: skip
