"""The socket between a guest and whoever sends the lecture, on the real web process: nobody else gets in, and whatever
is sent amiss gets a coded fault."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from consortium.people.models import User
from courses.live.consumers import guests as consumer
from courses.live.models import GuestAppearance, Lecture
from courses.live.operations import guests
from courses.live.operations.broadcasting import take_stage
from courses.live.operations.crew import put_in_crew
from courses.live.states.lectures import Part
from tests.courses.live.room.rooms import do
from tests.courses.live.room.test_guests import on_stage
from tests.courses.live.room.test_socket import Entered, ticket_of
from tests.live.conftest import Door, cookie_of
from tests.live.server import WebProcess
from tests.live.visitor import door, web

__all__ = ["door", "web"]

Come = Callable[[User], Entered]
CODES = {"not-json", "bad-id", "unknown-command", "bad-field", "bad-ticket", "join-first", "not-permitted", "too-long"}


@pytest.fixture
def come(web: WebProcess, door: Door, lecture: Lecture) -> Come:
    """A page at the guests' socket; it has not said who it is."""

    def come_(user: User) -> Entered:
        cookie = cookie_of(user)
        page = Entered(door.open(cookie=cookie, path=f"/ws/lectures/{lecture.pk}/guest/").socket)
        page.ticket = ticket_of(web, lecture, cookie)  # type: ignore[attr-defined]
        return page

    return come_


def joined(page: Any) -> dict[str, Any]:
    return dict(page.ask(do="join", ticket=page.ticket))


@pytest.fixture
def appearance(moderator: User, lecturer: User, viewer: User, lecture: Lecture, web: WebProcess) -> GuestAppearance:
    """The viewer is on stage, and the lecturer sends."""
    row = on_stage(moderator, viewer, lecture)
    do(lecturer, take_stage, lecture_id=lecture.pk, holder=uuid4())
    return row


def test_letters_go_between_the_two_alone(
    come: Come, lecturer: User, viewer: User, appearance: GuestAppearance
) -> None:
    hers, his = come(viewer), come(lecturer)
    told = joined(hers)
    assert (told["side"], told["guest"], sorted(told["ways"])) == (
        "guest", str(appearance.pk), ["p2p", "turn_tcp", "turn_udp"],
    )  # fmt: skip
    assert joined(his)["side"] == "host"
    assert hers.hear_until(did="host")
    assert "fault" not in hers.ask(do="signal", body={"attempt": "a", "rung": "p2p"})
    assert his.hear_until(did="signal")["body"] == {"attempt": "a", "rung": "p2p"}
    his.ask(do="signal", body={"attempt": "a", "met": True})
    assert hers.hear_until(did="signal")["body"]["met"] is True


def test_pieces_go_from_the_guest_to_the_host(
    come: Come, lecturer: User, viewer: User, appearance: GuestAppearance
) -> None:
    hers, his = come(viewer), come(lecturer)
    joined(hers)
    joined(his)
    piece = (0).to_bytes(4, "big") + bytes(range(256)) * 40
    hers.socket.send(piece)
    assert next(frame for frame in iter(lambda: his.socket.recv(10), None) if isinstance(frame, bytes)) == piece
    his.socket.send(piece)
    assert his.hear_until(fault="not-permitted")
    for amiss in (b"", b"1234", bytes(consumer.MOST_PIECE + 5)):
        hers.socket.send(amiss)
        assert hers.hear_until(fault="bad-field")


def test_nobody_else_gets_in(
    come: Come, lecturer: User, moderator: User, viewer: User, other_viewer: User, appearance: GuestAppearance
) -> None:
    for user in (moderator, other_viewer):
        page = come(user)
        assert joined(page)["fault"] == "not-permitted"
        assert page.ask(do="signal", body={"attempt": "a", "rung": "p2p"})["fault"] == "join-first"
        page.socket.send(b"0000piece")
        assert page.hear_until(fault="not-permitted")
    stolen = come(other_viewer)
    stolen.ticket = come(viewer).ticket  # type: ignore[attr-defined]
    assert joined(stolen)["fault"] == "bad-ticket"


def test_who_was_removed_says_nothing_more(
    come: Come, moderator: User, viewer: User, appearance: GuestAppearance, lecture: Lecture
) -> None:
    hers = come(viewer)
    joined(hers)
    do(moderator, guests.remove_guest, lecture_id=lecture.pk, guest_id=appearance.pk)
    assert hers.ask(do="signal", body={})["fault"] == "not-permitted"
    assert joined(hers)["fault"] == "not-permitted"


def test_a_co_host_who_takes_over_has_the_guest(
    come: Come, lecturer: User, moderator: User, viewer: User, colleague: User, appearance: GuestAppearance,
    lecture: Lecture,
) -> None:  # fmt: skip
    do(lecturer, put_in_crew, lecture_id=lecture.pk, username=colleague.username, part=Part.COHOST)
    hers, his = come(viewer), come(lecturer)
    joined(hers)
    joined(his)
    do(colleague, take_stage, lecture_id=lecture.pk, holder=uuid4(), takes_over=True)
    other = come(colleague)
    assert joined(other)["side"] == "host"
    assert his.hear_until(did="replaced")
    assert his.ask(do="signal", body={"attempt": "a", "met": True})["fault"] == "not-permitted"
    hers.ask(do="signal", body={"attempt": "b", "rung": "p2p"})
    assert other.hear_until(did="signal")["body"]["attempt"] == "b"


def test_whatever_is_sent_amiss_the_socket_stays(
    come: Come, viewer: User, appearance: GuestAppearance, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(8)
    values: list[Any] = ["", "x" * 30, None, True, -1, 2**60, [], {}, {"a": [1]}, str(uuid4()), "\x00", 1.5]
    page = come(viewer)
    joined(page)
    for number in range(1, 60):
        frame: dict[str, Any] = {
            "do": chance.choice(["join", "signal", "publish", "invite", "", None, {}]),
            "id": number,
        }
        frame |= {name: chance.choice(values) for name in ("ticket", "body") if chance.random() < 0.7}
        page.say(**frame)
        told = page.hear_until(re=number)
        assert told.get("fault", "not-json") in CODES, (frame, told)
    for text in ("", "[]", "{", '"join"', "\u4f60", json.dumps({"do": "ping", "id": "1"})):
        page.socket.send(text)
        assert page.hear_until(re=0)["fault"] in CODES
    page.socket.send(json.dumps({"do": "signal", "body": {"long": "x" * consumer.MOST_LETTER}}))
    assert page.hear_until(re=0)["fault"] == "too-long"
    assert "fault" not in page.ask(do="ping")


def test_too_much_at_once_is_told_so(come: Come, viewer: User, appearance: GuestAppearance) -> None:
    page = come(viewer)
    joined(page)
    for number in range(consumer.BURST + 20):
        page.say(do="ping", id=number)
    assert page.hear_until(fault="too-fast")
