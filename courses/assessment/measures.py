"""Classical test theory: what the answers say of a question and of a form. Pure arithmetic over rows of points.

Definitions: facility is the mean share of the points; discrimination the correlation of a question with the rest of its
form (rest-point-biserial where points are 0 or 1); groups of 27 % after Kelley (J Educ Psychol 1939; 30: 17-24); alpha
after Cronbach (Psychometrika 1951; 16: 297-334), which is KR-20 where points are 0 or 1; SEM = sd * sqrt(1 - alpha).
Variances are those of samples (n - 1).
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: fewer answers say nothing: discrimination, groups and alpha are not given
LEAST: Final = 10
_GROUP: Final = 0.27

Points = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class FormFigures:
    """Of a form: people, questions, mean and standard deviation of the points, alpha, standard error of measurement.

    None where it cannot be said."""

    people: int
    questions: int
    mean: float | None = None
    deviation: float | None = None
    alpha: float | None = None
    error: float | None = None


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """Of one question: `facility` 0 to 1, `discrimination` -1 to 1, `upper` and `lower` the facility in the best and
    the weakest 27 %, `index` their difference; None where there are too few answers."""

    answers: int
    facility: float | None = None
    discrimination: float | None = None
    upper: float | None = None
    lower: float | None = None

    @property
    def index(self) -> float | None:
        return None if self.upper is None or self.lower is None else self.upper - self.lower


@dataclass(frozen=True, slots=True)
class Chosen:
    """How often something was chosen, and by how many of the best and the weakest 27 %."""

    word: str
    count: int
    share: float
    upper: int
    lower: int


@dataclass(frozen=True, slots=True)
class Observed:
    """One answer: its share of the points, the rest of its form as a share (None: it stood alone), what was chosen."""

    share: float
    rest: float | None = None
    chosen: Sequence[str] = field(default=())


def correlation(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Pearson's; None where one of them does not vary, or there are fewer than LEAST."""
    if len(first) < LEAST:
        return None
    x, y = np.asarray(first, float), np.asarray(second, float)
    x, y = x - x.mean(), y - y.mean()
    scale = math.sqrt(float((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / scale if scale > 1e-12 else None


def rest_correlation(points: Points, question: int) -> float | None:
    """A question (a column) against the sum of all others."""
    table = np.asarray(points, float)
    column = table[:, question]
    return correlation(column.tolist(), (table.sum(axis=1) - column).tolist())


def alpha(points: Points) -> float | None:
    """Cronbach's alpha of people x questions; None with one question, too few people, or no spread."""
    table: NDArray[np.float64] = np.asarray(points, float)
    if table.ndim != 2 or table.shape[0] < LEAST or table.shape[1] < 2:
        return None
    total = float(table.sum(axis=1).var(ddof=1))
    if total < 1e-12:
        return None
    k = table.shape[1]
    return float(k / (k - 1) * (1 - float(table.var(axis=0, ddof=1).sum()) / total))


def form_figures(points: Points) -> FormFigures:
    """Of everybody who answered all of a form: a row for each, a column for each question."""
    people, questions = len(points), len(points[0]) if points else 0
    if people < 2:
        return FormFigures(people, questions)
    totals = np.asarray(points, float).sum(axis=1)
    deviation = float(totals.std(ddof=1))
    found = alpha(points)
    error = deviation * math.sqrt(max(0.0, 1 - found)) if found is not None else None
    return FormFigures(people, questions, float(totals.mean()), deviation, found, error)


def groups(observed: Sequence[Observed]) -> tuple[list[Observed], list[Observed]]:
    """The best and the weakest 27 % by the rest of their form, equally many; empty when too few stood in a form."""
    placed = sorted((one for one in observed if one.rest is not None), key=lambda one: one.rest or 0.0)
    if len(placed) < LEAST:
        return [], []
    size = max(1, round(len(placed) * _GROUP))
    return placed[-size:], placed[:size]


def _mean(observed: Sequence[Observed]) -> float | None:
    return sum(one.share for one in observed) / len(observed) if observed else None


def item_figures(observed: Sequence[Observed]) -> ItemFigures:
    """Of all answers to a question, over every use. What stood alone counts for the facility only."""
    placed = [(one.share, one.rest) for one in observed if one.rest is not None]
    upper, lower = groups(observed)
    return ItemFigures(
        len(observed), _mean(observed), correlation([a for a, _ in placed], [b for _, b in placed]),
        _mean(upper), _mean(lower),
    )  # fmt: skip


def choices(observed: Sequence[Observed], offered: Sequence[str] = ()) -> list[Chosen]:
    """How often each word was chosen: what was offered in its order, then all else by its count."""
    upper, lower = groups(observed)
    count, best, weakest = (Counter(word for one in some for word in one.chosen) for some in (observed, upper, lower))
    others = [word for word, _ in count.most_common() if word not in offered]
    whole = max(1, len(observed))
    return [
        Chosen(word, count[word], count[word] / whole, best[word], weakest[word]) for word in (*offered, *others)
    ]  # fmt: skip


def idle(table: Sequence[Chosen], right: Mapping[str, bool], *, least: float = 0.05) -> list[str]:
    """Wrong options that almost nobody chooses: they distract nobody (under 5 %, after Haladyna and Downing 1993)."""
    return [one.word for one in table if not right.get(one.word, True) and one.share < least]
