"""A question as JSON again, always in the same shape; and all its texts."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from courses.assessment.items.questions import (
    CaseSet,
    Choice,
    Essay,
    Hotspot,
    Matching,
    Numeric,
    Option,
    Ordering,
    Question,
    Short,
    Text,
    TrueFalse,
)


def kind_of(question: Question) -> str:
    """The name of its kind, as `states.Kind` has it."""
    if isinstance(question, Choice):
        return "multiple" if question.several else "single"
    return _KINDS[type(question)][0]


def _text(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _option(option: Option) -> dict[str, Any]:
    return {"id": option.id, "text": _text(option.text)}


def _choice(question: Choice) -> dict[str, Any]:
    options = [
        {**_option(option), "right": option.right, "feedback": _text(option.feedback)} for option in question.options
    ]
    return {"options": options}


def _matching(question: Matching) -> dict[str, Any]:
    pairs = [{"id": pair.id, "text": _text(pair.text), "match": _text(pair.match)} for pair in question.pairs]
    return {"pairs": pairs, "extra": [_option(option) for option in question.extra]}


def _numeric(question: Numeric) -> dict[str, Any]:
    return {
        "value": f"{question.value:f}", "tolerance": f"{question.tolerance:f}", "relative": question.relative,
        "quantity": question.quantity, "unit": question.unit,
    }  # fmt: skip


def _hotspot(question: Hotspot) -> dict[str, Any]:
    areas = [{"shape": one.shape, "x": one.x, "y": one.y, "w": one.w, "h": one.h} for one in question.areas]
    return {"picture": question.picture, "alt": _text(question.alt), "areas": areas}


def _essay(question: Essay) -> dict[str, Any]:
    rubric = [{**_option(option), "points": f"{points:f}"} for option, points in question.rubric]
    return {"rubric": rubric, "most_words": question.most_words}


def _case_set(question: CaseSet) -> dict[str, Any]:
    parts = [
        {"id": part.id, "kind": kind_of(part.question), "points": f"{part.points:f}",
         "content": written(part.question)}
        for part in question.parts
    ]  # fmt: skip
    return {"parts": parts}


_KINDS: Final[dict[type[Question], tuple[str, Callable[[Any], dict[str, Any]]]]] = {
    Choice: ("", _choice),
    TrueFalse: ("true_false", lambda question: {"right": question.right}),
    Ordering: ("ordering", lambda question: {"options": [_option(option) for option in question.options]}),
    Matching: ("matching", _matching),
    Numeric: ("numeric", _numeric),
    Short: ("short", lambda question: {"accepted": list(question.accepted)}),
    Hotspot: ("hotspot", _hotspot),
    Essay: ("essay", _essay),
    CaseSet: ("case_set", _case_set),
}


def written(question: Question) -> dict[str, Any]:
    """What `reading.read` makes this question of."""
    frame = {"stem": _text(question.stem), "feedback": _text(question.feedback), "rule": question.rule}
    return frame | _KINDS[type(question)][1](question)


def texts(question: Question) -> Iterator[Text]:
    """What a reader is shown before the answer, the stem first."""
    yield question.stem
    if isinstance(question, Choice | Ordering):
        yield from (option.text for option in question.options)
    if isinstance(question, Matching):
        for pair in question.pairs:
            yield from (pair.text, pair.match)
        yield from (option.text for option in question.extra)
    if isinstance(question, Hotspot):
        yield question.alt
    if isinstance(question, CaseSet):
        for part in question.parts:
            yield from texts(part.question)
