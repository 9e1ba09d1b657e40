"""Tables for people's spreadsheets: CSV and XLSX in which nothing is taken for a formula."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain(value: Any) -> Any:
    """A cell: nothing for None, text that begins like a formula behind an apostrophe (`meant` takes it off again)."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.lstrip("'")[:1] in _FORMULA and value else value


def meant(text: str) -> str:
    """What `plain` was given: the apostrophe before what looks like a formula is not of the text."""
    return text[1:] if text[:1] == "'" and text.lstrip("'")[:1] in _FORMULA else text


def csv_lines(rows: Iterable[Sequence[Any]]) -> bytes:
    out = StringIO()
    csv.writer(out).writerows([plain(value) for value in row] for row in rows)
    return out.getvalue().encode()


def workbook(sheets: Mapping[str, tuple[Sequence[Any], Iterable[Sequence[Any]]]]) -> bytes:
    """{name of a sheet: (its heading, its rows)} as XLSX; text that begins like a formula stays text."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, (heading, rows) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(heading))
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for row in rows:
            sheet.append([plain(value) for value in row])
    made = BytesIO()
    book.save(made)
    return made.getvalue()
