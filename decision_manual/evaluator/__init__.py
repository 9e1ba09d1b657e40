"""Runs pathways over facts. Pure: no row, no request, no clock."""

from decision_manual.evaluator.given import BadFacts, Catalogue, Given, lenient, read_facts
from decision_manual.evaluator.needs import Need
from decision_manual.evaluator.running import Outcome, RowState, TableResult, applies, rank, run, worst

__all__ = [
    "BadFacts",
    "Catalogue",
    "Given",
    "Need",
    "Outcome",
    "RowState",
    "TableResult",
    "applies",
    "lenient",
    "rank",
    "read_facts",
    "run",
    "worst",
]
