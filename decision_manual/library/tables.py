"""The parts of one pathway: derived names, scores, tables with their rows, indications, conflicts, chapter."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from decision_manual.expressions import All, Constant, Expression, Not, OneOf, ReadError, Some, Vocabulary, read
from decision_manual.library.entries import cites, only_if
from decision_manual.library.places import Place
from decision_manual.library.shapes import (
    HITS,
    SEVERITIES,
    URGENCIES,
    Alternative,
    Conflict,
    Derived,
    Indication,
    Reassess,
    Review,
    Row,
    Score,
    Section,
    Table,
    Term,
)

SECTIONS = ("mechanism", "causes", "examine", "differential", "not_to_miss", "treatment", "referral", "follow_up")


@dataclass(frozen=True)
class Reader:
    """Reads expressions with the names that this pathway may use."""

    names: Vocabulary

    def expression(self, place: Place) -> Expression:
        try:
            return read(place.value, self.names)
        except ReadError as error:
            inner = Place(None, place.file, place.path + error.path)
            inner.wrong(error.message)

    def optional(self, place: Place) -> Expression:
        """The expression, or "always" where none was written."""
        return Constant(True) if place.value is None else self.expression(place)

    def derived(self, name: str, place: Place) -> Derived:
        place.mapping((), ("label", "when"))
        return Derived(name, place.at("label").words(), self.expression(place.at("when")))

    def score(self, name: str, place: Place) -> Score:
        place.mapping((), ("label", "terms"))
        return Score(name, place.at("label").words(), tuple(self._term(item) for item in place.at("terms").items()))

    def _term(self, place: Place) -> Term:
        place.mapping((), ("points", "label", "when"))
        return Term(place.at("points").whole(), place.at("label").words(), self.expression(place.at("when")))

    def table(self, place: Place) -> Table:
        place.mapping(("entry", "complete"), ("id", "title", "hit", "rows"))
        hit = place.at("hit").one_of(HITS)
        rows: list[Row] = []
        for item in place.at("rows").items():
            rows.append(self._row(item, rows))
        if not rows:
            place.at("rows").wrong("a table needs rows")
        complete = place.at("complete").flag() if place.has("complete") else hit != "multi"
        return Table(
            place.at("id").text(),
            place.at("title").words(),
            hit,
            self.optional(place.at("entry")),
            tuple(rows),
            complete,
        )

    def _row(self, place: Place, before: list[Row]) -> Row:
        place.mapping(
            ("title", "class", "actions", "referral", "alternatives", "note", "verify", "only_if", "and"),
            ("id", "when", "severity", "cite"),
        )
        otherwise = place.at("when").value == "otherwise"
        return Row(
            id=place.at("id").text(),
            when=self._when(place, before, otherwise),
            severity=place.at("severity").one_of(SEVERITIES),
            title=place.at("title").maybe(Place.words),
            class_code=place.at("class").text(""),
            actions=place.at("actions").texts(),
            referral=place.at("referral").text(""),
            cite=cites(place.at("cite")),
            alternatives=tuple(_alternative(item) for item in place.at("alternatives").items()),
            note=place.at("note").maybe(Place.words),
            verify=place.at("verify").text(""),
            otherwise=otherwise,
        )

    def _when(self, place: Place, before: list[Row], otherwise: bool) -> Expression:
        """The row's own condition, the site's choices first; `otherwise` is spelt out: none of the rows before."""
        if otherwise:
            none: Expression = Not(Some(tuple(row.when for row in before))) if before else Constant(True)
            own = [none, *([self.expression(place.at("and"))] if place.has("and") else [])]
        else:
            own = [self.expression(place.at("when"))]
        site = [self._site(key, values, place) for key, values in only_if(place.at("only_if")).items()]
        parts = [*site, *own]
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _site(self, key: str, values: tuple[str, ...], place: Place) -> Expression:
        choices = self.names.findings.get(f"profile.{key}", ("", "", ()))[2]
        if not choices or not set(values) <= set(choices):
            place.at("only_if").wrong(f"{key}: {', '.join(values)} is no choice of the site profile")
        return OneOf(f"profile.{key}", values)

    def reassess(self, code: str, place: Place) -> Reassess:
        place.mapping((), ("label", "replaces", "when"))
        return Reassess(
            code, place.at("label").words(), place.at("replaces").texts(), self.expression(place.at("when"))
        )


def _alternative(place: Place) -> Alternative:
    place.mapping(("profile",), ("source", "says"))
    return Alternative(place.at("source").text(), place.at("says").words(), place.at("profile").text(""))


def indication(code: str, place: Place) -> Indication:
    place.mapping(("to", "letter_fields"), ("urgency", "title"))
    return Indication(
        code,
        place.at("urgency").one_of(URGENCIES),
        place.at("title").words(),
        place.at("to").text(""),
        place.at("letter_fields").texts(),
    )


def conflict(place: Place) -> Conflict:
    place.mapping(("profile",), ("id", "topic", "positions", "chosen", "why"))
    positions = tuple((key, words.words()) for key, words in place.at("positions").entries())
    if len(positions) < 2:
        place.at("positions").wrong("a conflict has at least two positions, SOURCE: {en: ..., zh: ...}")
    return Conflict(
        place.at("id").text(),
        place.at("topic").words(),
        positions,
        place.at("chosen").one_of([key for key, _words in positions]),
        place.at("why").words(),
        place.at("profile").text(""),
    )


def review(place: Place) -> Review:
    place.mapping((), ("author", "written_on", "next_review"))
    return Review(place.at("author").text(), place.at("written_on").text(), place.at("next_review").text())


def chapter(place: Place) -> tuple[Section, ...]:
    """The sections in their fixed order, each in both languages."""
    place.mapping(SECTIONS)
    return tuple(Section(name, place.at(name).words()) for name in SECTIONS if place.has(name))


def unique(values: list[tuple[str, Place]], what: str) -> None:
    """Each id once."""
    seen: set[str] = set()
    for value, place in values:
        if value in seen:
            place.wrong(f"{what} {value} stands twice: ids are unique within a pathway")
        seen.add(value)


def keyed(place: Place, make: "Callable[[str, Place], Any]") -> dict[str, Any]:
    return {key: make(key, inner) for key, inner in place.entries()}
