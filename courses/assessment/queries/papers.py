"""A question as it is asked: everything that a learner sees of it, and nothing of its key."""

from typing import Any

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
    Text,
)
from courses.assessment.queries.sitting import Asked


def _text(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _options(options: tuple[Option, ...]) -> list[dict[str, Any]]:
    return [{"id": option.id, "text": _text(option.text)} for option in options]


def without_key(question: Question) -> dict[str, Any]:
    """JSON-able. Options to be ordered stand in the order of their texts: theirs would be the answer."""
    plain: dict[str, Any] = {"stem": _text(question.stem)}
    if isinstance(question, Choice):
        return plain | {"options": _options(question.options)}
    if isinstance(question, Ordering):
        return plain | {"options": _options(tuple(sorted(question.options, key=lambda one: (one.text.en, one.id))))}
    if isinstance(question, Matching):
        pairs = [{"id": pair.id, "text": _text(pair.text)} for pair in question.pairs]
        return plain | {"pairs": pairs, "matches": _options(question.matches())}
    if isinstance(question, Numeric):
        return plain | {"quantity": question.quantity, "unit": question.unit}
    if isinstance(question, Hotspot):
        return plain | {"picture": question.picture, "alt": _text(question.alt), "places": len(question.areas)}
    if isinstance(question, Essay):
        return plain | {"most_words": question.most_words}
    if isinstance(question, CaseSet):
        return plain | {"parts": [{"id": part.id, "points": str(part.points), "question": without_key(part.question)}
                                  for part in question.parts]}  # fmt: skip
    return plain


def asked_plainly(one: Asked) -> dict[str, Any]:
    """A line of the paper, for programs."""
    return {
        "number": one.number, "position": one.row.position, "kind": one.row.version.item.kind,
        "points": str(one.row.points), "question": without_key(one.question),
        "given": one.answer.given if one.answer else None, "seq": one.seq, "flagged": one.is_flagged,
    }  # fmt: skip
