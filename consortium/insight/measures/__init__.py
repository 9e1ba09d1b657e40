"""What is measured, in words and in numbers; the published figures; the arithmetic. Pure: no rows, no actor."""

from consortium.insight.measures.definitions import Kind, Measure
from consortium.insight.measures.figures import Published
from consortium.insight.measures.published import PUBLISHED
from consortium.insight.measures.steps import minutes_of, nearest_rank
from consortium.insight.measures.subjects import CONSULTATIONS, MEASURES, REFERRALS, SUBJECTS, Subject, subject_of
from consortium.insight.measures.tally import Tally, Value

__all__ = [
    "CONSULTATIONS",
    "MEASURES",
    "PUBLISHED",
    "REFERRALS",
    "SUBJECTS",
    "Kind",
    "Measure",
    "Published",
    "Subject",
    "Tally",
    "Value",
    "minutes_of",
    "nearest_rank",
    "subject_of",
]
