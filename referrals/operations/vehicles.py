"""The vehicle that takes a child there: booked with the transport, free again once it is not needed. The case is
locked."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from consortium.casework.models import Case, Resource
from consortium.casework.operations import book, settle_booking
from consortium.casework.states import AHEAD, BookingKind, ResourceKind
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import InvalidInput
from consortium.kernel.scoping import unfiltered
from referrals.models import Transport


def book_vehicle(
    actor: Actor, transport: Transport, vehicle_id: UUID, period: tuple[datetime, datetime], key: UUID | None = None
) -> None:
    """Take it, instead of the one before. InvalidInput for what is no vehicle, Taken where it is booked."""
    if not Resource.objects.filter(pk=vehicle_id, kind=ResourceKind.VEHICLE).exists():
        raise InvalidInput({"vehicle_id": _("Choose a vehicle.")})
    transport.vehicle = book(
        actor=actor, what=BookingKind.TRANSPORT, resources=[vehicle_id], period=period,
        case_id=transport.case_id, key=key,
    )  # fmt: skip


def give_back_vehicle(transport: Transport, reason: str) -> None:
    """What was booked for this journey is not needed; the caller saves the row."""
    booked = transport.vehicle
    if booked is None:
        return
    transport.vehicle = None
    if booked.step in AHEAD:
        with acting_as(system("the vehicle is not needed")) as itself:
            settle_booking(actor=itself, booking_id=booked.pk, verb="cancel", reason=reason)


def free_vehicle(case: Case, reason: str) -> None:
    """The child does not come: whoever else needs the vehicle may have it. One that has left is on its way back."""
    rows = unfiltered(Transport, why="the way of a locked case").select_for_update(of=("self",))
    transport: Transport | None = rows.select_related("vehicle").filter(pk=case.pk, vehicle__isnull=False).first()
    if transport is not None and transport.arrived_at is None:
        give_back_vehicle(transport, reason)
        transport.version += 1
        transport.save(update_fields=["vehicle", "version"])
