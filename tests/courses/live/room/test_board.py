"""What waits for a room's next tick in Redis: one process has the lead, and nothing is lost between two."""

from __future__ import annotations

from uuid import UUID, uuid4

import orjson
import pytest

from consortium.kernel.valkey import client, key
from courses.live.room import Board, Item, Looked
from courses.live.room.board import AWAY_AFTER, SECONDS_KEPT

NOW = 1000.0
POLL = Item("poll", {"id": "p"})


@pytest.fixture
def board(valkey: object) -> Board:
    return Board(client(), key(f"room-{uuid4()}-"), key("live:lecture:"), key("live:crew:"))


@pytest.fixture
def room() -> UUID:
    return uuid4()


def look(board: Board, room: UUID, me: str = "a", now: float = NOW) -> Looked | None:
    return Looked.read(board.look(room, me, now))


def must_look(board: Board, room: UUID, me: str = "a", now: float = NOW) -> Looked:
    looked = look(board, room, me, now)
    assert looked is not None
    return looked


def test_an_empty_room_has_nothing_to_tell(board: Board, room: UUID) -> None:
    assert look(board, room) == Looked(items=[], crew=[], polls=[])


def test_what_was_put_is_found_in_order(board: Board, room: UUID) -> None:
    board.put(room, POLL)
    board.put(room, Item("hand", {"user": "u"}), crew=True)
    board.put(room, Item("chat", {"text": "a"}))
    found = must_look(board, room)
    assert (found.items, found.crew, found.taken) == (
        [POLL, Item("chat", {"text": "a"})],
        [Item("hand", {"user": "u"})],
        3,
    )


def test_one_has_the_lead(board: Board, room: UUID) -> None:
    must_look(board, room, "a")
    assert look(board, room, "b") is None


def test_rooms_are_led_apart(board: Board, room: UUID) -> None:
    must_look(board, room, "a")
    assert look(board, uuid4(), "b") is not None


def test_what_was_looked_at_stays_until_it_is_told(board: Board, room: UUID) -> None:
    board.put(room, POLL)
    first = must_look(board, room)
    assert must_look(board, room) == first


def test_what_was_told_is_gone_and_what_came_since_stays(board: Board, room: UUID) -> None:
    board.put(room, POLL)
    looked = must_look(board, room)
    board.put(room, Item("poll", {"id": "q"}))
    assert board.tell(room, "a", looked, ['{"did":"tick"}'], []) == 1
    assert [item.told["id"] for item in must_look(board, room).items] == ["q"]


def test_who_lost_the_lead_tells_nothing(board: Board, room: UUID) -> None:
    board.put(room, POLL)
    looked = must_look(board, room, "a")
    assert board.tell(room, "b", looked, ['{"did":"tick"}'], []) == 0
    assert (board.stands_at(room), len(must_look(board, room, "a").items)) == (None, 1)


def test_frames_are_numbered_and_kept(board: Board, room: UUID) -> None:
    looked = must_look(board, room)
    board.tell(room, "a", looked, ['{"did":"tick","items":[]}'] * 3, [])
    frames = [orjson.loads(text) for text in board.told(room, 2)]
    assert (board.stands_at(room), [frame["seq"] for frame in frames]) == ("3", [2, 3])
    assert frames[0] == {"seq": 2, "did": "tick", "items": []}


def test_frames_of_the_crew_are_not_kept_for_all(board: Board, room: UUID) -> None:
    board.tell(room, "a", must_look(board, room), [], ['{"did":"crew"}'])
    assert board.told(room, 10) == []


def test_reactions_are_counted_and_taken(board: Board, room: UUID) -> None:
    for what in ("clap", "clap", "wow"):
        board.react(room, what)
    assert must_look(board, room).reactions == {"clap": 2, "wow": 1}
    assert must_look(board, room).reactions == {}


def test_people_are_a_number_and_go_when_they_are_silent(board: Board, room: UUID) -> None:
    one, other = uuid4(), uuid4()
    board.here(room, [one, other, one], NOW)
    assert must_look(board, room, now=NOW + 1).present == 2
    board.here(room, [one], NOW + AWAY_AFTER)
    assert must_look(board, room, now=NOW + AWAY_AFTER + 1).present == 1
    board.gone(room, one)
    assert must_look(board, room, now=NOW + AWAY_AFTER + 1).present == 0


def test_a_poll_with_new_votes_is_named_until_its_numbers_are_told(board: Board, room: UUID) -> None:
    board.voted(room, ["q", "p"])
    looked = must_look(board, room)
    assert looked.polls == ["p", "q"]
    board.tell(room, "a", looked, [], [])
    assert must_look(board, room).polls == []


def test_a_hand_goes_up_and_down(board: Board, room: UUID) -> None:
    user = uuid4()
    board.raise_hand(room, user, "Dr Li")
    assert board.raised(room) == {str(user): "Dr Li"}
    board.lower_hand(room, user)
    assert board.raised(room) == {}


def test_a_hand_that_nobody_took_down_is_forgotten_with_its_room(board: Board, room: UUID) -> None:
    board.raise_hand(room, uuid4(), "Dr Li")
    (hands,) = client().scan_iter(f"*hands:{room}")
    assert 0 < client().ttl(hands) <= SECONDS_KEPT
