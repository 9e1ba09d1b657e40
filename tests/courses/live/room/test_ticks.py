"""Half a second of a room in frames of 1.5 kB: what is left out, in which order, and what never."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as some

from courses.live.room import MOST_BYTES, Item, Tick, frames_of


def told(*items: Item, most: int = MOST_BYTES, **more: Any) -> list[dict[str, Any]]:
    return [orjson.loads(text) for text in frames_of(Tick(items, **more), most)]


def line(text: str) -> Item:
    return Item("chat", {"text": text})


def poll(name: str, votes: int, **more: Any) -> Item:
    return Item("poll", {"id": name, "votes": votes, **more})


def test_where_nothing_happened_nothing_is_told() -> None:
    assert told() == []


def test_all_of_half_a_second_is_one_frame() -> None:
    [frame] = told(line("a"), poll("p", 1), reactions={"clap": 3}, present=812)
    assert frame == {
        "did": "tick",
        "items": [{"kind": "poll", "id": "p", "votes": 1}, {"kind": "chat", "text": "a"}],
        "present": 812,
        "reactions": {"clap": 3},
    }


def test_a_number_alone_is_told() -> None:
    assert told(present=0) == [{"did": "tick", "items": [], "present": 0}]


def test_of_a_poll_the_newest_numbers_are_told() -> None:
    [frame] = told(poll("p", 1), poll("q", 5), poll("p", 2))
    assert [(one["id"], one["votes"]) for one in frame["items"]] == [("q", 5), ("p", 2)]


def test_of_a_question_the_newest_state_is_told() -> None:
    [frame] = told(*(Item("question", {"id": "q", "support": n}) for n in range(5)))
    assert frame["items"] == [{"kind": "question", "id": "q", "support": 4}]


def test_what_changed_before_is_told_with_what_changed_last() -> None:
    [frame] = told(Item("poll", {"id": "p", "text": "Which?"}), poll("p", 3))
    assert frame["items"] == [{"kind": "poll", "id": "p", "text": "Which?", "votes": 3}]


def test_two_captions_are_two() -> None:
    [frame] = told(Item("caption", {"text": "a"}), Item("caption", {"text": "a"}))
    assert len(frame["items"]) == 2


#: an empty frame with its mark of what was left out, and one line of chat in it
FRAME, LINE = len('{"did":"tick","items":[],"left_out":9999}'), len('{"kind":"chat","text":"a"},')


def test_reactions_are_left_out_first() -> None:
    [frame] = told(line("a"), present=10, reactions={"clap": 1}, most=FRAME + LINE + len('"present":10,'))
    assert (frame["present"], "reactions" in frame) == (10, False)


def test_presence_is_left_out_next() -> None:
    [frame] = told(line("a"), present=10, reactions={"clap": 1}, most=FRAME + LINE)
    assert (len(frame["items"]), "present" in frame) == (1, False)


def test_then_chat_and_how_much_is_said() -> None:
    [frame] = told(*(line(f"{n} " + "a" * 300) for n in range(20)))
    assert [one["text"][0] for one in frame["items"]] == ["0", "1", "2", "3"]
    assert frame["left_out"] == 16


def test_polls_are_told_all_in_as_many_frames_as_it_takes() -> None:
    frames = told(*(poll(f"p{n}", n, question="q" * 200) for n in range(20)), line("a" * 300))
    assert len(frames) > 1
    assert [one["id"] for frame in frames for one in frame["items"] if one["kind"] == "poll"] == [
        f"p{n}" for n in range(20)
    ]


def test_chat_goes_into_the_last_frame_of_polls() -> None:
    frames = told(*(poll(f"p{n}", n, question="q" * 200) for n in range(8)), line("hello"))
    assert [one["kind"] for one in frames[-1]["items"]][-1] == "chat"


def test_one_item_that_is_longer_goes_alone() -> None:
    frames = told(poll("p", 1, question="q" * 2000), poll("q", 2))
    assert [[one["id"] for one in frame["items"]] for frame in frames] == [["p"], ["q"]]


ITEMS = some.lists(
    some.builds(line, some.text(max_size=400)) | some.builds(poll, some.uuids().map(str), some.integers(0, 9000)),
    max_size=60,
)


@settings(max_examples=100, deadline=None)
@given(ITEMS, some.integers(0, 20_000), some.dictionaries(some.sampled_from(["clap", "wow"]), some.integers(1, 999)))
def test_no_frame_is_longer_and_no_poll_is_lost(items: list[Item], present: int, reactions: dict[str, int]) -> None:
    texts = frames_of(Tick(items, reactions, present))
    told_of = [one["id"] for text in texts for one in orjson.loads(text)["items"] if one["kind"] == "poll"]
    lines = sum(item.kind == "chat" for item in items)
    shown = sum(one["kind"] == "chat" for text in texts for one in orjson.loads(text)["items"])
    assert sorted(told_of) == sorted({item.told["id"] for item in items if item.kind == "poll"})
    assert shown + orjson.loads(texts[-1]).get("left_out", 0) == lines
    assert max(len(text.encode()) for text in texts) <= max(MOST_BYTES, 41 + max([len(i.text) for i in items] or [0]))
