"""z-scores from L, M and S, and back. Source: WHO Child Growth Standards, methods and development, chapter 7."""

import math

from consortium.clinical.growth.tables import Lms


def _plain_value(lms: Lms, z: float) -> float:
    if abs(lms.l) < 1e-9:
        return lms.m * math.exp(lms.s * z)
    return float(lms.m * (1 + lms.l * lms.s * z) ** (1 / lms.l))


def _plain_z(lms: Lms, value: float) -> float:
    if abs(lms.l) < 1e-9:
        return math.log(value / lms.m) / lms.s
    return float(((value / lms.m) ** lms.l - 1) / (lms.l * lms.s))


def z_score(lms: Lms, value: float, *, weight_based: bool) -> float:
    """How many standard deviations `value` lies from the median, not rounded.

    Weight-based ones go on beyond 3 SD by the distance between 2 and 3 SD.
    """
    z = _plain_z(lms, value)
    if not weight_based or abs(z) <= 3:
        return z
    side = math.copysign(1, z)
    third, second = _plain_value(lms, 3 * side), _plain_value(lms, 2 * side)
    return 3 * side + (value - third) / abs(third - second)


def value_at(lms: Lms, z: float, *, weight_based: bool) -> float:
    """The value that has this z-score: what a line of the chart goes through."""
    if not weight_based or abs(z) <= 3:
        return _plain_value(lms, z)
    side = math.copysign(1, z)
    third, second = _plain_value(lms, 3 * side), _plain_value(lms, 2 * side)
    return third + (z - 3 * side) * abs(third - second)


def percentile(z: float) -> float:
    """The share of healthy children below, in percent."""
    return 50 * (1 + math.erf(z / math.sqrt(2)))


def z_of_percentile(percent: float) -> float:
    """The inverse of `percentile`, by halving: the chart's percentile lines."""
    low, high = -6.0, 6.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if percentile(middle) < percent else (low, middle)
    return round((low + high) / 2, 6)
