"""Pictures as plain geometry: a line over the months, and bars side by side. The template draws, the table tells."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from consortium.insight.measures import PUBLISHED, Kind, Measure, Value
from consortium.insight.queries.reading import Line
from consortium.insight.queries.words import number_in_words, shown, value_in_words

WIDTH, HEIGHT = 400, 190
LEFT, RIGHT, TOP, BOTTOM = 46, 392, 12, 160
#: so many labels fit under the months
MOST_LABELS = 7
#: what the number of a published figure takes; one that lies behind another steps aside
NUMBER_WIDE, NUMBER_HIGH = 11.0, 11.0


@dataclass
class Trend:
    """One value a month. `columns` for counts, `dots` and the pieces of a `path` between them for all else."""

    title: str
    y_ticks: list[dict[str, Any]] = field(default_factory=list)
    x_ticks: list[dict[str, Any]] = field(default_factory=list)
    dots: list[dict[str, Any]] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    tenths: list[str] = field(default_factory=list)
    references: list[dict[str, Any]] = field(default_factory=list)
    left: int = LEFT
    right: int = RIGHT
    top: int = TOP
    bottom: int = BOTTOM


def round_up(value: float, kind: Kind) -> tuple[float, float]:
    """(top of the axis, distance of its lines): hours and days for times, even numbers for all else."""
    if kind == Kind.SHARE:
        return (100, 25) if value > 50 else (50, 10) if value > 20 else (20, 5)
    if kind == Kind.MEAN:
        return 5, 1
    steps: Sequence[float] = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880, 7200, 14400, 43200)
    if kind == Kind.COUNT:
        steps = [n * 10**power for power in range(7) for n in (1, 2, 5)]
    step = next((s for s in steps if value <= 4 * s), steps[-1])
    return max(step * math.ceil(value / step), step), step


def trend(measure: Measure, lines: Sequence[Line]) -> Trend:
    """The measure over the months, oldest first, with the published figures that lie in the picture."""
    values = [(line, line.tally.value(measure)) for line in lines]
    highest = max([v for _l, each in values for v in (each.value, each.tenth) if v is not None], default=0)
    picture = Trend(title=str(measure.label))
    top, step = round_up(highest, measure.kind)
    for n in range(round(top / step) + 1):
        picture.y_ticks.append({"at": _y(n * step, top), "label": number_in_words(measure.kind, n * step)})
    _months(picture, values, measure, top)
    _references(picture, measure, top)
    return picture


def _y(value: float, top: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * min(value, top) / top, 1)


def _months(picture: Trend, values: Sequence[tuple[Line, Value]], measure: Measure, top: float) -> None:
    wide = (RIGHT - LEFT) / max(1, len(values))
    every = math.ceil(len(values) / MOST_LABELS)
    middle: list[tuple[float, float] | None] = []
    tenths: list[tuple[float, float] | None] = []
    for n, (line, value) in enumerate(values):
        x = round(LEFT + wide * (n + 0.5), 1)
        if n % every == 0:
            picture.x_ticks.append({"at": x, "label": line.label})
        middle.append((x, _y(value.value, top)) if value.value is not None else None)
        tenths.append((x, _y(value.tenth, top)) if value.tenth is not None else None)
        if value.value is not None:
            _point(picture, measure, (x, wide), (line, value), top)
    if measure.kind != Kind.COUNT:
        picture.paths = _pieces(middle)
        picture.tenths = _pieces(tenths)


def _point(picture: Trend, measure: Measure, at: tuple[float, float], of: tuple[Line, Value], top: float) -> None:
    (x, wide), (line, value) = at, of
    y = _y(value.value or 0, top)
    note = f"{line.label}: {value_in_words(measure, value)}"
    if measure.kind == Kind.COUNT:
        column = {"x": round(x - wide * 0.35, 1), "y": y, "width": round(wide * 0.7, 1), "height": BOTTOM - y}
        picture.columns.append({**column, "note": note})
    else:
        picture.dots.append({"x": x, "y": y, "note": note, "small": value.small})


def _pieces(points: Sequence[tuple[float, float] | None]) -> list[str]:
    """Polylines; a month without a value breaks the line."""
    found: list[list[str]] = [[]]
    for point in points:
        if point is None:
            found.append([])
        else:
            found[-1].append(f"{point[0]},{point[1]}")
    return [" ".join(piece) for piece in found if len(piece) > 1]


def _references(picture: Trend, measure: Measure, top: float) -> None:
    """Published values as dashed lines; numbered as in the list beside the picture. Counts are of other sizes."""
    if measure.kind == Kind.COUNT:
        return
    told = enumerate(PUBLISHED.get(measure.key, ()), 1)
    fitting = [(_y(each.value, top), number) for number, each in told if each.value is not None and each.value <= top]
    x, before = WIDTH - 4.0, float("inf")
    for at, number in sorted(fitting):
        x = x - NUMBER_WIDE if abs(at - before) < NUMBER_HIGH else WIDTH - 4.0
        picture.references.append({"at": at, "number": number, "x": x})
        before = at


def bars(measure: Measure, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Rows of a table with a bar each: name, words, number, and the bar's width in percent of the longest."""
    values = [(line, line.tally.value(measure)) for line in lines]
    longest = max((value.value or 0 for _line, value in values), default=0)
    longest = 100 if measure.kind == Kind.SHARE else 5 if measure.kind == Kind.MEAN else longest
    return [
        {
            "label": line.label,
            "wide": round(100 * (value.value or 0) / longest, 1) if longest else 0,
            **shown(measure, value),
        }
        for line, value in values
    ]


def published(measure: Measure) -> list[dict[str, Any]]:
    """The published figures beside ours, numbered."""
    return [
        {"number": number, "figure": each.figure, "source": each.source, "verified": each.verified}
        for number, each in enumerate(PUBLISHED.get(measure.key, ()), 1)
    ]
