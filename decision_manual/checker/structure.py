"""Checks that need no proof: what stands in the document, against itself and the shared vocabulary."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from decision_manual.checker.faults import Fault
from decision_manual.expressions import Compare, Expression, Flag, Not, OneOf, Ref, ScoreCompare, children, walk
from decision_manual.library import Pathway, Words, used
from decision_manual.library.shapes import SEVERITIES

HAN = re.compile(r"[一-鿿]")
LATIN = re.compile(r"[A-Za-z]{2,}")
LONGEST_REVIEW = timedelta(days=731)
#: the urgencies that a row of each severity may carry
URGENCY_OF = {
    "pink": ("E0", "E1", "U1"),
    "yellow": ("U1", "U2", "R1", "R2", "H"),
    "green": ("R1", "R2", "H"),
    "info": ("U2", "R1", "R2", "H"),
}


def languages(pathway: Pathway) -> Iterator[Fault]:
    for path, words in texts(pathway):
        if HAN.search(words.en):
            yield Fault("languages", pathway.id, path, f"the English text holds Chinese: {words.en[:40]}")
        if LATIN.search(words.zh) and not HAN.search(words.zh) and words.zh != words.en:
            yield Fault("languages", pathway.id, path, f"the Chinese text is not Chinese: {words.zh[:40]}")
        if not HAN.search(words.zh) and len(LATIN.findall(words.en)) > 2:
            yield Fault("languages", pathway.id, path, f"is not translated: {words.en[:40]}")


def texts(pathway: Pathway) -> Iterator[tuple[str, Words]]:
    """Every text of the pathway with its place."""
    yield from _texts(pathway.title, "title")
    parts: dict[str, Any] = {
        "summary": pathway.summary, "derived": pathway.derived, "scores": pathway.scores, "tables": pathway.tables,
        "actions": pathway.actions, "indications": pathway.indications, "classes": pathway.classes,
        "findings": pathway.findings, "conflicts": pathway.conflicts, "safety_net": pathway.safety_net,
        "chapter": pathway.chapter, "reassess": pathway.reassess,
    }  # fmt: skip
    for name, part in parts.items():
        yield from _texts(part, name)


def _texts(part: Any, path: str) -> Iterator[tuple[str, Words]]:
    if isinstance(part, Words):
        yield path, part
    elif isinstance(part, dict):
        for key, inner in part.items():
            yield from _texts(inner, f"{path}.{key}")
    elif isinstance(part, tuple):
        for index, inner in enumerate(part):
            yield from _texts(inner, f"{path}[{index}]")
    elif hasattr(part, "__dataclass_fields__") and not isinstance(part, Expression):
        for name in part.__dataclass_fields__:
            yield from _texts(getattr(part, name), f"{path}.{name}")


def uses(pathway: Pathway) -> Iterator[Fault]:
    """Nothing of the pathway's own stands idle."""
    findings, names = used(pathway)
    asked = {*findings, *pathway.ask, *(code for again in pathway.reassess for code in again.replaces)}
    own = pathway.bundle["pathway"]
    wanted: dict[str, set[str]] = {
        "findings": asked | {field for one in pathway.indications.values() for field in one.letter_fields},
        "derived": set(names),
        "scores": set(names),
        "actions": {action for row in pathway.rows for action in row.actions},
        "indications": {row.referral for row in pathway.rows},
        "classes": {row.class_code for row in pathway.rows},
    }
    for shelf, needed in wanted.items():
        for key in own.get(shelf) or {}:
            if key not in needed:
                yield Fault("used", pathway.id, f"{shelf}.{key}", "is used nowhere: use it or take it out")


def leaves(pathway: Pathway) -> Iterator[Fault]:
    for row in pathway.rows:
        if not row.actions and not row.referral:
            yield Fault("leaf", pathway.id, row.id, "leads to nothing: give it an action or a referral")
        if not row.cite:
            yield Fault("leaf", pathway.id, row.id, "has no source: cite one with its locator")
        if row.severity == "pink" and not row.referral:
            yield Fault("leaf", pathway.id, row.id, "is pink without a referral indication")


def severities(pathway: Pathway) -> Iterator[Fault]:
    for table in pathway.tables:
        ranks = [SEVERITIES.index(row.severity) for row in table.rows]
        if table.hit == "first" and ranks != sorted(ranks):
            yield Fault("severity", pathway.id, table.id, "rows must stand worst first (pink, yellow, green, info)")
    for row in pathway.rows:
        meant = pathway.classes[row.class_code].severity if row.class_code else ""
        if meant and meant != row.severity:
            yield Fault("severity", pathway.id, row.id, f"{row.class_code} is {meant}, not {row.severity}")


def urgencies(pathway: Pathway) -> Iterator[Fault]:
    for row in pathway.rows:
        if not row.referral:
            continue
        urgency = pathway.indications[row.referral].urgency
        if urgency not in URGENCY_OF[row.severity]:
            yield Fault("urgency", pathway.id, row.id, f"a {row.severity} row refers as {urgency}")


def thresholds(pathway: Pathway) -> Iterator[Fault]:
    """Thresholds where the finding can lie: a unit mistaken for another moves them out of it."""
    for where, expression in _everything(pathway):
        for node in walk(expression):
            if isinstance(node, Compare) and node.name in pathway.findings:
                limits = pathway.findings[node.name].plausible
                if limits and not limits[0] <= node.value <= limits[1]:
                    unit = pathway.findings[node.name].unit
                    message = f"{node.name} {node.op} {node.value} {unit} lies outside {limits[0]}-{limits[1]}"
                    yield Fault("thresholds", pathway.id, where, message)
            if isinstance(node, ScoreCompare):
                yield from _score_threshold(pathway, where, node)


def _score_threshold(pathway: Pathway, where: str, node: ScoreCompare) -> Iterator[Fault]:
    terms = pathway.scores[node.name].terms
    low = sum(min(0, term.points) for term in terms)
    high = sum(max(0, term.points) for term in terms)
    if not low <= node.value <= high:
        message = f"{node.name} {node.op} {node.value}: the score runs from {low} to {high}"
        yield Fault("thresholds", pathway.id, where, message)


def _everything(pathway: Pathway) -> list[tuple[str, Expression]]:
    rows = [(row.id, row.when) for row in pathway.rows]
    derived = [(name, one.when) for name, one in pathway.derived.items()]
    terms = [(name, term.when) for name, score in pathway.scores.items() for term in score.terms]
    return [("entry", pathway.entry), *((t.id, t.entry) for t in pathway.tables), *rows, *derived, *terms]


def review(pathway: Pathway, today: date) -> Iterator[Fault]:
    try:
        written = date.fromisoformat(pathway.review.written_on)
        due = date.fromisoformat(pathway.review.next_review)
    except ValueError:
        yield Fault("review", pathway.id, "review", "dates are written 2026-11-22")
        return
    if due <= today:
        yield Fault("review", pathway.id, "review.next_review", f"{due} has passed: review the pathway")
    if not timedelta(0) < due - written <= LONGEST_REVIEW:
        yield Fault("review", pathway.id, "review.next_review", "must lie within 24 months after written_on")


def polarity(pathway: Pathway) -> Iterator[Fault]:
    """An optional finding under `not`: left out, it would make something hold."""
    optional = {code for code, one in pathway.findings.items() if one.optional == "always"}
    rows = [(row.id, row.when) for row in pathway.rows if not row.otherwise]
    derived = [(name, one.when) for name, one in pathway.derived.items()]
    for where, expression in [*rows, *derived]:
        for name in sorted(set(_negated(expression, False, pathway)) & optional):
            yield Fault(
                "polarity", pathway.id, where, f"{name} is optional and stands under `not`: turn the condition round"
            )


def _negated(node: Expression, under: bool, pathway: Pathway) -> Iterator[str]:
    if isinstance(node, Not):
        yield from _negated(node.item, not under, pathway)
    elif isinstance(node, Ref) and under:
        yield from _negated(pathway.derived[node.name].when, under, pathway)
    elif under and isinstance(node, Flag | Compare | OneOf):
        yield node.name
    else:
        for child in children(node):
            yield from _negated(child, under, pathway)


def check(pathway: Pathway, today: date) -> list[Fault]:
    """Every structural fault of one pathway."""
    found = [*languages(pathway), *uses(pathway), *leaves(pathway), *severities(pathway), *urgencies(pathway)]
    return [*found, *thresholds(pathway), *review(pathway, today), *polarity(pathway)]
