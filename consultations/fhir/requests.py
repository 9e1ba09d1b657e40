"""ServiceRequest: what is asked. Before a case is claimed its queue sees the question, age and sex, no more."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case
from consortium.casework.states import Priority
from consortium.files.models import Attachment
from consortium.interop.fhir.directory import specialty_of
from consortium.interop.fhir.measured import bearing_on
from consortium.interop.fhir.rows import Seats
from consortium.interop.r4.blocks import (
    Resource,
    coding,
    concept,
    extension,
    identifier,
    instant,
    reference,
    resource,
)
from consortium.interop.r4.kinds import Kind, Reader, Source
from consortium.interop.r4.searching import coded, dated
from consortium.kernel import clock
from consultations.fhir.cases import NEEDS, child_of, consultations, of_case
from consultations.models import Consultation
from consultations.states import OPEN_STEPS, Step

#: ServiceRequest.status by step: an open question is active, whoever has to act on it
STATUS: Final[dict[str, str]] = {
    Step.DRAFT: "draft",
    **dict.fromkeys(OPEN_STEPS, "active"),
    Step.CLOSED: "completed",
    Step.CLOSED_UNREVIEWED: "completed",
    Step.CONVERTED: "completed",
    Step.WITHDRAWN: "revoked",
    Step.ENTERED_IN_ERROR: "entered-in-error",
}
#: the parts of what was said, in their order; a queue sees the first alone
_PARTS: Final = ("question", "situation", "background", "assessment", "recommendation")
_PUBLIC: Final = 1


def _shaped(reader: Reader, rows: Sequence[Case]) -> list[Resource]:
    known = [row for row in rows if reader.knows(row.patient_id)]
    seats = Seats(_actors(rows))
    support = _support(known)
    return [_request(reader, row, seats, support.get(row.pk, [])) for row in rows]


def _actors(rows: Sequence[Case]) -> list[tuple[UUID | None, UUID | None]]:
    asked: list[tuple[UUID | None, UUID | None]] = [(row.asker_id, row.asking_institution_id) for row in rows]
    return asked + [(row.responder_id, row.service.institution_id) for row in rows if row.service]


def _support(rows: Sequence[Case]) -> dict[UUID, list[dict[str, Any]]]:
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


def _request(reader: Reader, case: Any, seats: Seats, support: list[dict[str, Any]]) -> Resource:
    asked: Consultation = case.consultation
    known, service = reader.knows(case.patient_id), case.service
    answers = [reference("HealthcareService", service.pk, service.name_en)] if service else []
    if service and case.responder:
        answers.append(seats.of(case.responder, service.institution_id))
    kind = coding("", "request/consultation")
    return resource(
        "ServiceRequest", case.pk, updated=case.touched_at, version=case.version, status=STATUS[asked.step],
        intent="order", identifier=[identifier("case", str(case.pk))],
        requisition=identifier("pathway", case.pathway.number) if known and case.pathway else {},
        category=[concept(kind)], priority=Priority(case.priority).code, subject=child_of(reader, case),
        code=concept(kind, text=_("Remote consultation")), authoredOn=instant(case.submitted_at or case.created_at),
        requester=seats.of(case.asker, case.asking_institution_id), performer=answers,
        performerType=specialty_of(service.specialty)[0] if service else {},
        reasonCode=[concept(text=asked.working_diagnosis)] if known and asked.working_diagnosis else [],
        supportingInfo=support, note=_notes(asked, known),
    )  # fmt: skip


def _notes(asked: Consultation, known: bool) -> list[dict[str, Any]]:
    """The question and what was said around it, each part by its name (ISBAR)."""
    shown = _PARTS if known else _PARTS[:_PUBLIC]
    said = [(name, str(getattr(asked, name))) for name in shown]
    return [{"extension": [extension("part", valueCode=name)], "text": text} for name, text in said if text]


_PARAMS = {
    **of_case(), "authored": dated("submitted_at"),
    "status": coded({
        status: Q(consultation__step__in=[step for step, told in STATUS.items() if told == status])
        for status in STATUS.values()
    }),
    "priority": coded({each.code: Q(priority=each) for each in Priority}),
}  # fmt: skip
KINDS = (
    Kind("ServiceRequest", (Source(consultations, _shaped, _PARAMS, child="patient_id"),), NEEDS),
)  # fmt: skip
