"""What is measured, in words and in numbers; the published figures; the arithmetic. Pure: no rows, no actor."""

from consortium.insight.measures.definitions import COUNTS, MEASURES, Kind, Measure
from consortium.insight.measures.published import PUBLISHED, Published
from consortium.insight.measures.steps import minutes_of, nearest_rank
from consortium.insight.measures.tally import Tally, Value

__all__ = [
    "COUNTS",
    "MEASURES",
    "PUBLISHED",
    "Kind",
    "Measure",
    "Published",
    "Tally",
    "Value",
    "minutes_of",
    "nearest_rank",
]
