"""What the evaluator in the browser works on: the same expressions as lists, without texts."""

from collections.abc import Iterable
from typing import Any

from decision_manual.evaluator.given import Catalogue
from decision_manual.expressions import to_data
from decision_manual.library import Finding, Pathway, Table


def browser_data(pathways: Iterable[Pathway], catalogue: Catalogue) -> dict[str, Any]:
    """{"findings", "profile", "again", "pathways"} for static/js/manual/engine.js. JSON-able."""
    return {
        "findings": {code: _finding(finding) for code, finding in catalogue.findings.items()},
        "profile": {key: one.default for key, one in catalogue.profile.items()},
        "again": list(catalogue.again),
        "pathways": [_pathway(pathway) for pathway in pathways],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    names = ("type", "normal", "optional", "profile", "effort")
    return {name: getattr(finding, name) for name in names}


def _pathway(pathway: Pathway) -> dict[str, Any]:
    scores = {
        name: [[to_data(term.when), term.points] for term in score.terms] for name, score in pathway.scores.items()
    }
    return {
        "id": pathway.id,
        "family": pathway.family,
        "age": list(pathway.age_days),
        "entry": to_data(pathway.entry),
        "derived": {name: to_data(one.when) for name, one in pathway.derived.items()},
        "scores": scores,
        "findings": {code: {"effort": finding.effort} for code, finding in pathway.findings.items()},
        "again": [{"code": item.code, "when": to_data(item.when)} for item in pathway.reassess],
        "tables": [_table(table) for table in pathway.tables],
    }


def _table(table: Table) -> dict[str, Any]:
    rows = [
        {
            "id": row.id,
            "when": to_data(row.when),
            "severity": row.severity,
            "class": row.class_code,
            "actions": len(row.actions),
            "referral": row.referral,
        }
        for row in table.rows
    ]
    return {"id": table.id, "hit": table.hit, "entry": to_data(table.entry), "rows": rows}
