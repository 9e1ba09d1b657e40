"""Calendars as their pages show them: a week of slots with what is free, and whom and what one may book."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from consortium.casework.models import Booking, Calendar, Resource, Service, ServiceMember, Slot
from consortium.casework.policies import answers_for
from consortium.casework.queries.busy import taken_ids
from consortium.casework.queries.roster import midnight
from consortium.casework.states import PUBLISHED_AHEAD, TAKES_TIME, ResourceKind
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.scoping import unfiltered

_WHY = "how many places are free: not for whom"


@dataclass(slots=True)
class SlotShown:
    """A slot with its free places: `free` of all, `kept` of those kept for referrals. `blocked` when its person or
    room is taken by something else."""

    slot: Slot
    taken: set[int] = field(default_factory=set)
    blocked: bool = False
    #: set for the reader of the page
    bookable: bool = False

    @property
    def kept(self) -> int:
        return len(set(range(1, self.slot.quota + 1)) - self.taken)

    @property
    def free(self) -> int:
        return 0 if self.blocked else self.slot.capacity - len(self.taken)

    def free_for(self, own: bool) -> bool:
        """Whether somebody of the service (`own`), or a clinician who refers, finds a place."""
        places = range(self.slot.quota + 1, self.slot.capacity + 1) if own else range(1, self.slot.quota + 1)
        return not self.blocked and self.slot.begins > clock.now() and bool(set(places) - self.taken)


@dataclass(slots=True)
class CalendarDay:
    on: date
    closed: bool = False
    slots: list[SlotShown] = field(default_factory=list)


def calendar_for(calendar_id: UUID) -> Calendar:
    """One, or NotVisible."""
    found = Calendar.objects.select_related("service__institution", "room").filter(pk=calendar_id).first()
    if found is None:
        raise NotVisible
    return found


def calendars() -> list[Calendar]:
    """All that are open, by service. One query."""
    rows = Calendar.objects.filter(closed_at=None).select_related("service__institution", "room")
    return list(rows.order_by("service__institution__name_en", "service__name_en", "name_en"))


def slot_for(slot_id: UUID) -> Slot:
    """One that stands, or NotVisible."""
    rows = Slot.objects.standing().select_related("calendar__service__institution", "calendar__room", "person__user")
    found = rows.filter(pk=slot_id).first()
    if found is None:
        raise NotVisible
    return found


def slots_between(calendar: Calendar, begins: Any, ends: Any) -> list[SlotShown]:
    """The slots of a stretch with what is free. Three queries, whatever their number."""
    return _with_places(calendar.slots.standing().filter(period__overlap=(begins, ends)), (begins, ends))


def next_free(service: Service, *, own: bool, most: int, looked: int = 200) -> tuple[list[SlotShown], list[SlotShown]]:
    """The next slots with a free place, `most` of each: of the service, and of the other clinics of its institution.
    Any place for who gives them (`own`), those kept for referrals for who refers. Five queries, whatever their number.
    """
    ahead = (clock.now(), clock.now() + PUBLISHED_AHEAD + timedelta(days=1))
    there = Q(calendar__service__institution_id=service.institution_id) & ~Q(calendar__service=service)
    rows = Slot.objects.ahead().filter(calendar__closed_at=None).order_by("period", "pk").values_list("pk", flat=True)
    near = [pk for of in (Q(calendar__service=service), there) for pk in rows.filter(of)[:looked]]
    shown = _with_places(Slot.objects.filter(pk__in=near), ahead)
    free = [each for each in shown if (each.free if own else each.free_for(own=False))]
    mine = [each for each in free if each.slot.calendar.service_id == service.pk]
    others = [each for each in free if each.slot.calendar.service_id != service.pk]
    return mine[:most], others[:most]


def _with_places(rows: Any, period: tuple[Any, Any]) -> list[SlotShown]:
    """Slots within `period`, as they follow one another, with what is free in each."""
    known = rows.select_related("person__user", "calendar__room", "calendar__service").order_by("period", "pk")
    shown = {s.pk: SlotShown(s) for s in known}
    now = clock.now()
    booked = unfiltered(Booking, why=_WHY).filter(slot__in=list(shown), step__in=TAKES_TIME)
    for slot_id, place, held in booked.values_list("slot_id", "place", "held_until"):
        if held is None or held > now:
            shown[slot_id].taken.add(place)
    _mark_blocked(list(shown.values()), period)
    return list(shown.values())


def _mark_blocked(slots: list[SlotShown], period: tuple[Any, Any]) -> None:
    resources = {each.pk: each for s in slots for each in s.slot.resources}
    busy = taken_ids(resources.values(), period) if resources else {}
    for shown in slots:
        slot = shown.slot
        others = [
            use for each in slot.resources for use in busy.get(each.pk, [])
            if use[2] != slot.pk and use[0] < slot.period.upper and slot.period.lower < use[1]
        ]  # fmt: skip
        shown.blocked = bool(others)


def calendar_week(calendar: Calendar, monday: date) -> list[CalendarDay]:
    """Seven days of a calendar. Four queries."""
    last = monday + timedelta(days=7)
    closed = set(calendar.closures.filter(on__gte=monday, on__lt=last).values_list("on", flat=True))
    days = {monday + timedelta(days=n): CalendarDay(monday + timedelta(days=n)) for n in range(7)}
    for day in days.values():
        day.closed = day.on in closed
    for shown in slots_between(calendar, midnight(monday), midnight(last)):
        days[timezone.localdate(shown.slot.begins)].slots.append(shown)
    return list(days.values())


def bookings_of_week(calendar: Calendar, monday: date) -> list[Booking]:
    """The bookings in the week's slots that the person acting sees. Three queries."""
    week = (midnight(monday), midnight(monday + timedelta(days=7)))
    rows = Booking.objects.filter(slot__calendar=calendar, step__in=TAKES_TIME, period__overlap=week)
    return list(rows.prefetch_related("uses__resource__user").order_by("period", "place"))


def is_own(actor: Actor, slot: Slot) -> bool:
    return answers_for(actor, slot)


def bookable(actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """(id, name) of rooms and vehicles of the actor's places, and of the people of their services. Two queries."""
    rooms = Resource.objects.filter(institution__in=actor.institution_ids(), retired_at=None).order_by(
        "kind", "name_en"
    )
    mine = ServiceMember.objects.filter(user_id=actor.user_id, left_at=None).values("service_id")
    people = ServiceMember.objects.filter(service__in=mine, left_at=None, user__is_active=True).select_related("user")
    named = {str(member.user_id): member.user.get_full_name() for member in people}
    named.setdefault(str(actor.user_id), actor.name)
    return {
        "people": sorted(named.items(), key=lambda pair: pair[1]),
        "rooms": [(str(r.pk), r.name) for r in rooms if r.kind != ResourceKind.PERSON],
    }
