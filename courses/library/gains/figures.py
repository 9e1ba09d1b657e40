"""How far results moved from the first test to the second, with the width of what is not known.

Cohen's d here is d_av: the mean gain in units of the root mean square of the two standard deviations (Cumming 2012,
Understanding the New Statistics, ch. 11), which can be laid beside published courses; d of the differences alone would
grow with how alike a person's two results are. Intervals are percentile bootstraps over persons.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from courses.library.gains.ranks import wilcoxon

#: draws of a bootstrap, and how many numbers are held at once
DRAWS: Final = 2000
_AT_ONCE: Final = 1_000_000
_ENDS: Final = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Gain:
    """Of `n` pairs; means in per cent. `normalised`: of what could be gained the share that was (Hake 1998); None where
    nothing could. `d` None where all have the same results. `p`: Wilcoxon's, None where nobody moved."""

    n: int
    before: float
    after: float
    points: Estimate
    normalised: float | None
    d: Estimate | None
    p: float | None


def gain_of(pairs: Sequence[tuple[float, float]], seed: int) -> Gain | None:
    """Of (before, after) for each person, in per cent; None where there are fewer than two. The same pairs in the same
    order and the same seed give the same figures."""
    if len(pairs) < 2:
        return None
    results = np.asarray(pairs, dtype=float)
    before, after = results.mean(axis=0)
    points, d = _moved(results[:, 0][None, :], results[:, 1][None, :])
    drawn_points, drawn_d = _bootstrap(results, seed)
    gain = Estimate(float(points[0]), *_interval(drawn_points))
    effect = Estimate(float(d[0]), *_interval(drawn_d)) if np.isfinite(d[0]) else None
    share = (after - before) / (100 - before) if before < 100 else None
    return Gain(
        len(pairs), float(before), float(after), gain, None if share is None else float(share), effect,
        wilcoxon([after - before for before, after in pairs]),
    )  # fmt: skip


def _moved(before: Any, after: Any) -> tuple[Any, Any]:
    """(mean gain, d_av) of each row of persons; d is infinite or nothing where nobody differs."""
    points = (after - before).mean(axis=1)
    spread = np.sqrt((before.var(axis=1, ddof=1) + after.var(axis=1, ddof=1)) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return points, points / spread


def _bootstrap(results: Any, seed: int) -> tuple[Any, Any]:
    """(mean gain, d_av) of each draw, as many persons as there are, each as often as it falls."""
    chance = np.random.default_rng(seed)
    people = len(results)
    rows = max(1, min(DRAWS, _AT_ONCE // people))
    parts = []
    for start in range(0, DRAWS, rows):
        drawn = results[chance.integers(0, people, size=(min(rows, DRAWS - start), people))]
        parts.append(_moved(drawn[:, :, 0], drawn[:, :, 1]))
    return np.concatenate([one for one, _d in parts]), np.concatenate([d for _points, d in parts])


def _interval(drawn: Any) -> tuple[float, float]:
    """Draws in which nobody differs have no d and say nothing of it."""
    low, high = np.percentile(drawn[np.isfinite(drawn)], _ENDS)
    return float(low), float(high)
