"""One WebSocket a page, multiplexed by topic.

The page sends ``{"do": "listen"|"leave"|"ping", ...}``; it is told ``{"did": ...}``, and each topic's frames
``{"topic", "seq", ...}`` as they were published. Who listens from a number on (``"after": 17``) gets what came behind
it with the answer; said once more, it is how a page asks for what it missed. So thousands that come back after a storm
cost a query each and no HTTP request. Whatever it sends amiss ends in a coded close, never in a traceback.
"""

import asyncio
import logging
import socket
import time
from collections.abc import Awaitable
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError
from django.http.request import validate_host

from consortium.kernel import clock
from consortium.kernel.actors import ANONYMOUS, NOBODY, Actor
from consortium.live import queries
from consortium.live.consumers.process import the_process
from consortium.live.consumers.threads import in_database
from consortium.live.hub import OVERFLOW, Line

logger = logging.getLogger(__name__)

MALFORMED, SIGNED_OUT, RIGHT_ENDED, FLOOD, TOO_BIG, NOT_TEXT, TROUBLE = 4400, 4401, 4403, 4429, 1009, 1003, 1011
MAX_FRAME = 4096  # characters; the longest frame a page has reason to send is a fraction of it
MAX_TOPICS = 32
BURST, PER_SECOND = 80, 10  # frames: a page that opens listens to all its topics at once, and after a resync once more
CLOSE_GRACE = 10.0  # seconds that a peer which does not read is given to take its close frame
KEPT_BY_KERNEL = 64 * 1024  # bytes unread by the peer; Linux counts its own expense too and doubles it
RECHECK_EVERY = 300.0  # seconds; rights that end ring at once, this is for a bell that was lost


def header(scope: dict[str, Any], name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def same_origin(scope: dict[str, Any]) -> bool:
    """A browser's page of this very site: its Origin is the host it asked, which is one of ours."""
    origin, host = urlsplit(header(scope, b"origin")), header(scope, b"host")
    if origin.scheme not in ("http", "https"):
        return False
    name = origin.hostname or ""
    ours = origin.netloc == host and validate_host(f"[{name}]" if ":" in name else name, settings.ALLOWED_HOSTS)
    return ours or f"{origin.scheme}://{origin.netloc}" in settings.CSRF_TRUSTED_ORIGINS


class Spending:
    """A bucket of frames that fills as time goes by."""

    def __init__(self, burst: int = BURST, per_second: int = PER_SECOND) -> None:
        self.burst, self.per_second = burst, per_second
        self.left = float(burst)
        self.at = time.monotonic()

    def spend(self) -> bool:
        """Take one frame out; False when the bucket is empty."""
        now = time.monotonic()
        self.left = min(self.burst, self.left + (now - self.at) * self.per_second) - 1
        self.at = now
        return self.left >= 0


class PageConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """The socket of one open page: whose it is, what it listens to, and until when."""

    max_frame = MAX_FRAME

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor: Actor = ANONYMOUS
        self.user_id = NOBODY
        self.session_key = ""
        self.spending = Spending()
        self.line = Line(self._write, self._overflowed)
        self.closing = False
        self.one_at_a_time = asyncio.Lock()
        self.tasks: set[asyncio.Task[Any]] = set()
        self.recheck_timer: asyncio.TimerHandle | None = None

    # -- coming and going ---------------------------------------------------------------------------------------

    async def connect(self) -> None:
        """Accept a signed-in person's page of our own; refuse anybody else with 403 before anything is open."""
        self.session_key = queries.session_key(header(self.scope, b"cookie"))
        if not same_origin(self.scope) or not self.session_key:
            await self.close()
            return
        process = the_process()
        noted = process.ear.heard
        self.actor = await in_database(queries.actor_of_session, self.session_key)
        if not self.actor.is_person:
            await self.close()
            return
        self.user_id = self.actor.user_id
        process.ear.add(self.actor.user_id, self._recheck_now)
        process.hub.join(self.line)
        self._keep_little()
        self.line.open()
        await self.accept()
        self._recheck_in(0 if process.ear.changed_since(self.actor.user_id, noted) else RECHECK_EVERY)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        """Forget the socket. Channels' own goes by a database thread that we do not use."""
        self.closing = True
        if self.recheck_timer is not None:
            self.recheck_timer.cancel()
        the_process().ear.drop(self.user_id, self._recheck_now)
        await the_process().hub.drop(self.line)
        raise StopConsumer

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Channels' dispatch without its thread hop per frame; trouble ends in a coded close."""
        try:
            await getattr(self, message["type"].replace(".", "_"))(message)
        except (DatabaseError, OSError) as error:
            logger.warning("live: a socket's frame failed: %s", type(error).__name__)
            await self._end(TROUBLE)

    async def _end(self, code: int) -> None:
        """Close with a code. A peer that does not even read its close frame is cut off after the grace."""
        if self.closing:
            return
        self.closing = True
        self.line.cut()
        try:
            await asyncio.wait_for(self.close(code), CLOSE_GRACE)
        except (TimeoutError, OSError, RuntimeError):
            self._abort()

    @property
    def _transport(self) -> Any:
        """uvicorn's, for what ASGI has no word for; None where somebody else serves."""
        return getattr(getattr(self.base_send, "__self__", None), "transport", None)

    def _keep_little(self) -> None:
        """Frames are small: without a limit the kernel would fill megabytes for each peer that reads nothing, at the
        expense of those who do, before we learn of it."""
        if self._transport is not None:
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KEPT_BY_KERNEL)

    def _abort(self) -> None:
        """Drop the connection with what waits in its buffer."""
        if self._transport is not None:
            self._transport.abort()

    def _soon(self, job: Awaitable[None]) -> None:
        task = asyncio.ensure_future(job)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _overflowed(self) -> None:
        self._soon(self._end(OVERFLOW))

    async def _write(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text})

    def _tell(self, **frame: Any) -> None:
        self.line.offer(orjson.dumps(frame).decode())

    # -- what the page says -------------------------------------------------------------------------------------

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """One frame of the page."""
        text = message.get("text")
        if self.closing:
            return
        if not self.spending.spend():
            await self._end(FLOOD)
        elif text is None:
            await self._end(NOT_TEXT)
        elif len(text) > self.max_frame:
            await self._end(TOO_BIG)
        else:
            await self._obey(text)

    async def _obey(self, text: str) -> None:
        command, topic, after = read_frame(text)
        if command == "ping":
            self._tell(did="pong")
        elif command == "listen" and topic:
            await self._listen(topic, after)
        elif command == "leave" and topic:
            await self._leave(topic)
        else:
            await self._end(MALFORMED)

    async def _listen(self, topic: str, after: int | None) -> None:
        if len(self.line.topics) >= MAX_TOPICS and topic not in self.line.topics:
            self._refuse(topic, "too-many", 429)
            return
        async with self.one_at_a_time:  # a right that ends meanwhile is rechecked once the topic stands in the list
            decision = await in_database(queries.may_listen, self.actor, topic)
            if not decision:
                self._refuse(
                    topic, "not-found" if decision.hidden else "not-permitted", 404 if decision.hidden else 403
                )
                return
            await the_process().hub.listen(self.line, topic)
        await self._begin(topic, after)

    async def _begin(self, topic: str, after: int | None) -> None:
        """Say where the topic stands, read after the subscription took effect: what commits later rings."""
        found, ends = await in_database(queries.where_it_stands, self.actor, topic, after)
        if not found.more:  # an entry in the middle says nothing of where the topic stands
            the_process().hub.notice(topic, found.seq)
        told = {} if after is None else {"entries": found.entries, "more": found.more}
        self._tell(did="listen", topic=topic, seq=found.seq, **told)
        self._recheck_at(ends)

    async def _leave(self, topic: str) -> None:
        await the_process().hub.leave(self.line, topic)
        self._tell(did="leave", topic=topic)

    def _refuse(self, topic: str, code: str, status: int) -> None:
        self._tell(did="refuse", topic=topic[:120], code=code, status=status)

    # -- rights -------------------------------------------------------------------------------------------------

    async def recheck(self) -> None:
        """Ask again who this is and what they may hear. A page that shows what is no longer theirs is closed: it comes
        back with what it may still listen to, and shows itself anew."""
        if self.closing:
            return
        async with self.one_at_a_time:
            before, self.actor = self.actor, await in_database(queries.actor_of_session, self.session_key)
            if self.actor.user_id != before.user_id:
                await self._end(SIGNED_OUT)
                return
            for topic in tuple(self.line.topics):
                if not await in_database(queries.may_listen, self.actor, topic):
                    await self._end(RIGHT_ENDED)
                    return
                self._recheck_at(await in_database(queries.right_ends_at, self.actor, topic))

    def _recheck_at(self, ends: datetime | None) -> None:
        if ends is not None:
            self._recheck_in(max(0.0, (ends - clock.now()).total_seconds()) + 0.2)

    def _recheck_in(self, seconds: float) -> None:
        """Recheck after so long at the latest."""
        loop = asyncio.get_running_loop()
        if self.recheck_timer is not None:
            if self.recheck_timer.when() <= loop.time() + seconds:
                return
            self.recheck_timer.cancel()
        self.recheck_timer = loop.call_later(seconds, self._recheck_now)

    def _recheck_now(self) -> None:
        if self.closing:
            return
        if self.recheck_timer is not None:
            self.recheck_timer.cancel()
            self.recheck_timer = None
        self._soon(self.recheck())
        self._recheck_in(RECHECK_EVERY)


class Said(NamedTuple):
    """What a page asks for; without a command where it made no sense."""

    command: str = ""
    topic: str = ""
    after: int | None = None


def read_frame(text: str) -> Said:
    """Command, topic and number of a page's frame."""
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError:
        return Said()
    if not isinstance(frame, dict):
        return Said()
    command, topic, after = frame.get("do"), frame.get("topic", ""), frame.get("after")
    if not (isinstance(command, str) and isinstance(topic, str) and _is_number(after)):
        return Said()
    return Said(command, topic, after)


def _is_number(after: object) -> bool:
    """One that PostgreSQL can hold, or none at all. True and False are numbers to Python."""
    return after is None or (type(after) is int and 0 <= after < 10**18)
