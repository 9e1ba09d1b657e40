"""Letters between pages: numbered, put in once, kept for a while."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from consortium.calls.mailbox import MOST_KEPT, Mailbox
from consortium.calls.operations import letters
from consortium.kernel.errors import InvalidInput
from consortium.kernel.valkey import client, key


@pytest.fixture
def boxes(valkey: Any) -> Mailbox:
    return Mailbox(client(), key("test-"), key("test-letters:"))


def post(boxes: Mailbox, number: int, text: str = "hello") -> int:
    return boxes.post("b", sender="s", number=number, letter=f'{{"body":"{text}"}}')


def test_letters_are_numbered_from_one(boxes: Mailbox) -> None:
    assert [post(boxes, number) for number in (1, 2, 3)] == [1, 2, 3]


def test_a_letter_sent_again_is_put_in_once(boxes: Mailbox) -> None:
    assert (post(boxes, 1), post(boxes, 1), boxes.newest("b")) == (1, 0, 1)


def test_one_that_comes_late_is_not_put_in(boxes: Mailbox) -> None:
    post(boxes, 5)
    assert post(boxes, 4) == 0


def test_each_letter_carries_its_number(boxes: Mailbox) -> None:
    post(boxes, 1)
    assert boxes.after("b", 0) == ['{"seq":1,"body":"hello"}']


def test_only_what_came_after_is_given(boxes: Mailbox) -> None:
    for number, text in enumerate("abc", start=1):
        post(boxes, number, text)
    assert boxes.after("b", 2) == ['{"seq":3,"body":"c"}']


def test_nothing_after_the_newest(boxes: Mailbox) -> None:
    post(boxes, 1)
    assert (boxes.after("b", 1), boxes.after("b", 7), boxes.after("empty", 0)) == ([], [], [])


def test_the_oldest_give_way(boxes: Mailbox) -> None:
    for number in range(1, MOST_KEPT + 4):
        post(boxes, number)
    assert (len(boxes.after("b", 0)), boxes.after("b", 0)[0][:8]) == (MOST_KEPT, '{"seq":4')


def test_it_is_published_with_its_number(boxes: Mailbox) -> None:
    with client().pubsub(ignore_subscribe_messages=True) as ear:  # type: ignore[no-untyped-call]
        ear.subscribe(key("test-letters:b"))
        ear.get_message(timeout=2)
        post(boxes, 1)
        heard = next(one for _ in range(20) if (one := ear.get_message(timeout=1)))
    assert heard["data"] == '1:{"seq":1,"body":"hello"}'


# -- while Redis is away


def test_a_letter_is_not_taken(redis_away: None) -> None:
    assert not letters.post_letter(sender=uuid4(), epoch="e", number=1, to=uuid4(), body={})


def test_nothing_was_missed(redis_away: None) -> None:
    assert letters.letters_after(uuid4(), 4) == (4, [])


def test_saying_something_is_lost_and_no_error(redis_away: None) -> None:
    letters.say(uuid4(), uuid4(), mic=True)


# -- what a page says of itself


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"mic": True, "camera": False, "rung": "audio"}, {"mic": True, "camera": False, "rung": "audio"}),
        ({"mic": "yes", "rung": "smoke", "name": "x"}, {}),
        ({"stage": None}, {"stage": None}),
        (
            {"stage": {"file": "00000000-0000-0000-0000-000000000001", "frame": 0}},
            {"stage": {"file": "00000000-0000-0000-0000-000000000001", "frame": 1}},
        ),
    ],
)
def test_only_what_is_known_is_kept(said: dict[str, Any], kept: dict[str, Any]) -> None:
    assert letters.read_state(said) == kept


@pytest.mark.parametrize("stage", [{}, {"file": "x", "frame": 1}, "text", {"file": None, "frame": 1}])
def test_a_picture_that_is_none(stage: Any) -> None:
    with pytest.raises(InvalidInput):
        letters.read_state({"stage": stage})
