"""One person's time: shifts and bookings, as a list and as a calendar program reads it. Never a child's name."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from consortium.casework.icalendars import Happening, feed
from consortium.casework.models import Booking, FeedLink, Shift
from consortium.casework.queries.working import zone
from consortium.casework.states import AHEAD, BookingKind, BookingStep, Rank, ResourceKind
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.scoping import unfiltered
from consortium.people.models import User

#: how far back and ahead a feed reaches
BACK, AHEAD_FOR = timedelta(days=30), timedelta(days=120)
_WHY = "one's own calendar"
_DOMAIN = "consortium"


def feed_owner(token: str) -> User | None:
    """Whose calendar the secret opens; None when it was revoked, never was, or its person has left."""
    rows = unfiltered(FeedLink, why="whoever holds the address reads the calendar").running()
    found: FeedLink | None = rows.select_related("user").filter(token_hash=FeedLink.hash_of(token)).first()
    return found.user if found else None


def my_feed(actor: Actor) -> FeedLink | None:
    """The actor's running address, without its secret."""
    found: FeedLink | None = FeedLink.objects.running().filter(user_id=actor.user_id).first()
    return found


def _bookings_of(user_id: UUID) -> Sequence[Booking]:
    now = clock.now()
    rows = unfiltered(Booking, why=_WHY).filter(uses__resource__user_id=user_id)
    near = rows.filter(period__overlap=(now - BACK, now + AHEAD_FOR)).exclude(step=BookingStep.EXPIRED)
    return list(near.prefetch_related("uses__resource__institution").order_by("period"))


def my_bookings(user_id: UUID, *, most: int = 30) -> list[Booking]:
    """What lies ahead of the person. Three queries."""
    rows = unfiltered(Booking, why=_WHY).filter(uses__resource__user_id=user_id, step__in=AHEAD)
    ahead = rows.filter(period__endswith__gt=clock.now()).prefetch_related("uses__resource__user")
    return list(ahead.order_by("period")[:most])


def feed_of(user: User) -> bytes:
    """The person's shifts and bookings, and what features above add, as iCalendar text in their own language."""
    with translation.override(user.language or settings.LANGUAGE_CODE):
        now = clock.now()
        shifts = Shift.objects.filter(user=user).between(now - BACK, now + AHEAD_FOR)
        entries = [_of_shift(shift) for shift in shifts.select_related("service__institution").order_by("period")]
        entries += [_of_booking(booking) for booking in _bookings_of(user.pk)]
        for source in settings.CALENDAR_SOURCES.values():
            entries += import_string(source)(user.pk, now - BACK, now + AHEAD_FOR)
        return feed(entries, name=_("Duty and bookings"), zone=zone(), at=now)


def booking_for(booking_id: UUID) -> Booking:
    """One that the person acting sees, with all it takes; or NotVisible."""
    rows = Booking.objects.select_related("slot__calendar__service__institution", "created_by")
    found: Booking | None = rows.prefetch_related("uses__resource__user").filter(pk=booking_id).first()
    if found is None:
        raise NotVisible
    return found


def one_booking(booking: Booking) -> bytes:
    """One booking as iCalendar text."""
    return feed([_of_booking(booking)], name=_("Duty and bookings"), zone=zone(), at=clock.now())


def _of_shift(shift: Shift) -> Happening:
    said = {"rank": Rank(shift.rank).label, "service": shift.service.name}
    return Happening(
        f"shift-{shift.pk}@{_DOMAIN}", shift.begins, shift.ends, _("%(rank)s: %(service)s") % said,
        shift.service.institution.name, sequence=shift.version,
    )  # fmt: skip


def _of_booking(booking: Booking) -> Happening:
    uses = booking.uses.all()
    places = [use.resource.called for use in uses if use.resource.kind != ResourceKind.PERSON]
    return Happening(
        f"booking-{booking.pk}@{_DOMAIN}", booking.begins, booking.ends, str(BookingKind(booking.kind).label),
        ", ".join(places), cancelled=booking.step == BookingStep.CANCELLED, sequence=booking.version,
    )  # fmt: skip
