"""ServiceRequest: what is asked. Before a case is claimed its queue sees the question, age and sex, no more."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consortium.casework.models import Case
from consortium.casework.states import Priority
from consortium.interop.fhir.cases import NEEDS, actors_of, child_of, notes, of_case, support_of
from consortium.interop.fhir.directory import specialty_of
from consortium.interop.fhir.rows import Seats
from consortium.interop.r4.blocks import (
    Resource,
    coding,
    concept,
    identifier,
    instant,
    reference,
    resource,
)
from consortium.interop.r4.kinds import Kind, Reader, Source
from consortium.interop.r4.searching import coded, dated
from consultations.fhir.cases import consultations
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
    seats = Seats(actors_of(rows))
    support = support_of(known)
    return [_request(reader, row, seats, support.get(row.pk, [])) for row in rows]


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
        supportingInfo=support, note=notes(asked, _PARTS if known else _PARTS[:_PUBLIC]),
    )  # fmt: skip


_PARAMS = {
    **of_case(), "authored": dated("submitted_at"),
    "status": coded({
        status: Q(consultation__step__in=[step for step, told in STATUS.items() if told == status])
        for status in STATUS.values()
    }),
    "priority": coded({each.code: Q(priority=each) for each in Priority}),
}  # fmt: skip
KINDS = (
    Kind("ServiceRequest", (Source(consultations, _shaped, _PARAMS, child="patient_id", case="pk"),), NEEDS),
)  # fmt: skip
