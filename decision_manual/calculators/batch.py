"""The calculators for programs: one object in, one object out, as the command line and the API exchange them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from decision_manual.calculators.catalogue import CALCULATORS
from decision_manual.calculators.frame import Calculator
from decision_manual.calculators.inputs import UNKNOWN, Refused
from decision_manual.calculators.running import answer, run
from decision_manual.calculators.words import Text

_KEYS: Final = frozenset({"id", "calculator", "inputs"})
_NO_CALCULATOR: Final = Text(
    "There is no calculator of this name; --list names them.", "没有此计算器；可用 --list 查看。"
)
_NOT_AN_OBJECT: Final = Text("Send one JSON object.", "请提交一个 JSON 对象。")


def calculator_of(asked: Mapping[str, Any]) -> Calculator:
    """The calculator that is asked for; raises Refused."""
    name = asked.get("calculator")
    found = CALCULATORS.get(name) if isinstance(name, str) else None
    if found is None:
        raise Refused({"calculator": _NO_CALCULATOR})
    return found


def calculated(asked: Mapping[str, Any]) -> dict[str, Any]:
    """{"id", "result", "category", "trace", ...} for {"id", "calculator", "inputs"}; raises Refused."""
    unknown = {str(key): UNKNOWN for key in asked if key not in _KEYS}
    if unknown:
        raise Refused(unknown)
    calculator = calculator_of(asked)
    found = answer(calculator, run(calculator, asked.get("inputs", {})))
    return {"id": asked.get("id"), "calculator": calculator.id, **found}


def told(asked: Any) -> dict[str, Any]:
    """The same, with what is wrong as {"id", "error": {field: words}}: a line of a batch never stops the others."""
    if not isinstance(asked, Mapping):
        return {"id": None, "error": {"line": _NOT_AN_OBJECT.en}}
    try:
        return calculated(asked)
    except Refused as refused:
        return {"id": asked.get("id"), "error": {name: text.en for name, text in refused.fields.items()}}


def schemas() -> Iterator[dict[str, Any]]:
    """What each calculator takes and gives."""
    return (calculator.schema() for calculator in CALCULATORS.values())
