"""Questions as rows of a spreadsheet, one row each; every kind can be said, and read again exactly."""

from courses.assessment.tables.columns import COLUMNS, HEADING
from courses.assessment.tables.reading import drafted
from courses.assessment.tables.writing import rows_of, template_rows

__all__ = ["COLUMNS", "HEADING", "drafted", "rows_of", "template_rows"]
