"""Log lines that say what happened and never to whom: no request bodies, no query strings, no values of rows."""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType

_QUERY = re.compile(r"\?[^\s\"']*")
_DETAIL = re.compile(r"(?s)\n(?:DETAIL|CONTEXT|QUERY|LINE \d+):.*")

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class Plain(logging.Formatter):
    """One line an event; of an error the places and its kind, and its words without the database's echo of values."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return _QUERY.sub("?…", super().format(record))

    def formatException(self, ei: ExceptionInfo | tuple[None, None, None]) -> str:  # noqa: N802 - the library's name
        kind, error, trace = ei
        places = "".join(traceback.format_list(traceback.extract_tb(trace)))
        name = kind.__name__ if kind else "error"
        return f"{places}{name}: {_words(error)}"


def _words(error: BaseException | None) -> str:
    module = type(error).__module__
    if module.startswith(("psycopg2", "django.db")):
        return _DETAIL.sub("", str(error))
    # words of our own code name codes and counts; those of parsers may quote what was typed
    return str(error) if module.startswith(("consortium", "consultations")) else ""
