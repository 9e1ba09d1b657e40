"""Spreadsheets as rows of text: CSV and XLSX, with limits, and without formulas. Pure, no database."""

from consortium.casework.sheets.reading import Line, SheetUnreadable, day_of, lines_of, time_of
from consortium.casework.sheets.writing import BOM, csv_lines, meant, plain, workbook

__all__ = [
    "BOM",
    "Line",
    "SheetUnreadable",
    "csv_lines",
    "day_of",
    "lines_of",
    "meant",
    "plain",
    "time_of",
    "workbook",
]
