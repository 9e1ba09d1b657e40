"""Lines of CSV that no spreadsheet takes for a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain(value: Any) -> Any:
    """A cell: nothing for None, text that begins like a formula behind an apostrophe."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value[:1] in _FORMULA else value


def csv_lines(rows: Iterable[Sequence[Any]]) -> bytes:
    out = StringIO()
    csv.writer(out).writerows([plain(value) for value in row] for row in rows)
    return out.getvalue().encode()
