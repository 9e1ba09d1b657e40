"""A question as its page shows it: to be answered, or with what became of the answer. The key is in it only when told.

One shape for exams, videos and the bank's own preview: `{% include question.template with asked=question %}`.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import get_language

from consortium.clinical.units import KINDS
from courses.assessment.items import (
    CaseSet,
    Choice,
    Essay,
    Hotspot,
    Matching,
    Numeric,
    Option,
    Ordering,
    Question,
    Score,
    Short,
    TrueFalse,
    read,
    score,
)
from courses.assessment.items.scoring import points_of
from courses.assessment.items.writing import kind_of
from courses.assessment.models import ItemVersion

_TRUE_FALSE: Final = ("true", "false")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One option, pair, point or line of a rubric. `verdict` ("", right, wrong, missed, left) only in a review."""

    id: str
    text: str
    chosen: bool = False
    verdict: str = ""
    feedback: str = ""
    place: int = 0
    match: str = ""
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """`prefix` begins the names of the form's fields; `locked`: nothing can be answered any more; `share`: per cent."""

    kind: str
    prefix: str
    stem: str
    rule: str
    locked: bool = False
    number: int = 0
    rows: Sequence[ShownRow] = ()
    offered: Sequence[ShownRow] = ()
    parts: Sequence["ShownQuestion"] = ()
    said: str = ""
    unit: str = ""
    units: Sequence[tuple[str, str]] = ()
    picture: str = ""
    points_set: str = ""
    needed: int = 0
    most_words: int = 0
    reviewed: bool = False
    share: int | None = None
    key: str = ""
    feedback: str = ""
    areas: Sequence[Any] = ()

    @property
    def template(self) -> str:
        return f"assessment/items/{self.kind}.html"

    @property
    def right(self) -> bool:
        return self.share == 100

    @property
    def places(self) -> range:
        """The places that may be chosen for something that is put in order."""
        return range(1, len(self.rows) + 1)


@dataclass(frozen=True, slots=True)
class _Look:
    """How it is shown: in which language, mixed by which seed, with how much of the key."""

    language: str
    seed: str
    locked: bool
    key: bool
    feedback: bool


@dataclass(frozen=True, slots=True)
class _Given:
    """The answer so far, what became of it, and the seed of this one question."""

    answer: Mapping[str, Any]
    verdicts: Mapping[str, str]
    seed: str


def show_question(
    version: ItemVersion, *, prefix: str = "a", answer: Any = None, seed: str = "", locked: bool = False,
    key: bool = False, feedback: bool = False, number: int = 0,
) -> ShownQuestion:  # fmt: skip
    """The question of a version. `seed` (of an attempt) mixes its options, the same way each time; `key` and `feedback`
    show what is right and the author's words: only after the answer."""
    look = _Look(get_language() or "en", seed, locked or key, key, feedback)
    return _shown(read(version.item.kind, version.content), prefix, answer, look, str(version.pk), number)


def _shown(question: Question, prefix: str, answer: Any, look: _Look, name: str, number: int = 0) -> ShownQuestion:
    given: Mapping[str, Any] = answer if isinstance(answer, Mapping) else {}
    found = score(question, given)
    verdicts = {mark.what: mark.verdict.value for mark in found.marks} if look.key else {}
    filled = _FILL[type(question)](question, _Given(given, verdicts, f"{look.seed}:{name}"), look)
    if isinstance(question, CaseSet):
        filled = {"parts": _parts(question, prefix, given, look, name)}
    review = _review(question, found, look) if look.key else {}
    return ShownQuestion(
        kind=kind_of(question), prefix=prefix, stem=question.stem.said(look.language), rule=question.rule,
        locked=look.locked, number=number,
        feedback=question.feedback.said(look.language) if look.feedback else "", **(filled | review),
    )  # fmt: skip


def _parts(question: CaseSet, prefix: str, given: Mapping[str, Any], look: _Look, name: str) -> list[ShownQuestion]:
    answers = given.get("answers")
    answers = answers if isinstance(answers, Mapping) else {}
    return [
        _shown(part.question, f"{prefix}-{part.id}", answers.get(part.id), look, f"{name}:{part.id}")
        for part in question.parts
    ]


def _review(question: Question, found: Score, look: _Look) -> dict[str, Any]:
    share = None if found.share is None else round(found.share * 100)
    return {"reviewed": True, "share": share, "key": key_in_words(question)}


def key_in_words(question: Question) -> str:
    """The right answer, where no mark at an option says it."""
    if isinstance(question, Numeric):
        margin = f" ± {question.margin.normalize():f}" if question.margin else ""
        unit = KINDS[question.quantity].unit(question.unit).label if question.quantity else question.unit
        return f"{question.value.normalize():f}{margin} {unit}".strip()
    return " · ".join(question.accepted) if isinstance(question, Short) else ""


def _mixed(options: Sequence[Option], seed: str) -> list[Option]:
    mixed = list(options)
    random.Random(seed).shuffle(mixed)  # noqa: S311 - an order to read in, no secret
    return mixed


def _choice(question: Choice, given: _Given, look: _Look) -> dict[str, Any]:
    answer = given.answer
    chosen = set(answer.get("options") or []) if question.several else {answer.get("option")}
    rows = [
        ShownRow(
            option.id, option.text.said(look.language), option.id in chosen, given.verdicts.get(option.id, ""),
            option.feedback.said(look.language) if look.feedback else "",
        )
        for option in (_mixed(question.options, given.seed) if look.seed else question.options)
    ]  # fmt: skip
    return {"rows": rows}


def _true_false(question: TrueFalse, given: _Given, look: _Look) -> dict[str, Any]:
    said = given.answer.get("option")
    return {"rows": [ShownRow(one, "", said == one, given.verdicts.get(one, "")) for one in _TRUE_FALSE]}


def _ordering(question: Ordering, given: _Given, look: _Look) -> dict[str, Any]:
    """As it was answered, else mixed, and never by chance in its right order."""
    known = {option.id: option for option in question.options}
    order = [one for one in given.answer.get("order") or [] if one in known]
    if sorted(order) != sorted(known):
        order = [option.id for option in _mixed(question.options, given.seed)]
        order = [*order[1:], order[0]] if order == list(known) else order
    right = {one: place for place, one in enumerate(known, 1)}
    rows = [
        ShownRow(one, known[one].text.said(look.language), verdict=given.verdicts.get(one, ""),
                 place=right[one] if look.key else place)
        for place, one in enumerate(order, 1)
    ]  # fmt: skip
    return {"rows": rows}


def _matching(question: Matching, given: _Given, look: _Look) -> dict[str, Any]:
    pairs = given.answer.get("pairs")
    chosen = pairs if isinstance(pairs, Mapping) else {}
    rows = [
        ShownRow(pair.id, pair.text.said(look.language), verdict=given.verdicts.get(pair.id, ""),
                 match=str(chosen.get(pair.id) or ""), feedback=pair.match.said(look.language) if look.key else "")
        for pair in question.pairs
    ]  # fmt: skip
    offered = [ShownRow(option.id, option.text.said(look.language)) for option in question.matches()]
    return {"rows": rows, "offered": sorted(offered, key=lambda one: one.text)}


def _numeric(question: Numeric, given: _Given, look: _Look) -> dict[str, Any]:
    units = KINDS[question.quantity].units if question.quantity else ()
    return {
        "said": str(given.answer.get("value") or ""), "unit": str(given.answer.get("unit") or ""),
        "units": [(unit.code, str(unit.label)) for unit in units] or [(question.unit, question.unit)],
    }  # fmt: skip


def _short(question: Short, given: _Given, look: _Look) -> dict[str, Any]:
    return {"said": str(given.answer.get("text") or "")}


def _essay(question: Essay, given: _Given, look: _Look) -> dict[str, Any]:
    rows = [ShownRow(option.id, option.text.said(look.language), points=points) for option, points in question.rubric]
    shown = rows if look.key else ()
    return {"said": str(given.answer.get("text") or ""), "most_words": question.most_words, "rows": shown}


def _hotspot(question: Hotspot, given: _Given, look: _Look) -> dict[str, Any]:
    points = points_of(given.answer)
    return {
        "picture": reverse("assessment:picture", args=[question.picture]), "said": question.alt.said(look.language),
        "points_set": " ".join(f"{x},{y}" for x, y in points), "needed": len(question.areas),
        "areas": question.areas if look.key else (),
    }  # fmt: skip


_FILL: Final[dict[type[Question], Any]] = {
    Choice: _choice,
    TrueFalse: _true_false,
    Ordering: _ordering,
    Matching: _matching,
    Numeric: _numeric,
    Short: _short,
    Essay: _essay,
    Hotspot: _hotspot,
    CaseSet: lambda question, given, look: {},
}
