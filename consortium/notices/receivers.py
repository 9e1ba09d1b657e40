"""What notices hear themselves: a closed record was opened in an emergency; shifts, hand-overs and bookings."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.urls import reverse

from consortium.casework.events import (
    BookingCancelled,
    BookingMade,
    BookingMoved,
    DutyEnding,
    HandoverOffered,
    HandoverTaken,
    ItemTakenOver,
    SwapAccepted,
    SwapDeclined,
    SwapOffered,
    SwapOverruled,
)
from consortium.casework.models import Booking, Handover, Service, Swap
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from consortium.notices.operations import send_notice, take_page_for
from consortium.patients.events import GlassBroken
from consortium.patients.models import AccessGrant
from consortium.people.models import Membership, User
from consortium.people.states import Role


def _privacy_officers(institution_ids: Sequence[str]) -> list[UUID]:
    seats = unfiltered(Membership, why="who watches over a record").active(clock.today())
    officers = seats.filter(role=Role.PRIVACY_OFFICER, institution_id__in=institution_ids)
    return sorted(set(officers.values_list("user_id", flat=True)), key=str)


@receives(GlassBroken)
def tell_privacy_officers(entry_id: int, event: GlassBroken) -> None:
    """Those of the institutions that know the child and of the reader's own, now: the access lasts three hours."""
    grants = unfiltered(AccessGrant, why="telling the privacy officers")
    grant: AccessGrant = grants.select_related("user", "institution").get(pk=event.grant_id)
    facts = {
        "person": {"en": grant.user.full_name, "zh": grant.user.full_name_zh},
        "place": {"en": grant.institution.name_en, "zh": grant.institution.name_zh},
    }
    for recipient_id in _privacy_officers(event.institution_ids):
        if recipient_id != event.user_id:
            send_notice(
                actor=current_actor(), recipient_id=recipient_id, kind="patients.glass", subject=grant,
                url=reverse("patients:grant", args=[grant.pk]), once=f"glass:{grant.pk}", facts=facts, urgent=True,
            )  # fmt: skip


# -- duty -------------------------------------------------------------------------------------------------------------


def _named(user: User) -> dict[str, str]:
    return {"en": user.full_name, "zh": user.full_name_zh}


def _tell_of_duty(
    entry_id: int, kind: str, recipient_id: UUID, *, service: Service, subject: Model, url: str, urgent: bool = False,
    person_id: UUID | None = None,
) -> None:  # fmt: skip
    """One notice about duty; its facts are the service's and a colleague's name."""
    facts: dict[str, Any] = {"service": {"en": service.name_en, "zh": service.name_zh}}
    if person_id is not None:
        facts["person"] = _named(User.objects.get(pk=person_id))
    send_notice(
        actor=current_actor(), recipient_id=recipient_id, kind=kind, subject=subject, url=url, facts=facts,
        once=f"{entry_id}:{kind}", urgent=urgent,
    )  # fmt: skip


def _handover(handover_id: UUID) -> Handover:
    rows = unfiltered(Handover, why="telling both sides of a hand-over").select_related("service")
    handover: Handover = rows.get(pk=handover_id)
    return handover


@receives(HandoverOffered)
def tell_of_handover(entry_id: int, event: HandoverOffered) -> None:
    """The next on duty is told at once, quiet hours or not: somebody's open work is coming."""
    made = _handover(event.handover_id)
    _tell_of_duty(
        entry_id, "duty.handover", event.to_id, service=made.service, subject=made, person_id=event.from_id,
        url=reverse("casework:handover", args=[made.pk]), urgent=True,
    )  # fmt: skip


@receives(HandoverTaken)
def tell_of_taking_over(entry_id: int, event: HandoverTaken) -> None:
    made = _handover(event.handover_id)
    _tell_of_duty(
        entry_id, "duty.taken", event.from_id, service=made.service, subject=made, person_id=event.to_id,
        url=reverse("casework:handover", args=[made.pk]), urgent=True,
    )  # fmt: skip


@receives(ItemTakenOver, duty=True)
def take_page(entry_id: int, event: ItemTakenOver) -> None:
    """A page passes with the shift: who takes over has answered it, called before or not."""
    if event.kind == "page":
        take_page_for(page_id=event.item_id, user_id=event.to_id)


def _swap(swap_id: UUID) -> Swap:
    rows = unfiltered(Swap, why="telling both sides of a swap").select_related("shift__service")
    swap: Swap = rows.get(pk=swap_id)
    return swap


def _tell_of_swap(entry_id: int, swap_id: UUID, kind: str, recipient_id: UUID, person_id: UUID) -> None:
    swap = _swap(swap_id)
    _tell_of_duty(
        entry_id, kind, recipient_id, service=swap.shift.service, subject=swap, person_id=person_id,
        url=reverse("casework:my_duty"),
    )  # fmt: skip


@receives(SwapOffered)
def tell_of_offer(entry_id: int, event: SwapOffered) -> None:
    _tell_of_swap(entry_id, event.swap_id, "duty.swap_offered", event.to_id, event.from_id)


@receives(SwapAccepted)
def tell_of_acceptance(entry_id: int, event: SwapAccepted) -> None:
    _tell_of_swap(entry_id, event.swap_id, "duty.swap_accepted", event.from_id, event.to_id)


@receives(SwapDeclined)
def tell_of_refusal(entry_id: int, event: SwapDeclined) -> None:
    _tell_of_swap(entry_id, event.swap_id, "duty.swap_declined", event.from_id, event.to_id)


@receives(SwapOverruled)
def tell_of_overruling(entry_id: int, event: SwapOverruled) -> None:
    """Both: one has the shift again, the other no longer has it."""
    for recipient_id in (event.from_id, event.to_id):
        _tell_of_swap(entry_id, event.swap_id, "duty.swap_overruled", recipient_id, event.from_id)


@receives(DutyEnding)
def tell_of_ending(entry_id: int, event: DutyEnding) -> None:
    service = Service.objects.get(pk=event.service_id)
    _tell_of_duty(
        entry_id, "duty.ending", event.user_id, service=service, subject=service, urgent=True,
        url=reverse("casework:hand_over", args=[service.pk]),
    )  # fmt: skip


def _tell_of_booking(entry_id: int, event: BookingMade) -> None:
    """Whoever's time it takes, but for who acted."""
    acted = unfiltered(Entry, why="who need not be told").filter(pk=entry_id).values_list("actor_id", flat=True).first()
    rows = unfiltered(Booking, why="telling whose time it is").prefetch_related("uses__resource")
    booking: Booking = rows.get(pk=event.booking_id)
    people = {use.resource.user_id for use in booking.uses.all()} | {booking.created_by_id}
    for recipient_id in sorted((user_id for user_id in people if user_id not in (None, acted)), key=str):
        send_notice(
            actor=current_actor(), recipient_id=recipient_id, kind="duty.booking", subject=booking,
            url=reverse("casework:booking", args=[booking.pk]), once=f"{entry_id}:duty.booking",
        )  # fmt: skip


@receives(BookingMade)
def tell_of_new_booking(entry_id: int, event: BookingMade) -> None:
    _tell_of_booking(entry_id, event)


@receives(BookingMoved)
def tell_of_moved_booking(entry_id: int, event: BookingMoved) -> None:
    _tell_of_booking(entry_id, event)


@receives(BookingCancelled)
def tell_of_cancelled_booking(entry_id: int, event: BookingCancelled) -> None:
    _tell_of_booking(entry_id, event)
