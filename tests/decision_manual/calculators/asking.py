"""A calculation in one line: what comes out, what it amounts to, what is refused."""

from __future__ import annotations

from typing import Any

from decision_manual.calculators.catalogue import CALCULATORS
from decision_manual.calculators.inputs import Choice, Flag, Refused
from decision_manual.calculators.running import answer, run


def ask(calculator: str, **inputs: Any) -> dict[str, Any]:
    """The whole answer."""
    found = CALCULATORS[calculator]
    return answer(found, run(found, inputs))


def result(calculator: str, **inputs: Any) -> Any:
    """The figure, or the object of figures."""
    return ask(calculator, **inputs)["result"]


def category(calculator: str, **inputs: Any) -> str:
    return str(ask(calculator, **inputs)["category"])


def urgency(calculator: str, **inputs: Any) -> str:
    return str(ask(calculator, **inputs)["urgency"])


def wrong(calculator: str, **inputs: Any) -> dict[str, str]:
    """What is refused, by field, in English."""
    try:
        run(CALCULATORS[calculator], inputs)
    except Refused as refused:
        return {name: text.en for name, text in refused.fields.items()}
    return {}


def nothing(calculator: str, **found: Any) -> dict[str, Any]:
    """Every question answered no, every choice with its first answer; then what was found."""
    inputs: dict[str, Any] = {}
    for each in CALCULATORS[calculator].inputs:
        if isinstance(each, Flag):
            inputs[each.id] = False
        elif isinstance(each, Choice):
            inputs[each.id] = each.options[0].code
    return {**inputs, **found}


def of(value: Any, unit: str) -> dict[str, Any]:
    """A quantity in a unit."""
    return {"value": value, "unit": unit}
