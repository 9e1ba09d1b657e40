"""Visits as the screens show them: the one that stands, the next free places, the lists on which one may wait."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from consortium.casework.models import Calendar
from consortium.casework.queries.calendars import SlotShown, next_free
from consortium.casework.states import BookingStep
from consortium.kernel.actors import Actor
from consortium.kernel.templatetags.when import moment_words
from referrals.models import Referral, Visit, Waiting
from referrals.policies import books_for_receiver

#: free places that a page shows as buttons
MOST_PLACES = 12


def next_places(actor: Actor, referral: Referral, *, most: int = MOST_PLACES) -> dict[str, list[dict[str, Any]]]:
    """The next free places of the receiving hospital that `actor` may give: slot, when, where, with whom. `places` of
    the service that has the child, `others` of the hospital's other clinics."""
    service = referral.case.service
    if service is None:
        return {"places": [], "others": []}
    mine, others = next_free(service, own=books_for_receiver(actor, referral), most=most)
    return {"places": [_place(each) for each in mine], "others": [_place(each) for each in others]}


def _place(shown: SlotShown) -> dict[str, Any]:
    slot = shown.slot
    with_whom = slot.person.called if slot.person else ""
    return {
        "slot_id": slot.pk, "when": moment_words(slot.begins), "where": slot.calendar.name, "who": with_whom,
    }  # fmt: skip


def calendars_of(referral: Referral) -> list[tuple[str, str]]:
    """(calendar, its name) on whose lists the child may wait: of the service that has the child; where it has none, of
    the hospital's other services, to be chosen by name. One query."""
    service = referral.case.service
    if service is None:
        return []
    rows = Calendar.objects.filter(closed_at=None, service__institution_id=service.institution_id)
    known = rows.select_related("service").order_by("service__name_en", "name_en")
    if own := [(str(calendar.pk), calendar.name) for calendar in known if calendar.service_id == service.pk]:
        return own
    others = [(str(calendar.pk), f"{calendar.name} · {calendar.service.name}") for calendar in known]
    return [("", _("Choose a clinic")), *others] if others else []


def visits_of(case_id: UUID) -> list[Visit]:
    """All of a referral, the newest first. One query."""
    rows = Visit.objects.filter(case_id=case_id).select_related(
        "booking__slot__calendar__service", "booking__slot__calendar__room", "booking__slot__person__user"
    )
    return list(rows.order_by("-number"))


def visit_words(visit: Visit) -> dict[str, Any]:
    """When, where, with whom, what to bring, and what became of it."""
    booking, slot = visit.booking, visit.booking.slot
    room = slot.calendar.room.name if slot and slot.calendar.room else ""
    return {
        "visit": visit, "when": moment_words(booking.begins), "where": slot.calendar.name if slot else "",
        "room": room, "who": slot.person.called if slot and slot.person else "",
        "stands": booking.step == BookingStep.BOOKED, "became": booking.get_step_display(), "why": booking.reason,
        "booking_id": booking.pk, "instructions": visit.instructions, "by_sender": visit.by_sender,
    }  # fmt: skip


def place_in_line(case_id: UUID) -> Waiting | None:
    """On which list the child waits; None when it waits on none."""
    rows = Waiting.objects.filter(case_id=case_id, filled_at=None, left_at=None).select_related("calendar")
    found: Waiting | None = rows.first()
    return found


def waiting_of(case_id: UUID) -> dict[str, Any]:
    """On which list the child waits, since when, and how soon the family can come; empty when it waits on none."""
    found = place_in_line(case_id)
    if found is None:
        return {}
    return {"calendar": found.calendar.name, "since": found.since, "hours": found.notice_hours}
