"""Services and cases; duty; calendars and bookings; working time."""

from consortium.casework.models.booking import (
    Booking,
    BookingUse,
    Calendar,
    Closure,
    Resource,
    Slot,
    SlotRule,
)
from consortium.casework.models.cases import (
    BallSpell,
    Case,
    Clock,
    Message,
    OfVisibleCase,
    ReadMark,
    involved_in,
    rows,
)
from consortium.casework.models.drafts import TypedDraft
from consortium.casework.models.duty import (
    FeedLink,
    Handover,
    HandoverItem,
    RosterImport,
    Shift,
    Swap,
)
from consortium.casework.models.escalation import ClockRule, Escalation
from consortium.casework.models.services import Service, ServiceMember
from consortium.casework.models.worktime import SpecialDay, WorkingCalendar, WorkingHours

__all__ = [
    "BallSpell",
    "Booking",
    "BookingUse",
    "Calendar",
    "Case",
    "Clock",
    "ClockRule",
    "Closure",
    "Escalation",
    "FeedLink",
    "Handover",
    "HandoverItem",
    "Message",
    "OfVisibleCase",
    "ReadMark",
    "Resource",
    "RosterImport",
    "Service",
    "ServiceMember",
    "Shift",
    "Slot",
    "SlotRule",
    "SpecialDay",
    "Swap",
    "TypedDraft",
    "WorkingCalendar",
    "WorkingHours",
    "involved_in",
    "rows",
]
