"""The socket of a call's page: letters, who is there, and who is refused; on the real web process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from websockets.exceptions import InvalidStatus

from consortium.calls import operations
from consortium.calls.consumers import MAX_LETTER, OVER, read_letter
from consortium.calls.models import Room, Seat
from consortium.calls.queries.people import guardian
from consortium.kernel.actors import acting_as
from consortium.live.consumers.page import FLOOD, MALFORMED, RIGHT_ENDED, TOO_BIG
from consortium.people.models import Membership, User
from consortium.people.operations.seats import suspend_person
from tests.calls.acts import again
from tests.consultations.cases import by
from tests.live.conftest import Door, Page
from tests.live.visitor import door, web

__all__ = ["door", "web"]

Enter = Callable[..., Page]


@pytest.fixture
def enter(web: Any, door: Door, room: Room) -> Enter:
    """``enter(user)``: the socket of their page, which has said hello."""

    def enter_(user: User | None, *, cookie: str = "", after: int | None = None, epoch: str = "") -> Page:
        path = "/ws/calls/visit/" if cookie else f"/ws/calls/{room.pk}/"
        page = door.open(user, cookie=cookie, path=path)
        page.say(do="hello", epoch=epoch or str(uuid4()), after=after, state={"mic": True})
        return page

    return enter_


def seat_ids(page: Page, people: int) -> dict[str, str]:
    """Once so many people stand in the list: their seats by role."""
    while len((frame := page.hear_until(did="people"))["people"]) != people:
        pass
    return {one["role"]: one["id"] for one in frame["people"]}


def test_a_letter_arrives_once_and_is_missed_by_nobody(
    enter: Enter, seat: Seat, host: Seat, asker: User, specialist: User
) -> None:
    epoch = str(uuid4())
    his, hers = enter(specialist, epoch=epoch), enter(asker)
    hello = his.hear_until(did="hello")
    assert (hello["me"], hello["seq"]) == (str(host.pk), 0)
    seat_ids(his, 2)
    for _ in range(2):  # the receipt of the first was lost
        hers.say(do="signal", to=str(host.pk), n=1, body={"candidate": None})
        assert hers.hear_until(did="receipt")["n"] == 1
    hers.say(do="signal", to=str(host.pk), n=2, body={"candidate": "two"})
    letters = [his.hear_until(did="signal") for _ in range(2)]
    assert [(one["seq"], one["from"], one["body"]) for one in letters] == [
        (1, str(seat.pk), {"candidate": None}),
        (2, str(seat.pk), {"candidate": "two"}),
    ]
    his.socket.close()
    hers.say(do="signal", to=str(host.pk), n=3, body={"candidate": "three"})
    hers.hear_until(did="receipt")
    back = enter(specialist, epoch=epoch, after=2)
    assert back.hear_until(did="signal")["body"] == {"candidate": "three"}
    back.say(do="resume", after=1)
    assert [back.hear_until(did="signal")["seq"] for _ in range(2)] == [2, 3]


def test_what_a_page_says_of_itself_is_shown_to_the_others(
    enter: Enter, seat: Seat, asker: User, specialist: User
) -> None:
    his, hers = enter(specialist), enter(asker)
    seat_ids(his, 2)
    hers.say(do="state", mic=False, rung="audio", stage={"file": str(uuid4()), "frame": 2})
    shown: dict[str, Any] = {}
    while shown.get("rung") != "audio":
        shown = next(one for one in his.hear_until(did="people")["people"] if one["id"] == str(seat.pk))
    assert (shown["mic"], shown["here"], shown["stage"]["frame"]) == (False, True, 2)
    hers.say(do="ping")
    assert hers.hear_until(did="pong")


def test_who_waits_sees_and_writes_to_nobody(
    enter: Enter, host: Seat, room: Room, colleague: User, specialist: User
) -> None:
    waits = by(colleague, operations.join, room_id=room.pk)
    page = enter(colleague)
    assert list(seat_ids(page, 1).values()) == [str(waits.pk)]
    page.say(do="signal", to=str(host.pk), n=1, body={})
    assert page.hear_until(did="refuse")["status"] == 403
    by(specialist, operations.admit, seat_id=waits.pk)
    assert seat_ids(page, 2)


@pytest.mark.parametrize("who", ["district_doctor", "nurse", "colleague", None])
def test_without_a_seat_there_is_no_socket(
    web: Any, door: Door, seat: Seat, who: str | None, request: pytest.FixtureRequest
) -> None:
    """A stranger, who may not join, who has not asked to come in, and nobody."""
    user = request.getfixturevalue(who) if who else None
    for path in (f"/ws/calls/{seat.room_id}/", "/ws/calls/visit/"):
        with pytest.raises(InvalidStatus):
            door.open(user, path=path)


def test_from_another_site_there_is_no_socket(web: Any, door: Door, seat: Seat, asker: User) -> None:
    with pytest.raises(InvalidStatus):
        door.open(asker, origin="http://elsewhere.test", path=f"/ws/calls/{seat.room_id}/")


def test_what_is_no_frame_ends_the_socket(web: Any, door: Door, seat: Seat, asker: User) -> None:
    hello = {"do": "hello", "epoch": str(uuid4()), "after": None}
    amiss: list[tuple[list[dict[str, Any]], int]] = [
        ([{"do": "listen", "topic": "case:1"}], MALFORMED),
        ([{"do": "hello", "epoch": "x", "after": None}], MALFORMED),
        ([{"do": "signal", "to": str(seat.pk), "n": 1, "body": {}}], MALFORMED),
        ([hello, {"do": "signal", "to": str(seat.pk), "n": 0, "body": {}}], MALFORMED),
        ([hello, {"do": "signal", "to": str(seat.pk), "n": 1, "body": "text"}], MALFORMED),
        ([hello, {"do": "state", "stage": {"file": "x"}}], MALFORMED),
        ([hello, {"do": "resume"}], MALFORMED),
        ([{"do": "ping", "x": "x" * MAX_LETTER}], TOO_BIG),
        ([{"do": "ping"}] * 200, FLOOD),
    ]
    closed = []
    for frames, _code in amiss:
        page = door.open(asker, path=f"/ws/calls/{seat.room_id}/")
        for frame in frames:
            page.say(**frame)
        closed.append(page.close_code())
    assert closed == [code for _frames, code in amiss]


@pytest.mark.parametrize("text", ["", "[]", "1", "{"])
def test_what_is_no_object_is_empty(text: str) -> None:
    assert read_letter(text) == {}


def test_the_end_of_the_call_is_told_to_all(enter: Enter, seat: Seat, asker: User, specialist: User) -> None:
    pages = [enter(specialist), enter(asker)]
    seat_ids(pages[0], 2)
    by(asker, operations.end_room, room_id=seat.room_id)
    assert [(page.hear_until(did="over")["ended"], page.close_code()) for page in pages] == [(True, OVER)] * 2


def test_a_right_that_ends_puts_out_at_once(enter: Enter, seat: Seat, asker: User, community_admin: User) -> None:
    page = enter(asker)
    page.hear_until(did="people")
    membership = Membership.unscoped.get(user=asker)
    by(community_admin, suspend_person, user_id=asker.pk, institution_id=membership.institution_id)
    assert page.close_code() in (RIGHT_ENDED, OVER)
    assert again(seat).place is None


def test_the_guardian_sees_the_call_and_no_picture_of_the_record(
    enter: Enter, host: Seat, room: Room, specialist: User
) -> None:
    link = by(specialist, operations.invite_guest, room_id=room.pk)
    device = Client()
    device.post(f"/calls/g/{link.token()}/")
    with acting_as(guardian()) as actor:
        waits = operations.agree_and_knock(actor=actor, link_id=link.pk)
    by(specialist, operations.admit, seat_id=waits.pk)
    his = enter(specialist)
    his.say(do="state", stage={"file": str(uuid4()), "frame": 1})
    page = enter(None, cookie=f"guest={device.cookies['guest'].value}")
    frame = page.hear_until(did="people")
    assert {one["role"]: (one["name"], one["stage"]) for one in frame["people"]} == {
        "specialist": ("Dr Specialist", None),
        "guardian": ("", None),
    }
    by(specialist, operations.revoke_guest, room_id=room.pk)
    assert page.close_code() == OVER
