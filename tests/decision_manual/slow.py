"""A second evaluator, slow and plain, to compare the first with: sets of possible values, no three-valued logic."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from typing import Any

from decision_manual.evaluator import Given, browser_data
from decision_manual.evaluator.given import Catalogue
from decision_manual.library import Pathway

BOTH = frozenset({True, False})
ORDER = ["pink", "yellow", "green", "info"]


class Slow:
    """One pathway's data as the browser has it, evaluated by possibilities."""

    def __init__(self, pathway: Pathway, catalogue: Catalogue) -> None:
        self.data = browser_data([pathway], catalogue)["pathways"][0]

    def outcome(self, given: Given, *, chosen: bool) -> dict[str, Any]:
        """{"hits": row ids, "open": row ids} as the first evaluator orders them."""
        facts = dict(given.facts)
        for again in self.data["again"]:
            facts.update(given.again.get(again["code"], {}))
        door = self.gate(self.data["entry"], facts, given.lenient)
        if chosen:
            told = self.possible(self.data["entry"], given.listed, frozenset(), strict=False)
            door = {True} if told != {False} else {False}
        hits: list[str] = []
        open_rows: list[str] = []
        for table in self.data["tables"]:
            one, other = self.table(table, door, facts, given.lenient)
            hits += one
            open_rows += other
        return {"hits": hits, "open": open_rows}

    def gate(self, entry: Any, facts: Mapping[str, Any], lenient: frozenset[str]) -> set[bool]:
        if self.possible(entry, facts, lenient, strict=False) == {True}:
            return {True}
        return {False} if self.possible(entry, facts, lenient, strict=True) == {False} else {True, False}

    def table(
        self, table: Any, door: set[bool], facts: Mapping[str, Any], lenient: frozenset[str]
    ) -> tuple[list[str], list[str]]:
        inner = self.gate(table["entry"], facts, lenient)
        if door == {False} or inner == {False}:
            return [], []
        shown = {r["id"]: self.possible(r["when"], facts, lenient, strict=False) for r in table["rows"]}
        strict = {r["id"]: self.possible(r["when"], facts, lenient, strict=True) for r in table["rows"]}
        rows = table["rows"]
        held = [row for row in rows if shown[row["id"]] == {True}] if door == inner == {True} else []
        hits = self.policy(table["hit"], held)
        maybe = [row for row in rows if strict[row["id"]] == BOTH and row not in hits]
        return [row["id"] for row in hits], [row["id"] for row in maybe if self.ahead(table["hit"], row, hits, rows)]

    @staticmethod
    def policy(hit: str, held: list[Any]) -> list[Any]:
        if hit == "first":
            return held[:1]
        if hit == "worst" and held:
            severest = min(ORDER.index(row["severity"]) for row in held)
            return [row for row in held if ORDER.index(row["severity"]) == severest]
        return held

    @staticmethod
    def ahead(hit: str, row: Any, hits: list[Any], rows: list[Any]) -> bool:
        if not hits or hit in ("multi", "unique"):
            return True
        if hit == "first":
            return rows.index(row) < rows.index(hits[0])
        return ORDER.index(row["severity"]) <= ORDER.index(hits[0]["severity"])

    def possible(
        self, node: Any, facts: Mapping[str, Any], lenient: frozenset[str], *, strict: bool
    ) -> frozenset[bool]:
        """The values that the node may have."""

        def of(inner: Any) -> frozenset[bool]:
            return self.possible(inner, facts, lenient, strict=strict)

        kind, *rest = node
        if kind == "const":
            return frozenset({rest[0]})
        if kind == "ref":
            return of(self.data["derived"][rest[0]])
        if kind == "not":
            return frozenset(not value for value in of(rest[0]))
        if kind == "all":
            return frozenset(all(way) for way in product(*map(of, rest[0])))
        if kind == "any":
            return frozenset(any(way) for way in product(*map(of, rest[0])))
        if kind == "count_ge":
            return frozenset(sum(way) >= rest[0] for way in product(*map(of, rest[1])))
        if kind == "score":
            return self.scored(rest, of)
        name = rest[0]
        if kind == "known":
            return frozenset({True}) if name in facts else (BOTH if strict else frozenset({False}))
        if name not in facts:
            return frozenset({False}) if name in lenient and not strict else BOTH
        return frozenset({self.tested(kind, facts[name], rest)})

    def scored(self, rest: list[Any], of: Any) -> frozenset[bool]:
        terms = self.data["scores"][rest[0]]
        sums = {0}
        for item, points in terms:
            sums = {total + points * value for total in sums for value in of(item)}
        return frozenset(self.tested("cmp", Decimal(total), ["", rest[1], rest[2]]) for total in sums)

    @staticmethod
    def tested(kind: str, value: Any, rest: list[Any]) -> bool:
        if kind == "flag":
            return bool(value)
        if kind == "in":
            return value in rest[1]
        order = (value > Decimal(rest[2])) - (value < Decimal(rest[2]))
        return order in {"lt": (-1,), "le": (-1, 0), "gt": (1,), "ge": (1, 0), "eq": (0,)}[rest[1]]
