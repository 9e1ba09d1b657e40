"""What is proved of every pathway, over all children there can be. A fault shows a child for whom the rule fails."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import z3

from decision_manual.checker.faults import Fault
from decision_manual.checker.solver import Child, example, severity
from decision_manual.expressions import Constant, Not
from decision_manual.library import Finding, Pathway, Row, Table, used


def told(facts: dict[str, Any]) -> str:
    """A child in words: what is false or absent is left out."""
    said = {code: value for code, value in facts.items() if value is not False}
    return ", ".join(f"{code}={value}" for code, value in sorted(said.items()))


def complete(pathway: Pathway) -> Iterator[Fault]:
    child = Child(pathway)
    for table in pathway.tables:
        if not table.complete or (table.rows[-1].otherwise and _bare(table.rows[-1])):
            continue
        none = [z3.Not(child.true(row.when)) for row in table.rows]
        if found := example(child, [child.entered(table), *none]):
            yield Fault("complete", pathway.id, table.id, f"no row holds for: {told(found)}")


def _bare(row: Row) -> bool:
    """`otherwise` with nothing added: it holds when no other does, by its very form."""
    return isinstance(row.when, Not | Constant)


def exclusive(pathway: Pathway) -> Iterator[Fault]:
    child = Child(pathway)
    for table in pathway.tables:
        for one, other in combinations(table.rows, 2) if table.hit == "unique" else ():
            if found := example(child, [child.entered(table), child.true(one.when), child.true(other.when)]):
                yield Fault("exclusive", pathway.id, f"{one.id}, {other.id}", f"both hold for: {told(found)}")


def satisfiable(pathway: Pathway) -> Iterator[Fault]:
    child = Child(pathway)
    for table in pathway.tables:
        for row in table.rows:
            if example(child, [child.entered(table), child.true(row.when)]) is None:
                yield Fault("satisfiable", pathway.id, row.id, "there is no child for whom this row holds")


def reachable(pathway: Pathway) -> Iterator[Fault]:
    """`first`, `worst`: not hidden behind the rows before it; else: not the same as another row of its class."""
    child = Child(pathway)
    for table in pathway.tables:
        for row in table.rows:
            ahead = _ahead(table, row)
            if ahead and _shadowed(child, table, row, ahead):
                yield Fault("reachable", pathway.id, row.id, f"is always preceded by {', '.join(r.id for r in ahead)}")
            yield from _doubled(child, table, row)


def _ahead(table: Table, row: Row) -> list[Row]:
    if table.hit == "first":
        return list(table.rows[: table.rows.index(row)])
    if table.hit == "worst":
        return [other for other in table.rows if severity(other.severity) < severity(row.severity)]
    return []


def _shadowed(child: Child, table: Table, row: Row, ahead: list[Row]) -> bool:
    if row.otherwise:
        return False
    rules = [child.entered(table), child.true(row.when), *(z3.Not(child.true(other.when)) for other in ahead)]
    alone = [child.entered(table), child.true(row.when)]
    return example(child, rules) is None and example(child, alone) is not None


def _doubled(child: Child, table: Table, row: Row) -> Iterator[Fault]:
    """Two rows that always come together and say the same."""
    if table.hit not in ("worst", "multi"):
        return
    for other in table.rows[: table.rows.index(row)]:
        same = (other.class_code, other.referral, other.severity) == (row.class_code, row.referral, row.severity)
        apart = [child.entered(table), child.true(row.when), z3.Not(child.true(other.when))]
        if same and example(child, apart) is None:
            yield Fault("reachable", child.pathway.id, row.id, f"says nothing that {other.id} does not say")


def monotone(pathway: Pathway) -> Iterator[Fault]:
    """Two children alike in all but one finding, which is worse in the second."""
    better, worse = Child(pathway, "a"), Child(pathway, "b")
    for code in used(pathway)[0]:
        finding = pathway.findings.get(code)
        if finding is None or not (finding.worse or finding.danger):
            continue
        alike = [better.values[c] == worse.values[c] for c in better.values if c != code]
        step = _worse(finding, better.values[code], worse.values[code])
        for table in pathway.tables:
            less = worse.rank(table) > better.rank(table)
            if found := example(better, [*worse.possible(), *alike, step, less]):
                yield Fault(
                    "monotone", pathway.id, f"{table.id}, {code}", f"a worse value lowers it for: {told(found)}"
                )


def _worse(finding: Finding, first: Any, second: Any) -> Any:
    if finding.type == "bool":
        return z3.And(z3.Not(first), second)
    return second < first if finding.worse == "low" else second > first


def unknown(pathway: Pathway) -> Iterator[Fault]:
    """Whatever is left out: what full knowledge would show is shown, or named as open."""
    for unlisted in ("unknown", "negative"):
        child = Child(pathway, unlisted=unlisted)
        for table in pathway.tables:
            truth, shown = child.rank(table), child.rank(table, "shown")
            openness = [z3.And(_open(child, table, row), truth >= severity(row.severity)) for row in table.rows]
            if found := example(child, [truth < shown, z3.Not(z3.Or(openness))]):
                yield Fault("unknown", pathway.id, table.id, f"leaving something out hides it for: {told(found)}")


def _open(child: Child, table: Table, row: Row) -> Any:
    """Strictly unknown, behind an entry that is not strictly denied."""
    true, false = child.pair(row.when, "strict")
    gates = [z3.Not(child.pair(gate, "strict")[1]) for gate in (child.pathway.entry, table.entry)]
    return z3.And(*gates, z3.Or(z3.And(z3.Not(true), z3.Not(false)), _entry_open(child, table)))


def _entry_open(child: Child, table: Table) -> Any:
    pairs = [child.pair(gate, "strict") for gate in (child.pathway.entry, table.entry)]
    return z3.Or([z3.And(z3.Not(true), z3.Not(false)) for true, false in pairs])


def calm(pathway: Pathway) -> Iterator[Fault]:
    """With every optional finding given: no green while a worse row of the table is open."""
    child = Child(pathway)
    given = [child.known[code] for code, one in pathway.findings.items() if one.optional == "always"]
    for table in pathway.tables:
        for row in table.rows:
            if row.severity != "green" or not row.class_code:
                continue
            before = [other for other in table.rows if severity(other.severity) < severity(row.severity)]
            worse = [_unsettled(child, other) for other in before]
            rules = [*given, child.entered(table, "shown"), child.rank(table, "shown") == severity(row.severity)]
            held = [*rules, child.true(row.when, "shown"), z3.Or(worse)]
            if worse and (found := example(child, held)):
                message = f"is shown while something worse may hold, for: {told(found)}"
                yield Fault("calm", pathway.id, row.id, message)


def _unsettled(child: Child, row: Row) -> Any:
    true, false = child.pair(row.when, "shown")
    return z3.And(z3.Not(true), z3.Not(false))


def prove(pathway: Pathway) -> list[Fault]:
    """Every proof of one pathway."""
    rules = (complete, exclusive, satisfiable, reachable, monotone, unknown, calm)
    return [fault for rule in rules for fault in rule(pathway)]
