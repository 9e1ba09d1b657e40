"""One socket's outgoing side."""

import asyncio
import contextvars
from collections import deque
from collections.abc import Awaitable, Callable

OVERFLOW = 1013  # RFC 6455 registry: "try again later"; the page reconnects and catches up from its last seq


class Line:
    """A bounded queue of ready-made frames and the one task that writes them to the socket.

    A viewer that stops reading fills only its own queue; at ``size`` waiting frames the line is cut and
    ``overflowed`` is called once. ``send`` takes a text frame and may wait for the peer.
    """

    __slots__ = ("_overflowed", "_queue", "_send", "_size", "_waiter", "_writer", "topics")

    def __init__(
        self, send: Callable[[str], Awaitable[None]], overflowed: Callable[[], None], *, size: int = 64
    ) -> None:
        self._send = send
        self._overflowed = overflowed
        self._size = size
        self._queue: deque[str] = deque()
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
        """Queue one frame; never waits, never raises."""
        if self._writer is None:
            return
        if len(self._queue) >= self._size:
            self.cut()
            self._overflowed()
            return
        self._queue.append(text)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def cut(self) -> None:
        """Stop writing and forget what waits."""
        if self._writer is not None:
            self._writer.cancel()
            self._writer = None
        self._queue.clear()

    async def _write(self) -> None:
        wait = asyncio.get_running_loop().create_future
        try:
            while True:
                while self._queue:
                    await self._send(self._queue.popleft())
                self._waiter = wait()
                await self._waiter
        except (OSError, RuntimeError):  # the peer is gone: its consumer hears the disconnect and drops this line
            self._writer = None
            self._queue.clear()
