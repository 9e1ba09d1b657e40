"""The flow chart and its list, from the same data as everything else."""

from decision_manual.chart.drawing import drawn, ids
from decision_manual.chart.outline import Node, outline, row_title
from decision_manual.chart.words import Speaker

__all__ = ["Node", "Speaker", "drawn", "ids", "outline", "row_title"]
