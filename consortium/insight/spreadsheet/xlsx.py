"""A spreadsheet (ECMA-376) out of rows that were written one after another as XML.

Libraries keep a workbook open until its end; here a piece is some more text, so that another worker may go on where one
was killed. Sheets hold `SHEET_ROWS` rows and their heading each.
"""

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    text = "".join(c for c in str(value) if c >= " " or c == "\t")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def sheet_lines(rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as they stand inside a sheet."""
    return "".join(f"<row>{''.join(map(_cell, row))}</row>\n" for row in rows).encode()


def _workbook(sheets: int) -> str:
    named = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, sheets + 1))
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>'


def _content_types(sheets: int) -> str:
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        for n in range(1, sheets + 1)
    )
    return (
        f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>{parts}</Types>'
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    found = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_RELS}">{found}</Relationships>'


def pack(lines: Path, target: Path, heading: Sequence[str], *, sheet_rows: int) -> None:
    """The finished file out of the lines of `sheet_lines`, a sheet for each `sheet_rows` of them."""
    with lines.open("rb") as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        sheets, more = 0, True
        while more or not sheets:
            sheets += 1
            more = _sheet(book, sheets, source, sheet_lines([heading]), sheet_rows)
        book.writestr("[Content_Types].xml", _content_types(sheets))
        book.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        book.writestr("xl/workbook.xml", _workbook(sheets))
        own = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, sheets + 1)]
        book.writestr("xl/_rels/workbook.xml.rels", _relations(own))


def _sheet(book: zipfile.ZipFile, number: int, source: Any, heading: bytes, most: int) -> bool:
    """One sheet; whether there are lines left for another."""
    with book.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as part:
        part.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode() + heading)
        for _row in range(most):
            line = source.readline()
            if not line:
                break
            part.write(line)
        part.write(b"</sheetData></worksheet>")
    return _has_more(source)


def _has_more(source: Any) -> bool:
    here = source.tell()
    found = bool(source.read(1))
    source.seek(here)
    return found
