"""Runs pathways over facts. Pure: no row, no request, no clock."""

from decision_manual.evaluator.answering import Answer, Edition, Manual
from decision_manual.evaluator.browser import browser_data
from decision_manual.evaluator.doses import DoseFor, dose_for, offered
from decision_manual.evaluator.given import BadFacts, Catalogue, Given, lenient, read_facts
from decision_manual.evaluator.needs import Need
from decision_manual.evaluator.running import Outcome, RowState, TableResult, applies, rank, run, worst

__all__ = [
    "Answer",
    "BadFacts",
    "Catalogue",
    "DoseFor",
    "Edition",
    "Given",
    "Manual",
    "Need",
    "Outcome",
    "RowState",
    "TableResult",
    "applies",
    "browser_data",
    "dose_for",
    "lenient",
    "offered",
    "rank",
    "read_facts",
    "run",
    "worst",
]
