"""Children written down from the sources by somebody who did not write the pathway, run through it.

A file holds a list of {id, facts, pathway?, unlisted? (negative), profile?, expect: [classes], never: [classes],
rows?: [rows], not_rows?: [rows], colours?: {row: severity}, urgency?: [one of], no_urgency?: [none of],
doses?: {action: "150 mg", or "" where none is given}}. `doses` are the child's, whether or not a row asks for them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from decision_manual.checker.faults import Fault
from decision_manual.evaluator import BadFacts, Catalogue, Given, applies, dose_for, read_facts, run
from decision_manual.library import SHIPPED, Pathway, Shared
from decision_manual.library.documents import document

#: beside the pathways (their author's) and beside the tests (somebody else's)
FOLDERS = (SHIPPED, SHIPPED.parent.parent / "tests" / "decision_manual" / "vectors")

_LISTS = ("expect", "never", "rows", "not_rows", "urgency", "no_urgency")
_PAIRS = ("colours", "doses")


@dataclass(frozen=True, slots=True)
class Vector:
    id: str
    facts: Mapping[str, Any]
    pathway: str = ""
    unlisted: str = "negative"
    profile: Mapping[str, Any] | None = None
    expect: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    not_rows: tuple[str, ...] = ()
    urgency: tuple[str, ...] = ()
    no_urgency: tuple[str, ...] = ()
    colours: Mapping[str, str] = field(default_factory=dict)
    doses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one pathway made of one vector; `rows` with their severity, `doses` of the actions that the vector names."""

    classes: frozenset[str] = frozenset()
    rows: frozenset[tuple[str, str]] = frozenset()
    urgencies: frozenset[str] = frozenset()
    doses: frozenset[tuple[str, str]] = frozenset()


def vectors(folders: Iterable[Path] = FOLDERS) -> list[Vector]:
    files = [file for folder in folders for file in sorted([*folder.glob("*.yaml"), *folder.glob("*/vectors.yaml")])]
    return [
        _vector(item.value) for file in files if file.parent != SHIPPED for item in document(file, file.parent).items()
    ]


def _vector(raw: Mapping[str, Any]) -> Vector:
    lists: dict[str, Any] = {key: tuple(map(str, raw.get(key) or ())) for key in _LISTS}
    pairs: dict[str, Any] = {key: {str(k): str(v) for k, v in (raw.get(key) or {}).items()} for key in _PAIRS}
    site = {str(k): str(v) for k, v in raw["profile"].items()} if raw.get("profile") else None
    unlisted = raw.get("unlisted") or "negative"
    return Vector(str(raw["id"]), raw["facts"], raw.get("pathway") or "", unlisted, site, **lists, **pairs)


@dataclass
class Bench:
    """Vectors against a library; a changed pathway is tried without running the others again."""

    library: Mapping[str, Pathway]
    shared: Shared
    all: list[Vector]

    def __post_init__(self) -> None:
        self.catalogue = Catalogue.of(self.library.values(), self.shared)
        self.given: dict[str, Given] = {}
        self.unread: dict[str, str] = {}
        for vector in self.all:
            try:
                given = read_facts(vector.facts, self.catalogue, unlisted=vector.unlisted, profile=vector.profile)
                self.given[vector.id] = given
            except BadFacts as error:
                self.unread[vector.id] = str(error)
        self.seen = {
            (vector.id, pathway.id): self._run(pathway, vector)
            for vector in self.all
            for pathway in self._asked(vector)
        }

    def _asked(self, vector: Vector) -> Iterator[Pathway]:
        if vector.id not in self.given:
            return
        for pathway in self.library.values():
            if pathway.id == vector.pathway if vector.pathway else pathway.family == "imci":
                yield pathway

    def _run(self, pathway: Pathway, vector: Vector) -> Seen:
        """Nothing, where the pathway is not about a child of this age."""
        given = self.given[vector.id]
        if not applies(pathway, given):
            return Seen()
        outcome = run(pathway, given, chosen=bool(vector.pathway))
        rows = [row for _table, row in outcome.hits]
        asked = {code: pathway.actions[code] for code in vector.doses if code in pathway.actions}
        doses = {code: dose_for(action, given.facts) for code, action in asked.items()}
        return Seen(
            frozenset(row.class_code for row in rows),
            frozenset((row.id, row.severity) for row in rows),
            frozenset(pathway.indications[row.referral].urgency for row in rows if row.referral),
            frozenset((code, dose.text if dose else "") for code, dose in doses.items()),
        )

    def faults(self) -> Iterator[Fault]:
        """Every vector that fails, with what came out instead."""
        for vector in self.all:
            if vector.id in self.unread:
                yield Fault("vectors", vector.pathway or "imci", vector.id, self.unread[vector.id])
            elif wrong := objection(vector, [self.seen[vector.id, p.id] for p in self._asked(vector)]):
                yield Fault("vectors", vector.pathway or "imci", vector.id, wrong)

    def kills(self, mutant: Pathway) -> str:
        """The first vector that passes with the library and fails with `mutant` in it; "" when none does."""
        for vector in self.all:
            if (vector.id, mutant.id) not in self.seen:
                continue
            now = self._run(mutant, vector)
            if now == self.seen[vector.id, mutant.id]:
                continue
            others = [seen for (name, other), seen in self._of(vector) if other != mutant.id]
            before = [*others, self.seen[vector.id, mutant.id]]
            if not objection(vector, before) and objection(vector, [*others, now]):
                return vector.id
        return ""

    def _of(self, vector: Vector) -> list[tuple[tuple[str, str], Seen]]:
        return [((vector.id, p.id), self.seen[vector.id, p.id]) for p in self._asked(vector)]

    def counted(self, pathway: Pathway) -> int:
        """How many vectors this pathway is tried with."""
        return sum(applies(pathway, self.given[vector]) for vector, name in self.seen if name == pathway.id)


def objection(vector: Vector, seen: list[Seen]) -> str:
    """What differs from what the source says; "" when nothing does."""
    classes = {code for one in seen for code in one.classes}
    rows = {row: severity for one in seen for row, severity in one.rows}
    urgencies = {code for one in seen for code in one.urgencies}
    doses = {code: dose for one in seen for code, dose in one.doses}
    wrong = [f"{code} is missing" for code in vector.expect if code not in classes]
    wrong += [f"{code} is shown" for code in vector.never if code in classes]
    wrong += [f"row {row} does not hold" for row in vector.rows if row not in rows]
    wrong += [f"row {row} holds" for row in vector.not_rows if row in rows]
    wrong += [f"row {row} is not {colour}" for row, colour in vector.colours.items() if rows.get(row) != colour]
    wrong += [
        f"{code} is {doses.get(code)}, not {dose}" for code, dose in vector.doses.items() if doses.get(code) != dose
    ]
    if vector.urgency and not urgencies & set(vector.urgency):
        wrong.append(f"no referral of {', '.join(vector.urgency)}")
    if odd := urgencies & set(vector.no_urgency):
        wrong.append(f"a referral of {', '.join(sorted(odd))}")
    return "; ".join(wrong)
