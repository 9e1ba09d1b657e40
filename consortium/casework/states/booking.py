"""The vocabulary of calendars and bookings, and of working time."""

from datetime import timedelta

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from consortium.casework import events
from consortium.kernel.machine import Machine, Transition

#: how far ahead a weekly rule is published, and how long a booking may last
PUBLISHED_AHEAD = timedelta(weeks=8)
LONGEST_BOOKING = timedelta(hours=24)
HOLD_LASTS = timedelta(minutes=15)


class ResourceKind(TextChoices):
    PERSON = "person", _("Person")
    ROOM = "room", _("Room")
    VEHICLE = "vehicle", _("Vehicle")


class BookingKind(TextChoices):
    """What for. Other features add what they need; a booking never says about whom."""

    CLINIC = "clinic", _("Clinic visit")
    VIDEO = "video", _("Video call")
    TRANSPORT = "transport", _("Transport")
    ROUND = "round", _("Joint round")
    MEETING = "meeting", _("Meeting")
    AWAY = "away", _("Away")


class BookingStep(TextChoices):
    HELD = "held", _("Held")
    BOOKED = "booked", _("Booked")
    ATTENDED = "attended", _("Attended")
    NO_SHOW = "no_show", _("Did not come")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Hold ran out")


#: steps at which a booking takes its people, rooms and vehicles
TAKES_TIME = (BookingStep.HELD, BookingStep.BOOKED, BookingStep.ATTENDED, BookingStep.NO_SHOW)
AHEAD = (BookingStep.HELD, BookingStep.BOOKED)

BOOKING = Machine(
    name="booking",
    steps=BookingStep,
    initial=(BookingStep.HELD, BookingStep.BOOKED),
    policies="consortium.casework.policies",
    final=(BookingStep.ATTENDED, BookingStep.NO_SHOW, BookingStep.CANCELLED, BookingStep.EXPIRED),
    transitions=(
        Transition(
            "B1", "confirm", _("Confirm"), (BookingStep.HELD,), BookingStep.BOOKED, "may_keep_booking",
            events.BookingConfirmed, look="main",
        ),
        Transition(
            "B2", "move", _("Move"), AHEAD, None, "may_keep_booking", events.BookingMoved, ("period",),
        ),
        Transition(
            "B3", "cancel", _("Cancel the booking"), AHEAD, BookingStep.CANCELLED, "may_keep_booking",
            events.BookingCancelled, ("reason",), look="alarm",
        ),
        Transition(
            "B4", "attend", _("Came"), (BookingStep.BOOKED,), BookingStep.ATTENDED, "may_note_attendance",
            events.BookingAttended,
        ),
        Transition(
            "B5", "no_show", _("Did not come"), (BookingStep.BOOKED,), BookingStep.NO_SHOW, "may_note_attendance",
            events.BookingUnattended,
        ),
        Transition(
            "B6", "expire", _("Hold ran out"), (BookingStep.HELD,), BookingStep.EXPIRED, "only_system",
            events.BookingExpired, system=True,
        ),
    ),
)  # fmt: skip


class Weekday(IntegerChoices):
    """As Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class DayKind(TextChoices):
    HOLIDAY = "holiday", _("Holiday")
    MAKE_UP = "make_up", _("Make-up working day")
