"""Sitting an exam, as arithmetic: which questions a form holds, until when it may be answered, what two markers make."""

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
