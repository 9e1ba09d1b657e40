"""Wilcoxon's signed-rank test, two-sided: exact for up to `EXACT` pairs, ties and all; above, by the normal curve.

Written here because a library for it (scipy) weighs more than the rest of the installation's arithmetic together; the
tests hold it to that library's answers.
Source: Hollander, Wolfe, Chicken: Nonparametric Statistical Methods, 3rd ed. 2014, section 3.1.
"""

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist
from typing import Final

import numpy as np

EXACT: Final = 200
#: differences closer than this are the same: results are shares of points, kept to two places
_PLACES: Final = 6


def wilcoxon(differences: Sequence[float]) -> float | None:
    """p of the hypothesis that gains and losses balance. Pairs without a difference count for nothing; None where there
    is no other."""
    rounded = [round(one, _PLACES) for one in differences]
    moved = [one for one in rounded if one]
    if not moved:
        return None
    ranks = _twice_the_ranks([abs(one) for one in moved])
    up = sum(rank for rank, one in zip(ranks, moved, strict=True) if one > 0)
    low = min(up, sum(ranks) - up)
    return _exact(ranks, low) if len(ranks) <= EXACT else _by_the_curve(ranks, low)


def _twice_the_ranks(sizes: Sequence[float]) -> list[int]:
    """Twice the mean rank of each, so that ranks of ties are whole numbers too."""
    counts = Counter(sizes)
    ranks: dict[float, int] = {}
    below = 0
    for size in sorted(counts):
        ranks[size] = 2 * below + counts[size] + 1
        below += counts[size]
    return [ranks[size] for size in sizes]


def _exact(ranks: Sequence[int], low: int) -> float:
    """Of all ways to give signs to the ranks the share whose smaller sum is at most `low`."""
    share = np.zeros(sum(ranks) + 1)
    share[0] = 1.0
    for rank in ranks:
        moved = np.zeros_like(share)
        moved[rank:] = share[:-rank]
        share = (share + moved) / 2
    return min(1.0, 2 * float(share[: low + 1].sum()))


def _by_the_curve(ranks: Sequence[int], low: int) -> float:
    """The sum is about normal; its variance is that of the ranks as they are, ties and all."""
    mean, deviation = sum(ranks) / 2, sqrt(sum(rank * rank for rank in ranks)) / 2
    return min(1.0, 2 * NormalDist().cdf((low - mean) / deviation))
