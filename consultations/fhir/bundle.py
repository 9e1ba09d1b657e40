"""The whole consultation as one Bundle: everything that the reader may see of it, and whatever that refers to."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from consortium.casework.models import Case
from consortium.interop.queries import directory_of, kind_named, known_of
from consortium.interop.r4.blocks import Resource, identifier, ids_of, references_in
from consortium.interop.r4.bundles import collection
from consortium.interop.r4.kinds import Reader
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consultations.queries import consultation_for

#: resources of the case by what their rows are found by, each in its own place; the pathway's other cases stay out
_OF_CASE: Final = ("ServiceRequest", "Task", "Communication", "Provenance", "DocumentReference", "Appointment")
_OF_CHILD: Final = ("RelatedPerson", "Consent")


def consultation_bundle(actor: Actor, case_id: UUID) -> Resource:
    """The bundle of a consultation whose child the actor may know; NotVisible for all others, and for drafts."""
    case = consultation_for(case_id).case
    reader = Reader(actor, known_of([case.patient_id]))
    if case.submitted_at is None or not reader.knows(case.patient_id):
        raise NotVisible
    made = [each for name, rows in _wanted(case) for each in _made(reader, name, rows)]
    made += _made(reader, "Observation", Q(pk__in=ids_of("Observation", references_in(made))))
    base = settings.SITE_URL + reverse("fhir:root").rstrip("/")
    everything = [*made, *directory_of(actor, made)]
    return collection(everything, base=base, at=clock.now(), identifier=identifier("case", str(case.pk)))


def _wanted(case: Case) -> Iterator[tuple[str, Q]]:
    """(kind, which of its rows), the question first."""
    for name in _OF_CASE:
        yield name, Q(pk=case.pk) if name in ("ServiceRequest", "Task") else Q(case_id=case.pk)
    yield "Patient", Q(pk=case.patient_id)
    yield "EpisodeOfCare", Q(pk=case.pathway_id)
    for name in _OF_CHILD:
        yield name, Q(patient_id=case.patient_id)
    yield "AuditEvent", Q(subject_id=str(case.pk))


def _made(reader: Reader, name: str, wanted: Q) -> list[Resource]:
    found: list[Resource] = []
    for source in kind_named(name).sources:
        rows = list(source.rows().filter(wanted).order_by("pk"))
        found += source.shape(reader, rows) if rows else []
    return found
