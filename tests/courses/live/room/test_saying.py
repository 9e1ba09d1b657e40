"""What a page may say in a room; everything else is a fault with a code, whatever it is."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from courses.live.room import CAPTION, CONDUCT, MODERATE, BadFrame, Said, read_command
from courses.live.room.saying import COMMANDS, MOST_CHOICES, MOST_STAGES, MOST_TEXT, MOST_WORD

ID = UUID("5f0a7c1e-3c0e-4c7e-9a51-2f8d4f1f8a10")
CODES = {"not-json", "bad-id", "unknown-command", "bad-field"}
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(), inner, max_size=4),
    max_leaves=8,
)
FIELDS = sorted({name for _right, fields in COMMANDS.values() for name in fields})


def said(**frame: Any) -> Said:
    return read_command(orjson.dumps(frame).decode())


def fault(**frame: Any) -> tuple[str, int]:
    with pytest.raises(BadFrame) as refused:
        said(**frame)
    return refused.value.code, refused.value.id


def outcome(text: str) -> str:
    try:
        return read_command(text).do
    except BadFrame as refused:
        return refused.code


def test_a_line_of_chat_loses_its_blanks() -> None:
    frame = said(do="chat", id=7, key=str(ID), text="  so \n it  is ")
    assert frame == Said("chat", 7, {"text": "so it is", "key": ID})


def test_a_choice_is_sorted_and_has_no_doubles() -> None:
    given = {"poll": ID, "choice": [1, 3], "confidence": None}
    assert said(do="vote", poll=str(ID), choice=[3, 1, 3]).given == given


def test_a_place_is_two_fractions_and_a_voter_says_how_sure_they_are() -> None:
    frame = said(do="vote", poll=str(ID), choice={"x": 0, "y": 0.123456}, confidence=3)
    assert frame.given == {"poll": ID, "choice": [0.0, 0.1235], "confidence": 3}


def test_a_word_is_folded() -> None:
    assert said(do="vote", poll=str(ID), choice=" Sepsis ").given["choice"] == ["sepsis"]


@pytest.mark.parametrize("text", ["", "[]", "1", "{", '"chat"', "null", "\ud800"])
def test_what_is_no_object_is_no_command(text: str) -> None:
    assert outcome(text) == "not-json"


@pytest.mark.parametrize("number", [-1, 2**31, True, "1", 1.5, None])
def test_a_number_that_is_none_is_told(number: object) -> None:
    assert fault(do="ping", id=number) == ("bad-id", 0)


@pytest.mark.parametrize("do", [None, 1, [], {}, "publish", "unveil", ""])
def test_a_command_nobody_knows_is_told_with_its_number(do: object) -> None:
    assert fault(do=do, id=3) == ("unknown-command", 3)


@pytest.mark.parametrize(
    "frame",
    [
        {"do": "chat", "key": str(ID)},
        {"do": "chat", "text": "a"},
        {"do": "chat", "text": "  ", "key": str(ID)},
        {"do": "chat", "text": 1, "key": str(ID)},
        {"do": "chat", "text": "a" * (MOST_TEXT + 1), "key": str(ID)},
        {"do": "chat", "text": "a\x00b", "key": str(ID)},
        {"do": "vote", "poll": str(ID)},
        {"do": "vote", "poll": "x", "choice": [1]},
        {"do": "vote", "poll": 1, "choice": [1]},
        {"do": "vote", "poll": str(ID), "choice": []},
        {"do": "vote", "poll": str(ID), "choice": [True]},
        {"do": "vote", "poll": str(ID), "choice": [-1]},
        {"do": "vote", "poll": str(ID), "choice": [MOST_CHOICES]},
        {"do": "vote", "poll": str(ID), "choice": [0] * (MOST_CHOICES + 1)},
        {"do": "vote", "poll": str(ID), "choice": "w" * (MOST_WORD + 1)},
        {"do": "vote", "poll": str(ID), "choice": {"x": 0.1}},
        {"do": "vote", "poll": str(ID), "choice": {"x": 0.1, "y": 1.01}},
        {"do": "vote", "poll": str(ID), "choice": {"x": True, "y": 0}},
        {"do": "vote", "poll": str(ID), "choice": [1], "confidence": 4},
        {"do": "vote", "poll": str(ID), "choice": [1], "confidence": True},
        {"do": "reveal", "stage": 0},
        {"do": "reveal", "stage": MOST_STAGES + 1},
        {"do": "reveal", "stage": "1"},
        {"do": "flow", "shown": 1},
        {"do": "react", "what": "boo"},
        {"do": "react", "what": ["clap"]},
        {"do": "hand", "up": 1},
        {"do": "join", "ticket": "é"},
        {"do": "join", "ticket": 1},
        {"do": "join", "ticket": "t" * 1001},
    ],
    ids=str,
)
def test_a_field_that_is_amiss_is_told_with_the_number(frame: dict[str, Any]) -> None:
    assert fault(id=9, **frame) == ("bad-field", 9)


@pytest.mark.parametrize(
    ("do", "right"),
    [
        ("chat", ""),
        ("vote", ""),
        ("caption", CAPTION),
        ("hide", MODERATE),
        ("close", CONDUCT),
        ("reveal", CONDUCT),
        ("flow", CONDUCT),
    ],
)
def test_a_command_names_the_right_it_needs(do: str, right: str) -> None:
    assert Said(do).right == right


def test_no_viewer_opens_closes_hides_or_blocks() -> None:
    assert {do for do, (right, _fields) in COMMANDS.items() if not right} == {
        *("join", "ping", "chat", "ask", "support", "vote", "react", "hand", "enter", "leave", "tried"),
    }


@settings(max_examples=150, deadline=None)
@given(some.text() | JSON.map(json.dumps))
def test_any_text_is_a_command_or_a_coded_fault(text: str) -> None:
    assert outcome(text) in CODES | set(COMMANDS)


@settings(max_examples=250, deadline=None)
@given(some.sampled_from(sorted(COMMANDS)), some.dictionaries(some.sampled_from(FIELDS), JSON, max_size=3))
def test_any_field_is_read_or_a_coded_fault(do: str, fields: dict[str, Any]) -> None:
    assert outcome(json.dumps({"do": do, **fields})) in {do, "bad-field", "not-json"}
