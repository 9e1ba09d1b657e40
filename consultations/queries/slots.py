"""When the specialist has published times: to propose from, and the room that goes with one."""

from datetime import datetime, timedelta
from uuid import UUID

from consortium.casework.models import Resource, Slot
from consortium.casework.queries.busy import taken_ids
from consortium.kernel import clock

LOOK_AHEAD = timedelta(days=14)
MOST_OFFERED = 6


def free_slots(user_id: UUID | None) -> list[datetime]:
    """When the published slots of this person begin in which nothing is booked, the nearest first. Three queries."""
    if user_id is None:
        return []
    now = clock.now()
    rows = Slot.objects.ahead().filter(person__user_id=user_id, period__startswith__lt=now + LOOK_AHEAD)
    slots = list(rows.select_related("person", "calendar__room").order_by("period")[: MOST_OFFERED * 4])
    people: set[Resource] = {slot.person for slot in slots if slot.person}
    busy = taken_ids(people, (now, now + LOOK_AHEAD + timedelta(days=1))) if people else {}
    free = [s for s in slots if not _overlaps(s, busy.get(s.person_id, []))]  # type: ignore[arg-type]
    return list(dict.fromkeys(slot.begins for slot in free))[:MOST_OFFERED]


def _overlaps(slot: Slot, busy: list[tuple[datetime, datetime, UUID]]) -> bool:
    return any(begins < slot.period.upper and slot.begins < ends for begins, ends, _occasion in busy)


def room_of_slot(user_id: UUID, period: tuple[datetime, datetime]) -> Resource | None:
    """The room of the person's slot that this stretch lies in; None where it lies in none, or in one without a room."""
    rows = Slot.objects.standing().filter(person__user_id=user_id, period__contains=period)
    slot = rows.select_related("calendar__room").order_by("period").first()
    return slot.calendar.room if slot else None
