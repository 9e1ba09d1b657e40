"""A spreadsheet of any length, written piece by piece: it grows as text until it is packed."""

from consortium.insight.spreadsheet.xlsx import pack, sheet_lines

__all__ = ["pack", "sheet_lines"]
