"""Holidays and make-up working days out of an .ics file, as public authorities and calendar makers publish them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar

MOST_BYTES = 1_000_000
MOST_DAYS = 2_000
_LONGEST = 60
#: Chinese calendars mark a make-up day so; ours may say it in the category
_MAKE_UP = ("补班", "调休上班", "（班）", "(班)", "make-up", "makeup", "make up", "working day")


class CalendarUnreadable(ValueError):
    """Why it could not be read, as a code: size, kind, empty, days."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, order=True)
class Day:
    on: date
    make_up: bool
    name: str


def days_of(data: bytes) -> list[Day]:
    """The days of all events, in order. An event of several days is several; DTEND is the day after the last."""
    if not data or len(data) > MOST_BYTES:
        raise CalendarUnreadable("size")
    try:
        events: list[Any] = Calendar.from_ical(data).walk("VEVENT")
        found = {day.on: day for event in events for day in _days(event)}
    except (ValueError, KeyError, AttributeError, TypeError, IndexError, OverflowError) as error:
        if isinstance(error, CalendarUnreadable):
            raise
        raise CalendarUnreadable("kind") from error
    if not found:
        raise CalendarUnreadable("empty")
    if len(found) > MOST_DAYS:
        raise CalendarUnreadable("days")
    return sorted(found.values())


def _days(event: Any) -> list[Day]:
    begins, ends = _date(event.decoded("dtstart")), event.get("dtend")
    last = _date(event.decoded("dtend")) - timedelta(days=1) if ends is not None else begins
    name = str(event.get("summary", ""))[:120]
    length = max((last - begins).days, 0) + 1
    if length > _LONGEST:
        raise CalendarUnreadable("days")
    make_up = _is_make_up(name, event)
    return [Day(begins + timedelta(days=n), make_up, name) for n in range(length)]


def _date(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _is_make_up(name: str, event: Any) -> bool:
    categories = event.get("categories")
    words = " ".join([name, categories.to_ical().decode() if hasattr(categories, "to_ical") else ""]).casefold()
    return any(mark in words for mark in _MAKE_UP)
