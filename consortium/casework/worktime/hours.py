"""Working time from weekly hours, holidays and make-up working days.

Targets that are whole days count as working days: "5 days" given on Wednesday at 10:00 is next Wednesday at 10:00, not
120 hours of opening. All others count the minutes in which work is done.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: a stretch of work in a day: (opens, closes)
Stretch = tuple[time, time]
_DAY = timedelta(days=1)
#: no calendar has more days without work in a row; beyond that it is a mistake
_LONGEST_BREAK = 400


class NoWorkingTime(ValueError):
    """The calendar has no working hours for more than a year."""


@dataclass(frozen=True)
class WorkingTime:
    """`weekly` maps a weekday (0 Monday) to its stretches, in order; `off` are holidays; `like` maps a make-up day to
    the weekday whose hours it has."""

    zone: ZoneInfo
    weekly: Mapping[int, Sequence[Stretch]]
    off: frozenset[date] = frozenset()
    like: Mapping[date, int] = field(default_factory=dict)

    def stretches(self, on: date) -> Sequence[Stretch]:
        """When work is done on that day; nothing on a holiday. A day that is both is worked."""
        if on in self.like:
            return self.weekly.get(self.like[on], ())
        return () if on in self.off else self.weekly.get(on.weekday(), ())

    def is_working_day(self, on: date) -> bool:
        return bool(self.stretches(on))

    def _instants(self, on: date) -> Iterator[tuple[datetime, datetime]]:
        for opens, closes in self.stretches(on):
            yield datetime.combine(on, opens, self.zone), datetime.combine(on, closes, self.zone)

    def _from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The stretches of work from `at` on, the first cut to begin there."""
        day, idle = at.astimezone(self.zone).date(), 0
        while idle < _LONGEST_BREAK:
            idle += 1
            for opens, closes in self._instants(day):
                if closes > at:
                    idle = 0
                    yield max(opens, at), closes
            day += _DAY
        raise NoWorkingTime

    def next_open(self, at: datetime) -> datetime:
        """`at` when work is done then, else when it begins again."""
        return next(self._from(at))[0]

    def after(self, at: datetime, target: timedelta) -> datetime:
        """The instant at which `target` of working time has passed since `at`."""
        days, rest = divmod(target, _DAY)
        return self._days_after(at, days) if days and not rest else self.minutes_after(at, target)

    def minutes_after(self, at: datetime, worked: timedelta) -> datetime:
        """The instant at which so much work has been done since `at`, whole days of it too."""
        left = worked
        for opens, closes in self._from(at):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        raise AssertionError  # `_from` ends by raising

    def _days_after(self, at: datetime, days: int) -> datetime:
        """The same time of day, so many working days later; never outside that day's hours."""
        local = self.next_open(at).astimezone(self.zone)
        day, left, idle = local.date(), days, 0
        while left:
            day, idle = day + _DAY, idle + 1
            if self.is_working_day(day):
                left, idle = left - 1, 0
            if idle > _LONGEST_BREAK:
                raise NoWorkingTime
        return self.next_open_of_day(datetime.combine(day, local.timetz().replace(tzinfo=None), self.zone))

    def next_open_of_day(self, at: datetime) -> datetime:
        """`at` moved into that day's hours: forward out of a break, back from the evening to closing time."""
        for opens, closes in self._instants(at.date()):
            if at <= closes:
                return max(at, opens)
        return list(self._instants(at.date()))[-1][1]

    def between(self, begins: datetime, ends: datetime) -> timedelta:
        """How much working time lies between two instants."""
        total = timedelta()
        day, last = begins.astimezone(self.zone).date(), ends.astimezone(self.zone).date()
        while day <= last:
            for opens, closes in self._instants(day):
                total += max(min(closes, ends) - max(opens, begins), timedelta())
            day += _DAY
        return total
