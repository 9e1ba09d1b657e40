"""A report as a workbook: figures, definitions, and the lines of both sides."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from consortium.insight.spreadsheet.csv import plain


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
