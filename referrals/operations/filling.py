"""Places that free go to who waits: the most urgent first, then who waits longest, if the family can come so soon."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from consortium.casework.models import Calendar
from consortium.casework.queries.calendars import slots_between
from consortium.casework.states import PUBLISHED_AHEAD
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import DomainError
from consortium.kernel.scoping import unfiltered
from referrals.models import Waiting
from referrals.operations.visiting import book_visit

_WHY = "the waiting list of a calendar"


def fill_places(*, actor: Actor, calendar_id: UUID | None = None) -> int:
    """Give the free places of a calendar (of every one with somebody waiting) to those on its list; how many got one.

    Twice at once gives each place once: the database has the last word, and who lost tries the next place.
    """
    waiting = unfiltered(Waiting, why=_WHY).filter(filled_at=None, left_at=None)
    if calendar_id is not None:
        waiting = waiting.filter(calendar_id=calendar_id)
    calendars = Calendar.objects.filter(pk__in=waiting.values("calendar")).select_related("service", "room")
    return sum(_fill(actor, calendar) for calendar in calendars.order_by("pk"))


def _fill(actor: Actor, calendar: Calendar) -> int:
    rows = unfiltered(Waiting, why=_WHY).filter(calendar=calendar, filled_at=None, left_at=None)
    free, filled = list(_free(calendar)), 0
    for each in rows.order_by("priority", "since", "pk"):
        soonest = clock.now() + timedelta(hours=each.notice_hours)
        slot_id = next((slot_id for slot_id, begins in free if begins >= soonest), None)
        if slot_id is not None and _gave(actor, each.case_id, slot_id):
            free.remove(next(pair for pair in free if pair[0] == slot_id))
            filled += 1
    return filled


def _free(calendar: Calendar) -> Iterator[tuple[UUID, datetime]]:
    """(slot, when it begins), the soonest first, once for each free place."""
    now = clock.now()
    for shown in slots_between(calendar, now, now + PUBLISHED_AHEAD + timedelta(days=1)):
        if shown.slot.begins > now:
            for _place in range(shown.free):
                yield shown.slot.pk, shown.slot.begins


def _gave(actor: Actor, case_id: UUID, slot_id: UUID) -> bool:
    """Somebody was quicker, or the child needs it no more: False, and the next in line is asked."""
    try:
        with transaction.atomic():
            book_visit(actor=actor, case_id=case_id, slot_id=slot_id)
    except DomainError:
        return False
    return True
