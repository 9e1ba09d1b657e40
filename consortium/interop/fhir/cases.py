"""What the sources of cases share: their acts, what goes with them, and who they are about in the reader's right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import translation

from consortium.casework.models import Case, Service
from consortium.casework.queries.rows import child_words
from consortium.files.models import Attachment
from consortium.interop.fhir.children import subject
from consortium.interop.fhir.measured import bearing_on
from consortium.interop.fhir.rows import of_child, of_known_child
from consortium.interop.r4.blocks import extension, masked, reference
from consortium.interop.r4.kinds import Param, Reader
from consortium.interop.r4.searching import COMMON, refers, token
from consortium.journal.models import READS, Entry
from consortium.kernel import clock
from consortium.kernel.scoping import unfiltered

NEEDS = ("_id", "patient", "subject", "identifier", "requester", "performer", "owner")


@dataclass(frozen=True, slots=True)
class Act:
    """One entry of a case's journal, as far as the chain of tasks needs it. Facts and payload never identify."""

    verb: str
    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    payload: dict[str, Any] = field(default_factory=dict)


def acts_of(cases: Sequence[Case]) -> dict[UUID, list[Act]]:
    """What was done with each case, in its order. One query; the caller sees the cases."""
    rows = unfiltered(Entry, why="who had the case, and when").filter(
        subject_type="casework.case", subject_id__in=[str(case.pk) for case in cases]
    )
    found: dict[UUID, list[Act]] = {case.pk: [] for case in cases}
    listed = rows.exclude(verb__in=READS).order_by("seq").values_list("subject_id", "verb", "at", "facts", "payload")
    for subject_id, *told in listed:
        found[UUID(subject_id)].append(Act(*told))
    return found


def child_of(reader: Reader, case: Case) -> dict[str, Any]:
    """The child by reference; for who may not know it the words that a queue shows."""
    if reader.knows(case.patient_id):
        return subject(case.patient_id)
    with translation.override("en"):
        return masked(child_words(case.sex, case.age_days, case.weight_grams))


def services_named(ids: Iterable[str]) -> dict[str, Service]:
    """Services by the ids that facts tell. At most one query."""
    wanted = {id_ for id_ in ids if id_}
    rows = Service.objects.filter(pk__in=wanted) if wanted else ()
    return {str(row.pk): row for row in rows}


def of_case() -> dict[str, Param]:
    """The search parameters of what stands in the case's own row."""
    child = of_child("patient_id")
    return {
        **COMMON, "patient": child, "subject": child, "requester": refers("Organization", "asking_institution_id"),
        "performer": refers("HealthcareService", "service_id"),
        "identifier": token(lambda system, code: Q(pathway__number=code) & Q(of_known_child("patient_id"))),
    }  # fmt: skip


def actors_of(rows: Sequence[Case]) -> list[tuple[UUID | None, UUID | None]]:
    asked: list[tuple[UUID | None, UUID | None]] = [(row.asker_id, row.asking_institution_id) for row in rows]
    return asked + [(row.responder_id, row.service.institution_id) for row in rows if row.service]


def support_of(rows: Sequence[Case]) -> dict[UUID, list[dict[str, Any]]]:
    """The child's pathway, what was measured, and the files: what goes with each question. Two queries."""
    if not rows:
        return {}
    now = clock.now()
    values = bearing_on(
        (row.pk, row.patient_id, row.submitted_at or row.created_at, row.closed_at or now) for row in rows
    )
    files: dict[UUID, list[UUID]] = {}
    ready = Attachment.objects.ready().filter(case__in=[row.pk for row in rows])
    for case_id, pk in ready.order_by("created_at", "pk").values_list("case_id", "pk"):
        files.setdefault(case_id, []).append(pk)
    return {
        row.pk: [
            *([reference("EpisodeOfCare", row.pathway_id)] if row.pathway_id else []),
            *(reference("Observation", pk) for pk in values.get(row.pk, [])),
            *(reference("DocumentReference", pk) for pk in files.get(row.pk, [])),
        ]
        for row in rows
    }


def notes(row: Any, parts: Sequence[str]) -> list[dict[str, Any]]:
    """The question and what was said around it, each part by its name (ISBAR)."""
    said = [(name, str(getattr(row, name))) for name in parts]
    return [{"extension": [extension("part", valueCode=name)], "text": text} for name, text in said if text]
