"""Where everything of a growth chart lies: bands, lines, ticks and dots, as numbers for a drawing of fixed size.

It draws nothing. A template makes SVG of it, the API sends the values.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, log10
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from consortium.clinical.growth.scores import value_at, z_of_percentile
from consortium.clinical.growth.tables import (
    DAYS_IN_MONTH,
    LAST_DAY,
    SEXES,
    TWO_YEARS,
    WEIGHT_BASED,
    Index,
    Lms,
    ages,
    for_age,
    for_length,
)

WIDTH: Final = 400
HEIGHT: Final = 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 362, 8, 286
#: how finely a line is drawn
_STEPS: Final = 48
_MOST_TICKS: Final = 8


class Lines(StrEnum):
    """Which lines are drawn: standard deviations, or percentiles."""

    Z = "z"
    PERCENTILE = "percentile"


_Z: Final = {Lines.Z: (-3.0, -2.0, 0.0, 2.0, 3.0), Lines.PERCENTILE: tuple(map(z_of_percentile, (3, 15, 50, 85, 97)))}
_LABELS: Final = {Lines.Z: ("−3", "−2", "0", "+2", "+3"), Lines.PERCENTILE: ("P3", "P15", "P50", "P85", "P97")}

TITLES: Final[dict[Index, Any]] = {
    Index.WEIGHT: _("Weight for age"),
    Index.LENGTH: _("Length or height for age"),
    Index.WEIGHT_FOR_LENGTH: _("Weight for length or height"),
    Index.BMI: _("Body mass index for age"),
    Index.HEAD: _("Head circumference for age"),
    Index.MUAC: _("Arm circumference for age"),
}
UNITS: Final[dict[Index, str]] = {
    Index.WEIGHT: "kg",
    Index.LENGTH: "cm",
    Index.WEIGHT_FOR_LENGTH: "kg",
    Index.BMI: "kg/m²",
    Index.HEAD: "cm",
    Index.MUAC: "cm",
}


@dataclass(frozen=True, slots=True)
class Dot:
    """One measurement: `x` in days of the standard's age, or in cm; `note` is what a pointer over it says."""

    x: float
    y: float
    note: str = ""
    believed: bool = True


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line or an area: its points as SVG wants them, with the label at its right end."""

    points: str
    label: str = ""
    label_y: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    at: str
    label: str


@dataclass(frozen=True, slots=True)
class Placed:
    x: str
    y: str
    note: str
    believed: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """A growth chart, ready to be drawn in a box of WIDTH by HEIGHT."""

    index: Index
    lines_are: Lines
    x_title: Any
    bands: tuple[Drawn, ...]
    lines: tuple[Drawn, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    dots: tuple[Placed, ...]
    path: str
    #: (lowest x, highest x), and for each line its (x, value) pairs
    domain: tuple[float, float]
    curves: dict[str, list[tuple[float, float]]]

    left: int = _LEFT
    right: int = _RIGHT
    top: int = _TOP
    bottom: int = _BOTTOM

    @property
    def title(self) -> str:
        return str(TITLES[self.index])

    @property
    def unit(self) -> str:
        return UNITS[self.index]


@dataclass(frozen=True, slots=True)
class _Span:
    """The stretch of ages or lengths that a chart covers."""

    low: float
    high: float
    title: Any
    step: float
    #: what a tick's number is divided by
    scale: float = 1


def _age_span(index: Index, newest: float) -> _Span | None:
    """To 2 years in months, to 5 years, or from 5 on: the chart on which the newest dot lies."""
    first, last = ages(index)
    year = 12 * DAYS_IN_MONTH
    if newest > last:
        return None
    if newest < TWO_YEARS:
        return _Span(first, TWO_YEARS - 1, _("Age in months"), 3 * DAYS_IN_MONTH, DAYS_IN_MONTH)
    if newest <= LAST_DAY:
        return _Span(first, LAST_DAY, _("Age in years"), year, year)
    return _Span(61 * DAYS_IN_MONTH, last, _("Age in years"), year, year)


def _length_span(*, lying: bool) -> _Span:
    low, high = (45, 110) if lying else (65, 120)
    return _Span(low, high, _("Length in cm") if lying else _("Height in cm"), 5)


def _lms(index: Index, sex: str, x: float, *, lying: bool) -> Lms:
    if index == Index.WEIGHT_FOR_LENGTH:
        return for_length(sex, round(x, 1), lying=lying)
    return for_age(index, sex, round(x))


@dataclass(frozen=True, slots=True)
class _Frame:
    """From values to places in the box."""

    x: tuple[float, float]
    y: tuple[float, float]

    def place(self, x: float, y: float) -> tuple[float, float]:
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return _LEFT + across * (_RIGHT - _LEFT), _BOTTOM - up * (_BOTTOM - _TOP)

    def points(self, pairs: Iterable[tuple[float, float]]) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.place(*pair) for pair in pairs))


def _nice_step(extent: float, most: int) -> float:
    """1, 2 or 5 times a power of ten, so that at most `most` steps fit."""
    raw = extent / most
    power = 10.0 ** floor(log10(raw))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw - 1e-9)


def _y_ticks(frame: _Frame) -> tuple[Tick, ...]:
    low, high = frame.y
    step = _nice_step(high - low, _MOST_TICKS)
    first = ceil(low / step - 1e-9)
    values = [n * step for n in range(first, floor(high / step + 1e-9) + 1)]
    return tuple(Tick(f"{frame.place(frame.x[0], v)[1]:.1f}", f"{v:g}") for v in values)


def _x_ticks(frame: _Frame, span: _Span) -> tuple[Tick, ...]:
    first = ceil(span.low / span.step - 0.05)
    step = 2 * span.step if (span.high - span.low) / span.step > 2 * _MOST_TICKS - 1 else span.step
    values = [first * span.step]
    while values[-1] + step <= span.high + 0.05 * step:
        values.append(values[-1] + step)
    return tuple(
        Tick(f"{min(_RIGHT, max(_LEFT, frame.place(v, frame.y[0])[0])):.1f}", f"{v / span.scale:.0f}") for v in values
    )


def _curves(
    index: Index, sex: str, span: _Span, lines_are: Lines, *, lying: bool
) -> dict[str, list[tuple[float, float]]]:
    # closer together at the young end, where the lines bend most
    xs = [span.low + (span.high - span.low) * (i / _STEPS) ** 1.5 for i in range(_STEPS + 1)]
    rows = [(x, _lms(index, sex, x, lying=lying)) for x in xs]
    weight_based = index in WEIGHT_BASED
    return {
        label: [(x, value_at(lms, z, weight_based=weight_based)) for x, lms in rows]
        for label, z in zip(_LABELS[lines_are], _Z[lines_are], strict=True)
    }


def _bands(frame: _Frame, curves: Sequence[list[tuple[float, float]]]) -> tuple[Drawn, ...]:
    """The area between the outer lines below, the middle, and between those above."""
    lowest, low, _middle, high, highest = curves
    areas = (("low", lowest, low), ("within", low, high), ("high", high, highest))
    return tuple(Drawn(frame.points([*below, *reversed(above)]), name=name) for name, below, above in areas)


def _lines(frame: _Frame, curves: dict[str, list[tuple[float, float]]]) -> tuple[Drawn, ...]:
    names = ("outer", "edge", "median", "edge", "outer")
    return tuple(
        Drawn(frame.points(curve), label, f"{frame.place(*curve[-1])[1] + 3.5:.1f}", name)
        for name, (label, curve) in zip(names, curves.items(), strict=True)
    )


def draw(
    index: Index, sex: str, dots: Sequence[Dot], lines_are: Lines = Lines.Z, *, lying: bool = True
) -> Chart | None:
    """The chart for these dots, oldest first; None where the WHO has no standard for them."""
    newest = dots[-1].x if dots else 0.0
    by_length = index == Index.WEIGHT_FOR_LENGTH
    span = _length_span(lying=lying) if by_length else _age_span(index, newest)
    if span is None or sex not in SEXES:
        return None
    curves = _curves(index, sex, span, lines_are, lying=lying)
    shown = [dot for dot in dots if span.low <= dot.x <= span.high]
    values = [y for curve in curves.values() for _x, y in curve] + [dot.y for dot in shown]
    room = (max(values) - min(values)) * 0.03
    frame = _Frame((span.low, span.high), (min(values) - room, max(values) + room))
    placed = [(dot, frame.place(dot.x, dot.y)) for dot in shown]
    return Chart(
        index=index, lines_are=lines_are, x_title=span.title, bands=_bands(frame, list(curves.values())),
        lines=_lines(frame, curves), x_ticks=_x_ticks(frame, span), y_ticks=_y_ticks(frame),
        dots=tuple(Placed(f"{x:.1f}", f"{y:.1f}", dot.note, dot.believed) for dot, (x, y) in placed),
        path="" if by_length else frame.points((dot.x, dot.y) for dot in shown if dot.believed),
        domain=(span.low, span.high), curves=curves,
    )  # fmt: skip
