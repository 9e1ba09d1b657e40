"""Random children around the thresholds, with much left unknown; and a slow second evaluator to compare with."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from decision_manual.evaluator import Catalogue, Outcome
from decision_manual.evaluator.ages import OLDEST_DAYS
from decision_manual.expressions import Compare, Expression, walk
from decision_manual.library import Finding, Pathway

AGES = (0, 6, 7, 8, 27, 28, 59, 60, 61, 89, 90, 181, 182, 364, 365, 366, 729, 730, 1825, 1826, 3000, OLDEST_DAYS)


def edges(pathways: Mapping[str, Pathway]) -> dict[str, list[Decimal]]:
    """For each number, its thresholds and their neighbours."""
    found: dict[str, set[Decimal]] = {}
    for pathway in pathways.values():
        for expression in every_expression(pathway):
            for node in walk(expression):
                if isinstance(node, Compare):
                    step = Decimal(1) if node.value == node.value.to_integral_value() else Decimal("0.1")
                    found.setdefault(node.name, set()).update({node.value - step, node.value, node.value + step})
    return {name: sorted(values) for name, values in found.items()}


def every_expression(pathway: Pathway) -> Iterator[Expression]:
    yield pathway.entry
    for table in pathway.tables:
        yield table.entry
        yield from (row.when for row in table.rows)
    yield from (one.when for one in pathway.derived.values())
    yield from (term.when for score in pathway.scores.values() for term in score.terms)


class Nursery:
    """Makes children. `seed` makes them again."""

    def __init__(self, pathways: Mapping[str, Pathway], catalogue: Catalogue, seed: int) -> None:
        self.random = random.Random(seed)
        self.catalogue = catalogue
        self.edges = edges(pathways)

    def child(self) -> dict[str, Any]:
        """{"facts", "unlisted", "profile", "chosen"} as the evaluator takes it."""
        known = self.random.choice([0.0, 0.1, 0.4, 0.7, 0.95, 1.0])
        yes = self.random.choice([0.02, 0.1, 0.5])
        facts: dict[str, Any] = {"age_days": self.random.choice([*AGES, self.random.randrange(OLDEST_DAYS)])}
        for code, finding in self.catalogue.findings.items():
            if self.random.random() < known:
                facts[code] = self._value(finding, yes)
        for code, replaces in self.catalogue.again.items():
            if self.random.random() < 0.2:
                facts[code] = {name: self._value(self.catalogue.findings[name], yes) for name in replaces}
        site = {key: self.random.choice(one.choices).code for key, one in self.catalogue.profile.items()}
        unlisted = self.random.choice(["unknown", "unknown", "negative"])
        return {"facts": facts, "unlisted": unlisted, "profile": site, "chosen": self.random.random() < 0.2}

    def _value(self, finding: Finding, yes: float) -> Any:
        if finding.type == "bool":
            return self.random.random() < yes
        if finding.type == "choice":
            return self.random.choice(finding.choices).code
        assert finding.hard is not None
        low, high = finding.hard
        near = [value for value in self.edges.get(finding.code, []) if low <= value <= high]
        value = self.random.choice(near) if near and self.random.random() < 0.7 else self._anywhere(finding)
        return int(value) if finding.type == "int" else float(value)

    def _anywhere(self, finding: Finding) -> Decimal:
        assert finding.plausible is not None
        low, high = finding.plausible
        return Decimal(self.random.randint(int(low * 10), int(high * 10))) / 10


def told(outcome: Outcome) -> dict[str, Any]:
    """An outcome as the browser's evaluator tells it."""
    return {
        "entered": outcome.entered,
        "hits": [row.id for _table, row in outcome.hits],
        "open": [row.id for result in outcome.tables for row in result.open],
        "needs": [[need.finding, need.severity, need.row, need.cost] for need in outcome.needs],
        "again": [item.code for item in outcome.again],
        "severity": outcome.severity,
        "notExcluded": outcome.not_excluded,
        "walked": list(outcome.walked),
    }


def line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
