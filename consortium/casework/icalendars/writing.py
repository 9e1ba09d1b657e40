"""Feeds for calendar programs: events in the consortium's time zone, with the zone's own rules beside them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry. `summary` and `place` never name a child."""

    uid: str
    begins: datetime
    ends: datetime
    summary: str
    place: str = ""
    cancelled: bool = False
    sequence: int = 0


def feed(happenings: Iterable[Happening], *, name: str, zone: ZoneInfo, at: datetime) -> bytes:
    """The whole calendar as RFC 5545 text; `at` is when it was written."""
    calendar = Calendar()
    calendar.add("prodid", "-//Paediatric consortium//Duty and bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", zone.key)
    for each in happenings:
        calendar.add_component(_event(each, zone, at))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(each: Happening, zone: ZoneInfo, at: datetime) -> Event:
    event = Event()
    event.add("uid", each.uid)
    event.add("dtstamp", at)
    event.add("dtstart", each.begins.astimezone(zone))
    event.add("dtend", each.ends.astimezone(zone))
    event.add("summary", each.summary)
    event.add("sequence", each.sequence)
    event.add("status", "CANCELLED" if each.cancelled else "CONFIRMED")
    if each.place:
        event.add("location", each.place)
    return event
