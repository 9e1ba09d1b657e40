"""A lecture's room with thousands in it, each signed in and with a ticket of their own, in one process.

What arrives is looked at as little as can be: of each frame that goes to all the first one is read, of the others the
number alone. `Audience.told` has when each frame was first and last heard, and by how many.
"""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import orjson
import redis

from benchmarks.viewers import Crowd, Viewer
from benchmarks.world import copied

# isort: split

from django.contrib.sessions.models import Session
from django.db import connection, transaction

from consortium.kernel import clock
from consortium.people.models import Institution, Membership, User
from consortium.people.states import Role
from courses.live.models import Lecture
from courses.live.queries.tickets import room_key
from courses.live.room import Ticket, issue
from tests.cast import client_for
from tests.factories.people import make_staff
from tests.faults.stack import PREFIX, Stack

LASTS = 3600
_NUMBERED, _ANSWER = b'{"seq":', b'{"re":'
_NEWEST = 8
_PEOPLE = "'viewer-of-room-' || n"
_USER = {"id": "md5('viewer of room' || n)::uuid", "username": _PEOPLE}
_SEAT = {"id": "md5('seat in room' || n)::uuid", "user_id": _USER["id"]}


# -- people -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody who is signed in: their cookie, and the ticket that their page brought."""

    user: UUID
    cookie: str
    ticket: str


def seated(stack: Stack, lecture: Lecture, count: int, place: Institution) -> list[Seated]:
    """So many doctors of a place, signed in, with tickets into the lecture's room; who is there already stays."""
    pattern = User.objects.filter(username="pattern-of-room").first() or make_staff(
        "pattern-of-room", place, Role.ASKER
    )
    seat = Membership.unscoped.get(user=pattern)
    with transaction.atomic(), connection.cursor() as cursor:
        for model, differing, row in ((User, _USER, pattern), (Membership, _SEAT, seat)):
            statement = copied(model, "id", differing, None) + " ON CONFLICT DO NOTHING"
            cursor.execute(statement, {"first": 1, "last": count, "pattern": str(row.pk)})
        cursor.execute(f"SELECT {_USER['id']} FROM generate_series(1, %s) n", [count])
        users: list[UUID] = [user for (user,) in cursor.fetchall()]
    return [entered(stack, lecture, user, key) for user, key in signed_in(pattern, users).items()]


def signed_in(pattern: User, users: Sequence[UUID]) -> Mapping[UUID, str]:
    """A session of each, like one that `pattern` begins now."""
    store = client_for(pattern).session
    begun = dict(store.items())
    rows = {}
    for user in users:
        own = {**begun, "_auth_user_id": str(user), "account_authentication_methods_user": str(user)}
        rows[user] = Session(
            session_key=uuid4().hex, session_data=store.encode(own), expire_date=store.get_expiry_date()
        )
    Session.objects.bulk_create(rows.values(), batch_size=1000)
    return {user: row.session_key for user, row in rows.items()}


def entered(stack: Stack, lecture: Lecture, user: UUID, session: str, *rights: str) -> Seated:
    ticket = Ticket(lecture.pk, user, int(clock.now().timestamp()) + LASTS, frozenset(rights), "A viewer")
    return Seated(user, f"session{stack.port}={session}", issue(room_key(), ticket, session))


# -- their pages ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Told:
    """A frame that went to all: what it says, how many have heard it, when the first and the last of them."""

    frame: dict[str, Any]
    first: float
    last: float = 0.0
    heard: int = 0
    #: what it says of a poll; {} where it says nothing
    poll: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.poll = next((item for item in self.frame.get("items", ()) if item["kind"] == "poll"), {})


class Page(Viewer):
    """One of the room. By the number that it gave a frame: what was answered, and after how many seconds."""

    def __init__(self, audience: "Audience", who: Seated, request: bytes) -> None:
        super().__init__(audience, request)
        self.audience, self.who = audience, who
        self.answers: dict[int, dict[str, Any]] = {}
        self.said: dict[int, float] = {}
        self.waited: dict[int, float] = {}

    def heard(self, frame: bytes) -> None:
        text = frame[4 if frame[1] == 126 else 10 if frame[1] == 127 else 2 :]
        if text.startswith(_NUMBERED):
            self.audience.hears(self, int(text[len(_NUMBERED) : text.index(b",")]), text)
        elif text.startswith(_ANSWER):
            answer = orjson.loads(text)
            number = int(answer["re"])
            self.answers[number] = answer
            self.waited[number] = time.perf_counter() - self.said.get(number, 0.0)
            self.audience.answered += 1

    def say(self, number: int, **frame: Any) -> None:
        self.said[number] = time.perf_counter()
        self.send(orjson.dumps({**frame, "id": number}).decode())


class Audience(Crowd):
    """All pages of one room. `window`: seconds in which they vote once a poll is open."""

    def __init__(self, stack: Stack, lecture: Lecture, people: Sequence[Seated], *, window: float = 20.0) -> None:
        super().__init__(stack.port, f"/ws/lectures/{lecture.pk}/room/")
        self.stack, self.people, self.window = stack, people, window
        self.pages: list[Page] = []
        self.told: dict[int, Told] = {}
        self.answered = 0

    def page(self, who: Seated) -> Page:
        self.headers = {"Cookie": who.cookie, "Origin": self.stack.url}
        return Page(self, who, self._request())

    async def come(self, *, at_once: int = 100) -> None:
        """Everybody connects and shows their ticket, `at_once` at a time. Raises ConnectionError for who is refused."""
        loop = asyncio.get_running_loop()
        for start in range(0, len(self.people), at_once):
            some = [self.page(who) for who in self.people[start : start + at_once]]
            for page in some:
                await loop.create_connection(lambda page=page: page, sock=await self._connected())  # type: ignore[misc]
            self.pages += some
            self.viewers += some
            await self.until(lambda: self.joined + self.lost >= len(self.pages))
            for page in some:
                page.say(1, do="join", ticket=page.who.ticket)
            await self.until(lambda: self.answered + self.lost >= len(self.pages))
        refused = [page.answers.get(1) for page in self.pages if page.answers.get(1, {}).get("did") != "joined"]
        if refused or self.lost:
            raise ConnectionError(f"{len(refused)} were not let in, {self.lost} cut off: {refused[:1]}")

    def hears(self, page: Page, number: int, text: bytes) -> None:
        told = self.told.get(number)
        if told is None:
            told = self.told[number] = Told(orjson.loads(text), time.perf_counter())
        told.heard += 1
        told.last = time.perf_counter()
        if told.poll.get("state") == "open":
            asyncio.get_running_loop().call_later(random.uniform(0, self.window), self.vote, page, told.poll["id"])

    def vote(self, page: Page, poll: str) -> None:
        """Vote; one in ten presses twice, and the second time on something else."""
        choice = random.randrange(3)
        page.say(2, do="vote", poll=poll, choice=[choice])
        if page.who.user.int % 10 == 0:
            page.say(3, do="vote", poll=poll, choice=[(choice + 1) % 3])

    def all_voted(self) -> bool:
        """Whether everybody's vote has been answered."""
        return all(2 in page.answers for page in self.pages)

    async def frame(self, found: Callable[[Told], bool], seconds: float = 60.0) -> Told:
        """The frame of which `found` is true, once all have heard it."""

        def whole() -> bool:
            return any(told.heard >= len(self.pages) and found(told) for told in list(self.told.values())[-_NEWEST:])

        await asyncio.wait_for(self.until(whole), seconds)
        return next(told for told in self.told.values() if found(told))


@dataclass
class Published:
    """When Valkey was given each frame of a room: `at`, by number."""

    at: dict[int, float] = field(default_factory=dict)

    @contextmanager
    def heard(self, stack: Stack, lecture: Lecture) -> Iterator["Published"]:
        client: Any = redis.Redis.from_url(stack.place.redis_url)
        listener = client.pubsub(ignore_subscribe_messages=True)
        listener.subscribe(f"{PREFIX}live:lecture:{lecture.pk}")
        going = threading.Event()

        def run() -> None:
            while not going.is_set():
                told = listener.get_message(timeout=0.2)
                if told is not None:
                    self.at[int(told["data"].partition(b":")[0])] = time.perf_counter()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            going.set()
            thread.join(5)
            listener.close()
            client.close()
