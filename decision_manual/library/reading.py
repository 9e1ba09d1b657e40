"""One pathway out of its documents: everything it names is looked up, and put into it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from decision_manual.expressions import Expression, findings_of, refs_of
from decision_manual.library import entries, tables
from decision_manual.library.documents import plain
from decision_manual.library.places import Place
from decision_manual.library.shapes import (
    Action,
    Class,
    Derived,
    Finding,
    Pathway,
    ProfileKey,
    Row,
    Score,
    Source,
    Table,
    vocabulary,
)
from decision_manual.library.tables import Reader, keyed, unique

FAMILIES = ("imci", "symptom")
BODY = ("head", "ear", "eye", "mouth", "throat", "chest", "belly", "back", "groin", "arm", "leg", "skin", "whole")
BUILT_IN = ("age_days", "age_months")
KEYS = (
    "summary", "imports", "entry", "findings", "derived", "scores", "classes", "actions", "indications", "reassess",
    "ask", "safety_net", "conflicts", "synonyms", "body", "verify", "danger_by",
    "bands",
)  # fmt: skip
REQUIRED = ("id", "family", "title", "applies", "primary_source", "tables", "review")


@dataclass(frozen=True)
class Shared:
    """The entries that every pathway may use, each with the place it was read from."""

    findings: Mapping[str, Finding] = field(default_factory=dict)
    classes: Mapping[str, Class] = field(default_factory=dict)
    actions: Mapping[str, Action] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    profile: Mapping[str, ProfileKey] = field(default_factory=dict)
    safety_net: tuple[Any, ...] = ()
    raw: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass
class _Names:
    """The names a pathway may use: the shared ones, the imported ones and its own."""

    findings: dict[str, Finding]
    derived: dict[str, Derived]
    scores: dict[str, Score]
    reader: Reader


def pathway(place: Place, chapter: Place, shared: Shared, imported: Mapping[str, Pathway]) -> Pathway:
    """The pathway written in `place`. Raises LibraryError with file, path and remedy."""
    place.mapping(KEYS, REQUIRED)
    names = _names(place, shared, imported)
    reader = names.reader
    made = Pathway(
        id=place.at("id").text(),
        family=place.at("family").one_of(FAMILIES),
        title=place.at("title").words(),
        summary=place.at("summary").maybe(Place.words),
        age_days=_ages(place.at("applies")),
        primary_source=place.at("primary_source").text(),
        imports=place.at("imports").texts(),
        entry=reader.optional(place.at("entry")),
        findings=names.findings,
        derived=names.derived,
        scores=names.scores,
        tables=tuple(reader.table(item) for item in place.at("tables").items()),
        actions={**shared.actions, **keyed(place.at("actions"), entries.action)},
        indications=keyed(place.at("indications"), tables.indication),
        classes={**shared.classes, **keyed(place.at("classes"), entries.classification)},
        reassess=tuple(keyed(place.at("reassess"), reader.reassess).values()),
        profile=shared.profile,
        sources=shared.sources,
        ask=place.at("ask").texts(),
        safety_net=tuple(item.words() for item in place.at("safety_net").items()) or shared.safety_net,
        conflicts=tuple(tables.conflict(item) for item in place.at("conflicts").items()),
        chapter=tables.chapter(chapter) if chapter.value is not None else (),
        synonyms={key: value.texts() for key, value in place.at("synonyms").entries()},
        body=tuple(item.one_of(BODY) for item in place.at("body").items()),
        review=tables.review(place.at("review")),
        verify=place.at("verify").texts(),
        danger_by=place.at("danger_by").text(""),
        bands=place.at("bands").text(""),
        bundle={},
    )
    _check(made, place)
    return _trimmed(made, place, chapter, shared, imported)


def _ages(place: Place) -> tuple[int, int]:
    place.mapping((), ("age_days",))
    low, high = place.at("age_days").pair()
    if low != int(low) or high != int(high) or low == high:
        place.at("age_days").wrong("whole days from (inclusive) and to (exclusive), e.g. [60, 1826]")
    return int(low), int(high)


def _names(place: Place, shared: Shared, imported: Mapping[str, Pathway]) -> _Names:
    findings = {**shared.findings, **{k: f for p in imported.values() for k, f in p.findings.items()}}
    for code, inner in place.at("findings").entries():
        if code in findings:
            inner.wrong("is known already (shared or imported): use that one, or take another code")
        findings[code] = entries.finding(code, inner)
    derived = {k: d for p in imported.values() for k, d in p.derived.items()}
    scores = {k: s for p in imported.values() for k, s in p.scores.items()}
    own = frozenset(key for key, _inner in place.at("derived").entries())
    own_scores = frozenset(key for key, _inner in place.at("scores").entries())
    if clash := (own | own_scores) & (findings.keys() | derived.keys() | scores.keys()):
        place.at("derived").wrong(f"{', '.join(sorted(clash))}: the name is taken by a finding or an import")
    names = vocabulary(findings, shared.profile, own | derived.keys(), own_scores | scores.keys())
    reader = Reader(names)
    derived |= keyed(place.at("derived"), reader.derived)
    scores |= keyed(place.at("scores"), reader.score)
    return _Names(findings, derived, scores, reader)


def _check(made: Pathway, place: Place) -> None:
    """Ids once, references known. What needs proof is the checker's."""
    unique([(table.id, place.at("tables")) for table in made.tables], "table")
    unique([(row.id, place.at("tables")) for row in made.rows], "row")
    for number, table in enumerate(made.tables):
        for index, row in enumerate(table.rows):
            _check_row(made, row, place.at("tables").items()[number].at("rows").items()[index])
    _known(made.ask, made.findings, place.at("ask"), "finding")
    _known([made.primary_source], made.sources, place.at("primary_source"), "source")
    for item in made.conflicts:
        _known([key for key, _words in item.positions], made.sources, place.at("conflicts"), "source")
    for again in made.reassess:
        _known(again.replaces, made.findings, place.at("reassess"), "finding")
    for code, need in made.indications.items():
        _known(
            need.letter_fields, {**made.findings, "age": 1, "weight_kg": 1}, place.at("indications").at(code), "finding"
        )
    for language in made.synonyms:
        _known([language], ("en", "zh"), place.at("synonyms"), "language")
    _no_circle(made, place)


def _check_row(made: Pathway, row: Row, place: Place) -> None:
    _known(row.actions, made.actions, place.at("actions"), "action")
    _known([row.referral] if row.referral else [], made.indications, place.at("referral"), "indication")
    _known([row.class_code] if row.class_code else [], made.classes, place.at("class"), "class")
    _known([cite.source for cite in row.cite], made.sources, place.at("cite"), "source")
    _known([other.source for other in row.alternatives], made.sources, place.at("alternatives"), "source")
    if not row.class_code and not row.title:
        place.wrong("a row has a class or a title")


def _known(asked: Iterable[str], known: Any, place: Place, what: str) -> None:
    if odd := [key for key in asked if key not in known]:
        place.wrong(f"no {what} {', '.join(odd)}: define it, or mend the name")


def _no_circle(made: Pathway, place: Place) -> None:
    """No derived name leads back to itself."""
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            place.at("derived").wrong(f"goes in a circle: {' > '.join((*above, name))}")
        if name in done:
            return
        for part in _parts(made, name):
            for inner in refs_of(part):
                visit(inner, (*above, name))
        done.add(name)

    for name in (*made.derived, *made.scores):
        visit(name, ())


def _parts(made: Pathway, name: str) -> list[Expression]:
    if name in made.derived:
        return [made.derived[name].when]
    return [term.when for term in made.scores[name].terms]


def expressions(tables_: Iterable[Table], made: Pathway) -> list[Expression]:
    """Every expression a pathway states itself."""
    rows = [part for table in tables_ for part in (table.entry, *(row.when for row in table.rows))]
    return [made.entry, *rows, *(again.when for again in made.reassess)]


def used(made: Pathway) -> tuple[list[str], list[str]]:
    """(findings, derived names and scores) that its tables look at, directly or through derived names, in order."""
    findings: dict[str, None] = {}
    names: dict[str, None] = {}

    def visit(expression: Expression) -> None:
        findings.update(dict.fromkeys(findings_of(expression)))
        for name in refs_of(expression):
            if name not in names:
                names[name] = None
                for part in _parts(made, name):
                    visit(part)

    for expression in expressions(made.tables, made):
        visit(expression)
    return list(findings), list(names)


def unverified(made: Pathway) -> list[tuple[str, str]]:
    """(place, what to open in the source) of everything that is marked; none may be left in what is approved."""
    marks = [("verify", text) for text in made.verify]
    for row in made.rows:
        marks += [(row.id, row.verify), *((row.id, cite.verify) for cite in row.cite)]
    for action in made.actions.values():
        marks += [(action.id, action.verify), *((action.id, cite.verify) for cite in action.cite)]
    return [(place, text) for place, text in marks if text]


def _trimmed(made: Pathway, place: Place, chapter: Place, shared: Shared, imported: Mapping[str, Pathway]) -> Pathway:
    """Only what it uses of the shared entries, with a bundle from which it can be read again."""
    seen, names = used(made)
    names += [key for key, _ in (*place.at("derived").entries(), *place.at("scores").entries()) if key not in names]
    told = [code for need in made.indications.values() for code in need.letter_fields]
    asked = [*seen, *made.ask, *(code for again in made.reassess for code in again.replaces), *told]
    own = {key for key, _inner in place.at("findings").entries()}
    findings = {code: made.findings[code] for code in dict.fromkeys([*asked, *own]) if code in made.findings}
    profile = _profile_used(made, findings, seen)
    actions = {key: made.actions[key] for row in made.rows for key in row.actions}
    profile |= {key: made.profile[key] for one in actions.values() for key in one.only_if if key in made.profile}
    parts: dict[str, Any] = {
        "findings": findings,
        "derived": {name: made.derived[name] for name in names if name in made.derived},
        "scores": {name: made.scores[name] for name in names if name in made.scores},
        "actions": actions,
        "classes": {row.class_code: made.classes[row.class_code] for row in made.rows if row.class_code},
        "profile": profile,
    }
    parts["sources"] = {key: made.sources[key] for key in _sources_used(made, actions)}
    whole = Pathway(**{**made.__dict__, **parts})
    bundle = _bundle(whole, place, chapter, shared, imported)
    return Pathway(**{**whole.__dict__, "bundle": bundle})


def _profile_used(made: Pathway, findings: Mapping[str, Finding], seen: list[str]) -> dict[str, ProfileKey]:
    keys = [name.removeprefix("profile.") for name in seen if name.startswith("profile.")]
    keys += [one.profile for one in findings.values() if one.profile]
    keys += [item.profile for item in made.conflicts if item.profile]
    return {key: made.profile[key] for key in keys if key in made.profile}


def _sources_used(made: Pathway, actions: Mapping[str, Action]) -> list[str]:
    rows = [c.source for row in made.rows for c in row.cite]
    doses = [c.source for one in actions.values() for c in one.cite]
    others = [a.source for row in made.rows for a in row.alternatives]
    ledger = [key for item in made.conflicts for key, _words in item.positions]
    return [key for key in dict.fromkeys([made.primary_source, *rows, *doses, *others, *ledger]) if key in made.sources]


def _bundle(
    whole: Pathway, place: Place, chapter: Place, shared: Shared, imported: Mapping[str, Pathway]
) -> dict[str, Any]:
    library = {
        shelf: {key: plain(raw) for key, raw in shared.raw.get(shelf, {}).items() if key in getattr(whole, shelf)}
        for shelf in ("findings", "classes", "actions", "sources", "profile")
    }
    return {
        "pathway": plain(place.value),
        "chapter": plain(chapter.value),
        "library": library,
        "safety_net": plain(shared.raw.get("safety_net", {}).get("standard")),
        "imports": {key: dict(one.bundle) for key, one in imported.items()},
    }
