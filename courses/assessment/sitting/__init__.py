"""Sitting an exam, as arithmetic: what a form holds, until when it is answered, what two markers make of an essay."""

from courses.assessment.sitting.drawing import Candidate, Coverage, Drawn, Need, NotEnough, coverage, draw
from courses.assessment.sitting.marking import Settled, outcome_of, settle
from courses.assessment.sitting.timing import GRACE, Given, Stamps, Verdict, deadline, judge

__all__ = [
    "GRACE",
    "Candidate",
    "Coverage",
    "Drawn",
    "Given",
    "Need",
    "NotEnough",
    "Settled",
    "Stamps",
    "Verdict",
    "coverage",
    "deadline",
    "draw",
    "judge",
    "outcome_of",
    "settle",
]
