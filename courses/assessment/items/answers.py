"""Answers: out of the fields of a form, whether there is one, and what of it can be counted.

Every field of the form begins with a prefix, so that several questions stand on one page: `<prefix>-option`,
`-order-<id>`, `-pair-<id>`, `-value`, `-unit`, `-text`, `-points`; of a case set `<prefix>-<part>-option` and so on.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from consortium.clinical.units import KINDS, number
from courses.assessment.items.questions import (
    CaseSet,
    Choice,
    Essay,
    Hotspot,
    Matching,
    Numeric,
    Ordering,
    Question,
    Short,
    TrueFalse,
)
from courses.assessment.items.scoring import normalised, points_of

MOST_WORDS = 20_000
_MOST_POINTS = 20
_MOST_COUNTED = 100


class Fields(Protocol):
    """What Django's QueryDict is."""

    def get(self, key: str, default: Any = None, /) -> Any: ...
    def getlist(self, key: str, /) -> Sequence[Any]: ...


def answer_from(question: Question, fields: Fields, prefix: str) -> dict[str, Any]:
    """The answer as it is kept, {} when nothing was given."""
    if isinstance(question, CaseSet):
        parts = {part.id: answer_from(part.question, fields, f"{prefix}-{part.id}") for part in question.parts}
        answered = {one: answer for one, answer in parts.items() if answer}
        return {"answers": answered} if answered else {}
    return _plain(question, fields, prefix)


def _plain(question: Question, fields: Fields, prefix: str) -> dict[str, Any]:
    if isinstance(question, Choice) and question.several:
        options = [option.id for option in question.options if option.id in fields.getlist(f"{prefix}-option")]
        return {"options": options} if options else {}
    if isinstance(question, Ordering):
        return _order(question, fields, prefix)
    if isinstance(question, Matching):
        pairs = {pair.id: str(fields.get(f"{prefix}-pair-{pair.id}") or "") for pair in question.pairs}
        chosen = {one: match for one, match in pairs.items() if match}
        return {"pairs": chosen} if chosen else {}
    if isinstance(question, Hotspot):
        points = _points(str(fields.get(f"{prefix}-points") or ""))
        return {"points": points} if points else {}
    if isinstance(question, Numeric):
        value = str(fields.get(f"{prefix}-value") or "").strip()[:40]
        return {"value": value, "unit": str(fields.get(f"{prefix}-unit") or question.unit)} if value else {}
    if isinstance(question, Short | Essay):
        text = str(fields.get(f"{prefix}-text") or "").strip()[:MOST_WORDS]
        return {"text": text} if text else {}
    option = str(fields.get(f"{prefix}-option") or "")
    return {"option": option} if option else {}


def _order(question: Ordering, fields: Fields, prefix: str) -> dict[str, Any]:
    """By the place that each option was given; those at one place keep the order of the form."""
    places = {option.id: str(fields.get(f"{prefix}-order-{option.id}") or "") for option in question.options}
    if not all(place.isascii() and place.isdigit() and len(place) < 4 for place in places.values()):
        return {}
    return {"order": sorted(places, key=lambda one: int(places[one]))}


def _points(text: str) -> list[list[int]]:
    """ "120,500 300,40" as points."""
    pairs = [pair.split(",") for pair in text.split()]
    numbers = [[int(n) for n in pair if n.isascii() and n.isdigit() and len(n) < 5] for pair in pairs[:_MOST_POINTS]]
    return [pair for pair in numbers if len(pair) == 2 and max(pair) <= 1000]


def is_empty(answer: Any) -> bool:
    """Whether nothing was answered."""
    return not isinstance(answer, Mapping) or not any(answer.values())


def is_judgeable(question: Question, answer: Mapping[str, Any]) -> bool:
    """Whether the key can be held against it: what was chosen is among the options, a number is one and its unit is
    known, and nothing else is said. Of the kinds that are answered by choosing or by a number; others always are.
    """
    if isinstance(question, Choice):
        field, known = ("options" if question.several else "option"), {option.id for option in question.options}
        chosen = list(answer.get(field) or ()) if question.several else [answer.get(field)]
        return set(answer) == {field} and bool(chosen) and known.issuperset(chosen)
    if isinstance(question, TrueFalse):
        return set(answer) == {"option"} and answer["option"] in ("true", "false")
    return _is_number(question, answer) if isinstance(question, Numeric) else True


def _is_number(question: Numeric, answer: Mapping[str, Any]) -> bool:
    known = {unit.code for unit in KINDS[question.quantity].units} if question.quantity else {question.unit, "", None}
    try:
        number(str(answer.get("value") or ""))
    except ValueError:
        return False
    return set(answer) <= {"value", "unit"} and answer.get("unit") in known


def chosen_in(question: Question, answer: Any) -> list[str]:
    """What was chosen, as words that can be counted over many answers."""
    given: Mapping[str, Any] = answer if isinstance(answer, Mapping) else {}
    if isinstance(question, Choice) and question.several:
        return [str(one)[:_MOST_COUNTED] for one in given.get("options") or []]
    if isinstance(question, Matching):
        pairs = given.get("pairs")
        return [f"{one}={match}"[:_MOST_COUNTED] for one, match in pairs.items()] if isinstance(pairs, Mapping) else []
    if isinstance(question, Hotspot):
        return [f"{x // 100},{y // 100}" for x, y in points_of(given)]
    if isinstance(question, Ordering):
        return [">".join(str(one) for one in given.get("order") or [])[:_MOST_COUNTED]] if given.get("order") else []
    if isinstance(question, Numeric):
        return [f"{given['value']} {given.get('unit') or ''}".strip()[:_MOST_COUNTED]] if given.get("value") else []
    if isinstance(question, Short):
        return [normalised(str(given["text"]))[:_MOST_COUNTED]] if given.get("text") else []
    return [str(given["option"])[:_MOST_COUNTED]] if given.get("option") else []
