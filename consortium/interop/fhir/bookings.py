"""Appointment: the times booked for a case."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.db.models import Exists, OuterRef, Prefetch, Q

from consortium.casework.models import Booking, BookingUse, Case
from consortium.casework.states import BookingKind, BookingStep
from consortium.interop.fhir.children import subject
from consortium.interop.fhir.rows import changed_at, of_child
from consortium.interop.r4.blocks import Resource, coding, concept, instant, reference, resource, said
from consortium.interop.r4.kinds import Kind, Reader, Source
from consortium.interop.r4.searching import COMMON, coded, dated, refers

#: http://hl7.org/fhir/R4/valueset-appointmentstatus
STATUS: Final[dict[str, str]] = {
    BookingStep.HELD: "pending",
    BookingStep.BOOKED: "booked",
    BookingStep.ATTENDED: "fulfilled",
    BookingStep.NO_SHOW: "noshow",
    BookingStep.CANCELLED: "cancelled",
    BookingStep.EXPIRED: "cancelled",
}


def _bookings() -> Any:
    uses = BookingUse.objects.select_related("resource__user").order_by("resource__kind", "pk")
    seen = Case.objects.filter(pk=OuterRef("case_id"))
    rows = Booking.objects.filter(Exists(seen)).select_related("case")
    touched = changed_at("casework.booking", "created_at")
    return rows.prefetch_related(Prefetch("uses", uses)).annotate(touched_at=touched)


#: what a feature tells of its own bookings beside the time: ids of bookings -> members of their Appointment
More = Callable[[Sequence[Any]], Mapping[Any, Mapping[str, Any]]]
_more: list[More] = []


def tell_more(more: More) -> None:
    """Have `more` asked for whatever a feature keeps about its bookings, for who may know the child. Twice is once."""
    if more not in _more:
        _more.append(more)


def _appointments(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    known = [row for row in rows if reader.knows(row.case.patient_id)]
    told = [more(known) for more in _more] if known else []
    return [
        _appointment(
            row, reader.knows(row.case.patient_id), {k: v for more in told for k, v in more.get(row.pk, {}).items()}
        )
        for row in rows
    ]


def _appointment(row: Any, known: bool, more: Mapping[str, Any]) -> Resource:
    kind, minutes = BookingKind(row.kind), int((row.ends - row.begins).total_seconds() // 60)
    child = [{"actor": subject(row.case.patient_id), "status": _answer(row)}] if known else []
    return resource(
        "Appointment", row.pk, updated=row.touched_at, version=row.version, status=STATUS[row.step],
        serviceType=[concept(coding("", f"booking/{kind.value}", kind.label))], start=instant(row.begins),
        end=instant(row.ends), minutesDuration=minutes, created=instant(row.created_at),
        basedOn=[reference("ServiceRequest", row.case_id)], **more,
        slot=[reference("Slot", row.slot_id)] if row.slot_id else [],
        participant=[*({"actor": _taken(use), "status": _answer(row)} for use in row.uses.all()), *child]
        or [{"type": [concept(text="nobody yet")], "status": "needs-action"}],
    )  # fmt: skip


def _answer(row: Any) -> str:
    """http://hl7.org/fhir/R4/valueset-participationstatus"""
    held = row.step == BookingStep.HELD
    return "tentative" if held else "declined" if STATUS[row.step] == "cancelled" else "accepted"


def _taken(use: Any) -> dict[str, Any]:
    """A person by reference; a room or vehicle by its name, for those are no resources here."""
    taken = use.resource
    return reference("Practitioner", taken.user_id, taken.user.full_name) if taken.user else said(display=taken.name_en)


_PARAMS = {
    **COMMON, "patient": of_child("case__patient_id"), "based-on": refers("ServiceRequest", "case_id"),
    "date": dated("period__startswith"),
    "status": coded({
        status: Q(step__in=[step for step, told in STATUS.items() if told == status]) for status in STATUS.values()
    }),
}  # fmt: skip
KINDS = (
    Kind("Appointment", (Source(_bookings, _appointments, _PARAMS, child="case.patient_id", case="case_id"),),
         ("_id", "patient", "based-on")),
)  # fmt: skip
