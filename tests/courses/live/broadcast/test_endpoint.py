"""Playlists and pieces beside the pages: for whom, and what is answered."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from courses.library.ladder import signing
from courses.library.streaming.endpoint import Sessions
from courses.live.broadcast import endpoint
from courses.live.broadcast.endpoint import Broadcasts, Watching
from courses.live.broadcast.following import Feeds, folder_of
from courses.live.broadcast.keeping import ENDED, VIDEO, Run
from tests.courses.live.broadcast.streams import kept
from tests.files.asgi import Reply, call

LECTURE, VIEWER = UUID(int=7), UUID(int=8)
KEY = b"key"


def token(lecture: UUID = LECTURE, session: str = "mine", until: float = 60) -> str:
    return signing.token(KEY, signing.Grant(lecture, VIEWER, int(time.time() + until)), session)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Five seconds are there."""
    return kept(folder_of(tmp_path, LECTURE), parts=20)


@pytest.fixture
def rights() -> dict[str, bool]:
    return {"watch": True}


@pytest.fixture
def app(tmp_path: Path, rights: dict[str, bool]) -> Broadcasts:
    async def whose(session: str) -> UUID:
        return VIEWER if session == "mine" else UUID(int=9)

    async def may(_session: str, _lecture: UUID) -> bool:
        return rights["watch"]

    feeds = Feeds(lambda: tmp_path)
    return Broadcasts(lambda: KEY, feeds, lambda cookies: cookies, Sessions(whose, 30), Watching(may, 0.0))


def get(app: Any, rest: str, *, given: str = "", method: str = "GET", session: str = "mine") -> Reply:
    path, _, query = rest.partition("?")

    async def asked(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "query_string": query.encode()}, receive, send)

    address = f"/lectures/media/{given or token()}/{LECTURE}/{path}"
    found = call(asked, method, address, headers={"cookie": session})
    assert found is not None
    return found


def test_a_list_is_sent(app: Broadcasts, run: Run) -> None:
    answer = get(app, "live-video.m3u8")
    assert answer.status == 200
    assert answer.body.startswith(b"#EXTM3U")
    assert answer.headers["cache-control"] == "no-store"


def test_the_master_leads_to_both_rungs(app: Broadcasts, run: Run) -> None:
    assert b"whole-video.m3u8" in get(app, "whole.m3u8").body


def test_the_whole_lecture_is_sent(app: Broadcasts, run: Run) -> None:
    assert b"#EXT-X-PLAYLIST-TYPE:EVENT" in get(app, "whole-sound.m3u8").body


def test_a_piece_is_sent_and_may_be_kept(app: Broadcasts, run: Run) -> None:
    part = run.rungs[VIDEO].parts[2]
    answer = get(app, f"1/video/{part.offset}-{part.length}.mp4")
    assert answer.body == b"video1.2 "
    assert "immutable" in answer.headers["cache-control"]


def test_what_is_beyond_the_file_is_not_there(app: Broadcasts, run: Run) -> None:
    assert get(app, "1/video/999999-10.mp4").status == 404


def test_a_span_of_nothing_is_not_there(app: Broadcasts, run: Run) -> None:
    assert get(app, "1/video/0-0.mp4").status == 404


def test_another_run_is_not_there(app: Broadcasts, run: Run) -> None:
    assert get(app, "2/video/0-5.mp4").status == 404


def test_before_anything_was_sent_there_is_no_list(app: Broadcasts) -> None:
    assert get(app, "live.m3u8").status == 404


@pytest.mark.parametrize(
    "given",
    [token(UUID(int=1)), token(session="another"), token(until=-1), "made.up.token"],
    ids=["another lecture", "another session", "too old", "made up"],
)
def test_without_the_right_address_nothing_is_sent(app: Broadcasts, run: Run, given: str) -> None:
    assert get(app, "live.m3u8", given=given).status == 403


def test_a_session_that_ended_is_sent_nothing(app: Broadcasts, run: Run) -> None:
    assert get(app, "live.m3u8", given=token(session="ended"), session="ended").status == 403


def test_who_may_watch_no_more_is_sent_nothing(app: Broadcasts, run: Run, rights: dict[str, bool]) -> None:
    part = run.rungs[VIDEO].parts[2]
    piece = f"1/video/{part.offset}-{part.length}.mp4"
    assert get(app, piece).status == 200
    rights["watch"] = False
    assert [get(app, rest).status for rest in ("live.m3u8", piece)] == [403, 403]


def test_the_right_is_asked_once_a_moment_for_each_viewer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[UUID] = []

    async def may(_session: str, lecture: UUID) -> bool:
        asked.append(lecture)
        return lecture == LECTURE

    async def acts() -> list[bool]:
        watching = Watching(may, 30)
        return [await watching.stands("mine", VIEWER, lecture) for lecture in (LECTURE, LECTURE, VIEWER, VIEWER)]

    assert asyncio.run(acts()) == [True, True, False, False]
    assert asked == [LECTURE, VIEWER]
    monkeypatch.setattr(endpoint, "_MOST_WATCHING", 1)
    asyncio.run(acts())
    assert asked == [LECTURE, VIEWER] * 2


def test_segments_are_grouped_once_for_each_state(app: Broadcasts, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    get(app, "live-video.m3u8?_HLS_msn=2&_HLS_part=3")
    monkeypatch.setattr(
        "courses.live.broadcast.endpoint.playlists.segments", lambda *_given, **_more: pytest.fail("grouped again")
    )
    assert get(app, "live-video.m3u8?_HLS_msn=2&_HLS_part=2").status == 200
    assert get(app, "whole-video.m3u8").status == 200


@pytest.mark.parametrize("rest", ["other.m3u8", "live-words.m3u8", "1/video/../../x.mp4", "1/video/0-9.parts"])
def test_no_other_file_can_be_asked_for(app: Broadcasts, run: Run, rest: str) -> None:
    assert get(app, rest).status == 403


def test_nothing_is_taken(app: Broadcasts, run: Run) -> None:
    assert get(app, "live.m3u8", method="POST").status == 405


def test_what_is_there_is_not_waited_for(app: Broadcasts, run: Run) -> None:
    assert get(app, "live-video.m3u8?_HLS_msn=2&_HLS_part=3").status == 200


def test_a_list_waits_for_the_part_that_comes(app: Broadcasts, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[bool] = []

    async def until(stands: Any, seconds: float) -> bool:
        waited.append(stands())
        return True

    monkeypatch.setattr("courses.live.broadcast.following.Feed.until", lambda feed, stands, seconds: until(stands, 0))
    get(app, "live-video.m3u8?_HLS_msn=2&_HLS_part=4")
    assert waited == [False]


def test_a_part_that_does_not_come_is_not_waited_for_long(
    app: Broadcasts, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "_PATIENCE", 0.01)
    assert get(app, "live-video.m3u8?_HLS_msn=3").status == 200


def test_after_the_end_nothing_is_waited_for(app: Broadcasts, run: Run, tmp_path: Path) -> None:
    (folder_of(tmp_path, LECTURE) / ENDED).touch()
    assert b"#EXT-X-ENDLIST" in get(app, "live-video.m3u8?_HLS_msn=4").body


@pytest.mark.parametrize("query", ["_HLS_msn=99", "_HLS_msn=-1", "_HLS_msn=x", "_HLS_part=2"])
def test_what_nobody_was_told_of_is_refused(app: Broadcasts, run: Run, query: str) -> None:
    assert get(app, f"live-video.m3u8?{query}").status == 400


def test_a_list_is_made_once_for_all(app: Broadcasts, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    get(app, "live-video.m3u8")
    monkeypatch.setattr(endpoint, "_made", lambda *_given: pytest.fail("made again"))
    assert get(app, "live-video.m3u8").status == 200
