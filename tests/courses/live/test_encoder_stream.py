"""A studio's encoder sends a lecture over RTMP: real nginx, real ffmpeg, the real web process, two kinds of viewers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from consortium.people.models import Institution, User
from courses.library.models import FilmPiece
from courses.live.broadcast.following import Feed
from courses.live.broadcast.keeping import VIDEO
from courses.live.broadcast.rtmp import NginxRtmp
from courses.live.broadcast.seat import ANEW
from courses.live.models import Broadcast, BroadcastRun, EncoderKey, Lecture
from courses.live.operations.broadcasting import end_broadcast
from courses.live.operations.encoders import renew_encoder_key
from courses.live.operations.lectures import end_lecture
from courses.live.operations.recording import keep_recording
from courses.live.queries.encoders import text_of
from tests.courses.library.films import as_, as_worker
from tests.courses.live.encoder import Encoder, rtmp
from tests.courses.live.planned import given_by, lecture_at
from tests.embedded.running import wait_until
from tests.live.conftest import Door, cookie_of
from tests.live.server import WebProcess
from tests.live.visitor import door, web

__all__ = ["door", "rtmp", "web"]

Push = Callable[[str], Encoder]


@pytest.fixture
def live(hospital: Institution, lecturer: User) -> Lecture:
    return given_by(lecture_at(hospital, hours=0, step="live"), lecturer)


@pytest.fixture
def push(rtmp: NginxRtmp, tmp_path: Path) -> Iterator[Push]:
    begun: list[Encoder] = []

    def with_key(key: str) -> Encoder:
        begun.append(Encoder(tmp_path, rtmp.address, key))
        return begun[-1]

    yield with_key
    for each in begun:
        each.kill()


def new_key(lecturer: User, lecture: Lecture) -> str:
    row: EncoderKey = as_(lecturer, renew_encoder_key, lecture_id=lecture.pk)
    return text_of(row)


def seconds_sent(lecture: Lecture, run: int) -> float:
    """Of pictures, of one run."""
    feed = Feed(Broadcast.unscoped.get(lecture=lecture).folder)
    feed.look()
    return sum(each.rungs[VIDEO].length / 1e6 for each in feed.shown if each.number == run)


def sent(lecture: Lecture, run: int, seconds: float) -> None:
    def stands() -> bool:
        return Broadcast.unscoped.filter(lecture=lecture).exists() and seconds_sent(lecture, run) >= seconds

    wait_until(stands, f"{seconds} s of run {run}")


def test_an_encoder_sends_and_is_seen(
    web: WebProcess, door: Door, push: Push, lecturer: User, listener: User, live: Lecture
) -> None:
    # a key that nobody made is refused, and so is one that is nearly right
    key = new_key(lecturer, live)
    assert push(key[:-1] + ("a" if key[-1] != "a" else "b")).is_cut()
    assert not Broadcast.unscoped.filter(lecture=live).exists()

    # the right one sends, in the name of who made it
    studio = push(key)
    sent(live, 1, 2)
    assert BroadcastRun.unscoped.get(lecture=live).user == lecturer

    # it is seen as what a browser sends: parts over a socket, and low-latency HLS
    cookie = cookie_of(listener)
    stage = asked(web, cookie, f"/lectures/{live.pk}/stage/").json()
    assert stage["sent"]
    seat = door.open(cookie=cookie, path=stage["parts"])
    seat.say(do="watch", ticket=stage["ticket"])
    assert seat.hear_until(did="watch")["live"]
    frames = [seat.socket.recv(10) for _each in range(8)]
    assert [frame[:2] for frame in frames[:2]] == [b"\x00\x01", b"\x01\x01"]
    assert frames[2][1] == ANEW
    assert len(piece_of_hls(web, cookie, stage["live"])) > 1000

    # a second encoder is refused, and the first goes on
    assert push(key).is_cut()
    assert studio.sends

    # its power fails: it comes back, and goes on in a run of its own
    studio.kill()
    wait_until(lambda: Broadcast.unscoped.get(lecture=live).holder is None, "its stage is free")
    back = push(key)
    sent(live, 2, 2)
    assert back.sends

    # a new key cuts it, and the old one opens nothing any more
    newer = new_key(lecturer, live)
    assert back.is_cut()
    assert push(key).is_cut()
    last = push(newer)
    sent(live, 3, 1)

    # with the lecture all keys end; the recording has what was sent, and nothing of the gaps
    as_(lecturer, end_lecture, lecture_id=live.pk)
    assert last.is_cut()
    assert push(newer).is_cut()
    as_worker(end_broadcast, lecture_id=live.pk)
    video = as_worker(keep_recording, lecture_id=live.pk)
    whole = sum(seconds_sent(live, run) for run in (1, 2, 3))
    assert video.current.length / 1000 == pytest.approx(whole, abs=0.5)
    rungs = [rung for piece in FilmPiece.unscoped.filter(film=video.current) for rung in piece.made]
    assert sorted(rungs) == ["240"] * 3 + ["sound"] * 3
    live.refresh_from_db()
    begun = [began for _begin, _end, began in live.recording_line]
    lasted = [(end - begin) * 1000 for begin, end, _began in live.recording_line]
    assert all(one + took < two for one, took, two in zip(begun, lasted, begun[1:], strict=False))


def asked(web: WebProcess, cookie: str, path: str) -> requests.Response:
    found = requests.get(web.origin + path, headers={"Cookie": cookie}, timeout=10)
    found.raise_for_status()
    return found


def piece_of_hls(web: WebProcess, cookie: str, address: str) -> bytes:
    """The newest part that the list of pictures names."""
    folder = address.rpartition("/")[0]
    names = re.findall(r"^[\w-]+\.m3u8$", asked(web, cookie, address).text, re.MULTILINE)
    listed = asked(web, cookie, f"{folder}/{names[0]}").text
    parts: list[Any] = re.findall(r'#EXT-X-PART:.*URI="([^"]+)"', listed)
    return asked(web, cookie, f"{folder}/{parts[-1]}").content
