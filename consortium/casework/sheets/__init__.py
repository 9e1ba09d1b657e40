"""Spreadsheets as rows of text: CSV and XLSX, with limits. Pure, no database."""

from consortium.casework.sheets.reading import Line, SheetUnreadable, day_of, lines_of, time_of

__all__ = ["Line", "SheetUnreadable", "day_of", "lines_of", "time_of"]
