"""The sockets of a lecture's stream on the real web process: who sends, who is sent, and what is amiss."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import requests

from consortium.live.consumers.page import MALFORMED, RIGHT_ENDED, SIGNED_OUT
from consortium.people.models import Institution, Membership, User
from consortium.people.operations.seats import suspend_person
from courses.live.broadcast.following import folder_of
from courses.live.broadcast.seat import ANEW
from courses.live.models import Lecture
from courses.live.models.broadcasts import broadcasts_root
from tests.courses.library.films import as_
from tests.courses.live.broadcast.streams import kept, recorded
from tests.courses.live.planned import given_by, lecture_at
from tests.live.conftest import Door, Page, cookie_of
from tests.live.server import WebProcess
from tests.live.visitor import door, web

__all__ = ["door", "web"]

WEBM = "video/webm;codecs=h264,opus"


@pytest.fixture
def live(hospital: Institution, lecturer: User) -> Lecture:
    return given_by(lecture_at(hospital, hours=0, step="live"), lecturer)


def publishing(door: Door, user: User, lecture: Lecture) -> Page:
    return door.open(user, path=f"/ws/lectures/{lecture.pk}/publish/")


def asked(page: Page, **more: Any) -> dict[str, Any]:
    page.say(**{"do": "publish", "id": 1, "type": WEBM, "recorder": str(uuid4()), **more})
    return page.hear_until(re=1)


def test_a_stream_is_taken_and_seen_and_only_the_crew_sends(
    web: WebProcess, door: Door, lecturer: User, listener: User, live: Lecture, community_admin: User
) -> None:
    # a viewer cannot publish, and stays connected
    viewer = publishing(door, listener, live)
    assert asked(viewer)["code"] == "not-permitted"
    assert asked(viewer)["code"] == "not-permitted"

    # the lecturer does: what is no recording is refused, what is missing is asked for anew, pieces are taken once
    studio = publishing(door, lecturer, live)
    assert asked(studio, type="text/html")["code"] == "not-a-recording"
    assert asked(studio, **{"from": 5})["code"] == "begin-anew"
    recorder = str(uuid4())
    assert asked(studio, recorder=recorder)["next"] == 0
    data, size = recorded(seconds=5), 48 * 1024
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    for number, piece in enumerate(pieces):
        studio.socket.send(number.to_bytes(4, "big") + piece)
        assert studio.hear_until(did="taken")["next"] == number + 1
    studio.socket.send(bytes(4) + pieces[0])
    assert studio.hear_until(did="taken")["next"] == len(pieces)

    # its line breaks: the same recorder goes on where it stood; somebody else's does not
    again = publishing(door, lecturer, live)
    assert asked(again, recorder=recorder, **{"from": len(pieces)})["next"] == len(pieces)
    assert asked(viewer, recorder=recorder)["code"] == "not-permitted"
    again.say(do="stop", id=2)
    again.hear_until(re=2)

    # with a ticket it is seen
    cookie = cookie_of(listener)
    stage = requests.get(f"{web.origin}/lectures/{live.pk}/stage/", headers={"Cookie": cookie}, timeout=10).json()
    assert stage["sent"]
    seat = door.open(cookie=cookie, path=stage["parts"])
    seat.say(do="watch", ticket=stage["ticket"])
    assert seat.hear_until(did="watch")["live"]
    frames = [seat.socket.recv(10) for _each in range(3)]
    assert [frame[:2] for frame in frames[:2]] == [b"\x00\x01", b"\x01\x01"]
    assert frames[2][1] == ANEW

    # until the right to see it ends
    place = Membership.unscoped.get(user=listener).institution_id
    as_(community_admin, suspend_person, user_id=listener.pk, institution_id=place)
    assert seat.close_code() in (RIGHT_ENDED, SIGNED_OUT)


@pytest.mark.parametrize(
    "frame", [{"do": "publish"}, {"do": "watch"}, {"do": "watch", "ticket": "made.up"}, {"do": []}]
)
def test_a_made_up_ticket_shows_nothing(web: WebProcess, door: Door, listener: User, live: Lecture, frame: Any) -> None:
    kept(folder_of(broadcasts_root(), live.pk))
    seat = door.open(listener, path=f"/ws/lectures/{live.pk}/parts/")
    seat.say(**frame)
    assert seat.close_code() in (MALFORMED, RIGHT_ENDED)
