"""A recorder's stream on its way in: its pieces in order, once each, whatever its socket does meanwhile.

A socket that breaks is waited for: the recorder goes on, and sends what was not taken yet when it is back. What ends a
publication is said to its socket: `left` (it did not come back), `stopped`, `broken` (ffmpeg ended: the recorder has to
begin anew), `replaced` (somebody else has the stage).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from courses.live.broadcast.packaging import Packager

#: seconds between two signs that the stage is still ours, and how long a socket is waited for
BEAT, PATIENCE = 2.0, 40.0
LEFT, STOPPED, BROKEN, REPLACED = "left", "stopped", "broken", "replaced"
_TURN: Final = 4

#: hears that it is over, and why
Tell = Callable[[str], None]


@dataclass
class Publication:
    """`kept` says whether the stage is still ours; `gone` gives it back, once, when all of the run is on disk."""

    lecture: UUID
    user: UUID
    recorder: UUID
    run: int
    packager: Packager
    kept: Callable[[], Awaitable[bool]]
    gone: Callable[[], Awaitable[None]]
    #: number of the piece that comes next
    next: int = 0
    over: str = ""
    _tell: Tell | None = None
    _away: float = 0.0
    _watch: asyncio.Task[None] | None = None
    _order: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def start(self) -> None:
        await self.packager.start()
        self._watch = asyncio.get_running_loop().create_task(self._watched())

    def attach(self, tell: Tell) -> None:
        """This socket sends from now on; the one before hears that it is replaced."""
        before, self._tell, self._away = self._tell, tell, 0.0
        if before is not None:
            before(REPLACED)

    def detach(self, tell: Tell) -> None:
        """Its socket is gone, if it still was this one."""
        if self._tell == tell:  # a bound method is another object each time
            self._tell = None

    async def take(self, number: int, data: bytes) -> int:
        """Piece `number`: taken if it is the next one; the number of the one that comes next."""
        async with self._order:
            if number == self.next and not self.over and await self.packager.feed(data):
                self.next += 1
            return self.next

    async def end(self, why: str) -> None:
        """Nothing more comes: what is inside is still kept. The first reason counts."""
        if self.over:
            return
        self.over = why
        if self._watch is not None and self._watch is not asyncio.current_task():
            self._watch.cancel()
        try:
            await self.packager.finish()
            await self.gone()
        finally:
            tell, self._tell = self._tell, None
            if tell is not None:
                tell(why)

    async def _watched(self) -> None:
        """Until ffmpeg ends, the stage is another's, or nobody comes back."""
        beat = BEAT / _TURN
        turn = 0
        while True:
            done, _late = await asyncio.wait([self.packager.over], timeout=beat) if self.packager.over else ((), ())
            turn += 1
            if done:
                await self.end(BROKEN)
                return
            if turn % _TURN == 0 and not await self.kept():
                await self.end(REPLACED)
                return
            self._away = self._away + beat if self._tell is None else 0.0
            if self._away > PATIENCE:
                await self.end(LEFT)
                return


class Publications:
    """Of one process: at most one for each lecture."""

    def __init__(self) -> None:
        self._going: dict[UUID, Publication] = {}

    def of(self, lecture: UUID, user: UUID, recorder: UUID) -> Publication | None:
        """The one that this person's recorder can go on with."""
        found = self._going.get(lecture)
        same = found is not None and (found.user, found.recorder, found.over) == (user, recorder, "")
        return found if same else None

    async def begin(self, publication: Publication) -> None:
        """In place of the one before."""
        before = self._going.get(publication.lecture)
        if before is not None:
            await before.end(REPLACED)
            self._going.pop(publication.lecture, None)
        await publication.start()
        self._going[publication.lecture] = publication

    async def stop(self) -> None:
        """The process ends: what has come is kept whole."""
        going, self._going = list(self._going.values()), {}
        await asyncio.gather(*(each.end(LEFT) for each in going))
