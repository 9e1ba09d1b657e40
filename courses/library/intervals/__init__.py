"""What somebody has watched of a film, and how much of what a player claims can be true.

Pure: no rows, no clock. Times are whole milliseconds of the film ("media time") or of the server's clock ("wall time").
"""

from courses.library.intervals.admission import (
    FASTEST,
    MOST_SAVED,
    SLACK,
    SLOWEST,
    Beat,
    Purse,
    Verdict,
    admit,
    percent,
    reached,
    within,
)
from courses.library.intervals.saying import BadBeat, mark_of, read_beat
from courses.library.intervals.spans import Span, common, length, shortened, union, without

__all__ = [
    "FASTEST",
    "MOST_SAVED",
    "SLACK",
    "SLOWEST",
    "BadBeat",
    "Beat",
    "Purse",
    "Span",
    "Verdict",
    "admit",
    "common",
    "length",
    "mark_of",
    "percent",
    "reached",
    "read_beat",
    "shortened",
    "union",
    "within",
    "without",
]
