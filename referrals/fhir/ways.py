"""The way there and the plan back: transport with its hand-over, incidents, checklist, waiting list, visits, plan."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from consortium.casework.states import Priority
from consortium.interop.fhir.children import subject
from consortium.interop.fhir.rows import Seats, changed_at
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
    said,
)
from consortium.interop.r4.kinds import Kind, Reader, Source
from consortium.interop.r4.searching import coded, dated
from referrals.fhir.rows import CHILD, NEEDS, of_case, params
from referrals.fhir.statuses import STATUSES
from referrals.models import Check, FollowUp, Incident, Referral, Transport, Visit, Waiting
from referrals.states import CheckState, IncidentKind, Mode
from referrals.states import Kind as Way

_TERMS: Final = "http://terminology.hl7.org/CodeSystem"

# -- transport and hand-over ------------------------------------------------------------------------------------------


def _transports() -> Any:
    stamps = ("departed_at", "arrived_at", "signed_at", "read_back_at")
    touched = Greatest("arranged_at", *(Coalesce(name, "arranged_at") for name in stamps))
    return of_case(Transport, touched, "signed_by", "case__asker")


def _journeys(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    seats = Seats((row.case.asker_id, row.case.asking_institution_id) for row in rows)
    return [_journey(row, seats) for row in rows]


def _journey(row: Any, seats: Seats) -> Resource:
    case, mode = row.case, Mode(row.mode)
    status = "completed" if row.arrived_at else "in-progress" if row.departed_at else "ready"
    crew = {"type": concept(coding("", "transport/crew")), "valueString": row.crew}
    return resource(
        "Task", row.pk, updated=row.touched_at, version=row.version, identifier=[identifier("transport", str(row.pk))],
        groupIdentifier=identifier("case", str(case.pk)), basedOn=[reference("ServiceRequest", case.pk)],
        status=status, intent="order", priority=Priority(case.priority).code,
        code=concept(coding("", "task/transport"), coding("", f"transport-mode/{mode.value}", mode.label)),
        focus=reference("ServiceRequest", case.pk), for_=subject(case.patient_id), authoredOn=instant(row.arranged_at),
        executionPeriod=period(row.departed_at, row.arrived_at), lastModified=instant(row.touched_at),
        requester=seats.of(case.asker, case.asking_institution_id),
        restriction={"period": period(None, row.expected_at)} if row.expected_at else {},
        input=[crew] if row.crew else [],
    )  # fmt: skip


def _handed_over() -> Any:
    return of_case(
        Transport, Greatest("signed_at", Coalesce("read_back_at", "signed_at")), "signed_by", "read_back_by",
        "case__service",
    ).filter(signed_at__isnull=False)  # fmt: skip


def _handovers(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    pairs = [(row.signed_by_id, row.case.asking_institution_id) for row in rows]
    seats = Seats([*pairs, *((row.read_back_by_id, row.case.service.institution_id) for row in rows)])
    return [_handover(row, seats) for row in rows]


#: I-PASS; the synthesis is what the other end reads back
_IPASS: Final = ("severity", "summary", "actions", "awareness", "read_back")


def _handover(row: Any, seats: Seats) -> Resource:
    there = seats.of(row.read_back_by, row.case.service.institution_id) if row.read_back_by else None
    return resource(
        "Communication", row.pk, updated=row.touched_at, version=row.version,
        status="completed" if row.read_back_at else "in-progress", basedOn=[reference("ServiceRequest", row.case_id)],
        category=[concept(coding("", "message/handover", _("Hand-over for the way")))],
        subject=subject(row.case.patient_id), sent=instant(row.signed_at), received=instant(row.read_back_at),
        sender=seats.of(row.signed_by, row.case.asking_institution_id), recipient=[there] if there else [],
        payload=[
            {"extension": [extension("part", valueCode=name)], "contentString": getattr(row, name)}
            for name in _IPASS if getattr(row, name)
        ],
    )  # fmt: skip


# -- incidents and checklist ------------------------------------------------------------------------------------------


def _incidents() -> Any:
    return of_case(Incident, "recorded_at")


def _events(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    return [_event(row) for row in rows]


def _event(row: Any) -> Resource:
    kind = IncidentKind(row.kind)
    return resource(
        "AdverseEvent", row.pk, updated=row.recorded_at, actuality="actual",
        category=[concept(coding(f"{_TERMS}/adverse-event-category", "unsafe-physical-environment"))]
        if row.kind in ("vehicle", "equipment") else [],
        event=concept(coding("", f"incident/{kind.value}", kind.label), text=row.note or kind.label),
        subject=subject(row.case.patient_id), date=instant(row.happened_at), recordedDate=instant(row.recorded_at),
        extension=[extension("of-case", valueReference=reference("ServiceRequest", row.case_id))],
    )  # fmt: skip


def _checked() -> Any:
    return of_case(Check, "at", "by")


def _checks(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    return [_check(row) for row in rows]


def _check(row: Any) -> Resource:
    """An item of the list before the way, as a flag on the child while it is under way: done, or what stands open."""
    known = {state.value: state.label for state in CheckState}
    return resource(
        "Flag", row.pk, updated=row.at, version=row.version,
        status="inactive" if row.state == CheckState.DONE else "active",
        category=[concept(coding("", "flag/transfer-check"))],
        code=concept(coding("", f"check/{row.item}"), text=row.note),
        subject=subject(row.case.patient_id), period=period(row.at),
        author=reference("Practitioner", row.by_id, row.by.full_name),
        extension=[
            extension("check-state", valueCoding=coding("", f"check-state/{row.state}", known.get(row.state, ""))),
            extension("of-case", valueReference=reference("ServiceRequest", row.case_id)),
        ],
    )  # fmt: skip


# -- visits and the waiting list --------------------------------------------------------------------------------------


def about_visits(bookings: Sequence[Any]) -> Mapping[Any, Mapping[str, Any]]:
    """What a visit adds to the Appointment of its booking."""
    rows = Visit.objects.filter(booking__in=[booking.pk for booking in bookings])
    return {
        row.booking_id: said(
            patientInstruction=row.instructions,
            cancelationReason=concept(text=row.cancel_reason) if row.cancel_reason else {},
            extension=[
                extension("visit-number", valueInteger=row.number),
                extension("booked-by-sender", valueBoolean=row.by_sender),
            ],
        )
        for row in rows
    }


def _waiting() -> Any:
    return of_case(Waiting, Greatest("since", Coalesce("filled_at", "left_at", "since")), "calendar")


def _waits(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    return [_wait(row) for row in rows]


def _wait(row: Any) -> Resource:
    """A place on the waiting list; one that is over is no longer an appointment to come."""
    over = bool(row.filled_at or row.left_at)
    service = reference("HealthcareService", row.calendar.service_id)
    return resource(
        "Appointment", row.pk, updated=row.touched_at, status="cancelled" if over else "waitlist",
        serviceType=[concept(coding("", "booking/waiting", _("Waiting list")))], created=instant(row.since),
        basedOn=[reference("ServiceRequest", row.case_id)],
        participant=[{"actor": each, "status": "needs-action"} for each in (subject(row.case.patient_id), service)],
        extension=[
            extension("schedule", valueReference=reference("Schedule", row.calendar_id)),
            extension("notice-hours", valueInteger=row.notice_hours),
            *([extension("filled", valueDateTime=instant(row.filled_at))] if row.filled_at else []),
        ],
    )  # fmt: skip


# -- the plan ---------------------------------------------------------------------------------------------------------


def _plans() -> Any:
    rows = of_case(Referral, changed_at("casework.case", "case__created_at"), "case__service", "case__asker")
    return rows.filter(kind=Way.BACK)


def _care_plans(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    tasks: dict[Any, list[Any]] = {}
    for case_id, pk in (
        FollowUp.objects.filter(case__in=[row.pk for row in rows]).order_by("number").values_list("case_id", "pk")
    ):
        tasks.setdefault(case_id, []).append(pk)
    seats = Seats((row.case.asker_id, row.case.asking_institution_id) for row in rows)
    return [_care_plan(row, seats, tasks.get(row.pk, [])) for row in rows]


#: http://hl7.org/fhir/R4/valueset-request-status, of which CarePlan has its own few
_PLAN_STATUS: Final = {"draft": "draft", "active": "active", "completed": "completed", "revoked": "revoked"}


def _care_plan(row: Any, seats: Seats, tasks: Sequence[Any]) -> Resource:
    case = row.case
    status = STATUSES[row.step].request
    agreed = row.guardian_agreed
    return resource(
        "CarePlan", row.pk, updated=row.touched_at, version=case.version, status=status, intent="plan",
        title="Plan close to home", description=row.plan, subject=subject(case.patient_id),
        created=instant(case.submitted_at or case.created_at), author=seats.of(case.asker, case.asking_institution_id),
        contributor=[reference("HealthcareService", case.service_id, case.service.name_en)] if case.service else [],
        supportingInfo=[reference("ServiceRequest", case.pk)],
        activity=[{"reference": reference("Task", pk)} for pk in tasks],
        note=[{"extension": [extension("part", valueCode="medicines")], "text": row.plan_medicines}]
        if row.plan_medicines else [],
        extension=[
            *(extension("needs", valueCode=code) for code in row.needs_capabilities),
            *([extension("guardian-agreed", valueBoolean=agreed)] if agreed is not None else []),
        ],
    )  # fmt: skip


# -- what the router serves -------------------------------------------------------------------------------------------

_TASK = params(focus=params()["based-on"], status=coded({
    "ready": Q(departed_at=None, arrived_at=None), "in-progress": Q(departed_at__isnull=False, arrived_at=None),
    "completed": Q(arrived_at__isnull=False),
}))  # fmt: skip
_HANDOVER = params(sent=dated("signed_at"), status=coded({
    "in-progress": Q(read_back_at=None), "completed": Q(read_back_at__isnull=False),
}))  # fmt: skip
_EVENT = params(date=dated("happened_at"))
_FLAG = params(status=coded({"inactive": Q(state=CheckState.DONE), "active": ~Q(state=CheckState.DONE)}))
_WAIT = params(status=coded({"waitlist": Q(filled_at=None, left_at=None)}))
_PLAN = params(status=coded({
    status: Q(step__in=[step for step, told in STATUSES.items() if told.request == status]) for status in _PLAN_STATUS
}))  # fmt: skip
KINDS = (
    Kind("Task", (Source(_transports, _journeys, _TASK, CHILD, case="case_id"),), (*NEEDS, "focus")),
    Kind("Communication", (Source(_handed_over, _handovers, _HANDOVER, CHILD, case="case_id"),), NEEDS),
    Kind("AdverseEvent", (Source(_incidents, _events, _EVENT, CHILD, case="case_id"),), NEEDS),
    Kind("Flag", (Source(_checked, _checks, _FLAG, CHILD, case="case_id"),), NEEDS),
    Kind("Appointment", (Source(_waiting, _waits, _WAIT, CHILD, case="case_id"),), NEEDS),
    Kind("CarePlan", (Source(_plans, _care_plans, _PLAN, CHILD, case="case_id"),), NEEDS),
)
