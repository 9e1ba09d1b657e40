"""An answer judged by the key: the share of the points that it earns, by a named rule, and why.

Shares are exact fractions, so that three thirds are the whole. Nothing is ever taken off for an empty answer, and no
question gives less than nothing.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from typing import Any, Final

from consortium.clinical.units import KINDS, convert, number
from courses.assessment.items.questions import (
    CaseSet,
    Choice,
    Hotspot,
    Matching,
    Numeric,
    Ordering,
    Question,
    Short,
    TrueFalse,
)

#: the rules of each kind, the usual one first.
#: all: everything right or nothing · each: every option (pair) judged alone · less_wrong: right ones less wrong ones ·
#: places: options in their own place · pairs: pairs of options in the right order
RULES: Final[dict[str, tuple[str, ...]]] = {
    "single": ("all",),
    "multiple": ("all", "each", "less_wrong"),
    "true_false": ("all",),
    "ordering": ("all", "places", "pairs"),
    "matching": ("each", "all"),
    "numeric": ("all",),
    "short": ("all",),
    "hotspot": ("all", "less_wrong"),
    "case_set": ("all",),
    "essay": ("all",),
}
_ONE, _NOUGHT = Fraction(1), Fraction(0)
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")


class Verdict(StrEnum):
    """What became of one option, pair or area: `missed` was right and not chosen, `left` was wrong and not chosen."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSED = "missed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Mark:
    """`what` is the id of an option, pair, area or part."""

    what: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Score:
    """`share` of the points, 0 to 1; None: people have to mark it. `parts` of a case set by their ids."""

    share: Fraction | None
    rule: str
    marks: tuple[Mark, ...] = ()
    parts: tuple[tuple[str, "Score"], ...] = ()

    @property
    def right(self) -> bool:
        return self.share == 1

    def points(self, most: Decimal) -> Decimal | None:
        """Rounded to four places, where the points are given."""
        if self.share is None:
            return None
        exact = most * self.share.numerator / self.share.denominator
        return exact.quantize(Decimal("0.0001"))

    def trace(self) -> dict[str, Any]:
        """What is kept beside the points, JSON-able: why they are what they are."""
        kept: dict[str, Any] = {"rule": self.rule, "share": None if self.share is None else str(self.share)}
        kept["marks"] = [[mark.what, mark.verdict.value] for mark in self.marks]
        if self.parts:
            kept["parts"] = {one: part.trace() for one, part in self.parts}
        return kept


def normalised(text: str) -> str:
    """As two people would call it the same: full-width letters, case, blanks and a last full stop do not count."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return _HAN_GAP.sub("", plain).strip(" .。,，;；!！")


def _all_or(share: Fraction, rule: str) -> Fraction:
    """What a share is worth: by the rule "all" only the whole counts."""
    return share if rule != "all" or share == 1 else _NOUGHT


def _verdict(chosen: bool, right: bool) -> Verdict:
    if chosen:
        return Verdict.RIGHT if right else Verdict.WRONG
    return Verdict.MISSED if right else Verdict.LEFT


def _judged(marks: tuple[Mark, ...], rule: str) -> Score:
    """Options that are chosen or not."""
    count = {verdict: sum(mark.verdict == verdict for mark in marks) for verdict in Verdict}
    rights = count[Verdict.RIGHT] + count[Verdict.MISSED]
    if rule == "less_wrong":
        share = Fraction(max(0, count[Verdict.RIGHT] - count[Verdict.WRONG]), max(1, rights))
    else:
        share = Fraction(count[Verdict.RIGHT] + count[Verdict.LEFT], max(1, len(marks)))
    return Score(_all_or(share, rule), rule, marks)


def _choice(question: Choice, answer: Mapping[str, Any]) -> Score:
    chosen = set(_ids(answer.get("options"))) if question.several else {str(answer.get("option"))}
    known = {option.id for option in question.options}
    if not chosen & known:
        marks = tuple(Mark(option.id, _verdict(False, option.right)) for option in question.options)
        return Score(_NOUGHT, question.rule, marks)
    marks = tuple(Mark(option.id, _verdict(option.id in chosen, option.right)) for option in question.options)
    return _judged(marks, question.rule)


def _ids(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _true_false(question: TrueFalse, answer: Mapping[str, Any]) -> Score:
    said, right = str(answer.get("option")), "true" if question.right else "false"
    marks = tuple(Mark(one, _verdict(one == said, one == right)) for one in ("true", "false"))
    return Score(_ONE if said == right else _NOUGHT, question.rule, marks)


def _ordering(question: Ordering, answer: Mapping[str, Any]) -> Score:
    right = [option.id for option in question.options]
    order = _ids(answer.get("order"))
    if sorted(order) != sorted(right):
        return Score(_NOUGHT, question.rule, tuple(Mark(one, Verdict.MISSED) for one in right))
    marks = tuple(
        Mark(one, Verdict.RIGHT if one == here else Verdict.WRONG) for one, here in zip(order, right, strict=True)
    )
    if question.rule == "pairs":
        place = {one: n for n, one in enumerate(order)}
        pairs = list(combinations(right, 2))
        share = Fraction(sum(place[first] < place[second] for first, second in pairs), len(pairs))
    else:
        share = Fraction(sum(mark.verdict == Verdict.RIGHT for mark in marks), len(marks))
    return Score(_all_or(share, question.rule), question.rule, marks)


def _matching(question: Matching, answer: Mapping[str, Any]) -> Score:
    given = answer.get("pairs")
    given = given if isinstance(given, Mapping) else {}
    marks = []
    for pair in question.pairs:
        chosen = str(given.get(pair.id) or "")
        wrong = Verdict.WRONG if chosen else Verdict.MISSED
        marks.append(Mark(pair.id, Verdict.RIGHT if chosen == question.right_of(pair) else wrong))
    share = Fraction(sum(mark.verdict == Verdict.RIGHT for mark in marks), len(marks))
    return Score(_all_or(share, question.rule), question.rule, tuple(marks))


def _numeric(question: Numeric, answer: Mapping[str, Any]) -> Score:
    try:
        value = number(str(answer.get("value") or ""))
    except ValueError:
        return _plain(question, None)
    if question.quantity:
        units = {unit.code for unit in KINDS[question.quantity].units}
        unit = str(answer.get("unit") or "")
        if unit not in units:
            return _plain(question, False)
        value = convert(value, question.quantity, unit, question.unit)
    return _plain(question, abs(value - question.value) <= question.margin)


def _plain(question: Question, right: bool | None) -> Score:
    """Right, wrong, or nothing that can be judged."""
    verdict = Verdict.MISSED if right is None else Verdict.RIGHT if right else Verdict.WRONG
    return Score(_ONE if right else _NOUGHT, question.rule, (Mark("answer", verdict),))


def _short(question: Short, answer: Mapping[str, Any]) -> Score:
    said = normalised(str(answer.get("text") or ""))
    return _plain(question, said in {normalised(one) for one in question.accepted} if said else None)


def points_of(answer: Mapping[str, Any]) -> list[tuple[int, int]]:
    """The points that were set on a picture, in thousandths; what is none is passed over."""
    found = answer.get("points")
    rows = [row for row in found if isinstance(row, list) and len(row) == 2] if isinstance(found, list) else []
    return [(x, y) for x, y in rows if type(x) is int and type(y) is int]


def _hotspot(question: Hotspot, answer: Mapping[str, Any]) -> Score:
    """Each area once; a point outside of all is wrong, and so is a second one in the same."""
    left = points_of(answer)
    marks = []
    for place, area in enumerate(question.areas, 1):
        hit = next((point for point in left if area.holds(*point)), None)
        if hit is not None:
            left.remove(hit)
        marks.append(Mark(str(place), Verdict.MISSED if hit is None else Verdict.RIGHT))
    marks += [Mark(f"{x},{y}", Verdict.WRONG) for x, y in left]
    return _judged(tuple(marks), question.rule)


def _case_set(question: CaseSet, answer: Mapping[str, Any]) -> Score:
    """Its parts by their weight."""
    given = answer.get("answers")
    given = given if isinstance(given, Mapping) else {}
    parts = tuple((part.id, score(part.question, given.get(part.id))) for part in question.parts)
    if any(part.share is None for _, part in parts):
        return Score(None, question.rule, parts=parts)
    weights = [Fraction(part.points) for part in question.parts]
    earned = sum((weight * (part.share or 0) for weight, (_, part) in zip(weights, parts, strict=True)), _NOUGHT)
    return Score(earned / (sum(weights) or 1), question.rule, parts=parts)


_SCORERS: Final[dict[type[Question], Callable[[Any, Mapping[str, Any]], Score]]] = {
    Choice: _choice,
    TrueFalse: _true_false,
    Ordering: _ordering,
    Matching: _matching,
    Numeric: _numeric,
    Short: _short,
    Hotspot: _hotspot,
    CaseSet: _case_set,
}


def score(question: Question, answer: Any) -> Score:
    """The answer judged; whatever was sent, none of it raises. An essay that says something is marked by people."""
    given = answer if isinstance(answer, Mapping) else {}
    if type(question) in _SCORERS:
        return _SCORERS[type(question)](question, given)
    return Score(None if str(given.get("text") or "").strip() else _NOUGHT, question.rule)
