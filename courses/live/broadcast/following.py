"""Broadcasts read along while they are written, by whichever process: one look a moment for all who wait.

The process that packs tells its own readers at once; those of other processes see it within `BEAT`.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

from courses.live.broadcast.keeping import ENDED, Run, run_folders

#: seconds between two looks while somebody waits
BEAT: Final = 0.05
#: broadcasts remembered at once; one that nobody asked for is read anew
_MOST: Final = 64


def folder_of(root: Path, broadcast: UUID) -> Path:
    return root / str(broadcast)[:2] / str(broadcast)


@dataclass
class Feed:
    """One broadcast as far as it is known here. `changes` counts what was new."""

    folder: Path
    runs: list[Run] = field(default_factory=list)
    ended: bool = False
    changes: int = 0
    #: its folder was taken away
    destroyed: bool = False
    asked_at: float = 0.0
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: int = 0
    _looking: asyncio.Task[None] | None = None

    def look(self) -> None:
        """Read on."""
        known = {run.number for run in self.runs}
        fresh = [Run.at(each) for each in run_folders(self.folder) if int(each.name) not in known]
        news = [run.more() for run in [*self.runs[-2:], *fresh]]
        self.runs += fresh
        gone = bool(self.runs) and not self.folder.is_dir()
        if gone:  # what is known of it leads nowhere
            self.runs = []
        self.destroyed = gone or (self.destroyed and not fresh)
        ended = self.destroyed or (self.folder / ENDED).exists()
        if gone or any(news) or ended != self.ended:
            self.ended = ended
            self.changes += 1
            self._news.set()
            self._news = asyncio.Event()

    @property
    def shown(self) -> list[Run]:
        """The runs of which something can be played."""
        return [run for run in self.runs if run.whole]

    async def beyond(self, changes: int, seconds: float) -> bool:
        """Wait until there is more than at count `changes`; False when so much time went by first."""
        self._waiting += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look_on())
        try:
            async with asyncio.timeout(seconds):
                while self.changes <= changes:
                    await self._news.wait()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return True

    async def until(self, stands: Callable[[], bool], seconds: float) -> bool:
        """Wait for `stands` to hold; False when so much time went by first."""
        until = time.monotonic() + seconds
        while not stands():
            left = until - time.monotonic()
            if left <= 0 or not await self.beyond(self.changes, left):
                return stands()
        return True

    async def _look_on(self) -> None:
        while self._waiting:
            self.look()
            await asyncio.sleep(BEAT)


class Feeds:
    """Of one process. `root`: where broadcasts lie."""

    def __init__(self, root: Callable[[], Path]) -> None:
        self._root = root
        self._known: dict[UUID, Feed] = {}

    def folder(self, broadcast: UUID) -> Path:
        return folder_of(self._root(), broadcast)

    def of(self, broadcast: UUID) -> Feed:
        """As it stands now."""
        folder = self.folder(broadcast)
        feed = self._known.get(broadcast)
        if feed is None or feed.folder != folder:
            self._forget()
            feed = self._known[broadcast] = Feed(folder)
        feed.asked_at = time.monotonic()
        feed.look()
        return feed

    def told(self, broadcast: UUID) -> None:
        """Something was written by this process."""
        if broadcast in self._known:
            self._known[broadcast].look()

    def _forget(self) -> None:
        if len(self._known) >= _MOST:
            oldest = min(self._known, key=lambda each: self._known[each].asked_at)
            del self._known[oldest]
