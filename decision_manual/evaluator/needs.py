"""What is worth asking next: the findings that could still change the result, worst row and least effort first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from decision_manual.expressions import (
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
    Scope,
    ScoreCompare,
    Some,
    truth,
)
from decision_manual.library import Finding
from decision_manual.library.shapes import SEVERITIES

Routes = dict[str, int]


@dataclass(frozen=True, slots=True)
class Need:
    """`finding` could still bring `row` (of `severity`) about; `cost` is the effort of the cheapest way through it."""

    finding: str
    severity: str
    row: str
    cost: int


def ordered(needs: Iterable[Need], order: Mapping[str, int]) -> tuple[Need, ...]:
    """Each finding once, with the worst it could bring about; worst first, then cheapest, then in the page's order."""
    best: dict[str, Need] = {}
    for need in sorted(needs, key=lambda n: _rank(n, order)):
        best.setdefault(need.finding, need)
    return tuple(best.values())


def _rank(need: Need, order: Mapping[str, int]) -> tuple[int, int, int]:
    return SEVERITIES.index(need.severity), need.cost, order.get(need.finding, len(order))


@dataclass(frozen=True, slots=True)
class Ways:
    """Looks for the ways to make an expression true or false with what is not known yet, and their effort."""

    scope: Scope
    findings: Mapping[str, Finding]

    def to(self, wanted: bool, node: Expression) -> Routes:
        """finding -> effort of the cheapest way to `wanted` that takes it in; empty when the value stands already."""
        if truth(node, self.scope) is not None:
            return {}
        match node:
            case Flag(name) | Compare(name, _, _) | OneOf(name, _) | Known(name):
                return {name: self._effort(name)}
            case Ref(name):
                return self.to(wanted, self.scope.derived[name])
            case Not(item):
                return self.to(not wanted, item)
            case All(items):
                return self._every(wanted, items) if wanted else self._either(wanted, items)
            case Some(items):
                return self._either(wanted, items) if wanted else self._every(wanted, items)
            case AtLeast(_, items):
                return self._either(wanted, items)
            case ScoreCompare(name, _, _):
                return self._either(True, tuple(item for item, _points in self.scope.scores[name]))
            case Constant():
                return {}

    def _effort(self, name: str) -> int:
        return self.findings[name].effort if name in self.findings else 1

    def _either(self, wanted: bool, items: tuple[Expression, ...]) -> Routes:
        """Any one of them is a way."""
        found: Routes = {}
        for item in items:
            for name, cost in self.to(wanted, item).items():
                found[name] = min(cost, found.get(name, cost))
        return found

    def _every(self, wanted: bool, items: tuple[Expression, ...]) -> Routes:
        """All that are open have to be gone: each costs its own way and the cheapest of the others."""
        routes = [route for route in (self.to(wanted, item) for item in items) if route]
        total = sum(min(route.values()) for route in routes)
        found: Routes = {}
        for route in routes:
            for name, cost in route.items():
                whole = cost + total - min(route.values())
                found[name] = min(whole, found.get(name, whole))
        return found
