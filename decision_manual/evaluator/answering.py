"""One question about one child, as the command line and the API put it, and the answer to it.

Asked: {"id", "facts": {code: value, "age_months" | "age_days"}, "pathway"?, "unlisted"?, "profile"?}.
Answered: {"id", "classifications", "actions", "referrals", "unknown"}.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from decision_manual.evaluator.doses import dose_for, offered
from decision_manual.evaluator.given import BadFacts, Catalogue, Given, read_facts
from decision_manual.evaluator.needs import Need, ordered
from decision_manual.evaluator.running import Outcome, applies, run
from decision_manual.library import Pathway, Row, Shared

ASKED = ("id", "facts", "pathway", "unlisted", "profile")


@dataclass(frozen=True)
class Edition:
    """A pathway in one version, and how far that version has come ("draft" ... "approved"); `id` of a kept one."""

    pathway: Pathway
    version: str
    status: str
    id: UUID | None = None


@dataclass(frozen=True)
class Answer:
    """`outcomes` in the order of the editions; those that the child did not enter are left out."""

    given: Given
    outcomes: tuple[tuple[Edition, Outcome], ...]

    def data(self) -> dict[str, Any]:
        return {
            "classifications": [part for edition, outcome in self.outcomes for part in _classes(edition, outcome)],
            "actions": _once([part for _e, outcome in self.outcomes for part in self._actions(outcome)]),
            "referrals": _once([part for _e, outcome in self.outcomes for part in _referrals(outcome)]),
            "unknown": [need.finding for need in self.needs],
        }

    @property
    def needs(self) -> tuple[Need, ...]:
        """What is worth asking next over all pathways, the worst first; a repeated examination before all else."""
        order: dict[str, int] = {}
        for edition, _outcome in self.outcomes:
            order.update({code: len(order) for code in edition.pathway.findings if code not in order})
        due = [Need(item.code, "pink", "", 0) for _e, outcome in self.outcomes for item in outcome.again]
        return ordered([*due, *(need for _e, outcome in self.outcomes for need in outcome.needs)], order)

    def _actions(self, outcome: Outcome) -> list[dict[str, Any]]:
        pathway = outcome.pathway
        return [
            self._action(pathway, row, code)
            for _table, row in outcome.hits
            for code in row.actions
            if offered(pathway.actions[code], self.given.profile)
        ]

    def _action(self, pathway: Pathway, row: Row, code: str) -> dict[str, Any]:
        action = pathway.actions[code]
        dose = dose_for(action, self.given.facts)
        told = {"code": code, "kind": action.kind, "title": action.title.en, "pathway": pathway.id, "row": row.id}
        return {**told, **({"dose": dose.data()} if dose else {})}


def _classes(edition: Edition, outcome: Outcome) -> list[dict[str, Any]]:
    named = {"pathway": edition.pathway.id, "version": edition.version, "status": edition.status}
    return [
        {"code": row.class_code, "severity": row.severity, **named, "row": row.id}
        for _table, row in outcome.hits
        if row.class_code
    ]


def _referrals(outcome: Outcome) -> list[dict[str, Any]]:
    found = []
    for _table, row in outcome.hits:
        if row.referral:
            why = outcome.pathway.indications[row.referral]
            named = {"code": why.id, "urgency": why.urgency, "title": why.title.en, "to": why.to}
            found.append({**named, "pathway": outcome.pathway.id, "row": row.id})
    return found


def _once(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first of each code."""
    return list({part["code"]: part for part in reversed(parts)}.values())[::-1]


@dataclass(frozen=True)
class Manual:
    """The editions that answer: the newest version of each pathway."""

    editions: tuple[Edition, ...]
    shared: Shared

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue.of((edition.pathway for edition in self.editions), self.shared)

    def answer(self, asked: Mapping[str, Any]) -> Answer:
        """Raises BadFacts, which names the fields."""
        self._check(asked)
        given = read_facts(
            asked.get("facts") or {},
            self.catalogue,
            unlisted=asked.get("unlisted") or "unknown",
            profile=asked.get("profile"),
        )
        wanted = asked.get("pathway")
        outcomes = [
            (edition, run(edition.pathway, given, chosen=bool(wanted))) for edition in self._editions(wanted, given)
        ]
        return Answer(given, tuple(pair for pair in outcomes if pair[1].entered is not False))

    def told(self, asked: Any) -> dict[str, Any]:
        """The answer as an object that can be written; {"id", "error": {field: message}} for facts that are wrong."""
        name = asked.get("id") if isinstance(asked, Mapping) else None
        try:
            return {"id": name, **self.answer(asked).data()}
        except BadFacts as error:
            return {"id": name, "error": {field: str(message) for field, message in error.fields.items()}}

    def _check(self, asked: Any) -> None:
        if not isinstance(asked, Mapping):
            raise BadFacts({"line": _("Must be an object with id and facts.")})
        if odd := [str(key) for key in asked if key not in ASKED]:
            raise BadFacts(dict.fromkeys(odd, _("This key is unknown.")))
        if not isinstance(asked.get("facts"), Mapping):
            raise BadFacts({"facts": _("Must be an object: code, value.")})
        if not isinstance(asked.get("pathway") or "", str):
            raise BadFacts({"pathway": _("Must be the id of a pathway.")})
        if not isinstance(asked.get("unlisted") or "", str):
            raise BadFacts({"unlisted": _("Must be one of: %(choices)s.") % {"choices": "unknown, negative"}})

    def _editions(self, wanted: str | None, given: Given) -> Iterable[Edition]:
        if not wanted:
            return [e for e in self.editions if e.pathway.family == "imci" and applies(e.pathway, given)]
        found = next((e for e in self.editions if e.pathway.id == wanted), None)
        if found is None:
            raise BadFacts({"pathway": _("There is no pathway of this id.")})
        if not applies(found.pathway, given):
            low, high = found.pathway.age_days
            words = {"low": low, "high": high - 1}
            raise BadFacts({"age_days": _("This pathway is for children of %(low)s to %(high)s days.") % words})
        return [found]
