"""Cases as one Bundle: everything that the reader may see of them, and whatever that refers to."""

from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from consortium.casework.models import Case
from consortium.interop.queries import directory_of, kind_named, known_of
from consortium.interop.r4.blocks import Resource, identifier, ids_of, references_in
from consortium.interop.r4.bundles import collection
from consortium.interop.r4.kinds import Reader, Source, kinds
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.patients.models import Pathway

#: what is asked comes first, then who does it; the journal comes last
_FIRST: Final = ("ServiceRequest", "Task")
_LAST: Final = ("AuditEvent",)
_OF_CHILD: Final = ("RelatedPerson", "Consent")


def base_url() -> str:
    """Where the router stands: what every fullUrl begins with."""
    return settings.SITE_URL + reverse("fhir:root").rstrip("/")


def pathway_bundle(actor: Actor, pathway_id: UUID, *, journal: bool = True) -> Resource:
    """All cases of a pathway, questions and referrals in the order in which they were sent. NotVisible for whoever may
    not know the child."""
    pathway: Pathway | None = Pathway.objects.filter(pk=pathway_id).first()
    if pathway is None:
        raise NotVisible
    sent = Case.objects.filter(pathway_id=pathway_id, submitted_at__isnull=False).order_by("submitted_at", "pk")
    named = identifier("pathway", pathway.number)
    return cases_bundle(actor, pathway.patient_id, list(sent), named, pathway_id, journal=journal)


def cases_bundle(
    actor: Actor, patient_id: UUID, cases: Sequence[Case], named: dict[str, Any], pathway_id: UUID | None, *,
    journal: bool = True,
) -> Resource:  # fmt: skip
    """The bundle of some cases of one child; `journal`: with what was done with them, act by act."""
    reader = Reader(actor, known_of([patient_id]))
    if not reader.knows(patient_id):
        raise NotVisible
    wanted = [*_wanted(patient_id, cases, pathway_id), *(_journal(cases) if journal else ())]
    made = [each for source, rows in wanted for each in _made(reader, source, rows)]
    for source in kind_named("Observation").sources:
        made += _made(reader, source, Q(pk__in=ids_of("Observation", references_in(made))))
    return collection([*made, *directory_of(actor, made)], base=base_url(), at=clock.now(), identifier=named)


def _wanted(patient_id: UUID, cases: Sequence[Case], pathway_id: UUID | None) -> Iterator[tuple[Source, Q]]:
    """(source, which of its rows), the questions first."""
    ids = [case.pk for case in cases]
    for name in _FIRST:
        yield from _of_cases(name, ids)
    for name in kinds():
        if name not in (*_FIRST, *_LAST):
            yield from _of_cases(name, ids)
    yield from _named("Patient", Q(pk=patient_id))
    yield from _named("EpisodeOfCare", Q(pk=pathway_id))
    for name in _OF_CHILD:
        yield from _named(name, Q(patient_id=patient_id))


def _journal(cases: Sequence[Case]) -> Iterator[tuple[Source, Q]]:
    for name in _LAST:
        yield from _of_cases(name, [case.pk for case in cases])


def _of_cases(name: str, ids: Sequence[UUID]) -> Iterator[tuple[Source, Q]]:
    for source in kind_named(name).sources:
        if source.case:
            yield source, Q(**{f"{source.case}__in": ids})


def _named(name: str, wanted: Q) -> Iterator[tuple[Source, Q]]:
    for source in kind_named(name).sources:
        yield source, wanted


def _made(reader: Reader, source: Source, wanted: Q) -> list[Resource]:
    rows = list(source.rows().filter(wanted).order_by("pk"))
    return source.shape(reader, rows) if rows else []
