"""ServiceRequest: what is asked of the receiving side. Before anybody may know the child the question alone is told."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Q

from consortium.casework.models import Case
from consortium.casework.states import Priority
from consortium.interop.fhir.cases import NEEDS, actors_of, child_of, notes, of_case, support_of
from consortium.interop.fhir.directory import specialty_of
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
from referrals.fhir.rows import referrals
from referrals.fhir.statuses import STATUSES
from referrals.models import Referral
from referrals.states import CancelReason, EndReason, ErrorReason, LifeThreat, Reason
from referrals.states import Kind as Way

ICD10: Final = "http://hl7.org/fhir/sid/icd-10"
_PARTS: Final = ("question", "situation", "background", "assessment", "recommendation")
_PUBLIC: Final = 1


def _shaped(reader: Reader, rows: Sequence[Case]) -> list[Resource]:
    known = [row for row in rows if reader.knows(row.patient_id)]
    seats, support = Seats(actors_of(rows)), support_of(known)
    return [_request(reader, row, seats, support.get(row.pk, [])) for row in rows]


def _request(reader: Reader, case: Any, seats: Seats, support: list[dict[str, Any]]) -> Resource:
    asked: Referral = case.referral
    known, service = reader.knows(case.patient_id), case.service
    answers = [reference("HealthcareService", service.pk, service.name_en)] if service else []
    if service and case.responder:
        answers.append(seats.of(case.responder, service.institution_id))
    kind = concept(coding("", f"request/{asked.kind}", Way(asked.kind).label))
    return resource(
        "ServiceRequest", case.pk, updated=case.touched_at, version=case.version,
        status=STATUSES[asked.step].request, intent="order", identifier=[identifier("case", str(case.pk))],
        basedOn=[reference("ServiceRequest", asked.parent_id)] if known and _same_pathway(case, asked.parent) else [],
        requisition=identifier("pathway", case.pathway.number) if known and case.pathway else {},
        category=[kind], priority=Priority(case.priority).code, code=kind, subject=child_of(reader, case),
        authoredOn=instant(case.submitted_at or case.created_at),
        requester=seats.of(case.asker, case.asking_institution_id), performer=answers,
        performerType=specialty_of(service.specialty)[0] if service else {},
        reasonCode=_reasons(asked, known), supportingInfo=support,
        note=notes(asked, _PARTS if known else _PARTS[:_PUBLIC]), extension=_about(asked, known),
    )  # fmt: skip


def _same_pathway(case: Any, parent: Any) -> bool:
    """What it came out of: a draft's parent is not on its pathway yet."""
    return parent is not None and parent.pathway_id == case.pathway_id


def diagnosis(code: str, text: str, system: str = ICD10) -> dict[str, Any]:
    """A diagnosis with its ICD-10 code, where there is one."""
    return concept(*([coding(system, code)] if code else []), text=text)


def _reasons(asked: Referral, known: bool) -> list[dict[str, Any]]:
    """Why the child is sent, and the working diagnosis for who may know the child."""
    why = [concept(coding("", f"reason/{asked.reason}", Reason(asked.reason).label))] if asked.reason else []
    told = known and (asked.working_diagnosis or asked.diagnosis_code)
    return [*why, *([diagnosis(asked.diagnosis_code, asked.working_diagnosis)] if told else [])]


def _about(asked: Referral, known: bool) -> list[dict[str, Any]]:
    """What R4 has no element for. Words that may name somebody are for who may know the child."""
    coded = {
        "life-threat": (LifeThreat, asked.life_threat), "end-reason": (EndReason, asked.end_reason),
        "cancel-reason": (CancelReason, asked.cancel_reason), "error-reason": (ErrorReason, asked.error_reason),
    }  # fmt: skip
    cited = f"{asked.indication_pathway}@{asked.indication_version}#{asked.indication_id}"
    words = {"promise": asked.promise, "whereabouts": asked.whereabouts, "dispute": asked.dispute_reason}
    return [
        *(
            extension(name, valueCoding=coding("", f"{name}/{code}", labels(code).label))
            for name, (labels, code) in coded.items()
            if code
        ),
        *([extension("indication", valueString=cited)] if asked.indication_id else []),
        *([extension("indication-urgency", valueCode=asked.indication_urgency)] if asked.indication_urgency else []),
        *([extension("unannounced", valueBoolean=True)] if asked.unannounced else []),
        *(extension(name, valueString=text) for name, text in words.items() if known and text),
        *([extension("accepted", valueDateTime=instant(asked.accepted_at))] if asked.accepted_at else []),
        *([extension("arrived", valueDateTime=instant(asked.arrived_at))] if asked.arrived_at else []),
    ]


_PARAMS = {
    **of_case(), "authored": dated("submitted_at"),
    "status": coded({
        status: Q(referral__step__in=[step for step, told in STATUSES.items() if told.request == status])
        for status in {told.request for told in STATUSES.values()}
    }),
    "priority": coded({each.code: Q(priority=each) for each in Priority}),
    "category": coded({way.value: Q(referral__kind=way) for way in Way}),
}  # fmt: skip
KINDS = (Kind("ServiceRequest", (Source(referrals, _shaped, _PARAMS, child="patient_id", case="pk"),), NEEDS),)
