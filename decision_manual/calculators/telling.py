"""A result for people: its figures with label and unit, and the whole of it as text to paste into a record."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from consortium.clinical.units import plain
from decision_manual.calculators.frame import Calculator, Result
from decision_manual.calculators.running import figures
from decision_manual.calculators.words import Text

_UNVERIFIED = Text("Not yet verified: {what}", "尚未核实：{what}")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it is read."""

    label: Text
    value: str
    unit: str


def shown_figures(calculator: Calculator, values: Mapping[str, Decimal | None]) -> list[Figure]:
    """The figures that there are, in the calculator's order."""
    shown = ((output, values[output.id]) for output in calculator.outputs)
    return [Figure(o.label, plain(value, o.decimals), o.unit) for o, value in shown if value is not None]


def as_text(calculator: Calculator, result: Result) -> str:
    """Title, figures, meaning, steps and source, a line each, in the reader's language."""
    lines = [str(calculator.title)]
    for figure in shown_figures(calculator, figures(calculator, result)):
        lines.append(f"{figure.label}: {figure.value} {figure.unit}".rstrip())
    category = result.category
    lines += [f"{category.title}. {category.meaning}"]
    if category.urgency.words:
        lines.append(f"{category.urgency}: {category.urgency.words}")
    lines += [str(note) for note in (*result.notes, *result.warnings.values())]
    lines += [f"- {line}" for line in result.trace]
    lines.append(str(calculator.source))
    lines += [str(_UNVERIFIED.fill(what=text)) for text in calculator.source.verify]
    return "\n".join(lines)
