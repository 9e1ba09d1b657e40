"""Which working time applies where, and what a calendar says about a day."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F, Q

from consortium.casework.models import Case, SpecialDay, WorkingCalendar
from consortium.casework.states import ASKING_LEGS, DayKind
from consortium.casework.worktime import WorkingTime
from consortium.kernel.errors import NotVisible
from consortium.people.models import Institution


def zone() -> ZoneInfo:
    """The consortium's time zone."""
    return ZoneInfo(settings.TIME_ZONE)


def working_time_of(calendar: WorkingCalendar) -> WorkingTime | None:
    """The calendar as arithmetic; None when it names no hours yet. Two queries."""
    weekly: dict[int, list[Any]] = {}
    for each in calendar.hours.order_by("weekday", "opens"):
        weekly.setdefault(each.weekday, []).append((each.opens, each.closes))
    if not weekly:
        return None
    days = list(calendar.days.values_list("on", "kind"))
    off = frozenset(on for on, kind in days if kind == DayKind.HOLIDAY)
    like = {on: calendar.make_up_like for on, kind in days if kind == DayKind.MAKE_UP}
    return WorkingTime(zone(), weekly, off, like)


def calendar_at(institution_id: UUID | None) -> WorkingCalendar | None:
    """The institution's own working calendar, else its region's. One query."""
    if institution_id is None:
        return None
    region = Institution.objects.filter(pk=institution_id).values("region_id")
    found = WorkingCalendar.objects.filter(Q(institution_id=institution_id) | Q(region__in=region))
    return found.order_by(F("institution_id").asc(nulls_last=True)).first()


def working_side(case: Case, leg: str) -> UUID | None:
    """The institution in whose working time a leg runs."""
    if leg in ASKING_LEGS:
        return case.asking_institution_id
    return case.service.institution_id if case.service else None


def working_time_for(case: Case, leg: str) -> WorkingTime | None:
    """By which working time a routine leg of `case` runs; None where nobody keeps a calendar: day and night."""
    calendar = calendar_at(working_side(case, leg))
    return working_time_of(calendar) if calendar else None


def governed_by(calendar: WorkingCalendar) -> list[UUID]:
    """The institutions whose working time it is. A region's own does not count where the institution has one."""
    if calendar.institution_id:
        return [calendar.institution_id]
    own = Institution.objects.filter(region=calendar.region, working_calendar=None)
    return list(own.values_list("pk", flat=True))


def working_calendar(calendar_id: UUID) -> WorkingCalendar:
    """One, or NotVisible."""
    found = WorkingCalendar.objects.select_related("region", "institution").filter(pk=calendar_id).first()
    if found is None:
        raise NotVisible
    return found


def working_calendars() -> list[WorkingCalendar]:
    """All: regions first. One query."""
    found = WorkingCalendar.objects.select_related("region", "institution")
    return sorted(found, key=lambda c: (c.region_id is None, c.name))


def weekly_hours(calendar: WorkingCalendar) -> dict[int, list[str]]:
    """As typed, "08:00-12:00" by weekday. One query."""
    words: dict[int, list[str]] = {}
    for each in calendar.hours.order_by("weekday", "opens"):
        words.setdefault(each.weekday, []).append(f"{each.opens:%H:%M}-{each.closes:%H:%M}")
    return words


def special_days(calendar: WorkingCalendar, since: date) -> Sequence[SpecialDay]:
    """The holidays and make-up days from a day on. One query."""
    return list(calendar.days.filter(on__gte=since).order_by("on"))
