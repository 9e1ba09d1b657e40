"""Shifts, swaps, calendars and bookings made by their own operations, for tests of duty."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from consortium.casework import operations
from consortium.casework.models import Booking, Calendar, Resource, Service, Shift, Slot, SlotRule, WorkingCalendar
from consortium.casework.states import Rank, ResourceKind
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.people.models import Institution, Region, User
from tests.consultations.cases import by

ZONE = ZoneInfo("Asia/Shanghai")
DAY_HOURS = ((time(8), time(12)), (time(14), time(18)))
HOUR = timedelta(hours=1)


def at(day: str, hour: str = "00:00") -> datetime:
    """A wall-clock moment of the consortium: at("2026-11-24", "08:00")."""
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZONE)


def moved_to(moment: datetime) -> Any:
    """The clock, moved so that it is that moment now."""
    return clock.moved(moment - clock.now())


def soon(hours: float) -> datetime:
    return clock.now() + timedelta(hours=hours)


def by_system(operation: Any, **words: Any) -> Any:
    with acting_as(system("test")) as actor:
        return operation(actor=actor, **words)


def shift(
    service: Service, user: User, begins: float = 1, hours: float = 8, *, rank: int = Rank.FIRST, **words: Any
) -> Shift:
    """A shift that begins so many hours from now; negative: it runs already."""
    made: Shift = by_system(
        operations.add_shift, service_id=service.pk, user_id=user.pk, begins=soon(begins), ends=soon(begins + hours),
        rank=rank, **words,
    )  # fmt: skip
    return made


def room(institution: Institution, name: str = "Room 3", kind: str = ResourceKind.ROOM) -> Resource:
    made: Resource = by_system(operations.add_resource, institution_id=institution.pk, kind=kind, name_en=name)
    return made


def person(user: User) -> Resource:
    return operations.person_resource(user.pk)


def calendar(service: Service, in_room: Resource | None = None, name: str = "Clinic") -> Calendar:
    made: Calendar = by_system(
        operations.open_calendar, service_id=service.pk, name_en=name, room_id=in_room.pk if in_room else None
    )
    return made


def rule(of: Calendar, user: User | None = None, **fields: Any) -> SlotRule:
    """Every day of the week that today is in a week: one slot of half an hour at 10:00, from tomorrow on."""
    plain = {
        "weekday": (clock.today() + timedelta(days=1)).weekday(), "starts": time(10), "minutes": 30, "count": 1,
        "capacity": 1, "quota": 0, "begins_on": clock.today() + timedelta(days=1),
    }  # fmt: skip
    made: SlotRule = by_system(
        operations.add_rule, calendar_id=of.pk, fields={**plain, **fields}, person_id=user.pk if user else None
    )
    return made


def first_slot(of: Calendar) -> Slot:
    found = of.slots.standing().select_related("calendar__room", "person").order_by("period").first()
    assert found is not None
    return found


def booked(
    user: User, *resources: Resource, begins: float = 1, hours: float = 1, what: str = "video", **words: Any
) -> Booking:
    """A booking that begins so many hours from now."""
    starts = soon(begins)
    period = (starts, starts + timedelta(hours=hours))
    made: Booking = by(user, operations.book, what=what, resources=[r.pk for r in resources], period=period, **words)
    return made


def working_week(
    owner: Institution | Region, *, days: tuple[tuple[date, str, str], ...] = (), **words: Any
) -> WorkingCalendar:
    """Monday to Friday, 08:00-12:00 and 14:00-18:00."""
    key = "institution_id" if isinstance(owner, Institution) else "region_id"
    hours = dict.fromkeys(range(5), DAY_HOURS)
    made: WorkingCalendar = by_system(operations.open_working_calendar, hours=hours, **{key: owner.pk}, **words)
    if days:
        made = by_system(operations.set_days, calendar_id=made.pk, days=days)
    return made
