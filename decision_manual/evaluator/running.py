"""One pathway over checked facts: which rows hold, which can't be excluded, what to ask next, and the way walked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from decision_manual.evaluator.given import Given
from decision_manual.evaluator.needs import Need, Ways, ordered
from decision_manual.expressions import Expression, Scope, Truth, truth
from decision_manual.library import Pathway, Row, Table
from decision_manual.library.shapes import SEVERITIES, Reassess


@dataclass(frozen=True, slots=True)
class RowState:
    """`shown`: does it hold as far as the page says; `strict`: None while it can't be excluded."""

    row: Row
    shown: Truth
    strict: Truth


@dataclass(frozen=True, slots=True)
class TableResult:
    """`hits`: the rows that hold. `open`: those that may yet hold ahead of them ("not excluded")."""

    table: Table
    entry: Truth
    states: tuple[RowState, ...]
    hits: tuple[Row, ...]
    open: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A pathway's result. `entered` None: its entry question has not been answered."""

    pathway: Pathway
    entered: Truth
    tables: tuple[TableResult, ...]
    needs: tuple[Need, ...]
    again: tuple[Reassess, ...] = ()

    @property
    def hits(self) -> tuple[tuple[Table, Row], ...]:
        return tuple((result.table, row) for result in self.tables for row in result.hits)

    @property
    def severity(self) -> str:
        """The worst that holds; "" when nothing does."""
        return worst([row.severity for _table, row in self.hits])

    @property
    def not_excluded(self) -> str:
        """The worst that may yet hold, if it is worse than what holds; else ""."""
        worse = worst([row.severity for result in self.tables for row in result.open])
        return worse if worse and (not self.severity or rank(worse) < rank(self.severity)) else ""

    @property
    def walked(self) -> tuple[str, ...]:
        """Ids of the chart's nodes on the way: start, entered tables, rows that hold, what they lead to."""
        if not self.entered:
            return ("n-start",)
        nodes = ["n-start"]
        for result in self.tables:
            nodes += [f"t-{result.table.id}"] if result.entry else []
            nodes += _asked(result)
            for row in result.hits:
                nodes += [f"q-{row.id}", f"n-{row.id}", *([f"a-{row.id}"] if row.actions else [])]
                nodes += [f"r-{row.id}"] if row.referral else []
        return tuple(dict.fromkeys(nodes))


def _asked(result: TableResult) -> list[str]:
    """Under `first`, the questions answered no on the way to the row that holds."""
    if result.table.hit != "first" or not result.hits:
        return []
    ahead = result.table.rows[: result.table.rows.index(result.hits[0])]
    return [f"q-{row.id}" for row in ahead]


def rank(severity: str) -> int:
    """0 is worst."""
    return SEVERITIES.index(severity)


def worst(severities: list[str]) -> str:
    return min(severities, key=rank, default="")


def scope_of(pathway: Pathway, facts: Mapping[str, Any], lenient: frozenset[str]) -> Scope:
    derived = {name: one.when for name, one in pathway.derived.items()}
    scores = {name: tuple((term.when, term.points) for term in one.terms) for name, one in pathway.scores.items()}
    return Scope(facts, derived, scores, lenient)


def applies(pathway: Pathway, given: Given) -> bool:
    """Is the child of the age that the pathway is for?"""
    return pathway.age_days[0] <= given.age_days < pathway.age_days[1]


def run(pathway: Pathway, given: Given, *, chosen: bool = False) -> Outcome:
    """Evaluate `pathway`. `chosen`: somebody opened it for this child, so it is entered unless the facts deny it."""
    first = scope_of(pathway, given.facts, given.lenient)
    again = _again(pathway, given, first)
    facts = {**given.facts, **{k: v for code in again for k, v in given.again.get(code.code, {}).items()}}
    scope = scope_of(pathway, facts, given.lenient)
    strict = scope.strictly()
    entered = _chosen(pathway, given) if chosen else _gate(pathway.entry, scope, strict)
    results = tuple(_table(table, entered, scope, strict) for table in pathway.tables) if entered is not False else ()
    waiting = tuple(item for item in again if item.code not in given.again)
    outcome = Outcome(pathway, entered, results, (), waiting)
    return Outcome(pathway, entered, results, _needs(outcome, strict), waiting)


def _again(pathway: Pathway, given: Given, scope: Scope) -> tuple[Reassess, ...]:
    """The repeated examinations that are due, or were made."""
    return tuple(item for item in pathway.reassess if item.code in given.again or truth(item.when, scope))


def _chosen(pathway: Pathway, given: Given) -> bool:
    """Entered, unless what was said outright denies it."""
    return truth(pathway.entry, scope_of(pathway, given.listed, frozenset())) is not False


def _gate(entry: Expression, scope: Scope, strict: Scope) -> Truth:
    """True when it shows so, False when that is certain, else unknown."""
    return True if truth(entry, scope) else (False if truth(entry, strict) is False else None)


def _table(table: Table, entered: Truth, scope: Scope, strict: Scope) -> TableResult:
    entry = _gate(table.entry, scope, strict)
    if entry is False:
        return TableResult(table, False, (), (), ())
    entry = entry if entered else None
    states = tuple(RowState(row, truth(row.when, scope), truth(row.when, strict)) for row in table.rows)
    hits = _hits(table, states) if entry else ()
    return TableResult(table, entry, states, hits, _open(table, states, hits))


def _hits(table: Table, states: tuple[RowState, ...]) -> tuple[Row, ...]:
    """`first`: the first that holds; `worst`: all of the worst severity that holds; else all that hold."""
    held = tuple(state.row for state in states if state.shown)
    if table.hit == "first":
        return held[:1]
    if table.hit == "worst":
        return tuple(row for row in held if row.severity == worst([one.severity for one in held]))
    return held


def _open(table: Table, states: tuple[RowState, ...], hits: tuple[Row, ...]) -> tuple[Row, ...]:
    """Rows that may yet hold; under `first` and `worst` only those that would go before, or beside, what does."""
    ahead = states
    if hits and table.hit == "first":
        ahead = states[: [state.row for state in states].index(hits[0])]
    if hits and table.hit == "worst":
        ahead = tuple(state for state in states if rank(state.row.severity) <= rank(hits[0].severity))
    return tuple(state.row for state in ahead if state.strict is None and state.row not in hits)


def _needs(outcome: Outcome, strict: Scope) -> tuple[Need, ...]:
    ways = Ways(strict, outcome.pathway.findings)
    found: list[Need] = []
    for result in outcome.tables:
        for row in result.open:
            found += _for_row(row, row.when, ways)
        if result.entry is None or outcome.entered is None:
            found += _for_entry(outcome, result, ways)
    return ordered(found, {code: index for index, code in enumerate(outcome.pathway.findings)})


def _for_row(row: Row, expression: Expression, ways: Ways) -> list[Need]:
    return [Need(name, row.severity, row.id, cost) for name, cost in ways.to(True, expression).items()]


def _for_entry(outcome: Outcome, result: TableResult, ways: Ways) -> list[Need]:
    """The entry question itself: it could bring about the worst row that stands behind it."""
    if not result.open:
        return []
    row = min(result.open, key=lambda one: rank(one.severity))
    gates = [gate for gate in (outcome.pathway.entry, result.table.entry) if truth(gate, ways.scope) is None]
    return [need for gate in gates for need in _for_row(row, gate, ways)]
