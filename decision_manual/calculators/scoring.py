"""Scores: points added up over the items, and bands of the sum."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from consortium.clinical.trace import Trace
from decision_manual.calculators.frame import SCORE, Calculator, Category, Given, Result
from decision_manual.calculators.inputs import Choice, Flag, Input, Measure
from decision_manual.calculators.sources import Citation
from decision_manual.calculators.words import Text, Urgency, step


@dataclass(frozen=True, slots=True)
class Band:
    """From `lowest` points upwards, as far as the next band."""

    lowest: int
    category: Category


def band(lowest: int, code: str, urgency: Urgency, title: Text, meaning: Text) -> Band:
    return Band(lowest, Category(code, urgency, title, meaning))


@dataclass(frozen=True, slots=True)
class Cut:
    """A measured item that scores from a limit on; `above` True leaves the limit itself out."""

    measure: Measure
    limit: Decimal
    points: int = 1
    above: bool = False

    def scores(self, value: Decimal) -> bool:
        return value > self.limit if self.above else value >= self.limit


Item = Flag | Choice | Cut


def input_of(item: Item) -> Input:
    return item.measure if isinstance(item, Cut) else item


def points_of(item: Item, given: Given) -> int:
    """What one item scores."""
    if isinstance(item, Cut):
        return item.points if item.scores(given.number(item.measure.id)) else 0
    if isinstance(item, Choice):
        return given.option(item.id).points
    return item.points if given.flag(item.id) else 0


def add_up(items: Iterable[Item], given: Given) -> tuple[int, Trace]:
    """The sum, and a line for each item with its points."""
    total, trace = 0, Trace()
    for item in items:
        asked, points = input_of(item), points_of(item, given)
        total += points
        trace = step(
            trace, "{label}: {value} = {points}", "{label}：{value} = {points}",
            label=asked.label, value=given.shown(asked.id), points=points,
        )  # fmt: skip
    return total, trace


def band_of(bands: Iterable[Band], points: int) -> Category:
    """The highest band that the points reach; below all of them, the first."""
    found = list(bands)
    reached = [each for each in found if points >= each.lowest]
    return (reached or found)[-1 if reached else 0].category


def scored(
    code: str, title: Text, group: str, items: tuple[Item, ...], bands: tuple[Band, ...], source: Citation,
    *, first: tuple[Input, ...] = (), **more: Any,
) -> Calculator:  # fmt: skip
    """A calculator that adds up `items`. `first`: inputs that score nothing, such as the age it is made for."""

    def calculate(given: Given) -> Result:
        total, trace = add_up(items, given)
        trace = step(trace, "Sum: {total}", "合计：{total}", source.key, total=total)
        return Result({SCORE.id: Decimal(total)}, band_of(bands, total), trace)

    return Calculator(
        id=code,
        title=title,
        group=group,
        inputs=(*first, *map(input_of, items)),
        outputs=(SCORE,),
        categories=tuple(each.category for each in bands),
        source=source,
        calculate=calculate,
        **more,
    )


def present(given: Given, inputs: Iterable[Input]) -> list[Text]:
    """The labels of those that were answered yes."""
    return [each.label for each in inputs if given.ticked(each.id)]
