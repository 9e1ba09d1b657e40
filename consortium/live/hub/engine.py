"""The hub's engine: subscriptions, the supervised pump and the watch for lost bells."""

import asyncio
import contextvars
import logging
import math
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Protocol

from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from .bell import unpacked

logger = logging.getLogger(__name__)

RESYNC = '{"did":"resync"}'
FAULTS = (RedisError, OSError, TimeoutError, EOFError)
LastSeqs = Callable[[list[str]], Awaitable[Mapping[str, int]]]


class Listener(Protocol):
    """What the hub passes frames on to: a socket's Line, or whatever else of this process wants to hear a topic."""

    topics: set[str]

    def offer(self, text: str) -> None:
        """Take one frame; must neither wait nor raise."""

    def cut(self) -> None:
        """No frame comes any more."""


class _Topic:
    """Who listens to one topic, the newest seq passed on, and whether Redis has confirmed it."""

    __slots__ = ("confirmed", "lines", "seq")

    def __init__(self) -> None:
        self.lines: set[Listener] = set()
        self.seq = -1  # nobody has said yet
        self.confirmed = asyncio.Event()


class Hub:
    """All live sockets of one process.

    ``last_seqs`` tells the newest stored seq of some topics; when given, the watch asks every
    ``watch_every`` seconds and rings on behalf of bells that were lost on the way.
    """

    def __init__(
        self,
        url: str,
        prefix: str,
        *,
        last_seqs: LastSeqs | None = None,
        watch_every: float = 3.0,
        beat_every: float = 2.0,
        backoff: float = 1.0,
    ) -> None:
        self._pool = ConnectionPool.from_url(
            url, protocol=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0), health_check_interval=0
        )
        self._prefix = f"{prefix}live:"
        self._last_seqs = last_seqs
        self._watch_every, self._beat_every, self._backoff = watch_every, beat_every, backoff
        self._topics: dict[str, _Topic] = {}
        self._lines: set[Listener] = set()
        self._subscribed: set[str] = set()
        self._unconfirmed: Counter[str] = Counter()
        self._connection: AbstractConnection | None = None
        self._sending = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self.connected = asyncio.Event()
        self.losses = 0

    # -- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin pumping, in empty contexts: no actor of the caller may leak into the pump."""
        jobs: list[Coroutine[Any, Any, None]] = [self._supervise(), self._beat()]
        if self._last_seqs is not None:
            jobs.append(self._watch(self._last_seqs))
        create = asyncio.get_running_loop().create_task
        self._tasks = [create(job, context=contextvars.Context()) for job in jobs]

    async def stop(self) -> None:
        """End the pump and cut every line."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for line in self._lines:
            line.cut()
        await self._hang_up()

    @property
    def pumping(self) -> bool:
        """Whether every task of the hub is alive."""
        return bool(self._tasks) and not any(task.done() for task in self._tasks)

    def census(self) -> dict[str, int]:
        """Counts for the health page: lines, topics, and connections to Redis lost so far."""
        return {"lines": len(self._lines), "topics": len(self._topics), "losses": self.losses}

    # -- listeners ----------------------------------------------------------------------------------------------

    async def listen(self, line: Listener, topic: str) -> bool:
        """Add the line to the topic; True once Redis has confirmed, False while Redis is away.

        Ask for the topic's last seq after this returns: whatever commits later rings this line.
        """
        entry = self._topics.setdefault(topic, _Topic())
        entry.lines.add(line)
        line.topics.add(topic)
        self._lines.add(line)
        if not entry.confirmed.is_set():
            await self._settle(topic)
            await self._confirmation(entry)
        return entry.confirmed.is_set()

    async def leave(self, line: Listener, topic: str) -> None:
        """Take the line off one topic; the last one out unsubscribes."""
        line.topics.discard(topic)
        entry = self._topics.get(topic)
        if entry is None:
            return
        entry.lines.discard(line)
        if not entry.lines:
            del self._topics[topic]
            await self._settle(topic)

    async def drop(self, line: Listener) -> None:
        """Forget a socket altogether."""
        line.cut()
        self._lines.discard(line)
        for topic in tuple(line.topics):
            await self.leave(line, topic)

    def join(self, line: Listener) -> None:
        """Count the line in before it listens to anything, so that a resync reaches it."""
        self._lines.add(line)

    async def _confirmation(self, entry: _Topic) -> None:
        """Wait until Redis confirms, but not while it is away: the resync after its return covers that."""
        if not self.connected.is_set():
            return
        try:
            await asyncio.wait_for(entry.confirmed.wait(), self._beat_every)
        except TimeoutError:
            logger.warning("live: Redis did not confirm a subscription in time")

    async def _settle(self, topic: str) -> None:
        """Make Redis' subscription equal to what is wanted now; safe against any interleaving."""
        async with self._sending:
            wanted = topic in self._topics
            if self._connection is None or wanted == (topic in self._subscribed):
                return
            try:
                await self._subscribe([topic]) if wanted else await self._unsubscribe(topic)
            except FAULTS:
                await self._hang_up()  # the pump sees it too and starts anew

    async def _subscribe(self, topics: list[str]) -> None:
        self._subscribed.update(topics)
        self._unconfirmed.update(topics)
        await self._send("SUBSCRIBE", *(self._prefix + topic for topic in topics))

    async def _unsubscribe(self, topic: str) -> None:
        self._subscribed.discard(topic)
        await self._send("UNSUBSCRIBE", self._prefix + topic)

    async def _send(self, *command: str) -> None:
        if self._connection is None:
            raise ConnectionError("Redis is away")
        await self._connection.send_command(*command, check_health=False)

    # -- the pump -----------------------------------------------------------------------------------------------

    async def _supervise(self) -> None:
        """Pump for ever: after any fault hang up, wait a little, begin again."""
        delay = 0.05
        while True:
            try:
                await self._call()
                delay = 0.05
                await self._pump()
            except FAULTS as error:
                logger.warning("live: Redis is away: %s", type(error).__name__)
            except Exception:
                logger.exception("live: the pump stumbled")
            self.losses += 1
            await self._hang_up()
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, keeps no secret
            delay = min(delay * 2, self._backoff)

    async def _call(self) -> None:
        """Connect and subscribe to all that is listened to; after a loss tell every socket to resync."""
        connection: AbstractConnection = self._pool.make_connection()  # type: ignore[no-untyped-call]
        await connection.connect()  # type: ignore[no-untyped-call]
        async with self._sending:
            self._connection = connection
            topics = list(self._topics)
            await self._subscribe(["*"])  # keeps the connection in subscribed mode when nobody listens
            for start in range(0, len(topics), 500):
                await self._subscribe(topics[start : start + 500])

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        self.connected.clear()
        self._subscribed.clear()
        self._unconfirmed.clear()
        for entry in self._topics.values():
            entry.confirmed.clear()
        if connection is not None:
            await connection.disconnect(nowait=True)

    async def _pump(self) -> None:
        connection = self._connection
        while connection is not None and connection is self._connection:
            reply = await connection.read_response(
                timeout=self._beat_every * 3, disconnect_on_error=False, push_request=True
            )
            if reply is None:  # not even the beat's pong came
                raise TimeoutError
            if isinstance(reply, list) and len(reply) == 3:
                self._hear(*reply)
                # Frames that came in one burst are read without a pause: let the writers empty their queues meanwhile.
                await asyncio.sleep(0)
        raise ConnectionError

    def _hear(self, kind: bytes, channel: bytes, payload: Any) -> None:
        topic = channel.decode()[len(self._prefix) :]
        if kind == b"message":
            self._pass_on(topic, payload)
        elif kind == b"subscribe":
            self._confirm(topic)

    def _pass_on(self, topic: str, payload: bytes) -> None:
        entry = self._topics.get(topic)
        if entry is None:
            return
        try:
            seq, text = unpacked(payload)
        except ValueError:
            logger.warning("live: a frame that is none was published")
            return
        entry.seq = max(entry.seq, seq)
        for line in tuple(entry.lines):
            line.offer(text)

    def _confirm(self, topic: str) -> None:
        self._unconfirmed[topic] -= 1
        if self._unconfirmed[topic] > 0:
            return
        del self._unconfirmed[topic]
        if topic in self._topics:
            self._topics[topic].confirmed.set()
        if not self._unconfirmed and not self.connected.is_set():
            self.connected.set()
            if self.losses:
                self.tell_all(RESYNC)

    def tell_all(self, text: str) -> None:
        """Offer one frame to every socket."""
        for line in tuple(self._lines):
            line.offer(text)

    # -- what keeps it honest -----------------------------------------------------------------------------------

    async def _beat(self) -> None:
        """Ping Redis, so that a connection that died silently is noticed by the pump's read time-out."""
        while True:
            await asyncio.sleep(self._beat_every)
            async with self._sending:
                if self._connection is not None:
                    try:
                        await self._send("PING")
                    except FAULTS:
                        await self._hang_up()

    async def _watch(self, last_seqs: LastSeqs) -> None:
        """Find bells lost between commit and publish: a topic whose stored seq is ahead of what was rung."""
        while True:
            await asyncio.sleep(self._watch_every if math.isfinite(self._watch_every) else 3600)
            try:
                stored = await last_seqs(list(self._topics))
            except Exception:
                logger.exception("live: the watch could not read the last seqs")
                continue
            for topic, seq in stored.items():
                self.notice(topic, seq)

    def notice(self, topic: str, seq: int) -> None:
        """Take note of a topic's stored seq; when nobody was told of it, tell its listeners that they are behind."""
        entry = self._topics.get(topic)
        if entry is None or seq <= entry.seq:
            return
        unknown, entry.seq = entry.seq < 0, seq
        if not unknown:
            text = f'{{"topic":"{topic}","seq":{seq},"what":"behind"}}'
            for line in tuple(entry.lines):
                line.offer(text)
