"""What the pages and the API tell of the measures."""

from consortium.insight.queries.asking import Asked, Period, asked_of, period_of
from consortium.insight.queries.cases import cases_behind
from consortium.insight.queries.lenses import Lens, lens_for, lenses
from consortium.insight.queries.reading import Line, lines, whole
from consortium.insight.queries.rows import columns_of, rows_after, rows_of

__all__ = [
    "Asked",
    "Lens",
    "Line",
    "Period",
    "asked_of",
    "cases_behind",
    "columns_of",
    "lens_for",
    "lenses",
    "lines",
    "period_of",
    "rows_after",
    "rows_of",
    "whole",
]
