"""What was fetched, kept in memory for a moment and written in batches: a statement for many segments."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from courses.library.streaming.endpoint import Served

logger = logging.getLogger(__name__)

#: so many may wait while the database is away; then the oldest are forgotten
_MOST: Final = 50_000


class Ledger:
    """`write` puts a batch into the record; what it could not is tried again with the next one."""

    def __init__(self, write: Callable[[Sequence[Served]], Awaitable[None]], every: float = 1.0) -> None:
        self._write, self._every = write, every
        self._waiting: list[Served] = []
        self._task: asyncio.Task[None] | None = None

    def add(self, one: Served) -> None:
        self._waiting.append(one)
        if len(self._waiting) > _MOST:
            del self._waiting[: _MOST // 10]

    async def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._write_on())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
        await self.flush()

    async def flush(self) -> None:
        """Write what waits now."""
        batch, self._waiting = self._waiting, []
        if not batch:
            return
        try:
            await self._write(batch)
        except Exception:  # the database is away: later
            logger.warning("fetches are kept back: %d", len(batch))
            self._waiting = [*batch, *self._waiting][-_MOST:]

    async def _write_on(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            await self.flush()
