"""How answers moved from one question to the next, drawn: a column for each question, a band for those who moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

#: of the drawing, in its own units
COLUMN: Final = 220
HEIGHT: Final = 240
BAR: Final = 18
GAP: Final = 10
TOP: Final = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """All who answered so; `letter` names the answer."""

    step: int
    answer: int
    count: int
    x: float
    y: float
    height: float

    @property
    def letter(self) -> str:
        return chr(ord("A") + self.answer)

    @property
    def middle(self) -> float:
        return round(self.y + self.height / 2, 1)


@dataclass(frozen=True, slots=True)
class Band:
    """Those who answered `before`, then `after`: a curve of this `width`."""

    step: int
    before: int
    after: int
    count: int
    path: str
    width: float


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    bars: list[Bar] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)


Moves = Mapping[tuple[int, int], int]


def drawn(columns: Sequence[Sequence[int]], moves: Sequence[Moves]) -> Drawing:
    """`columns[k][a]`: how many gave answer `a` to question `k`; `moves[k][a, b]`: how many of them then gave `b` to
    the next. One person is as high everywhere, so that a band is never wider than the bars at its ends."""
    most = max((len(column) for column in columns), default=0)
    people = max((sum(column) for column in columns), default=0)
    unit = HEIGHT / people if people else 0.0
    bars = [bar for step, column in enumerate(columns) for bar in _bars(step, column, unit)]
    by_place = {(bar.step, bar.answer): bar for bar in bars}
    bands = [band for step, each in enumerate(moves) for band in _bands(step, each, by_place, unit)]
    width = COLUMN * max(0, len(columns) - 1) + BAR + 2 * TOP
    return Drawing(width, HEIGHT + GAP * max(0, most - 1) + 2 * TOP, bars, bands)


def _bars(step: int, column: Sequence[int], unit: float) -> list[Bar]:
    bars, y = [], float(TOP)
    for answer, count in enumerate(column):
        bars.append(Bar(step, answer, count, TOP + step * COLUMN, round(y, 2), round(count * unit, 2)))
        y += count * unit + GAP
    return bars


def _bands(step: int, moves: Moves, bars: Mapping[tuple[int, int], Bar], unit: float) -> list[Band]:
    """From the top of each bar downwards, in the order of the answers on the other side."""
    left: dict[int, float] = {}
    right: dict[int, float] = {}
    bands = []
    for (before, after), count in sorted(moves.items()):
        first, second = bars[step, before], bars[step + 1, after]
        wide = count * unit
        y1 = first.y + left.get(before, 0.0) + wide / 2
        y2 = second.y + right.get(after, 0.0) + wide / 2
        left[before], right[after] = left.get(before, 0.0) + wide, right.get(after, 0.0) + wide
        x1, x2 = first.x + BAR, second.x
        middle = (x1 + x2) / 2
        path = f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
        bands.append(Band(step, before, after, count, path, round(wide, 2)))
    return bands
