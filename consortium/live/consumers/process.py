"""What all sockets of one process share: the hub, and the ear for rights that change."""

import asyncio
import random
from collections.abc import Callable
from uuid import UUID

from django.conf import settings

from consortium.live import queries
from consortium.live.consumers.threads import in_database
from consortium.live.hub import RESYNC, Hub

#: After Redis was away a bell of rights may have been lost: all sockets look again, spread over so many seconds.
SPREAD = 5.0


class RightsEar:
    """Hears whose rights may have changed, on the one topic of all, and tells the sockets of that person.

    Whoever reads rights notes `heard` before, and is told by `changed_since` whether to read again: between the two
    nothing can slip through, for there is no waiting.
    """

    def __init__(self) -> None:
        self.topics: set[str] = set()
        self.heard = 0
        self._last: dict[str, int] = {}
        self._sockets: dict[str, set[Callable[[], None]]] = {}

    def offer(self, text: str) -> None:
        """A frame of the topic: a person's id; or that frames may have been lost."""
        self.heard += 1
        if text == RESYNC:
            self._all_look_again()
            return
        self._last[text] = self.heard
        for look_again in tuple(self._sockets.get(text, ())):
            look_again()

    def cut(self) -> None:
        """Nothing to give up."""

    def _all_look_again(self) -> None:
        later = asyncio.get_running_loop().call_later
        for user_id, sockets in self._sockets.items():
            self._last[user_id] = self.heard
            for look_again in sockets:
                later(random.uniform(0, SPREAD), look_again)  # noqa: S311 - spreads load, keeps no secret

    def changed_since(self, user_id: UUID, noted: int) -> bool:
        return self._last.get(str(user_id), 0) > noted

    def add(self, user_id: UUID, look_again: Callable[[], None]) -> None:
        self._sockets.setdefault(str(user_id), set()).add(look_again)

    def drop(self, user_id: UUID, look_again: Callable[[], None]) -> None:
        sockets = self._sockets.get(str(user_id), set())
        sockets.discard(look_again)
        if not sockets:
            self._sockets.pop(str(user_id), None)


class Process:
    """One event loop's hub and ear."""

    def __init__(self) -> None:
        self.hub = Hub(settings.REDIS_URL, settings.REDIS_PREFIX, last_seqs=_stored_seqs)
        self.ear = RightsEar()
        self._first: asyncio.Task[bool] | None = None

    def start(self) -> None:
        self.hub.start()
        self._first = asyncio.get_running_loop().create_task(self.hub.listen(self.ear, queries.RIGHTS))


async def _stored_seqs(topics: list[str]) -> dict[str, int]:
    """For the hub's watch."""
    known = [topic for topic in topics if topic != queries.RIGHTS]
    return await in_database(queries.last_seqs, known) if known else {}


_processes: dict[asyncio.AbstractEventLoop, Process] = {}


def the_process() -> Process:
    """This process's, started by whoever asks first."""
    loop = asyncio.get_running_loop()
    if loop not in _processes:
        _processes.clear()
        _processes[loop] = Process()
        _processes[loop].start()
    return _processes[loop]


async def start_hub() -> None:
    """Connect to Redis now rather than at the first page: a first message should not wait for it."""
    the_process()


async def stop_hub() -> None:
    """At the server's shutdown."""
    process = _processes.pop(asyncio.get_running_loop(), None)
    if process is not None:
        await process.hub.stop()
