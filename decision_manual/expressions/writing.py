"""Expressions as plain lists: how a version keeps them, the browser reads them and the hash sees them.

["flag", name] ["cmp", name, op, "37.5"] ["in", name, [..]] ["known", name] ["ref", name] ["score", name, op, "3"]
["not", x] ["all", [..]] ["any", [..]] ["count_ge", n, [..]] ["const", true]
"""

from decimal import Decimal
from typing import Any, assert_never

from decision_manual.expressions.nodes import (
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


def to_data(node: Expression) -> list[Any]:
    match node:
        case Constant(value):
            return ["const", value]
        case Flag(name):
            return ["flag", name]
        case Compare(name, op, limit):
            return ["cmp", name, op, str(limit)]
        case OneOf(name, values):
            return ["in", name, list(values)]
        case Known(name):
            return ["known", name]
        case Ref(name):
            return ["ref", name]
        case ScoreCompare(name, op, limit):
            return ["score", name, op, str(limit)]
        case Not(item):
            return ["not", to_data(item)]
        case All(items):
            return ["all", [to_data(item) for item in items]]
        case Some(items):
            return ["any", [to_data(item) for item in items]]
        case AtLeast(count, items):
            return ["count_ge", count, [to_data(item) for item in items]]
        case _:
            assert_never(node)


def from_data(data: list[Any]) -> Expression:
    """The tree of such a list. Raises ValueError for anything else."""
    match data:
        case ["const", bool(value)]:
            return Constant(value)
        case ["flag", str(name)]:
            return Flag(name)
        case ["cmp", str(name), "lt" | "le" | "gt" | "ge" | "eq" as op, str(limit)]:
            return Compare(name, op, Decimal(limit))
        case ["in", str(name), list(values)]:
            return OneOf(name, tuple(values))
        case ["known", str(name)]:
            return Known(name)
        case ["ref", str(name)]:
            return Ref(name)
        case ["score", str(name), "lt" | "le" | "gt" | "ge" | "eq" as op, str(limit)]:
            return ScoreCompare(name, op, Decimal(limit))
        case ["not", list(item)]:
            return Not(from_data(item))
        case ["all", list(items)]:
            return All(tuple(map(from_data, items)))
        case ["any", list(items)]:
            return Some(tuple(map(from_data, items)))
        case ["count_ge", int(count), list(items)]:
            return AtLeast(count, tuple(map(from_data, items)))
        case _:
            raise ValueError(f"not an expression: {data!r}")
