"""Questions as rows: what `reading.drafted` makes these questions of; and a template with an example of each kind."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from courses.assessment.items.drafted import Drafted
from courses.assessment.tables.columns import ARROW, EMPTY, HEADING, TAGS, line_of

Content = Any


def rows_of(drafts: Iterable[Drafted]) -> Iterator[tuple[str, ...]]:
    """Cells in the order of HEADING; a case is followed by its questions."""
    for draft in drafts:
        yield _cells(_frame(draft) | _KINDS[draft.kind](draft.content))
        for part in draft.content.get("parts", []):
            inner = Drafted(0, part["id"], part["kind"], part["content"], points=part["points"])
            yield _cells(_frame(inner) | _KINDS[part["kind"]](part["content"]) | {"case": draft.code})


def _cells(cells: dict[str, str]) -> tuple[str, ...]:
    return tuple(cells.get(name, "") for name in HEADING)


def _frame(draft: Drafted) -> dict[str, str]:
    content = draft.content
    return {
        "code": draft.code, "kind": draft.kind, "points": draft.points, "source": draft.source,
        "rule": content["rule"], **{name: draft.tags.get(name, "") for name in TAGS},
        **_both("stem", content["stem"]), **_both("feedback", content["feedback"]),
    }  # fmt: skip


def _both(name: str, text: Content) -> dict[str, str]:
    return {f"{name}_{language}": line_of(text[language]) for language in ("en", "zh")}


def _lines(name: str, texts: Iterable[Content]) -> dict[str, str]:
    """Line by line; a language without any text is left empty."""
    rows = list(texts)
    found = {language: [line_of(text[language]) or EMPTY for text in rows] for language in ("en", "zh")}
    return {f"{name}_{language}": "\n".join(lines) if set(lines) - {EMPTY} else "" for language, lines in found.items()}


def _ids(rows: list[Content]) -> dict[str, str]:
    return {"ids": ",".join(row["id"] for row in rows)}


def _choice(content: Content) -> dict[str, str]:
    options = content["options"]
    right = [str(place) for place, option in enumerate(options, 1) if option["right"]]
    texts = _lines("options", (option["text"] for option in options))
    return {**texts, **_lines("hints", (option["feedback"] for option in options)), "right": ", ".join(right),
            **_ids(options)}  # fmt: skip


def _ordering(content: Content) -> dict[str, str]:
    return {**_lines("options", (option["text"] for option in content["options"])), **_ids(content["options"])}


def _matching(content: Content) -> dict[str, str]:
    sides = [(pair["text"], pair["match"]) for pair in content["pairs"]]
    sides += [({"en": "", "zh": ""}, option["text"]) for option in content["extra"]]
    lines = {
        f"options_{language}": "\n".join(
            f"{line_of(left[language])} {ARROW} {line_of(right[language])}".strip() for left, right in sides
        )
        for language in ("en", "zh")
        if any(right[language] for _, right in sides)
    }
    return {**lines, **_ids([*content["pairs"], *content["extra"]])}


def _numeric(content: Content) -> dict[str, str]:
    unit = f"{content['quantity']}:{content['unit']}" if content["quantity"] else content["unit"]
    tolerance = content["tolerance"] + ("%" if content["relative"] else "")
    return {"right": content["value"], "tolerance": tolerance, "unit": unit}


def _hotspot(content: Content) -> dict[str, str]:
    areas = [f"{one['shape']} {one['x']} {one['y']} {one['w']} {one['h']}" for one in content["areas"]]
    return {"picture": content["picture"], "right": "\n".join(areas), **_both("options", content["alt"])}


def _essay(content: Content) -> dict[str, str]:
    rubric = content["rubric"]
    points = "\n".join(line["points"] for line in rubric)
    return {**_lines("options", (line["text"] for line in rubric)), "right": points, **_ids(rubric),
            "words": str(content["most_words"])}  # fmt: skip


_KINDS: Final[dict[str, Callable[[Content], dict[str, str]]]] = {
    "single": _choice,
    "multiple": _choice,
    "true_false": lambda content: {"right": "true" if content["right"] else "false"},
    "ordering": _ordering,
    "matching": _matching,
    "numeric": _numeric,
    "short": lambda content: {"right": "\n".join(line_of(one) for one in content["accepted"])},
    "hotspot": _hotspot,
    "essay": _essay,
    "case_set": lambda content: {},
}


def template_rows() -> Iterator[tuple[str, ...]]:
    """An example of each kind that needs no picture, to be written over."""
    for cells in _EXAMPLES:
        yield _cells(cells)


_EXAMPLES: Final[tuple[dict[str, str], ...]] = (
    {"code": "EX-1", "kind": "single", "points": "1", "right": "B",
     "stem_en": "From how many breaths a minute is breathing fast at 2 to 11 months?",
     "stem_zh": "2～11月龄婴儿每分钟呼吸多少次及以上为呼吸增快？",
     "options_en": "40\n50\n60", "options_zh": "40次\n50次\n60次",
     "feedback_en": "50 or more at 2 to 11 months, 40 or more at 12 to 59 months.",
     "feedback_zh": "2～11月龄≥50次，12～59月龄≥40次。", "source": "WHO IMCI chart booklet 2014",
     "age_band": "infant", "system": "breathing", "task": "know", "danger": "yellow"},
    {"code": "EX-2", "kind": "multiple", "points": "2", "rule": "each", "right": "1, 2",
     "stem_en": "Which are general danger signs?", "stem_zh": "下列哪些是危险征象？",
     "options_en": "Convulsions\nVomits everything\nRunny nose", "options_zh": "惊厥\n呕吐所有食物\n流涕",
     "source": "WHO IMCI chart booklet 2014", "danger": "pink", "task": "assess"},
    {"code": "EX-3", "kind": "true_false", "right": "true", "stem_en": "A child who cannot drink is in danger.",
     "stem_zh": "不能喝水的患儿有危险。", "source": "WHO IMCI chart booklet 2014"},
    {"code": "EX-4", "kind": "numeric", "right": "50", "tolerance": "0", "unit": "/min",
     "stem_en": "From how many breaths a minute is breathing fast at 2 to 11 months?",
     "stem_zh": "2～11月龄婴儿每分钟呼吸多少次及以上为呼吸增快？", "source": "WHO IMCI chart booklet 2014"},
    {"code": "EX-5", "kind": "short", "right": "ORS\n口服补液盐", "source": "WHO IMCI chart booklet 2014",
     "stem_en": "What is given by mouth after each loose stool?", "stem_zh": "每次稀便后口服什么？"},
)  # fmt: skip
