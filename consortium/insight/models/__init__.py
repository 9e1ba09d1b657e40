"""What is kept for the measures: rows of times and outcomes, monthly cells over them, exports, and monthly reports."""

from consortium.insight.models.cells import Cell, Mark, Month
from consortium.insight.models.exports import Export
from consortium.insight.models.measured import Journey, Measured
from consortium.insight.models.reports import MonthlyReport

#: the rows behind the numbers, by what they are about (`states.About`)
ROWS = {"consultations": Measured, "referrals": Journey}

__all__ = ["ROWS", "Cell", "Export", "Journey", "Mark", "Measured", "Month", "MonthlyReport"]
