"""The period in which credits are summed: whole calendar years."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both counted."""

    since: date
    until: date

    @property
    def words(self) -> str:
        """ "2026", or "2025–2026"."""
        first, last = self.since.year, self.until.year
        return str(first) if first == last else f"{first}\u2013{last}"


def period_of(day: date, years: int, first_year: int) -> Period:
    """The period of `years` calendar years that holds `day`; one of them begins with `first_year`."""
    since = day.year - (day.year - first_year) % years
    return Period(date(since, 1, 1), date(since + years - 1, 12, 31))
