"""A small spreadsheet, as people make it: a head line, then rows; CSV (comma, semicolon or tab) or XLSX."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

MOST_BYTES = 1_000_000
#: what a spreadsheet may unpack to: a small file that grows without end is refused
MOST_UNPACKED = 20_000_000
MOST_LINES = 2_000
#: what openpyxl and what it stands on raise over a workbook that was cut, changed or locked
DAMAGED = (
    zipfile.BadZipFile, InvalidFileException, zlib.error, EOFError, RuntimeError, ArithmeticError, AttributeError,
    LookupError, TypeError, ValueError, SyntaxError,
)  # fmt: skip
_ENCODINGS = ("utf-8-sig", "gb18030")
_TIMES = ("%H:%M", "%H:%M:%S")
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%Y年%m月%d日")


class SheetUnreadable(ValueError):
    """Why it could not be read, as a code: size, kind, lines, head. `names` tells the missing columns."""

    def __init__(self, code: str, names: Sequence[str] = ()) -> None:
        super().__init__(code)
        self.code, self.names = code, tuple(names)


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number as the spreadsheet counts, and its cells by the column's key."""

    number: int
    cells: Mapping[str, str]


def lines_of(data: bytes, columns: Mapping[str, Iterable[str]], *, needed: Iterable[str] = ()) -> list[Line]:
    """The rows of a CSV or XLSX file. `columns` maps a key to the heads that it may have, in any language and case."""
    if not data or len(data) > MOST_BYTES:
        raise SheetUnreadable("size")
    rows = _xlsx(data) if data[:2] == b"PK" else _csv(data)
    if not rows:
        raise SheetUnreadable("lines")
    keys = _keys(rows[0][1], columns)
    if missing := [name for name in needed if name not in keys.values()]:
        raise SheetUnreadable("head", missing)
    found = [Line(n, {keys[i]: text for i, text in enumerate(cells) if i in keys}) for n, cells in rows[1:]]
    return [line for line in found if any(line.cells.values())]


def _keys(head: Sequence[str], columns: Mapping[str, Iterable[str]]) -> dict[int, str]:
    known = {name.casefold(): key for key, names in columns.items() for name in (key, *names)}
    named = [(i, known.get(text.casefold())) for i, text in enumerate(head)]
    return {i: key for i, key in named if key}


def _csv(data: bytes) -> list[tuple[int, list[str]]]:
    text = _decoded(data)
    if "\0" in text:
        raise SheetUnreadable("kind")
    head = text.partition("\n")[0]
    mark = max(",;\t", key=head.count)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=mark)]
    except csv.Error as error:
        raise SheetUnreadable("kind") from error
    if len(rows) > MOST_LINES:
        raise SheetUnreadable("lines")
    return list(enumerate(rows, start=1))


def _decoded(data: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetUnreadable("kind")


def _xlsx(data: bytes) -> list[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            unpacked = sum(each.file_size for each in packed.infolist())
        rows = _cells(data) if unpacked <= MOST_UNPACKED else None
    except DAMAGED as error:
        raise SheetUnreadable("kind") from error
    if rows is None:
        raise SheetUnreadable("size")
    if len(rows) > MOST_LINES:
        raise SheetUnreadable("lines")
    return rows


def _cells(data: bytes) -> list[tuple[int, list[str]]]:
    """The first sheet, one row more than may be: nobody reads on from there."""
    sheet: Any = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
    rows = enumerate(sheet.iter_rows(values_only=True, max_row=MOST_LINES + 1), start=1)
    return [(n, [_text(cell) for cell in row]) for n, row in rows]


def _text(cell: Any) -> str:
    """A cell as somebody would type it: dates and times in ISO form."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M") if cell.time() != time() else cell.strftime("%Y-%m-%d")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        minutes = int(cell.total_seconds() // 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return str(cell).strip()


def _parsed(text: str, forms: Sequence[str]) -> datetime | None:
    for form in forms:
        try:
            return datetime.strptime(text.strip(), form)  # noqa: DTZ007 - a wall-clock value without a zone
        except ValueError:
            continue
    return None


def day_of(text: str) -> date | None:
    """2026-11-24, 2026/11/24, 24.11.2026, 2026年11月24日; None for anything else."""
    found = _parsed(text, _DAYS)
    return found.date() if found else None


def time_of(text: str) -> time | None:
    """8:00, 08:00:00; None for anything else. 24:00 is midnight."""
    found = _parsed("00:00" if text.strip() == "24:00" else text, _TIMES)
    return found.time() if found else None
