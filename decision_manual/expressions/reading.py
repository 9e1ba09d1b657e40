"""Expressions as authors write them in YAML, and what they are told when one can't be read.

danger_sign                              a boolean finding, or a derived name
{any: [..]}  {all: [..]}  {not: x}
{count_ge: {at_least: 2, of: [..]}}
{respiratory_rate: {ge: 50}}             lt, le, gt, ge, eq; two of them make a range
{temperature_axillary_c: {ge: 38 Cel}}   a unit may be written, and must then be the finding's
{drinking: [poorly, unable]}             a choice: one or several
{known: spo2}                            whether it was given at all
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from decision_manual.expressions.nodes import (
    OPS,
    All,
    AtLeast,
    Compare,
    Constant,
    Expression,
    Flag,
    Known,
    Not,
    OneOf,
    Ref,
    ScoreCompare,
    Some,
)


class ReadError(ValueError):
    """What is wrong, where (`path`), and what to do."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


@dataclass(frozen=True)
class Vocabulary:
    """The names an expression may use. `findings`: name -> (type, unit, choices); types bool, int, decimal, choice."""

    findings: Mapping[str, tuple[str, str, tuple[str, ...]]]
    derived: frozenset[str] = frozenset()
    scores: frozenset[str] = frozenset()


def read(source: Any, names: Vocabulary, path: str = "") -> Expression:
    """The tree of what was written; ReadError names the place and the remedy."""
    if isinstance(source, bool):
        return Constant(source)
    if isinstance(source, str):
        return _name(source, names, path)
    if isinstance(source, dict) and len(source) == 1:
        ((key, inner),) = source.items()
        return _keyed(str(key), inner, names, f"{path}.{key}")
    raise ReadError(
        path, "an expression is a name, or a mapping with exactly one key such as any, all, not or a finding"
    )


def _name(name: str, names: Vocabulary, path: str) -> Expression:
    if name in names.derived:
        return Ref(name)
    kind = names.findings.get(name, ("", "", ()))[0]
    if kind == "bool":
        return Flag(name)
    if kind:
        raise ReadError(
            path, f"{name} is of type {kind}: compare it, e.g. {{{name}: {{ge: 1}}}} or {{{name}: a_choice}}"
        )
    raise ReadError(
        path, f"no finding or derived name {name!r}: define it, import the pathway that does, or mend the name"
    )


def _keyed(key: str, inner: Any, names: Vocabulary, path: str) -> Expression:
    if key in FORMS:
        return FORMS[key](inner, names, path)
    if key in names.scores:
        return _together([ScoreCompare(key, op, value) for op, value in _limits(inner, "", path)])
    if key not in names.findings:
        raise ReadError(path, f"no finding {key!r}: define it, or mend the name")
    kind, unit, choices = names.findings[key]
    if kind == "bool":
        raise ReadError(path, f"{key} is yes or no: write {key} alone, or {{not: {key}}}")
    if kind == "choice":
        return OneOf(key, _choices(inner, choices, path))
    return _together([Compare(key, op, value) for op, value in _limits(inner, unit, path)])


def _together(parts: list[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _choices(inner: Any, choices: tuple[str, ...], path: str) -> tuple[str, ...]:
    asked = tuple(inner) if isinstance(inner, list) else (inner,)
    if unknown := [str(value) for value in asked if value not in choices]:
        raise ReadError(path, f"no choice {', '.join(unknown)}: it is one of {', '.join(choices)}")
    return tuple(map(str, asked))


def _limits(inner: Any, unit: str, path: str) -> list[tuple[Any, Decimal]]:
    if not isinstance(inner, dict) or not inner or not set(inner) <= set(OPS):
        raise ReadError(path, f"a number is compared with {', '.join(OPS)}, e.g. {{ge: 50}}")
    return [(op, _threshold(value, unit, f"{path}.{op}")) for op, value in inner.items()]


def _threshold(value: Any, unit: str, path: str) -> Decimal:
    number, _, written = str(value).partition(" ")
    if written and written != unit:
        raise ReadError(path, f"the finding is measured in {unit or 'points'}, not in {written}: convert the threshold")
    try:
        return Decimal(number)
    except InvalidOperation as error:
        raise ReadError(path, f"{value!r} is not a number") from error


def _items(inner: Any, names: Vocabulary, path: str) -> tuple[Expression, ...]:
    if not isinstance(inner, list) or not inner:
        raise ReadError(path, "takes a list of expressions that is not empty")
    return tuple(read(item, names, f"{path}[{index}]") for index, item in enumerate(inner))


def _at_least(inner: Any, names: Vocabulary, path: str) -> Expression:
    if not isinstance(inner, dict) or set(inner) != {"at_least", "of"} or type(inner["at_least"]) is not int:
        raise ReadError(path, "is written {count_ge: {at_least: 2, of: [..]}}")
    items = _items(inner["of"], names, f"{path}.of")
    if not 1 <= inner["at_least"] <= len(items):
        raise ReadError(path, f"at_least must lie between 1 and {len(items)}, the number of expressions")
    return AtLeast(inner["at_least"], items)


def _known(inner: Any, names: Vocabulary, path: str) -> Expression:
    if inner not in names.findings:
        raise ReadError(path, f"no finding {inner!r} that could be known")
    return Known(inner)


FORMS: Mapping[str, Callable[[Any, Vocabulary, str], Expression]] = {
    "all": lambda inner, names, path: All(_items(inner, names, path)),
    "any": lambda inner, names, path: Some(_items(inner, names, path)),
    "not": lambda inner, names, path: Not(read(inner, names, path)),
    "count_ge": _at_least,
    "known": _known,
}
