"""One socket's outgoing side."""

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from typing import Any

OVERFLOW = 1013  # RFC 6455 registry: "try again later"; the page reconnects and catches up from its last seq


Sending = Coroutine[Any, Any, None]
GONE = (OSError, RuntimeError)  # the peer's: its consumer hears the disconnect and drops the line


class Rest:
    """What is left of a sending that had to wait: for `pause`, and then for whatever else it asks."""

    __slots__ = ("pause", "sending")

    def __init__(self, sending: Sending, pause: Any) -> None:
        self.sending, self.pause = sending, pause

    def __await__(self) -> Generator[Any, Any, None]:
        try:
            yield self.pause
            yield from self.sending.__await__()
        finally:
            self.sending.close()


class Line:
    """A bounded queue of ready-made frames and the one task that writes them to the socket.

    A viewer that stops reading fills only its own queue; at ``size`` waiting frames the line is cut and
    ``overflowed`` is called once. ``send`` takes a text frame and may wait for the peer.

    A frame for a peer that keeps up is written at once, by whoever offers it: waking the task for it would cost as much
    again. Only when that has to wait does the task go on with it.
    """

    __slots__ = ("_overflowed", "_queue", "_rest", "_send", "_size", "_waiter", "_writer", "topics")

    def __init__(self, send: Callable[[str], Sending], overflowed: Callable[[], None], *, size: int = 64) -> None:
        self._send = send
        self._overflowed = overflowed
        self._size = size
        self._queue: deque[str] = deque()
        self._rest: Rest | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._writer: asyncio.Task[None] | None = None
        self.topics: set[str] = set()

    def open(self) -> None:
        """Start the writer, in an empty context: it belongs to no request and no actor."""
        self._writer = asyncio.get_running_loop().create_task(self._write(), context=contextvars.Context())

    @property
    def is_open(self) -> bool:
        """Whether frames offered now can still reach the socket."""
        return self._writer is not None and not self._writer.done()

    def offer(self, text: str) -> None:
        """Write one frame or queue it; never waits, never raises."""
        if self._writer is None:
            return
        if self._waiter is not None and not self._waiter.done():
            self._begin(text, self._waiter)
            return
        if len(self._queue) >= self._size:
            self.cut()
            self._overflowed()
            return
        self._queue.append(text)

    def _begin(self, text: str, waiter: asyncio.Future[None]) -> None:
        """Write for a task that has nothing to do; where the peer makes us wait, let the task go on from there."""
        sending = self._send(text)
        try:
            pause = sending.send(None)
        except StopIteration:
            return
        except GONE:
            self.cut()
            return
        self._rest = Rest(sending, pause)
        waiter.set_result(None)

    def cut(self) -> None:
        """Stop writing and forget what waits."""
        if self._writer is not None:
            self._writer.cancel()
            self._writer = None
        if self._rest is not None:
            self._rest.sending.close()
            self._rest = None
        self._queue.clear()

    async def _write(self) -> None:
        wait = asyncio.get_running_loop().create_future
        try:
            while True:
                while self._queue:
                    await self._send(self._queue.popleft())
                self._waiter = wait()
                await self._waiter
                if self._rest is not None:
                    rest, self._rest = self._rest, None
                    await rest
        except GONE:
            self._writer = None
            self._queue.clear()
