"""Questions out of the manual's own facts, in both languages; each names the pathway in which its fact stands.

Nothing clinical is written down here twice: classes, colours, doses and reasons to refer come from the pathways, so a
question says what the manual says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from decision_manual.library import Pathway
from decision_manual.library.places import Words

MOST: Final = 60
_COLOURS: Final = {
    "pink": ("Emergency (pink)", "紧急（红）"), "yellow": ("Soon (yellow)", "尽快（黄）"),
    "green": ("Not dangerous (green)", "不危险（绿）"),
}  # fmt: skip
_LETTERS: Final = "abcdefgh"


@dataclass(frozen=True, slots=True)
class Told:
    """One question: its kind, content, tags and points."""

    pathway: Pathway
    kind: str
    content: dict[str, Any]
    task: str
    danger: str
    points: str = "1"


def questions(pathways: dict[str, Pathway]) -> list[Told]:
    """MOST of them, a few of each kind from many pathways."""
    ways = [pathways[code] for code in sorted(pathways)]
    makers = (_referrals, _doses, _dangers, _orders, _matches, _colours, _words)
    rounds = [[told for way in ways for told in islice(maker(way, ways), 1)] for maker in makers]
    longest = max(len(found) for found in rounds)
    mixed = [found[n] for n in range(longest) for found in rounds if n < len(found)]
    return mixed[: MOST - 2] + _by_hand(pathways)


def _both(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


def _plain(words: Words) -> dict[str, str]:
    return _both(words.en, words.zh)


def _options(texts: list[dict[str, str]], right: int = 0) -> list[dict[str, Any]]:
    """Options in the order of their words, so that the right one does not always stand first."""
    known = texts[right]
    rows = sorted(texts, key=lambda text: text["en"])
    return [
        {"id": letter, "text": text, "right": text == known, "feedback": _both("", "")}
        for letter, text in zip(_LETTERS, rows, strict=False)
    ]


def _feedback(way: Pathway) -> dict[str, str]:
    return _both(f"See the pathway “{way.title.en}” of the manual.", f"见手册“{way.title.zh}”路径。")


def _frame(way: Pathway, en: str, zh: str) -> dict[str, Any]:
    return {"stem": _both(en, zh), "feedback": _feedback(way)}


def _referrals(way: Pathway, ways: list[Pathway]) -> Iterator[Told]:
    """Which of these makes one refer? Right is a reason of this pathway, wrong are its harmless classes and others'."""
    reasons = [_plain(one.title) for one in way.indications.values()]
    harmless = [
        _plain(one.title) for other in [way, *ways] for one in other.classes.values() if one.severity == "green"
    ]
    wrong = [text for text in {text["en"]: text for text in harmless}.values() if text not in reasons]
    if reasons and len(wrong) >= 3:
        content = _frame(
            way, f"Which of these is a reason to refer a child by the pathway “{way.title.en}”?",
            f"按“{way.title.zh}”路径，下列哪一项需要转诊？",
        )  # fmt: skip
        yield Told(way, "single", content | {"options": _options([reasons[0], *wrong[:3]])}, "refer", "pink")


def _doses(way: Pathway, ways: list[Pathway]) -> Iterator[Told]:
    """How many mg for each kg?"""
    for action in way.actions.values():
        dose = action.dose
        if dose and dose.by == "kg" and dose.unit == "mg" and dose.amount and dose.amount_to is None:
            content = _frame(
                way, f"“{way.title.en}”: how many mg for each kg of weight is one dose? {action.title.en}.",
                f"“{way.title.zh}”：单次剂量为每千克体重多少毫克？{action.title.zh}。",
            )  # fmt: skip
            key = {"value": f"{dose.amount:f}", "tolerance": "0", "relative": False, "quantity": "", "unit": "mg/kg"}
            yield Told(way, "numeric", content | key, "treat", "yellow", "2")


def _dangers(way: Pathway, ways: list[Pathway]) -> Iterator[Told]:
    """True or false: this class is an emergency."""
    for place, one in enumerate(way.classes.values()):
        if place == len(way.id) % max(1, len(way.classes)):
            content = _frame(
                way, f"By the manual “{one.title.en}” is an emergency (pink).",
                f"按手册，“{one.title.zh}”属于紧急情况（红）。",
            )  # fmt: skip
            yield Told(way, "true_false", content | {"right": one.severity == "pink"}, "decide", one.severity)


def _by_colour(way: Pathway) -> dict[str, Words]:
    return {one.severity: one.title for one in reversed(list(way.classes.values())) if one.severity in _COLOURS}


def _orders(way: Pathway, ways: list[Pathway]) -> Iterator[Told]:
    """From the most dangerous class to the least."""
    found = _by_colour(way)
    if len(found) == len(_COLOURS):
        content = _frame(
            way, f"“{way.title.en}”: put these in order, the most dangerous first.",
            f"“{way.title.zh}”：按危险程度由高到低排序。",
        )  # fmt: skip
        rows = [{"id": _LETTERS[n], "text": _plain(found[colour])} for n, colour in enumerate(_COLOURS)]
        yield Told(way, "ordering", content | {"options": rows, "rule": "pairs"}, "decide", "pink", "2")


def _matches(way: Pathway, ways: list[Pathway]) -> Iterator[Told]:
    """Each class and its colour."""
    found = _by_colour(way)
    if len(found) >= 2:
        content = _frame(
            way,
            f"“{way.title.en}”: what does each of these mean for the child?",
            f"“{way.title.zh}”：下列各项分别属于哪一级？",
        )
        pairs = [
            {"id": _LETTERS[n], "text": _plain(title), "match": _both(*_COLOURS[colour])}
            for n, (colour, title) in enumerate(found.items())
        ]
        yield Told(way, "matching", content | {"pairs": pairs, "extra": []}, "decide", "yellow", "2")


def _colours(way: Pathway, ways: list[Pathway]) -> Iterator[Told]:
    """Several right: which of these are emergencies?"""
    pink = [_plain(one.title) for one in way.classes.values() if one.severity == "pink"]
    other = [_plain(one.title) for one in way.classes.values() if one.severity in ("yellow", "green")]
    if pink and len(other) >= 2:
        rows = sorted([*pink, *other][:6], key=lambda text: text["en"])
        options = [
            {"id": _LETTERS[n], "text": text, "right": text in pink, "feedback": _both("", "")}
            for n, text in enumerate(rows)
        ]
        content = _frame(
            way,
            f"“{way.title.en}”: which of these are emergencies (pink)?",
            f"“{way.title.zh}”：下列哪些属于紧急情况（红）？",
        )
        yield Told(way, "multiple", content | {"options": options, "rule": "each"}, "assess", "pink", "2")


def _words(way: Pathway, ways: list[Pathway]) -> Iterator[Told]:
    """The name of the most dangerous class."""
    pink = [one.title for one in way.classes.values() if one.severity == "pink"]
    if len(pink) == 1:
        content = _frame(
            way, f"What does the manual call the emergency (pink) class of “{way.title.en}”?",
            f"手册“{way.title.zh}”路径中，紧急（红）一级的分类名称是什么？",
        )  # fmt: skip
        yield Told(way, "short", content | {"accepted": [pink[0].en, pink[0].zh]}, "know", "pink")


def _by_hand(pathways: dict[str, Pathway]) -> list[Told]:
    """A case with two questions, and an essay, about cough."""
    way = pathways["cough-2-59m"]
    found = _by_colour(way)
    options = _options([_plain(found["pink"]), _plain(found["yellow"]), _plain(found["green"])])
    case = _frame(
        way, "A boy of 10 months has coughed for two days. He is calm, and stridor is heard at rest.",
        "男婴，10个月，咳嗽两天。安静时可闻及喉鸣。",
    )  # fmt: skip
    first = _frame(way, "How is he classified?", "应如何分类？") | {"options": options}
    second = _frame(way, "He is referred urgently.", "应紧急转诊。") | {"right": True}
    case["parts"] = [
        {"id": "q1", "kind": "single", "points": "2", "content": first},
        {"id": "q2", "kind": "true_false", "points": "1", "content": second},
    ]
    essay = _frame(
        way, "Tell a mother in her own words when to come back at once with a child who coughs.",
        "请用家长能听懂的话，告诉咳嗽患儿的母亲哪些情况需要立即返回。",
    )  # fmt: skip
    rubric = [{"id": _LETTERS[n], "text": _plain(words), "points": "1"} for n, words in enumerate(way.safety_net[:4])]
    essay |= {"rubric": rubric, "most_words": 150}
    return [
        Told(way, "case_set", case, "decide", "pink", "3"), Told(way, "essay", essay, "counsel", "pink", "4")
    ]  # fmt: skip
