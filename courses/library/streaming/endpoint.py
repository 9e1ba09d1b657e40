"""`/courses/media/<token>/<film>/<piece>/<rung>/<file>`: checked without a query, answered with the name of a file.

nginx sends the file (X-Accel-Redirect), or `files.delivery` does where there is none. The address of a segment says
which milliseconds it holds; it cannot be made up, for no file has that name.
"""

import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from courses.library.ladder.fragments import INIT
from courses.library.ladder.signing import Grant, binding, granted

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PREFIX: Final = "/courses/media/"
_UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
PATTERN: Final = (
    rf"{PREFIX}(?P<token>[\w.=-]{{1,120}})/(?P<film>{_UUID})/(?P<piece>[a-z]{{1,8}}-\d{{1,5}})"
    rf"/(?P<rung>[a-z0-9]{{1,8}})/(?P<file>{re.escape(INIT)}|(?P<begin>\d{{1,9}})-(?P<end>\d{{1,9}})\.m4s)"
)
_PATH: Final = re.compile(PATTERN)
SAFE: Final = (
    (b"content-security-policy", b"sandbox; default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
#: the bytes never change and no other session can ask for this address
HEADERS: Final = ((b"content-type", b"video/mp4"), (b"cache-control", b"private, max-age=86400, immutable"), *SAFE)
_MOST_SESSIONS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Served:
    """One segment of a film that a session fetched: milliseconds of the film, and when."""

    film: UUID
    user: UUID
    session: str
    rung: str
    begin: int
    end: int
    at: float


class Sessions:
    """Whether a session still stands for its person, looked at again every `seconds`."""

    def __init__(self, whose: Callable[[str], Awaitable[UUID]], seconds: float) -> None:
        self._whose, self._seconds = whose, seconds
        self._known: dict[str, tuple[float, UUID]] = {}

    async def stands(self, session: str, user: UUID) -> bool:
        looked, who = self._known.get(session, (0.0, user))
        if time.monotonic() - looked > self._seconds or not looked:
            if len(self._known) >= _MOST_SESSIONS:
                self._known.clear()
            who = await self._whose(session)
            self._known[session] = (time.monotonic(), who)
        return who == user


class Streaming:
    """ASGI application. `key` signs, `root` holds the films, `session_of` reads a Cookie header."""

    def __init__(
        self,
        key: Callable[[], bytes],
        root: Callable[[], Path],
        released: Callable[[Path], str],
        session_of: Callable[[str], str],
        sessions: Sessions,
        fetched: Callable[[Served], None],
    ) -> None:
        self._key, self._root, self._released = key, root, released
        self._session_of, self._sessions, self._fetched = session_of, sessions, fetched

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await answered(send, 405, [(b"allow", b"GET, HEAD")])
            return
        asked = _PATH.fullmatch(scope["path"])
        session = self._session_of(cookies_of(scope))
        grant = self._grant(asked, session) if asked else None
        if asked is None or grant is None or not await self._sessions.stands(session, grant.user):
            await answered(send, 403, [])
            return
        path = self._root() / asked["film"][:2] / asked["film"] / asked["piece"] / asked["rung"] / asked["file"]
        if not path.is_file():
            await answered(send, 404, [])
            return
        if asked["begin"] and scope["method"] == "GET":
            self._note(asked, grant, session)
        name = self._released(path).encode()
        await answered(send, 200, [*HEADERS, (b"x-accel-redirect", name)])

    def _grant(self, asked: re.Match[str], session: str) -> Grant | None:
        return granted(self._key(), asked["token"], film=UUID(asked["film"]), session=session, now=time.time())

    def _note(self, asked: re.Match[str], grant: Grant, session: str) -> None:
        span = int(asked["begin"]), int(asked["end"])
        self._fetched(Served(grant.film, grant.user, binding(session), asked["rung"], *span, time.time()))


def cookies_of(scope: Scope) -> str:
    """The Cookie header."""
    return "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"cookie")


async def answered(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    """Without a body: a refusal, or a name for who sends the bytes."""
    plain = [] if status == 200 else [(b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *plain]})
    await send({"type": "http.response.body", "body": b""})
