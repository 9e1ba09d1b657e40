"""GIFT read: each question becomes one row, whole or with what is wrong with it. Nothing raises, whatever the file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from courses.assessment.gift.words import apart, cut, notes_in
from courses.assessment.items.drafted import Drafted

MOST_QUESTIONS: Final = 2_000
_WEIGHT = re.compile(r"^\s*%(-?\d+(?:\.\d+)?)%")
_TRUE_FALSE = re.compile(r"^\s*(T|TRUE|F|FALSE)\s*(#.*)?$", re.I | re.S)
_NAME = re.compile(r"^\s*::(.*?)(?<!\\)::", re.S)
TAGS: Final = ("age_band", "system", "task", "danger", "manual_branch")


@dataclass(slots=True)
class _Block:
    """The lines of one question and the comments before it."""

    number: int
    lines: list[str] = field(default_factory=list)
    comment: str = ""


def parse(text: str) -> list[Drafted]:
    """Every question of the file in its order."""
    blocks = list(_blocks(text.replace("\r\n", "\n").lstrip("\ufeff")))[:MOST_QUESTIONS]
    return [_drafted(block).checked() for block in blocks]


def _braces(line: str) -> int:
    plain = re.sub(r"\\.", "", line)
    return plain.count("{") - plain.count("}")


def _blocks(text: str) -> Iterator[_Block]:
    """Questions are set apart by an empty line outside of braces."""
    block, depth, comment = _Block(0), 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("//"):
            comment = f"{comment} {line}"
        elif not line.strip() and depth <= 0:
            if block.lines:
                yield block
            block, depth = _Block(0), 0
        elif line.lstrip().startswith("$CATEGORY:") and not block.lines:
            continue
        else:
            if not block.lines:
                block, comment = _Block(number, comment=comment), ""
            block.lines.append(line)
            depth += _braces(line)
    if block.lines:
        yield block


def _drafted(block: _Block) -> Drafted:
    text, notes = "\n".join(block.lines), notes_in(block.comment)
    named = _NAME.match(text)
    if named:
        text = text[named.end() :]
    code = notes.get("id") or (apart(named[1])["en"] if named else "")
    kind, content, faults = _question(text)
    content |= {name: notes[name] for name in ("rule", "quantity", "unit") if name in notes}
    if "relative" in notes:
        content["relative"] = True
    _keep_ids(content, notes.get("ids", "").split(","))
    tags: dict[str, str] = {name: notes[name] for name in TAGS if name in notes}
    source = notes.get("source", "")
    return Drafted(block.number, code[:60], kind, content, tags, notes.get("points", "1"), source, faults)


def _keep_ids(content: dict[str, Any], ids: list[str]) -> None:
    rows = [row for name in ("options", "pairs", "extra") for row in content.get(name, [])]
    if len(rows) == len(ids):
        for row, one in zip(rows, ids, strict=True):
            row["id"] = one
    elif content.get("extra"):
        for place, row in enumerate(rows):
            row["id"] = f"o{place + 1}"


def _question(text: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """(kind, content, faults) of the text of one question, without its name."""
    before, *rest = cut(text, "{")
    inside, *after = cut(rest[0][1:], "}") if rest else ("", )  # fmt: skip
    content: dict[str, Any] = {"stem": apart(before)}
    if len(rest) != 1 or len(after) != 1:
        return "single", content, {"stem": _("This question needs one pair of braces with its answers.")}
    if tail := after[0][1:].strip():
        content["stem"] = apart(f"{before.rstrip()} _____ {tail}")
    answers, feedback = _without_feedback(inside)
    content["feedback"] = apart(feedback)
    return _answers(answers, content)


def _without_feedback(inside: str) -> tuple[str, str]:
    """The general feedback stands behind four signs at the end."""
    found = re.search(r"(?<!\\)####", inside)
    return (inside[: found.start()], inside[found.end() :]) if found else (inside, "")


def _answers(inside: str, content: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
    if not inside.strip():
        content["rubric"] = [{"text": {"en": "Content", "zh": "内容"}, "points": "1"}]
        return "essay", content, {}
    if said := _TRUE_FALSE.match(inside):
        content["right"] = said[1].upper().startswith("T")
        return "true_false", content, {}
    if inside.lstrip().startswith("#"):
        return "numeric", content, _number(inside.strip()[1:], content)
    if inside.lstrip().startswith(">"):
        lines = [line for line in inside.lstrip()[1:].split("\n")[1:] if line.strip()]
        content["options"] = [{"text": apart(line)} for line in lines]
        return "ordering", content, {}
    return _listed([piece.strip() for piece in cut(inside, "=~")[1:]], content)


def _number(said: str, content: dict[str, Any]) -> dict[str, Any]:
    """1.5:0.1 or 1.4..1.6; one right number."""
    value = said.strip().lstrip("=").strip()
    value = cut(value, "#")[0].strip()
    span = re.fullmatch(r"(-?[\d.]+?)\s*\.\.\s*(-?[\d.]+)", value)
    single = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*(?:\\?:\s*(\d+(?:\.\d+)?))?", value)
    if single:
        content["value"], content["tolerance"] = single[1], single[2] or "0"
        return {}
    try:
        low, high = (float(one) for one in span.groups()) if span else (1.0, 0.0)
    except ValueError:
        low, high = 1.0, 0.0
    if low > high:
        return {"value": _("One number with its tolerance is understood, as in 1.5:0.1 or 1.4..1.6.")}
    content["value"], content["tolerance"] = (f"{one:.6f}".rstrip("0").rstrip(".") for one in _middle(low, high))
    return {}


def _middle(low: float, high: float) -> tuple[float, float]:
    return (low + high) / 2, (high - low) / 2


def _listed(pieces: list[str], content: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Options behind = and ~: matching, short answer, one or several right ones."""
    if not pieces:
        return "single", content, {"options": _("No answer stands between the braces.")}
    if all(piece[0] == "=" and re.search(r"(?<!\\)->", piece) for piece in pieces):
        return _matching(pieces, content)
    rows = [_option(piece) for piece in pieces]
    if all(piece[0] == "=" for piece in pieces):
        faults = {"accepted": _("Partly right answers are not taken over.")} if _partly(pieces) else {}
        content["accepted"] = [text for row in rows for text in row["text"].values() if text]
        return "short", content, faults
    content["options"] = rows
    weighed = any(_WEIGHT.match(piece[1:]) for piece in pieces)
    return ("multiple" if weighed and not any(piece[0] == "=" for piece in pieces) else "single"), content, {}


def _partly(pieces: list[str]) -> bool:
    weights = [_WEIGHT.match(piece[1:]) for piece in pieces]
    return any(weight and float(weight[1]) != 100 for weight in weights)


def _option(piece: str) -> dict[str, Any]:
    body, weight = piece[1:], _WEIGHT.match(piece[1:])
    right = piece[0] == "=" or bool(weight and float(weight[1]) > 0)
    words, *feedback = cut(body[weight.end() :] if weight else body, "#")
    return {"text": apart(words), "right": right, "feedback": apart(feedback[0][1:] if feedback else "")}


def _matching(pieces: list[str], content: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
    sides = [re.split(r"(?<!\\)->", piece[1:], maxsplit=1) for piece in pieces]
    content["pairs"] = [{"text": apart(left), "match": apart(right)} for left, right in sides if left.strip()]
    content["extra"] = [{"text": apart(right)} for left, right in sides if not left.strip()]
    return "matching", content, {}
