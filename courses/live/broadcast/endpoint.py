"""`/lectures/media/<token>/<lecture>/...`: playlists and pieces of a lecture, beside the pages and without a query.

A list asked for with `_HLS_msn` is answered as soon as it holds that segment or part (low-latency HLS). A piece is a
span of a rung's file; its address says which, so it never changes and may be kept.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qs
from uuid import UUID

from courses.library.ladder.playlists import M3U8
from courses.library.ladder.signing import Grant, granted
from courses.library.streaming.endpoint import HEADERS, SAFE, Receive, Scope, Send, Sessions, answered, cookies_of
from courses.live.broadcast import playlists
from courses.live.broadcast.following import Feed, Feeds
from courses.live.broadcast.keeping import RUNGS

PREFIX: Final = "/lectures/media/"
_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
PATTERN: Final = (
    rf"{PREFIX}(?P<token>[\w.=-]{{1,120}})/(?P<lecture>{_UUID})/"
    rf"(?:(?P<form>live|whole)(?:-(?P<list>{'|'.join(RUNGS)}))?\.m3u8"
    rf"|(?P<run>\d{{1,5}})/(?P<rung>{'|'.join(RUNGS)})/(?P<offset>\d{{1,12}})-(?P<length>\d{{1,8}})\.mp4)"
)
_PATH: Final = re.compile(PATTERN)
_LIST: Final = ((b"content-type", M3U8.encode()), (b"cache-control", b"no-store"), *SAFE)
#: seconds that a list is waited for (parts come four times a second, and a stopping process waits for nobody longer),
#: and how many segments ahead of the newest one may be asked for
_PATIENCE, _AHEAD = 1.5, 2
_MOST_PIECE: Final = 32 << 20
_MOST_WATCHING: Final = 20_000


class Watching:
    """Whether a person may see a lecture, looked at again every `seconds`. `may` is asked with their session."""

    def __init__(self, may: Callable[[str, UUID], Awaitable[bool]], seconds: float) -> None:
        self._may, self._seconds = may, seconds
        self._known: dict[tuple[UUID, UUID], tuple[float, bool]] = {}

    async def stands(self, session: str, user: UUID, lecture: UUID) -> bool:
        looked, may = self._known.get((lecture, user), (0.0, False))
        if time.monotonic() - looked > self._seconds or not looked:
            if len(self._known) >= _MOST_WATCHING:
                self._known.clear()
            may = await self._may(session, lecture)
            self._known[lecture, user] = (time.monotonic(), may)
        return may


class Broadcasts:
    """ASGI application. `key` signs, `session_of` reads a Cookie header."""

    def __init__(
        self,
        key: Callable[[], bytes],
        feeds: Feeds,
        session_of: Callable[[str], str],
        sessions: Sessions,
        watching: Watching,
    ) -> None:
        self._key, self._feeds, self._session_of = key, feeds, session_of
        self._sessions, self._watching = sessions, watching
        #: segments of the newest state of each rung
        self._segments: dict[tuple[UUID, str], tuple[int, list[playlists.Segment]]] = {}
        #: lists as text, of the newest state of each broadcast
        self._texts: dict[tuple[UUID, str, str], tuple[int, str]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await answered(send, 405, [(b"allow", b"GET, HEAD")])
            return
        asked = _PATH.fullmatch(scope["path"])
        session = self._session_of(cookies_of(scope))
        grant = self._grant(asked, session) if asked else None
        if asked is None or grant is None or not await self._may(session, grant):
            await answered(send, 403, [])
            return
        feed = self._feeds.of(grant.film)
        if asked["form"]:
            await self._list(send, grant.film, feed, asked, scope["query_string"])
        else:
            await self._piece(send, feed, asked)

    def _grant(self, asked: re.Match[str], session: str) -> Grant | None:
        return granted(self._key(), asked["token"], film=UUID(asked["lecture"]), session=session, now=time.time())

    async def _may(self, session: str, grant: Grant) -> bool:
        stands = await self._sessions.stands(session, grant.user)
        return stands and await self._watching.stands(session, grant.user, grant.film)

    async def _piece(self, send: Send, feed: Feed, asked: re.Match[str]) -> None:
        run = next((each for each in feed.shown if each.number == int(asked["run"])), None)
        offset, length = int(asked["offset"]), int(asked["length"])
        data = b""
        if run is not None and 0 < length <= _MOST_PIECE:
            data = await asyncio.to_thread(run.rungs[asked["rung"]].bytes_of, offset, length)
        if len(data) != length or not data:
            await answered(send, 404, [])
            return
        await _sent(send, data, HEADERS)

    async def _list(self, send: Send, lecture: UUID, feed: Feed, asked: re.Match[str], query: bytes) -> None:
        if not feed.shown:
            await answered(send, 404, [])
            return
        rung = asked["list"]
        if rung and asked["form"] == "live" and not await self._arrived(lecture, feed, rung, query):
            await answered(send, 400, [])
            return
        text = self._text(lecture, feed, asked["form"], rung or "")
        await _sent(send, text.encode(), _LIST)

    async def _arrived(self, lecture: UUID, feed: Feed, rung: str, query: bytes) -> bool:
        """Wait for what the query names; False where nobody could have been told of it."""
        said = parse_qs(query.decode("latin-1"))
        msn, part = _number(said.get("_HLS_msn")), _number(said.get("_HLS_part"))
        if msn is None:
            return "_HLS_msn" not in said and "_HLS_part" not in said

        def every() -> list[playlists.Segment]:
            return self._every(lecture, feed, rung)

        if msn > len(every()) + _AHEAD:
            return False
        await feed.until(lambda: feed.ended or playlists.stands(every(), msn, part), _PATIENCE)
        return True

    def _every(self, lecture: UUID, feed: Feed, rung: str) -> list[playlists.Segment]:
        """Grouped once for all who wait for the same state."""
        changes, every = self._segments.get((lecture, rung), (-1, []))
        if changes != feed.changes:
            every = playlists.segments(feed.shown, rung, ended=feed.ended)
            if len(self._segments) > 200:
                self._segments.clear()
            self._segments[lecture, rung] = (feed.changes, every)
        return every

    def _text(self, lecture: UUID, feed: Feed, form: str, rung: str) -> str:
        name = (lecture, form, rung)
        changes, text = self._texts.get(name, (-1, ""))
        if changes != feed.changes:
            text = _made(feed, form, self._every(lecture, feed, rung) if rung else None)
            if len(self._texts) > 200:
                self._texts.clear()
            self._texts[name] = (feed.changes, text)
        return text


def _made(feed: Feed, form: str, every: list[playlists.Segment] | None) -> str:
    if every is None:
        return playlists.master(feed.shown[-1], form=form)
    return (playlists.live if form == "live" else playlists.whole)(every, ended=feed.ended)


def _number(said: list[str] | None) -> int | None:
    text = said[0] if said else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


async def _sent(send: Send, data: bytes, headers: tuple[tuple[bytes, bytes], ...]) -> None:
    length = (b"content-length", str(len(data)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": data})
