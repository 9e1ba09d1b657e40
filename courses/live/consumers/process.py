"""The rooms of one process: their ticks, their signs of life, and votes on their way to the database."""

import asyncio
import contextvars
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from consortium.kernel.actors import acting_as, system
from consortium.kernel.valkey import Away
from consortium.live.consumers.threads import in_database
from courses.live.models.room import Poll
from courses.live.operations.polls import Given, save_votes
from courses.live.operations.presence import keep_attendance
from courses.live.queries.board import board_on
from courses.live.queries.room import numbers_of
from courses.live.room import Board, Item, Looked, Tick, frames_of

logger = logging.getLogger(__name__)

TICK: Final = 0.5
SIGN_EVERY: Final = 15.0
PRESENT_EVERY: Final = 2.0
#: seconds that votes are gathered before they are written
GATHER: Final = 0.2
MOST_VOTES: Final = 2000
#: lines and questions of a room that are written at once, for votes need threads too; and how many may wait
AT_ONCE, MOST_WAITING = 2, 200
#: to Redis, and the seconds that one is waited for when thousands come at once
CONNECTIONS, WAITS = 16, 10


class Votes:
    """Votes of this process, written in batches; each voter waits for theirs."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[UUID, UUID], tuple[Given, asyncio.Future[list[Any] | None]]] = {}
        self._writing: asyncio.Task[None] | None = None

    async def save(self, vote: Given) -> list[Any] | None:
        """The choice of this person that stands in the record, once it does; None when the poll is not open."""
        voter = vote.poll, vote.user
        if voter not in self._waiting:
            self._waiting[voter] = vote, asyncio.get_running_loop().create_future()
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), context=contextvars.Context())
        return await asyncio.shield(self._waiting[voter][1])

    async def _write(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(GATHER)
                voters = list(self._waiting)[:MOST_VOTES]
                await self._write_batch([self._waiting.pop(voter) for voter in voters])
        finally:
            self._writing = None

    async def _write_batch(self, batch: Sequence[tuple[Given, asyncio.Future[list[Any] | None]]]) -> None:
        try:
            saved = await in_database(_save, [vote for vote, _told in batch])
        except Exception as error:  # whatever it was, the voters hear of it, and the next are written
            for _vote, told in batch:
                told.set_exception(error)
                told.exception()  # whoever waits hears it; nobody may wait any more
            return
        for vote, told in batch:
            told.set_result(saved.get((vote.poll, vote.user)))


def _save(votes: Sequence[Given]) -> dict[tuple[UUID, UUID], list[Any]]:
    with acting_as(system("votes of a lecture's room")) as actor:
        return save_votes(actor=actor, votes=votes)


class Room:
    """One lecture's room in this process, as long as somebody here is in it."""

    def __init__(self, lecture_id: UUID, board: Board) -> None:
        self.id, self.board = lecture_id, board
        self.me = uuid4().hex
        self.people: Counter[UUID] = Counter()
        #: polls in which somebody here has voted since the last tick, and what can be answered in those that were seen
        self.voted: set[str] = set()
        self.forms: dict[UUID, Poll] = {}
        self._task: asyncio.Task[None] | None = None
        self._told_present = (-1, 0.0)
        self._signed = 0.0
        self._new: set[UUID] = set()
        self._speaking = asyncio.Semaphore(AT_ONCE)
        self._speakers = 0

    def enter(self, user: UUID) -> None:
        self.people[user] += 1
        self._new.add(user)
        if self._task is None:
            self._task = asyncio.create_task(self._go_on(), context=contextvars.Context())

    async def spoken(self, write: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """What a crowd says waits for each other, and nothing else for it; too many are told so."""
        if self._speakers >= MOST_WAITING:
            return {"fault": "too-fast"}
        self._speakers += 1
        try:
            async with self._speaking:
                return await write()
        finally:
            self._speakers -= 1

    async def leave(self, user: UUID) -> None:
        """One page of theirs is closed; with the last one of all the room's ticks end here."""
        self.people[user] -= 1
        if self.people[user] > 0:
            return
        del self.people[user]
        if not self.people and self._task is not None:
            self._task.cancel()
            self._task = None
        try:
            await self.board.gone(self.id, user)
        except Away:
            return  # they are silent from now on, which says the same

    async def _go_on(self) -> None:
        while True:
            began = time.monotonic()
            try:
                await self._sign()
                await self._tick()
            except Exception as error:  # whatever it was, the next tick tells what waits
                logger.warning("a room's tick failed: %s", type(error).__name__)
            await asyncio.sleep(max(0.05, TICK - (time.monotonic() - began)))

    async def _sign(self) -> None:
        """Say who is here, in Redis and in the record: who came at once, all now and then."""
        due = time.monotonic() - self._signed >= SIGN_EVERY
        people = list(self.people) if due else [user for user in self._new if user in self.people]
        self._new.clear()
        if due:
            self._signed = time.monotonic()
        if not people:
            return
        await in_database(_attend, self.id, people)
        await self.board.here(self.id, people, time.time())

    async def _tick(self) -> None:
        """Where this process has the lead: tell everybody what happened."""
        if voted := tuple(self.voted):
            await self.board.voted(self.id, voted)
            self.voted.difference_update(voted)
        looked = Looked.read(await self.board.look(self.id, self.me, time.time()))
        if looked is None:
            return
        numbers = await in_database(numbers_of, looked.polls) if looked.polls else []
        items = [*looked.items, *(Item("poll", every) for every, _crew in numbers)]
        crew = [*looked.crew, *(Item("poll", full) for _every, full in numbers)]
        frames = frames_of(Tick(items, looked.reactions, self._present(looked.present)))
        if frames or crew or looked.taken or looked.polls:
            await self.board.tell(self.id, self.me, looked, frames, frames_of(Tick(crew)))

    def _present(self, count: int) -> int | None:
        """The number where it has changed, every two seconds."""
        told, at = self._told_present
        if count == told or time.monotonic() - at < PRESENT_EVERY:
            return None
        self._told_present = count, time.monotonic()
        return count


def _attend(lecture_id: UUID, users: Sequence[UUID]) -> None:
    with acting_as(system("who is in a lecture's room")) as actor:
        keep_attendance(actor=actor, lecture_id=lecture_id, user_ids=users)


class Rooms:
    """All rooms of one event loop, on one client of Redis."""

    def __init__(self) -> None:
        pool = BlockingConnectionPool.from_url(
            settings.REDIS_URL, max_connections=CONNECTIONS, timeout=WAITS, socket_timeout=2, socket_connect_timeout=2,
            retry=Retry(NoBackoff(), 1), decode_responses=True,
        )  # fmt: skip
        self.redis: Any = Redis.from_pool(pool)
        self.board = board_on(self.redis)
        self.votes = Votes()
        self._rooms: dict[UUID, Room] = {}

    def enter(self, lecture_id: UUID, user: UUID) -> Room:
        room = self._rooms.setdefault(lecture_id, Room(lecture_id, self.board))
        room.enter(user)
        return room

    async def leave(self, room: Room, user: UUID) -> None:
        await room.leave(user)
        if not room.people:
            self._rooms.pop(room.id, None)


_of_loops: dict[asyncio.AbstractEventLoop, Rooms] = {}


def the_rooms() -> Rooms:
    """This process's, made when somebody first asks."""
    loop = asyncio.get_running_loop()
    if loop not in _of_loops:
        _of_loops.clear()
        _of_loops[loop] = Rooms()
    return _of_loops[loop]


async def stop_rooms() -> None:
    """At the server's shutdown: give the connections back."""
    rooms = _of_loops.pop(asyncio.get_running_loop(), None)
    if rooms is not None:
        await rooms.redis.aclose()
