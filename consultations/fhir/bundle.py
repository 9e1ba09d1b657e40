"""The whole consultation as one Bundle: everything that the reader may see of it, and whatever that refers to."""

from uuid import UUID

from consortium.interop.fhir.bundle import cases_bundle
from consortium.interop.r4.blocks import Resource, identifier
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consultations.queries import consultation_for


def consultation_bundle(actor: Actor, case_id: UUID) -> Resource:
    """The bundle of a consultation whose child the actor may know; NotVisible for all others, and for drafts. The
    pathway's other cases stay out."""
    case = consultation_for(case_id).case
    if case.submitted_at is None:
        raise NotVisible
    return cases_bundle(actor, case.patient_id, [case], identifier("case", str(case.pk)), case.pathway_id)
