"""The whole consultation as a file that other systems read: a FHIR R4 Bundle."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from consortium.interop.api import MEDIA_TYPE
from consortium.journal.operations import note_read
from consortium.kernel.actors import current_actor
from consortium.kernel.api.rendering import to_json
from consortium.kernel.limits import spend, spender
from consortium.kernel.proof import prove_again, proven
from consultations.fhir.bundle import consultation_bundle
from consultations.queries import consultation_for


@never_cache
@require_safe
def fhir(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """For who may know the child and has shown just now who they are; noted in the journal, and counted."""
    actor = current_actor()
    spend("fhir", spender(request))
    bundle = consultation_bundle(actor, case_id)
    if not proven(request):
        return prove_again(request, reverse("consultations:show", args=[case_id]))
    case = consultation_for(case_id).case
    note_read(actor=actor, subject=case, patient_id=case.patient_id, what="fhir bundle")
    headers = {"Content-Disposition": f'attachment; filename="consultation-{str(case_id)[:8]}.fhir.json"'}
    return HttpResponse(to_json(bundle), content_type=MEDIA_TYPE, headers=headers)
