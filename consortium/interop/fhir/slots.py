"""Slot and Schedule: what a service publishes. Known to all staff; who comes is an Appointment's business."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q

from consortium.casework.models import Calendar, Slot
from consortium.casework.states import TAKES_TIME
from consortium.interop.fhir.rows import changed_at
from consortium.interop.r4.blocks import Resource, extension, instant, reference, resource
from consortium.interop.r4.kinds import Kind, Reader, Source
from consortium.interop.r4.searching import COMMON, coded, dated, refers


def _slots() -> Any:
    taken = Count("bookings", filter=Q(bookings__step__in=TAKES_TIME))
    return Slot.objects.annotate(taken=taken, touched_at=changed_at("casework.slot"))


def _slot_resources(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    return [_slot(row) for row in rows]


def _slot(row: Any) -> Resource:
    """http://hl7.org/fhir/R4/valueset-slotstatus: a withdrawn one can't be booked."""
    status = "busy-unavailable" if row.withdrawn_at else "busy" if row.taken >= row.capacity else "free"
    return resource(
        "Slot", row.pk, updated=row.touched_at, status=status, schedule=reference("Schedule", row.calendar_id),
        start=instant(row.period.lower), end=instant(row.period.upper),
        extension=[
            extension("places", valueInteger=row.capacity), extension("places-for-referrals", valueInteger=row.quota),
        ],
    )  # fmt: skip


def _calendars() -> Any:
    rows = Calendar.objects.select_related("service")
    return rows.annotate(touched_at=changed_at("casework.calendar"))


def _schedules(reader: Reader, rows: Sequence[Any]) -> list[Resource]:
    return [_schedule(row) for row in rows]


def _schedule(row: Any) -> Resource:
    return resource(
        "Schedule", row.pk, updated=row.touched_at, version=row.version, active=row.closed_at is None,
        actor=[reference("HealthcareService", row.service_id, row.service.name_en)], comment=row.name_en,
    )  # fmt: skip


_SLOT = {
    **COMMON, "schedule": refers("Schedule", "calendar_id"), "start": dated("period__startswith"),
    "status": coded({"busy-unavailable": Q(withdrawn_at__isnull=False)}),
}  # fmt: skip
_SCHEDULE = {
    **COMMON, "actor": refers("HealthcareService", "service_id"),
    "active": coded({"true": Q(closed_at=None), "false": Q(closed_at__isnull=False)}),
}  # fmt: skip
KINDS = (
    Kind("Slot", (Source(_slots, _slot_resources, _SLOT),), ("_id", "schedule")),
    Kind("Schedule", (Source(_calendars, _schedules, _SCHEDULE),)),
)
