"""Numbers that add up: cells of months, services and places put together, and what a measure makes of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from consortium.insight.measures.definitions import Kind, Measure
from consortium.insight.measures.steps import nearest_rank
from consortium.insight.states import FEWEST, SMALL


@dataclass(frozen=True, slots=True)
class Value:
    """What a measure says of `n` questions: percent, minutes, a mean or a number; None of none.

    `tenth`: the 90th percentile of a time. `hidden`: too few to be told to this reader.
    """

    value: float | None
    n: int
    part: int = 0
    tenth: int | None = None
    hidden: bool = False

    @property
    def small(self) -> bool:
        """So few that chance decides much of it."""
        return not self.hidden and 0 < self.n < SMALL


HIDDEN = Value(None, 0, hidden=True)


@dataclass
class Tally:
    """Counts by name, and times by span: {minutes: how often}."""

    counts: Counter[str] = field(default_factory=Counter)
    times: dict[str, Counter[int]] = field(default_factory=dict)
    hidden: bool = False

    @classmethod
    def of(cls, cells: Iterable[Mapping[str, Any]]) -> "Tally":
        """Of rows with `counts` and `times` as `models.Cell` has them."""
        tally = cls()
        for cell in cells:
            tally.add(cell["counts"], cell.get("times") or {})
        return tally

    def add(self, counts: Mapping[str, int], times: Mapping[str, Mapping[str, int]]) -> None:
        self.counts.update(counts)
        for span, counted in times.items():
            mine = self.times.setdefault(span, Counter())
            for minutes, number in counted.items():
                mine[int(minutes)] += number

    def merge(self, other: "Tally") -> None:
        self.counts.update(other.counts)
        for span, counted in other.times.items():
            self.times.setdefault(span, Counter()).update(counted)

    @property
    def sent(self) -> int:
        return self.counts["sent"]

    @property
    def most(self) -> int:
        """How many cases it is about at most: those that only declined, or only went back, too."""
        return max(self.sent, self.counts["rows"], self.counts["declined"])

    @property
    def few(self) -> bool:
        """So few that a reader might know whom it is about."""
        return 0 < self.most < FEWEST

    def value(self, measure: Measure) -> Value:
        if self.hidden:
            return HIDDEN
        if measure.kind == Kind.TIME:
            return self._time(measure.span)
        part, whole = self.counts[measure.part], self.counts[measure.whole]
        if measure.kind == Kind.COUNT:
            return Value(part, whole, part)
        if not whole:
            return Value(None, 0, part)
        return Value(part / whole if measure.kind == Kind.MEAN else 100 * part / whole, whole, part)

    def _time(self, span: str) -> Value:
        counted = self.times.get(span) or Counter[int]()
        return Value(nearest_rank(counted, 0.5), counted.total(), tenth=nearest_rank(counted, 0.9))
