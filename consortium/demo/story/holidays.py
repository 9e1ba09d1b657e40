"""Public holidays and make-up working days of the demonstration's regions, as a calendar file would bring them.

2026: as announced for mainland China (State Council notice of November 2025). 2027: the statutory days only, for
make-up days are announced each November; the demonstration's own, not a source.
"""

from datetime import date, timedelta
from typing import NamedTuple

from consortium.casework.states import DayKind


class Rest(NamedTuple):
    """A holiday from its first to its last day, and the days off that are worked to make up for it."""

    name: str
    first: date
    last: date
    made_up: tuple[date, ...] = ()


HOLIDAYS = (
    Rest("元旦", date(2026, 1, 1), date(2026, 1, 3), (date(2026, 1, 4),)),
    Rest("春节", date(2026, 2, 15), date(2026, 2, 23), (date(2026, 2, 14), date(2026, 2, 28))),
    Rest("清明节", date(2026, 4, 4), date(2026, 4, 6)),
    Rest("劳动节", date(2026, 5, 1), date(2026, 5, 5), (date(2026, 5, 9),)),
    Rest("端午节", date(2026, 6, 19), date(2026, 6, 21)),
    Rest("中秋节", date(2026, 9, 25), date(2026, 9, 27)),
    Rest("国庆节", date(2026, 10, 1), date(2026, 10, 7), (date(2026, 9, 20), date(2026, 10, 10))),
    Rest("元旦", date(2027, 1, 1), date(2027, 1, 1)),
    Rest("春节", date(2027, 2, 5), date(2027, 2, 8)),
    Rest("清明节", date(2027, 4, 5), date(2027, 4, 5)),
    Rest("劳动节", date(2027, 5, 1), date(2027, 5, 2)),
    Rest("端午节", date(2027, 6, 9), date(2027, 6, 9)),
    Rest("中秋节", date(2027, 9, 15), date(2027, 9, 15)),
    Rest("国庆节", date(2027, 10, 1), date(2027, 10, 3)),
)


def days() -> list[tuple[date, str, str]]:
    """(day, kind, name) of every holiday and make-up day."""
    found: list[tuple[date, str, str]] = []
    for rest in HOLIDAYS:
        length = (rest.last - rest.first).days + 1
        found += [(rest.first + timedelta(days=n), DayKind.HOLIDAY, rest.name) for n in range(length)]
        found += [(day, DayKind.MAKE_UP, f"{rest.name}（补班）") for day in rest.made_up]
    return found
