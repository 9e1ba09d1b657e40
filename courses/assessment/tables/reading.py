"""Rows of a spreadsheet as questions, each whole or with what is wrong with it; a case gathers its rows."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from consortium.casework.sheets import Line, meant
from courses.assessment.items.drafted import Drafted
from courses.assessment.tables.columns import ARROW, FALSE, KINDS, TAGS, TRUE, text_of

Cells = Mapping[str, str]
_AREA = re.compile(r"(box|ellipse)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)")


def drafted(lines: Sequence[Line]) -> list[Drafted]:
    """A question for each row; those of a case become its parts. A part without its case is told."""
    made = [(line, _row(line)) for line in lines]
    cases = {row.code: row for _line, row in made if row.kind == "case_set"}
    parts: dict[str, list[Drafted]] = {code: [] for code in cases}
    alone = []
    for line, row in made:
        named = meant(line.cells.get("case", ""))
        if named in parts and row.kind != "case_set":
            parts[named].append(row)
        else:
            alone.append(_lost(row) if named and row.kind != "case_set" else row)
    return [_case(row, parts[row.code]) if row.kind == "case_set" else row.checked() for row in alone]


def _lost(row: Drafted) -> Drafted:
    faults = {**row.faults, "case": _("No row of this file is a case with this code.")}
    return Drafted(row.number, row.code, row.kind, row.content, row.tags, row.points, row.source, faults)


def _case(row: Drafted, parts: list[Drafted]) -> Drafted:
    content = dict(row.content)
    content["parts"] = [
        {"id": part.code or f"q{place}", "kind": part.kind, "points": part.points, "content": part.content}
        for place, part in enumerate(parts, 1)
    ]
    faults = {f"{part.number}.{field}": fault for part in parts for field, fault in part.faults.items()}
    faults |= row.faults
    whole = Drafted(row.number, row.code, row.kind, content, row.tags, row.points, row.source, faults)
    return whole.checked()


def _row(line: Line) -> Drafted:
    cells = {key: meant(cell) for key, cell in line.cells.items()}
    kind = KINDS.get(cells.get("kind", "").casefold(), "")
    faults = {} if kind else {"kind": _("This is none of the kinds of question.")}
    content: dict[str, Any] = {
        "stem": _both(cells, "stem"), "feedback": _both(cells, "feedback"), "rule": cells.get("rule", ""),
    }  # fmt: skip
    if kind:
        content |= _KINDS[kind](cells, faults)
    tags = {name: cells[name] for name in TAGS if cells.get(name)}
    points, source = cells.get("points") or "1", cells.get("source", "")
    return Drafted(line.number, cells.get("code", "")[:60], kind or "single", content, tags, points, source, faults)


def _both(cells: Cells, name: str) -> dict[str, str]:
    return {language: text_of(cells.get(f"{name}_{language}", "")) for language in ("en", "zh")}


def _lines(cells: Cells, name: str) -> list[str]:
    return cells[name].split("\n") if cells.get(name) else []


def _texts(cells: Cells, name: str, faults: dict[str, Any]) -> list[dict[str, str]]:
    """Both languages side by side, line by line."""
    english, chinese = (_lines(cells, f"{name}_{language}") for language in ("en", "zh"))
    if english and chinese and len(english) != len(chinese):
        faults[name] = _("Both languages need the same number of lines.")
    count = max(len(english), len(chinese))
    pad = [""] * count
    return [
        {"en": text_of(en.strip()), "zh": text_of(zh.strip())}
        for en, zh in zip((english + pad)[:count], (chinese + pad)[:count], strict=True)
    ]


def _ids(cells: Cells, count: int) -> list[str]:
    """The ids that the row names, else letters."""
    named = cells["ids"].split(",") if cells.get("ids") else []
    return named if len(named) == count else [chr(ord("a") + place) for place in range(count)]


def _places(said: str, count: int, faults: dict[str, Any]) -> set[int]:
    """Which options are right: 1, 3 or A, C."""
    words = [word for word in re.split(r"[\s,;，；、]+", said.strip().upper()) if word]
    if len(words) == 1 and words[0].isascii() and words[0].isalpha():
        words = list(words[0])
    places = {int(word) if word.isascii() and word.isdigit() else ord(word[0]) - ord("A") + 1 for word in words}
    if not places or not all(1 <= place <= count for place in places):
        faults["right"] = _("Name the right options by their numbers or letters, as in 1, 3 or A, C.")
    return places


def _choice(cells: Cells, faults: dict[str, Any]) -> dict[str, Any]:
    texts, hints = _texts(cells, "options", faults), _texts(cells, "hints", faults)
    places, hints = _places(cells.get("right", ""), len(texts), faults), hints + [{}] * len(texts)
    rows = zip(_ids(cells, len(texts)), texts, hints, strict=False)
    options = [
        {"id": one, "text": text, "right": place in places, "feedback": hint}
        for place, (one, text, hint) in enumerate(rows, 1)
    ]
    return {"options": options}


def _true_false(cells: Cells, faults: dict[str, Any]) -> dict[str, Any]:
    said = cells.get("right", "").strip().casefold()
    if said not in (*TRUE, *FALSE):
        faults["right"] = _("Say whether the statement is true.")
    return {"right": said in TRUE}


def _ordering(cells: Cells, faults: dict[str, Any]) -> dict[str, Any]:
    texts = _texts(cells, "options", faults)
    options = [{"id": one, "text": text} for one, text in zip(_ids(cells, len(texts)), texts, strict=True)]
    return {"options": options}


def _matching(cells: Cells, faults: dict[str, Any]) -> dict[str, Any]:
    sides = [[_sides(line) for line in _lines(cells, f"options_{language}")] for language in ("en", "zh")]
    count = max(len(side) for side in sides)
    if all(sides) and len(sides[0]) != len(sides[1]):
        faults["options"] = _("Both languages need the same number of lines.")
    english, chinese = ((side + [("", "")] * count)[:count] for side in sides)
    pairs, extra = [], []
    for one, en, zh in zip(_ids(cells, count), english, chinese, strict=True):
        left, right = ({"en": en[side], "zh": zh[side]} for side in (0, 1))
        if any(left.values()):
            pairs.append({"id": one, "text": left, "match": right})
        else:
            extra.append({"id": one, "text": right})
    return {"pairs": pairs, "extra": extra}


def _sides(line: str) -> tuple[str, str]:
    left, arrow, right = line.partition(ARROW)
    left, right = text_of(left.strip()), text_of(right.strip())
    return (left, right) if arrow else (left, "")


def _numeric(cells: Cells, faults: dict[str, Any]) -> dict[str, Any]:
    tolerance, (quantity, mark, unit) = cells.get("tolerance") or "0", cells.get("unit", "").partition(":")
    named = {"quantity": quantity, "unit": unit} if mark else {"quantity": "", "unit": quantity}
    relative = tolerance.endswith("%")
    return {"value": cells.get("right", ""), "tolerance": tolerance.rstrip("%"), "relative": relative, **named}


def _short(cells: Cells, faults: dict[str, Any]) -> dict[str, Any]:
    return {"accepted": [text_of(line) for line in _lines(cells, "right")]}


def _hotspot(cells: Cells, faults: dict[str, Any]) -> dict[str, Any]:
    found = [_AREA.fullmatch(line.strip()) for line in _lines(cells, "right")]
    if not all(found):
        faults["right"] = _("An area is written as: box (or ellipse), left, top, width, height, in thousandths.")
    areas = [
        {"shape": area[1], **dict(zip("xywh", (int(n) for n in area.groups()[1:]), strict=True))}
        for area in found
        if area
    ]
    return {"picture": cells.get("picture", ""), "alt": _both(cells, "options"), "areas": areas}


def _essay(cells: Cells, faults: dict[str, Any]) -> dict[str, Any]:
    texts = _texts(cells, "options", faults)
    points = _lines(cells, "right") + ["1"] * len(texts)
    rows = zip(_ids(cells, len(texts)), texts, points, strict=False)
    rubric = [{"id": one, "text": text, "points": worth.strip()} for one, text, worth in rows]
    return {"rubric": rubric, "most_words": cells.get("words") or "0"}


def _case_set(cells: Cells, faults: dict[str, Any]) -> dict[str, Any]:
    return {}


_KINDS: Final[dict[str, Callable[[Cells, dict[str, Any]], dict[str, Any]]]] = {
    "single": _choice,
    "multiple": _choice,
    "true_false": _true_false,
    "ordering": _ordering,
    "matching": _matching,
    "numeric": _numeric,
    "short": _short,
    "hotspot": _hotspot,
    "essay": _essay,
    "case_set": _case_set,
}
