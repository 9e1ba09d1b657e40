"""Times in whole minutes, so that they can be counted, added up over months, and still have exact quantiles.

Below two hours a time is told to the minute, below two days to the quarter of an hour, beyond to six hours, always
rounded down. Rounding keeps the order, so the nearest-rank quantile of the rounded times is the rounded quantile of
the times themselves: `percentile_disc` of PostgreSQL gives the same.
"""

import math
from collections.abc import Mapping

#: (below so many minutes, told to so many)
STEPS = ((120, 1), (2880, 15))
COARSEST = 360

#: the same in SQL, of a column of seconds
SQL = "CASE WHEN {0} < 7200 THEN {0} / 60 WHEN {0} < 172800 THEN {0} / 900 * 15 ELSE {0} / 21600 * 360 END"


def minutes_of(seconds: int) -> int:
    """Seconds as the minutes in which they are told."""
    minutes = seconds // 60
    step = next((step for below, step in STEPS if minutes < below), COARSEST)
    return minutes // step * step


def nearest_rank(counted: Mapping[int, int], share: float) -> int | None:
    """The smallest value that at least `share` of all do not exceed; None of nothing."""
    total = sum(counted.values())
    rank, seen = max(1, math.ceil(share * total)), 0
    for value in sorted(counted):
        seen += counted[value]
        if seen >= rank:
            return value
    return None
