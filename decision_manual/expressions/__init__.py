"""The closed expression tree: the only way a pathway says anything.

An expression is data: read from YAML, kept as lists, evaluated in Python and in the browser, proved by the checker and
drawn as a chart. There is nothing in it that could call or evaluate code.
"""

from decision_manual.expressions.kleene import Facts, Scope, Truth, Value, interval, truth
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
    Op,
    Ref,
    ScoreCompare,
    Some,
    children,
    findings_of,
    refs_of,
    walk,
)
from decision_manual.expressions.reading import ReadError, Vocabulary, read
from decision_manual.expressions.writing import from_data, to_data

__all__ = [
    "All",
    "AtLeast",
    "Compare",
    "Constant",
    "Expression",
    "Facts",
    "Flag",
    "Known",
    "Not",
    "OneOf",
    "Op",
    "ReadError",
    "Ref",
    "Scope",
    "ScoreCompare",
    "Some",
    "Truth",
    "Value",
    "Vocabulary",
    "children",
    "findings_of",
    "from_data",
    "interval",
    "read",
    "refs_of",
    "to_data",
    "truth",
    "walk",
]
