"""True, false and unknown (None): Kleene's strong logic over facts of which some are missing.

Two readings of the same tree:

- *shown*: what the page says. A comparison of an optional finding (an oximeter that the centre may not have) that was
  not given counts as false, so that the rest can still be classified; `known` is true or false.
- *strict*: what can be excluded. Whatever was not given is unknown, `known` included. A row that is not shown but
  strictly unknown is one that "is not excluded: need X". Nothing is ever hidden by leaving a finding out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import assert_never

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
)

Truth = bool | None
Value = bool | Decimal | str
Facts = Mapping[str, Value]
Score = tuple[tuple[Expression, int], ...]

COMPARE: Mapping[Op, Callable[[Decimal, Decimal], bool]] = {"lt": lt, "le": le, "gt": gt, "ge": ge, "eq": eq}


@dataclass
class Scope:
    """What an expression is evaluated in. `lenient`: findings that count as not abnormal when they were not given."""

    facts: Facts
    derived: Mapping[str, Expression] = field(default_factory=dict)
    scores: Mapping[str, Score] = field(default_factory=dict)
    lenient: frozenset[str] = frozenset()
    strict: bool = False
    _seen: dict[str, Truth] = field(default_factory=dict, init=False)

    def strictly(self) -> "Scope":
        """The same facts, read strictly."""
        return Scope(self.facts, self.derived, self.scores, self.lenient, strict=True)

    def ref(self, name: str) -> Truth:
        if name not in self._seen:
            self._seen[name] = truth(self.derived[name], self)
        return self._seen[name]

    def missing(self, name: str) -> Truth:
        """What a comparison of a finding that was not given is worth."""
        return False if name in self.lenient and not self.strict else None

    def known(self, name: str) -> Truth:
        return True if name in self.facts else (None if self.strict else False)


def truth(node: Expression, scope: Scope) -> Truth:
    """The value of an expression: True, False, or None for unknown."""
    match node:
        case Constant(value):
            return value
        case Flag(name):
            return _leaf(scope, name, lambda value: value is True)
        case Compare(name, op, limit):
            return _leaf(scope, name, lambda value: isinstance(value, Decimal) and COMPARE[op](value, limit))
        case OneOf(name, values):
            return _leaf(scope, name, lambda value: value in values)
        case Known(name):
            return scope.known(name)
        case Ref(name):
            return scope.ref(name)
        case ScoreCompare(name, op, limit):
            return _within(interval(scope.scores[name], scope), op, limit)
        case Not(item):
            return _not(truth(item, scope))
        case All(items):
            return _all(items, scope)
        case Some(items):
            return _some(items, scope)
        case AtLeast(count, items):
            return _within(interval(tuple((item, 1) for item in items), scope), "ge", Decimal(count))
        case _:
            assert_never(node)


def _leaf(scope: Scope, name: str, test: Callable[[Value], bool]) -> Truth:
    return test(scope.facts[name]) if name in scope.facts else scope.missing(name)


def _not(value: Truth) -> Truth:
    return None if value is None else not value


def _all(items: tuple[Expression, ...], scope: Scope) -> Truth:
    result: Truth = True
    for item in items:
        value = truth(item, scope)
        if value is False:
            return False
        if value is None:
            result = None
    return result


def _some(items: tuple[Expression, ...], scope: Scope) -> Truth:
    result: Truth = False
    for item in items:
        value = truth(item, scope)
        if value:
            return True
        if value is None:
            result = None
    return result


def interval(score: Score, scope: Scope) -> tuple[int, int]:
    """The lowest and the highest sum that the missing findings leave possible."""
    low = high = 0
    for item, points in score:
        value = truth(item, scope)
        if value is None:
            low, high = low + min(0, points), high + max(0, points)
        elif value:
            low, high = low + points, high + points
    return low, high


def _within(bounds: tuple[int, int], op: Op, limit: Decimal) -> Truth:
    """True or false where both ends of the interval agree (and, for `eq`, are one)."""
    if op == "eq" and bounds[0] != bounds[1]:
        return None if bounds[0] <= limit <= bounds[1] else False
    low, high = (COMPARE[op](Decimal(end), limit) for end in bounds)
    return low if low is high else None
