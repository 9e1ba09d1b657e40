"""Spreadsheets and calendar files as people send them; whatever they are, never half of one."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from consortium.casework.icalendars import CalendarUnreadable, Day, Happening, days_of, feed
from consortium.casework.operations.day_files import read_days
from consortium.casework.sheets import SheetUnreadable, day_of, lines_of, time_of
from consortium.casework.sheets import reading as sheets
from consortium.casework.states import DayKind
from consortium.kernel.errors import InvalidInput
from tests.casework.rosters import ZONE, at

COLUMNS = {"day": ("date", "日期"), "person": ("name", "姓名")}


def xlsx(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        sheet: Any = book.active
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_by_any_mark(mark: str) -> None:
    (line,) = lines_of(f"Date{mark}Name\n2026-11-24{mark}Xu Hui\n".encode(), COLUMNS)
    assert (line.number, dict(line.cells)) == (2, {"day": "2026-11-24", "person": "Xu Hui"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_in_chinese(encoding: str) -> None:
    (line,) = lines_of("日期,姓名\n2026-11-24,徐慧\n".encode(encoding), COLUMNS)
    assert line.cells["person"] == "徐慧"


def test_an_xlsx_with_dates_and_times() -> None:
    data = xlsx(
        ("Date", "Name", "x"), (datetime(2026, 11, 24), time(8), None), (date(2026, 11, 25), timedelta(hours=8))
    )
    lines = lines_of(data, COLUMNS)
    assert [line.cells["day"] for line in lines] == ["2026-11-24", "2026-11-25"]
    assert time_of(lines[0].cells["person"]) == time(8)


def test_a_cell_with_day_and_hour_keeps_both() -> None:
    (line,) = lines_of(xlsx(("date", "name"), (datetime(2026, 11, 24, 8, 30), 7)), COLUMNS)
    assert dict(line.cells) == {"day": "2026-11-24 08:30", "person": "7"}


def test_empty_rows_are_passed_over() -> None:
    assert len(lines_of(b"date,name\n,\n2026-11-24,A\n\n", COLUMNS)) == 1


def test_columns_nobody_knows_are_passed_over() -> None:
    (line,) = lines_of(b"date,shoe size,name\n2026-11-24,44,A\n", COLUMNS)
    assert set(line.cells) == {"day", "person"}


def test_a_needed_column_that_lacks_is_named() -> None:
    with pytest.raises(SheetUnreadable) as refused:
        lines_of(b"date\n2026-11-24\n", COLUMNS, needed=("day", "person"))
    assert (refused.value.code, refused.value.names) == ("head", ("person",))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "size"),
        (b"x" * (sheets.MOST_BYTES + 1), "size"),
        (b"PK\x03\x04 no zip", "kind"),
        (b"\xff\xfe\x00\x81\x81\xff", "kind"),
        (b"date\0name", "kind"),
        (b"date\n" + b"2026-11-24\n" * (sheets.MOST_LINES + 1), "lines"),
    ],
)
def test_what_is_no_spreadsheet_says_why(data: bytes, code: str) -> None:
    with pytest.raises(SheetUnreadable) as refused:
        lines_of(data, COLUMNS)
    assert refused.value.code == code


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a.txt", "a")
    with pytest.raises(SheetUnreadable, match="kind"):
        lines_of(out.getvalue(), COLUMNS)


@pytest.mark.parametrize("at", range(40, 1200, 40))
def test_a_workbook_with_a_damaged_byte_is_read_or_refused(at: int) -> None:
    """Its deflated parts break in ways of their own: none of them is an error of the site."""
    data = bytearray(xlsx(("date", "from", "to", "name"), ("2026-11-24", "08:00", "16:00", "gulan")))
    data[at] ^= 0xFF
    with contextlib.suppress(SheetUnreadable):
        lines_of(bytes(data), {"day": ("date",)}, needed=())


def test_a_file_that_grows_without_end_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.MOST_UNPACKED + 1))
    assert len(out.getvalue()) < sheets.MOST_BYTES
    with pytest.raises(SheetUnreadable, match="size"):
        lines_of(out.getvalue(), COLUMNS)


def test_an_xlsx_of_too_many_rows_is_refused() -> None:
    with pytest.raises(SheetUnreadable, match="lines"):
        lines_of(xlsx(("date",), *[("2026-11-24",)] * (sheets.MOST_LINES + 5)), COLUMNS)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(SheetUnreadable):
        lines_of(data, COLUMNS)
    with contextlib.suppress(CalendarUnreadable):
        days_of(data)


@pytest.mark.parametrize("text", ["2026-11-24", "2026/11/24", "24.11.2026", "2026年11月24日", " 2026-11-24 "])
def test_days_as_people_write_them(text: str) -> None:
    assert day_of(text) == date(2026, 11, 24)


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01", "11/24"])
def test_what_is_no_day(text: str) -> None:
    assert day_of(text) is None


@pytest.mark.parametrize(("text", "found"), [("8:00", time(8)), ("08:00:00", time(8)), ("24:00", time()), ("8", None)])
def test_times_as_people_write_them(text: str, found: time | None) -> None:
    assert time_of(text) == found


# -- calendar files ---------------------------------------------------------------------------------------------------


def ics(*events: str) -> bytes:
    body = "\r\n".join(f"BEGIN:VEVENT\r\nUID:{n}\r\n{event}\r\nEND:VEVENT" for n, event in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n{body}\r\nEND:VCALENDAR\r\n".encode()


NATIONAL = "DTSTART;VALUE=DATE:20261001\r\nDTEND;VALUE=DATE:20261008\r\nSUMMARY:国庆节"


def test_an_event_of_a_week_is_seven_days_and_its_end_is_the_day_after() -> None:
    found = days_of(ics(NATIONAL))
    assert [day.on.day for day in found] == [1, 2, 3, 4, 5, 6, 7]
    assert not any(day.make_up for day in found)


@pytest.mark.parametrize(
    "event", ["SUMMARY:国庆节（补班）", "SUMMARY:Make-up day", "SUMMARY:Sat\r\nCATEGORIES:Working day"]
)
def test_make_up_days_are_known_by_their_words(event: str) -> None:
    assert days_of(ics(f"DTSTART;VALUE=DATE:20261010\r\n{event}"))[0].make_up


def test_an_event_with_hours_is_its_day() -> None:
    (day,) = days_of(ics("DTSTART:20261225T080000Z\r\nDTEND:20261225T090000Z"))
    assert day == Day(date(2026, 12, 24), False, "") or day.on == date(2026, 12, 25)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "size"),
        (b"no calendar", "kind"),
        (ics(), "empty"),
        (ics("SUMMARY:no start"), "kind"),
        (ics("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20270101"), "days"),
    ],
)
def test_a_calendar_file_that_cannot_be_read_says_why(data: bytes, code: str) -> None:
    with pytest.raises(CalendarUnreadable) as refused:
        days_of(data)
    assert refused.value.code == code


def test_more_days_than_anybody_needs_are_refused() -> None:
    event = "DTSTART;VALUE=DATE:{0}0101\r\nDTEND;VALUE=DATE:{0}0301"
    with pytest.raises(CalendarUnreadable, match="days"):
        days_of(ics(*(event.format(1000 + n) for n in range(40))))


def test_holidays_come_from_an_ics_file() -> None:
    found = read_days(ics(NATIONAL, "DTSTART;VALUE=DATE:20261010\r\nSUMMARY:补班"))
    assert found[0] == (date(2026, 10, 1), DayKind.HOLIDAY, "国庆节")
    assert found[-1] == (date(2026, 10, 10), DayKind.MAKE_UP, "补班")


def test_holidays_come_from_a_spreadsheet() -> None:
    found = read_days("日期,类型,名称\n2026-10-01,假日,国庆节\n2026-10-10,补班,\n2026-12-25,,Christmas\n".encode())
    assert [kind for _on, kind, _name in found] == [DayKind.HOLIDAY, DayKind.MAKE_UP, DayKind.HOLIDAY]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"BEGIN:VCALENDAR nonsense", "can't be read"),
        (ics(), "no day"),
        (b"name\nX\n", "column named date"),
        (b"date,kind\n2026-10-01,party\n", "Row 2"),
        (b"date,kind\nsoon,holiday\n", "Row 2"),
        (b"date,kind\n", "no row"),
    ],
)
def test_a_file_of_days_that_is_wrong_says_where(data: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        read_days(data)


def test_a_feed_carries_its_time_zone_and_keeps_the_hours() -> None:
    shift = Happening("1@x", at("2026-11-24", "08:00"), at("2026-11-25", "08:00"), "On duty", "Ward", sequence=3)
    text = feed([shift], name="Mine", zone=ZONE, at=at("2026-11-20")).decode()
    assert "BEGIN:VTIMEZONE" in text
    assert "TZID:Asia/Shanghai" in text
    assert "DTSTART;TZID=Asia/Shanghai:20261124T080000" in text
    assert "SEQUENCE:3" in text
    assert "LOCATION:Ward" in text


def test_what_was_cancelled_is_said_to_be() -> None:
    gone = Happening("1@x", at("2026-11-24", "08:00"), at("2026-11-24", "09:00"), "Video call", cancelled=True)
    assert "STATUS:CANCELLED" in feed([gone], name="Mine", zone=ZONE, at=at("2026-11-20")).decode()
