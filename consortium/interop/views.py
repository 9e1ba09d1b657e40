"""A case, or a pathway, as a file that other systems read."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from consortium.interop.api import MEDIA_TYPE
from consortium.interop.r4.blocks import Resource
from consortium.journal.operations import note_read
from consortium.kernel.actors import Actor, current_actor
from consortium.kernel.api.rendering import to_json
from consortium.kernel.limits import spend, spender
from consortium.kernel.proof import prove_again, proven


def download(
    request: HttpRequest, made: Callable[[Actor], Resource], *, subject: Model, patient_id: UUID, named: str, back: str
) -> HttpResponse:
    """The bundle that `made` gives for the actor, who may know the child and has shown just now who they are; noted in
    the journal, and counted. `back`: where to go once they have shown it."""
    actor: Any = current_actor()
    spend("fhir", spender(request))
    bundle = made(actor)
    if not proven(request):
        return prove_again(request, back)
    note_read(actor=actor, subject=subject, patient_id=patient_id, what="fhir bundle")
    headers = {"Content-Disposition": f'attachment; filename="{named}.fhir.json"'}
    return HttpResponse(to_json(bundle), content_type=MEDIA_TYPE, headers=headers)
