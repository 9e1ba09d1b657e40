"""Task: one for each service that was asked, and one for each visit of the plan close to home."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from consortium.casework.states import Ball, Priority
from consortium.interop.fhir.cases import NEEDS, child_of
from consortium.interop.fhir.rows import Seats, changed_at, of_child, of_known_child
from consortium.interop.r4.blocks import (
    Resource,
    coding,
    concept,
    extension,
    identifier,
    instant,
    period,
    reference,
    resource,
)
from consortium.interop.r4.kinds import Kind, Reader, Source
from consortium.interop.r4.searching import COMMON, coded, kept, refers
from referrals.fhir.acts import Act, acts_on
from referrals.fhir.statuses import FOLLOW_UPS, Status, offer_status, present_offer, status_of
from referrals.models import Acknowledgement, FollowUp, Offer, Outcome
from referrals.states import CancelReason, Concordance, DeclineReason, EndReason, FollowUpStep, OfferStep, Step

#: BSeR's names of how far a referral is
BSER = "http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS"


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the tasks of some referrals refer to, read together: in as many queries, however many tasks."""

    offers: dict[UUID, list[Any]]
    seats: Seats
    acknowledged: dict[UUID, Any]
    outcomes: dict[UUID, list[UUID]]
    acts: dict[UUID, list[Act]]


def _offers() -> Any:
    rows = Offer.objects.select_related(
        "case__referral", "case__asker", "case__responder", "service__institution", "alternative", "answered_by",
        "seen_by",
    )  # fmt: skip
    return rows.annotate(touched_at=changed_at("casework.case", "asked_at", key="case_id"))


def _shaped(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    beside = _beside(reader, rows)
    return [_task(reader, row, beside) for row in rows]


def _beside(reader: Reader, rows: Sequence[Any]) -> _Beside:
    """At most five queries."""
    cases = {row.case_id: row.case for row in rows}
    offers: dict[UUID, list[Any]] = {}
    for each in Offer.objects.filter(case__in=cases).order_by("number"):
        offers.setdefault(each.case_id, []).append(each)
    known = [case.pk for case in cases.values() if reader.knows(case.patient_id)]
    acknowledged: dict[UUID, Any] = {}
    outcomes: dict[UUID, list[UUID]] = {}
    if known:
        for said in Acknowledgement.objects.filter(case__in=known).order_by("at"):
            acknowledged[said.case_id] = said
        signed = Outcome.objects.filter(case__in=known).order_by("number")
        for case_id, pk in signed.values_list("case_id", "pk"):
            outcomes.setdefault(case_id, []).append(pk)
    pairs = [(case.asker_id, case.asking_institution_id) for case in cases.values()]
    for row in rows:
        pairs += [(person_id, row.service.institution_id) for person_id in (row.answered_by_id, row.case.responder_id)]
    return _Beside(offers, Seats(pairs), acknowledged, outcomes, acts_on(known))


def _task(reader: Reader, row: Any, beside: _Beside) -> Resource:
    case, referral = row.case, row.case.referral
    offers = beside.offers[case.pk]
    present = present_offer(referral, case.service_id, offers)
    is_present = present is not None and present.pk == row.pk
    status = status_of(referral) if is_present else offer_status(referral, row, present)
    known, last = reader.knows(case.patient_id), offers[-1].pk == row.pk
    before = [each for each in offers if each.number < row.number and each.step != OfferStep.WITHDRAWN]
    return resource(
        "Task", row.pk, updated=row.touched_at, version=case.version,
        identifier=[identifier("task", f"{case.pk}.{row.number}")], groupIdentifier=identifier("case", str(case.pk)),
        basedOn=[reference("ServiceRequest", case.pk)], status=status.task,
        statusReason=_reason(referral, row, is_present),
        businessStatus=business(referral.step if is_present else row.step, status),
        intent="order", priority=Priority(case.priority).code, code=concept(coding("", "task/receive-child")),
        focus=reference("ServiceRequest", case.pk), for_=child_of(reader, case),
        executionPeriod=period(row.asked_at, _ended(row, case)), authoredOn=instant(row.asked_at),
        lastModified=instant(row.touched_at),
        requester=beside.seats.of(case.asker, case.asking_institution_id), owner=_owner(row, is_present, beside),
        reasonReference=reference("Task", before[-1].pk) if before else {},
        note=[{"text": row.note}] if known and row.note else [],
        relevantHistory=[reference("Provenance", act.id) for act in _of_offer(beside.acts.get(case.pk, []), row)],
        restriction={"period": period(None, case.due_at)} if last and case.is_open else {},
        output=_outputs(case, beside) if is_present else [], extension=_about(row, case, last),
    )  # fmt: skip


def business(step: str, status: Status) -> dict[str, Any]:
    """Our step, and BSeR's code where it has one."""
    codes = [coding(BSER, status.bser)] if status.bser else []
    return concept(coding("", f"step/{step}"), *codes, text=status.business)


def _of_offer(acts: Sequence[Act], row: Any) -> list[Act]:
    """What was done while this service was asked, or had it."""
    over = row.answered_at if row.step in (OfferStep.DECLINED, OfferStep.WITHDRAWN) else None
    return [act for act in acts if row.asked_at <= act.at and (over is None or act.at <= over)]


def _ended(row: Any, case: Any) -> Any:
    """When it was over for this service."""
    return row.answered_at if row.step in (OfferStep.DECLINED, OfferStep.WITHDRAWN) else case.closed_at


def _reason(referral: Any, row: Any, is_present: bool) -> dict[str, Any]:
    """Why it was declined, cancelled, or ended without care."""
    if row.decline_reason:
        return _coded("decline-reason", DeclineReason, row.decline_reason)
    if not is_present:
        return {}
    if referral.step == Step.ENDED:
        return _coded("end-reason", EndReason, referral.end_reason)
    return _coded("cancel-reason", CancelReason, referral.cancel_reason)


def _coded(group: str, labels: Any, code: str) -> dict[str, Any]:
    return concept(coding("", f"{group}/{code}", labels(code).label)) if code else {}


def _owner(row: Any, is_present: bool, beside: _Beside) -> dict[str, Any]:
    """Who has accepted, or answered; while nobody has, the service in whose queue it waits."""
    person = row.case.responder if is_present and row.case.responder else row.answered_by
    if person is not None:
        return beside.seats.of(person, row.service.institution_id)
    return _service(row.service)


def _service(service: Any) -> dict[str, Any]:
    return reference("HealthcareService", service.pk, service.name_en)


def _outputs(case: Any, beside: _Beside) -> list[dict[str, Any]]:
    """The outcomes, and what the sender said to the last one."""
    told = [{"type": _output("outcome"), "valueReference": reference("Composition", pk)}
            for pk in beside.outcomes.get(case.pk, [])]  # fmt: skip
    said = beside.acknowledged.get(case.pk)
    if said is None:
        return told
    agreed = concept(coding("", f"concordance/{said.concordance}", Concordance(said.concordance).label))
    return [
        *told, {"type": _output("usefulness"), "valueInteger": said.usefulness},
        {"type": _output("concordance"), "valueCodeableConcept": agreed},
    ]  # fmt: skip


def _output(name: str) -> dict[str, Any]:
    return concept(coding("", f"output/{name}"))


def _about(row: Any, case: Any, last: bool) -> list[dict[str, Any]]:
    """Whose turn it is, when it was seen, and which other service was named."""
    seen, other = row.seen_at, row.alternative
    return [
        *([extension("ball", valueCode=str(Ball(case.ball).value))] if last and case.is_open else []),
        *([extension("seen", valueDateTime=instant(seen))] if seen else []),
        *([extension("alternative", valueReference=_service(other))] if other else []),
    ]


# -- follow-up close to home ------------------------------------------------------------------------------------------


def _follow_ups() -> Any:
    rows = FollowUp.objects.filter(of_known_child("case__patient_id"))
    rows = rows.select_related("case__service__institution", "case__asker", "done_by")
    return rows.annotate(touched_at=changed_at("casework.case", key="case_id"))


def _visits(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    pairs = [(row.done_by_id, row.case.service.institution_id) for row in rows]
    seats = Seats([*pairs, *((row.case.asker_id, row.case.asking_institution_id) for row in rows)])
    return [_visit(row, seats) for row in rows]


def _visit(row: Any, seats: Seats) -> Resource:
    case, step = row.case, FollowUpStep(row.step)
    done = [{"type": _output("finding"), "valueString": row.finding}] if row.finding else []
    return resource(
        "Task", row.pk, updated=row.touched_at, version=row.version,
        identifier=[identifier("follow-up", f"{case.pk}.{row.number}")],
        groupIdentifier=identifier("case", str(case.pk)), basedOn=[reference("ServiceRequest", case.pk)],
        status=FOLLOW_UPS[row.step], businessStatus=concept(coding("", f"follow-up/{step.value}", step.label)),
        intent="plan", priority=Priority(case.priority).code, code=concept(coding("", "task/follow-up")),
        description=row.task, focus=reference("ServiceRequest", case.pk), for_=reference("Patient", case.patient_id),
        executionPeriod=period(row.done_at, row.done_at), requester=seats.of(case.asker, case.asking_institution_id),
        owner=seats.of(row.done_by, case.service.institution_id) if row.done_by
        else _service(case.service),
        restriction={"period": period(None, row.recall_on or row.due_on)}, output=done,
        extension=[
            extension("due-on", valueDate=row.due_on.isoformat()),
            *([extension("recall-on", valueDate=row.recall_on.isoformat())] if row.recall_on else []),
        ],
    )  # fmt: skip


# -- what the router serves -------------------------------------------------------------------------------------------

_CHILD = of_child("case__patient_id")
_OFFERS = {
    **COMMON, "patient": _CHILD, "subject": _CHILD, "focus": refers("ServiceRequest", "case_id"),
    "based-on": refers("ServiceRequest", "case_id"), "performer": refers("HealthcareService", "service_id"),
    "requester": refers("Organization", "case__asking_institution_id"), "status": kept("status"),
    "owner": kept("owner", "reference", type_="reference"), "business-status": kept("businessStatus", "text"),
    "priority": coded({each.code: Q(case__priority=each) for each in Priority}),
}  # fmt: skip
_VISITS = {**_OFFERS, "performer": refers("HealthcareService", "case__service_id")}
KINDS = (
    Kind(
        "Task",
        (
            Source(_offers, _shaped, _OFFERS, "case.patient_id", case="case_id"),
            Source(_follow_ups, _visits, _VISITS, "case.patient_id", case="case_id"),
        ),
        (*(name for name in NEEDS if name != "owner"), "focus", "based-on"),
    ),
)
