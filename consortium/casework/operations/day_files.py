"""Holidays and make-up days out of an .ics file or a spreadsheet."""

from django.utils.translation import gettext as _

from consortium.casework.icalendars import CalendarUnreadable, days_of
from consortium.casework.operations.working import NamedDay
from consortium.casework.sheets import SheetUnreadable, day_of, lines_of
from consortium.casework.states import DayKind
from consortium.kernel.errors import InvalidInput

_COLUMNS = {
    "on": ("date", "day", "日期"),
    "kind": ("type", "类型", "性质"),
    "name": ("holiday", "名称", "节日"),
}
_KINDS = {
    **dict.fromkeys(("", "holiday", "off", "节假日", "假日", "放假", "休"), DayKind.HOLIDAY),
    **dict.fromkeys(("make-up", "make_up", "makeup", "work", "补班", "调休上班", "班"), DayKind.MAKE_UP),
}


def read_days(data: bytes) -> list[NamedDay]:
    """The days of an uploaded file, all of them or an InvalidInput that says which row is wrong."""
    return _of_calendar(data) if b"BEGIN:VCALENDAR" in data[:200] else _of_sheet(data)


def _of_calendar(data: bytes) -> list[NamedDay]:
    try:
        days = days_of(data)
    except CalendarUnreadable as error:
        said = {
            "size": _("This file is empty or larger than 1 MB."),
            "kind": _("This calendar file can't be read."),
            "empty": _("There is no day in this calendar file."),
            "days": _("This calendar file has too many days: a year of holidays is enough."),
        }
        raise InvalidInput({"file": said[error.code]}, code=f"calendar-{error.code}") from error
    return [(day.on, DayKind.MAKE_UP if day.make_up else DayKind.HOLIDAY, day.name) for day in days]


def _of_sheet(data: bytes) -> list[NamedDay]:
    try:
        lines = lines_of(data, _COLUMNS, needed=("on",))
    except SheetUnreadable as error:
        raise InvalidInput(
            {"file": _("This is not a calendar file, nor a spreadsheet with a column named date.")},
            code=f"sheet-{error.code}",
        ) from error
    days = []
    for line in lines:
        on, kind = day_of(line.cells.get("on", "")), _KINDS.get(line.cells.get("kind", "").casefold())
        if on is None or kind is None:
            raise InvalidInput(
                {
                    "file": _("Row %(row)d: write a date like 2026-10-01, and holiday or make-up.")
                    % {"row": line.number}
                },
                code="rows-wrong",
            )
        days.append((on, str(kind), line.cells.get("name", "")))
    if not days:
        raise InvalidInput({"file": _("There is no row to import.")})
    return days
