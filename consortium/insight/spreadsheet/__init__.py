"""Tables written piece by piece, at any length: CSV, and a spreadsheet that grows as text until it is packed."""

from consortium.insight.spreadsheet.csv import csv_lines
from consortium.insight.spreadsheet.report import workbook
from consortium.insight.spreadsheet.xlsx import pack, sheet_lines

__all__ = ["csv_lines", "pack", "sheet_lines", "workbook"]
