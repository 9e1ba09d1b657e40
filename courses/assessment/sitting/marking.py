"""Two markers who do not know of each other, and a third where they are far apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")
_FINE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Settled:
    """`points` once they are certain; until then None, and `waits_for` more marks."""

    points: Decimal | None
    waits_for: int = 0
    disputed: bool = False


def settle(marks: Sequence[Decimal], most: Decimal, limit: int) -> Settled:
    """What the marks of one essay (in the order given, 0 to `most` points each) come to.

    Two marks no more than `limit` per cent of `most` apart: their mean. Farther apart: a third marker reads it, blind
    as they were, and the mean of the two marks that lie nearest together counts (of equals the higher pair: a doubt is
    for the learner).
    """
    if len(marks) < 2:
        return Settled(None, 2 - len(marks))
    first, second = marks[0], marks[1]
    if abs(first - second) * 100 <= most * limit:
        return Settled(_mean(first, second))
    if len(marks) < 3:
        return Settled(None, 1, disputed=True)
    low, middle, high = sorted(marks[:3])
    pair = (low, middle) if middle - low < high - middle else (middle, high)
    return Settled(_mean(*pair), disputed=True)


def _mean(first: Decimal, second: Decimal) -> Decimal:
    return ((first + second) / 2).quantize(_FINE, ROUND_HALF_UP)


def outcome_of(points: Decimal, most: Decimal, pass_percent: int) -> tuple[Decimal, bool]:
    """(per cent to two places, passed). The pass mark is compared before rounding: 59.996 % is no 60 %."""
    if not most:
        return Decimal(0), False
    return (100 * points / most).quantize(_CENT, ROUND_HALF_UP), points * 100 >= most * pass_percent


def check_marks(given: Mapping[str, Decimal], rubric: Mapping[str, Decimal]) -> str | None:
    """The first criterion that got more than it gives or less than nothing; "" when some are missing or unknown."""
    if set(given) != set(rubric):
        return ""
    return next((name for name, points in given.items() if not 0 <= points <= rubric[name]), None)
