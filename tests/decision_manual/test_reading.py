"""Expressions as authors write them, and what they are told when one can't be read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from decision_manual.expressions import (
    All,
    AtLeast,
    Compare,
    Constant,
    Expression,
    Flag,
    Known,
    Not,
    OneOf,
    ReadError,
    Ref,
    ScoreCompare,
    Some,
    Vocabulary,
    read,
)

NAMES = Vocabulary(
    {
        "wheeze": ("bool", "", ()),
        "rate": ("int", "/min", ()),
        "drinking": ("choice", "", ("normal", "poorly", "unable")),
    },
    derived=frozenset({"danger"}),
    scores=frozenset({"westley"}),
)


@pytest.mark.parametrize(("written", "meant"), [
    (True, Constant(True)),
    ("wheeze", Flag("wheeze")),
    ("danger", Ref("danger")),
    ({"not": "wheeze"}, Not(Flag("wheeze"))),
    ({"any": ["wheeze", "danger"]}, Some((Flag("wheeze"), Ref("danger")))),
    ({"all": ["wheeze"]}, All((Flag("wheeze"),))),
    ({"count_ge": {"at_least": 1, "of": ["wheeze", "danger"]}}, AtLeast(1, (Flag("wheeze"), Ref("danger")))),
    ({"rate": {"ge": 50}}, Compare("rate", "ge", Decimal(50))),
    ({"rate": {"ge": "50 /min"}}, Compare("rate", "ge", Decimal(50))),
    ({"rate": {"ge": 2, "lt": 9}}, All((Compare("rate", "ge", Decimal(2)), Compare("rate", "lt", Decimal(9))))),
    ({"drinking": "poorly"}, OneOf("drinking", ("poorly",))),
    ({"drinking": ["poorly", "unable"]}, OneOf("drinking", ("poorly", "unable"))),
    ({"known": "rate"}, Known("rate")),
    ({"westley": {"ge": 3}}, ScoreCompare("westley", "ge", Decimal(3))),
])  # fmt: skip
def test_what_is_written_is_read(written: Any, meant: Expression) -> None:
    assert read(written, NAMES) == meant


@pytest.mark.parametrize(("written", "says"), [
    (3, "exactly one key"),
    ({}, "exactly one key"),
    ({"a": 1, "b": 2}, "exactly one key"),
    ("nothing", "no finding or derived name 'nothing'"),
    ("rate", "is of type int: compare it"),
    ({"nothing": 3}, "no finding 'nothing'"),
    ({"wheeze": True}, "is yes or no"),
    ({"rate": 50}, "a number is compared with"),
    ({"rate": {}}, "a number is compared with"),
    ({"rate": {"over": 50}}, "a number is compared with"),
    ({"rate": {"ge": "fifty"}}, "is not a number"),
    ({"rate": {"ge": "50 /h"}}, "is measured in /min, not in /h"),
    ({"westley": {"ge": "3 kg"}}, "is measured in points, not in kg"),
    ({"drinking": "badly"}, "no choice badly: it is one of normal, poorly, unable"),
    ({"any": []}, "a list of expressions that is not empty"),
    ({"all": "wheeze"}, "a list of expressions"),
    ({"count_ge": 2}, "is written"),
    ({"count_ge": {"at_least": 3, "of": ["wheeze"]}}, "between 1 and 1"),
    ({"count_ge": {"at_least": True, "of": ["wheeze"]}}, "is written"),
    ({"known": "danger"}, "no finding 'danger'"),
])  # fmt: skip
def test_what_cannot_be_read_is_told(written: Any, says: str) -> None:
    with pytest.raises(ReadError, match=says):
        read(written, NAMES)


def test_the_place_is_told() -> None:
    with pytest.raises(ReadError) as caught:
        read({"any": ["wheeze", {"not": "nothing"}]}, NAMES)

    assert caught.value.path == ".any[1].not"
