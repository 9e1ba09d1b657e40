"""GIFT written, so that reading it again gives the very same question."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from courses.assessment.gift.words import both, noted
from courses.assessment.items.drafted import Drafted

_KINDS = {"single", "multiple", "true_false", "ordering", "matching", "numeric", "short"}


def sayable(kind: str) -> bool:
    """Whether GIFT has a word for this kind of question."""
    return kind in _KINDS


def write(rows: Iterable[Drafted]) -> str:
    """The questions that GIFT can say, one after another."""
    return "\n".join(_question(row) for row in rows if sayable(row.kind))


def _question(row: Drafted) -> str:
    content = row.content
    notes = {"id": row.code, **row.tags, "points": row.points, "source": row.source, "rule": content["rule"]}
    notes |= {name: content.get(name, "") for name in ("quantity", "unit")}
    notes |= {"relative": "yes" if content.get("relative") else "", "ids": ",".join(_ids(content))}
    feedback = _said(content["feedback"])
    inside = "\n".join([*_answers(row.kind, content), *([f"####{feedback}"] if feedback else [])])
    return f"{noted(notes)}\n::{both(row.code, '')}::{_said(content['stem'])} {{{inside}\n}}\n"


def _ids(content: Any) -> list[str]:
    return [row["id"] for name in ("options", "pairs", "extra") for row in content.get(name, [])]


def _said(text: Any) -> str:
    return both(text["en"], text["zh"])


def _answers(kind: str, content: Any) -> list[str]:
    if kind == "true_false":
        return ["TRUE" if content["right"] else "FALSE"]
    if kind == "numeric":
        return [f"#{content['value']}:{content['tolerance']}"]
    if kind == "short":
        return ["", *(f"={_side({'en': one, 'zh': ''})}" for one in content["accepted"])]
    if kind == "ordering":
        return [">", *(_said(option["text"]) for option in content["options"])]
    if kind == "matching":
        pairs = [f"={_side(pair['text'])} -> {_said(pair['match'])}" for pair in content["pairs"]]
        return ["", *pairs, *(f"= -> {_said(option['text'])}" for option in content["extra"])]
    return ["", *_options(kind, content["options"])]


def _side(text: Any) -> str:
    return _said(text).replace("->", "\\->")


def _options(kind: str, options: list[Any]) -> list[str]:
    rights = sum(option["right"] for option in options)
    share = f"%{float(Fraction(100, max(1, rights))):.5f}%"
    signs = {True: "=" if kind == "single" else f"~{share}", False: "~" if kind == "single" else "~%-100%"}
    return [
        f"{signs[option['right']]}{_said(option['text'])}{_feedback(option)}" for option in options
    ]  # fmt: skip


def _feedback(option: Any) -> str:
    said = _said(option["feedback"])
    return f"#{said}" if said else ""
