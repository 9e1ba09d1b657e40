"""A pathway as formulas: of each finding whether it is known and what it is; of each expression when it is true.

Three readings, as the evaluator has them: `full` (everything is known), `shown` and `strict` (see expressions.kleene).
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, assert_never

import z3

from decision_manual.evaluator.ages import DAYS, MONTHS
from decision_manual.evaluator.given import lenient
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
    ScoreCompare,
    Some,
)
from decision_manual.library import Pathway, Table
from decision_manual.library.shapes import SEVERITIES

Reading = Literal["full", "shown", "strict"]
Pair = tuple[Any, Any]
NOTHING = len(SEVERITIES)
ALWAYS_KNOWN = ("age_days", "age_months")


@dataclass
class Child:
    """One child in formulas. `name` tells two children of one proof apart; `unlisted` as the caller said."""

    pathway: Pathway
    name: str = "a"
    unlisted: str = "unknown"
    _seen: dict[tuple[str, Reading], Pair] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.lenient = lenient(self.pathway.findings, self.unlisted)
        self.values = {code: self._variable(code) for code in (*self.pathway.findings, *self._choices(), *ALWAYS_KNOWN)}
        self.known = {code: z3.Bool(f"{self.name}.{code}?") for code in self.pathway.findings}

    def _choices(self) -> list[str]:
        return [f"profile.{key}" for key in self.pathway.profile]

    def _kind(self, code: str) -> str:
        if code in ALWAYS_KNOWN or code.startswith("profile."):
            return "int"
        return {"bool": "bool", "decimal": "decimal"}.get(self.pathway.findings[code].type, "int")

    def _variable(self, code: str) -> Any:
        make = {"bool": z3.Bool, "decimal": z3.Real, "int": z3.Int}[self._kind(code)]
        return make(f"{self.name}.{code}")

    def codes(self, code: str) -> list[str]:
        """The choices of a finding or of the site, in order: the formula holds their number."""
        if code.startswith("profile."):
            return [choice.code for choice in self.pathway.profile[code.removeprefix("profile.")].choices]
        return [choice.code for choice in self.pathway.findings[code].choices]

    def possible(self) -> list[Any]:
        """What holds for every child: limits, choices, and age in days and months agreeing."""
        days, months = self.values["age_days"], self.values["age_months"]
        low, high = self.pathway.age_days
        rules = [
            days >= low,
            days < high,
            months * DAYS <= (days + 1) * MONTHS,
            (days + 1) * MONTHS < (months + 1) * DAYS,
        ]
        for code, finding in self.pathway.findings.items():
            value = self.values[code]
            if finding.hard:
                rules += [value >= number(finding.hard[0]), value <= number(finding.hard[1])]
            if finding.choices:
                rules += [value >= 0, value < len(finding.choices)]
        rules += [z3.And(self.values[c] >= 0, self.values[c] < len(self.codes(c))) for c in self._choices()]
        return rules

    def pair(self, node: Expression, reading: Reading) -> Pair:
        """(when it is true, when it is false)."""
        match node:
            case Constant(value):
                return z3.BoolVal(value), z3.BoolVal(not value)
            case Flag(name):
                return self._leaf(name, self.values[name], reading)
            case Compare(name, op, limit):
                return self._leaf(name, compared(self.values[name], op, number(limit)), reading)
            case OneOf(name, values):
                numbers = [self.codes(name).index(value) for value in values]
                return self._leaf(name, z3.Or([self.values[name] == one for one in numbers]), reading)
            case Known(name):
                return self._known(name, reading)
            case Ref(name):
                return self._ref(name, reading)
            case Not(item):
                true, false = self.pair(item, reading)
                return false, true
            case All(items):
                pairs = [self.pair(item, reading) for item in items]
                return z3.And([p[0] for p in pairs]), z3.Or([p[1] for p in pairs])
            case Some(items):
                pairs = [self.pair(item, reading) for item in items]
                return z3.Or([p[0] for p in pairs]), z3.And([p[1] for p in pairs])
            case AtLeast(count, items):
                return self._sum([(item, 1) for item in items], "ge", count, reading)
            case ScoreCompare(name, op, limit):
                terms = [(term.when, term.points) for term in self.pathway.scores[name].terms]
                return self._sum(terms, op, number(limit), reading)
            case _:
                assert_never(node)

    def true(self, node: Expression, reading: Reading = "full") -> Any:
        return self.pair(node, reading)[0]

    def _ref(self, name: str, reading: Reading) -> Pair:
        if (name, reading) not in self._seen:
            self._seen[name, reading] = self.pair(self.pathway.derived[name].when, reading)
        return self._seen[name, reading]

    def _leaf(self, name: str, test: Any, reading: Reading) -> Pair:
        known = self.known.get(name)
        if reading == "full" or known is None or self.pathway.findings[name].profile:
            return test, z3.Not(test)
        missing = z3.BoolVal(reading == "shown" and name in self.lenient)
        return z3.And(known, test), z3.Or(z3.And(known, z3.Not(test)), z3.And(z3.Not(known), missing))

    def _known(self, name: str, reading: Reading) -> Pair:
        known = self.known[name]
        if reading == "full":
            return z3.BoolVal(True), z3.BoolVal(False)
        return known, z3.Not(known) if reading == "shown" else z3.BoolVal(False)

    def _sum(self, terms: list[tuple[Expression, int]], op: str, limit: Any, reading: Reading) -> Pair:
        """The lowest and the highest sum against the threshold, as the evaluator does."""
        lows, highs = [], []
        for item, points in terms:
            true, false = self.pair(item, reading)
            sure, maybe = z3.If(true, points, 0), z3.If(false, 0, points)
            lows.append(sure if points > 0 else maybe)
            highs.append(maybe if points > 0 else sure)
        low, high = z3.Sum(lows), z3.Sum(highs)
        both = [compared(low, op, limit), compared(high, op, limit)]
        if op == "eq":
            return z3.And(low == high, both[0]), z3.Or(limit < low, limit > high)
        return z3.And(both), z3.And([z3.Not(one) for one in both])

    def entered(self, table: Table, reading: Reading = "full") -> Any:
        return z3.And(self.true(self.pathway.entry, reading), self.true(table.entry, reading))

    def rank(self, table: Table, reading: Reading = "full") -> Any:
        """The severity that the table shows: 0 pink ... ; NOTHING when no row holds or the child does not enter."""
        worst: Any = z3.IntVal(NOTHING)
        for row in sorted(table.rows, key=lambda one: -severity(one.severity)):
            worst = z3.If(self.true(row.when, reading), severity(row.severity), worst)
        return z3.If(self.entered(table, reading), worst, NOTHING)


def severity(name: str) -> int:
    return SEVERITIES.index(name)


def number(value: Decimal | int) -> Any:
    """Exact: whole numbers stay whole."""
    return int(value) if value == int(value) else z3.RealVal(str(value))


def compared(left: Any, op: str, right: Any) -> Any:
    return {"lt": left < right, "le": left <= right, "gt": left > right, "ge": left >= right, "eq": left == right}[op]


def example(child: Child, rules: list[Any]) -> dict[str, Any] | None:
    """A child for whom all `rules` hold, as facts; None when there is none."""
    solver = z3.Solver()
    solver.set("timeout", 20_000)
    solver.set("random_seed", 7)
    solver.add(child.possible() + rules)
    found = solver.check()
    if found == z3.unknown:
        raise TimeoutError(f"{child.pathway.id}: the solver gave up: {solver.reason_unknown()}")
    return None if found == z3.unsat else _facts(child, solver.model())


def _facts(child: Child, model: Any) -> dict[str, Any]:
    """What the model says of the findings it speaks of."""
    facts: dict[str, Any] = {}
    for code, variable in child.values.items():
        value = model[variable]
        if value is None or (code in child.known and z3.is_false(model[child.known[code]])):
            continue
        facts[code] = _said(child, code, value)
    return facts


def _said(child: Child, code: str, value: Any) -> Any:
    if child._kind(code) == "bool":
        return z3.is_true(value)
    if child._kind(code) == "decimal":
        return value.as_decimal(3)
    choices = child.codes(code) if code in child.pathway.findings or code.startswith("profile.") else []
    return choices[value.as_long()] if choices else value.as_long()
