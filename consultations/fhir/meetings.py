"""Appointment: video calls that take nobody's calendar: proposed ones, those begun at once, and those that were moved.

One that is booked is its booking's Appointment.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.db.models import DateTimeField, Q
from django.db.models.functions import Greatest

from consortium.casework.states import BookingKind
from consortium.interop.fhir.children import subject
from consortium.interop.fhir.rows import of_child
from consortium.interop.r4.blocks import Resource, coding, concept, instant, period, reference, resource
from consortium.interop.r4.kinds import Kind, Reader, Source
from consortium.interop.r4.searching import COMMON, coded, dated, refers
from consultations.models import Meeting
from consultations.states import MeetingStep

#: http://hl7.org/fhir/R4/valueset-appointmentstatus
STATUS: Final[dict[str, str]] = {
    MeetingStep.PROPOSED: "proposed",
    MeetingStep.BOOKED: "booked",
    MeetingStep.OPEN: "arrived",
    MeetingStep.ENDED: "fulfilled",
    MeetingStep.MISSED: "noshow",
    MeetingStep.CANCELLED: "cancelled",
    MeetingStep.REPLACED: "cancelled",
}


def _calls() -> Any:
    rows = Meeting.objects.filter(booking=None).select_related("case", "asker", "specialist")
    return rows.annotate(touched_at=Greatest("created_at", "booked_at", "ended_at", output_field=DateTimeField()))


def _appointments(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    return [_appointment(row, reader.knows(row.case.patient_id)) for row in rows]


def _appointment(row: Any, known: bool) -> Resource:
    length = timedelta(minutes=row.minutes)
    people = [reference("Practitioner", each.pk, each.full_name) for each in (row.asker, row.specialist)]
    kind = BookingKind.VIDEO
    return resource(
        "Appointment", row.pk, updated=row.touched_at, status=STATUS[row.step],
        serviceType=[concept(coding("", f"booking/{kind.value}", kind.label))],
        reasonCode=[concept(coding("", f"call/{row.outcome}"))] if row.outcome else [],
        start=instant(row.starts_at), end=instant(row.starts_at + length) if row.starts_at else None,
        minutesDuration=row.minutes, created=instant(row.created_at), comment=row.wish if known else "",
        basedOn=[reference("ServiceRequest", row.case_id)],
        participant=[
            {"actor": actor, "status": "accepted" if row.starts_at else "needs-action"}
            for actor in (*people, *([subject(row.case.patient_id)] if known and row.with_guardian else []))
        ],
        requestedPeriod=[period(each, each + length) for each in row.times],
    )  # fmt: skip


_PARAMS = {
    **COMMON, "patient": of_child("case__patient_id"), "based-on": refers("ServiceRequest", "case_id"),
    "date": dated("starts_at"),
    "status": coded({
        status: Q(step__in=[step for step, told in STATUS.items() if told == status]) for status in STATUS.values()
    }),
}  # fmt: skip
KINDS = (
    Kind(
        "Appointment",
        (Source(_calls, _appointments, _PARAMS, "case.patient_id", case="case_id"),),
        ("_id", "patient", "based-on"),
    ),
)
