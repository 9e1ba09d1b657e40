"""From what was entered to the answer: every value read, every objection collected, then the calculation."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from decision_manual.calculators.frame import Calculator, Given, Result
from decision_manual.calculators.inputs import NEEDED, UNKNOWN, Read, Refusal, Refused
from decision_manual.calculators.words import Text

_NO_OBJECT = Text("Send one object of inputs by their ids.", "请以输入项编号为键提交一个对象。")


def read_inputs(calculator: Calculator, raw: Mapping[str, Any]) -> dict[str, Read]:
    """Every value of `raw`, None and "" left out; raises Refused with all that is wrong at once."""
    wrong: dict[str, Text] = {name: UNKNOWN for name in raw if calculator.input(name) is None}
    reads: dict[str, Read] = {}
    for each in calculator.inputs:
        value = raw.get(each.id)
        if _is_blank(value):
            if each.required:
                wrong[each.id] = NEEDED
            continue
        try:
            reads[each.id] = each.read(value)
        except Refusal as refusal:
            wrong[each.id] = refusal.text
    if wrong:
        raise Refused(wrong)
    return reads


def _is_blank(value: Any) -> bool:
    inner = value.get("value", value) if isinstance(value, Mapping) else value
    return inner is None or inner == ""


def run(calculator: Calculator, raw: Any) -> Result:
    """The result for the inputs in `raw`; raises Refused, naming each field."""
    if not isinstance(raw, Mapping):
        raise Refused({"inputs": _NO_OBJECT})
    reads = read_inputs(calculator, raw)
    result = calculator.calculate(Given(reads))
    warnings = {name: read.warning for name, read in reads.items() if read.warning is not None}
    return Result(result.values, result.category, result.trace, result.notes, {**warnings, **result.warnings})


def figures(calculator: Calculator, result: Result) -> dict[str, Decimal | None]:
    """The values of the result as they are shown, rounded, in the order of the calculator."""
    found = {output: result.values.get(output.id) for output in calculator.outputs}
    return {output.id: None if value is None else output.rounded(value) for output, value in found.items()}


def answer(calculator: Calculator, result: Result) -> dict[str, Any]:
    """The answer as data. `result` is the figure itself where the calculator gives one, else an object of figures."""
    shown = {name: as_number(value) for name, value in figures(calculator, result).items()}
    category = result.category
    return {
        "result": next(iter(shown.values())) if len(shown) == 1 else shown,
        "category": category.code,
        "severity": category.severity,
        "urgency": category.urgency.value,
        "title": category.title.both(),
        "meaning": category.meaning.both(),
        "notes": [note.both() for note in result.notes],
        "warnings": {name: text.both() for name, text in result.warnings.items()},
        "trace": result_trace(result),
        "source": calculator.source.as_json(),
    }


def result_trace(result: Result) -> list[dict[str, str]]:
    """Each step in both languages, with the source of its rule."""
    lines = result.trace.in_both()
    return [{"en": line["en"], "zh": line["zh-hans"], "source": line["source"]} for line in lines]


def as_number(value: Decimal | None) -> int | float | None:
    """A JSON number; None stays None."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
