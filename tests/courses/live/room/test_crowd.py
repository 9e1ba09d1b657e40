"""A thousand viewers vote at once: no vote is lost, none counts twice, and the result reaches each of them."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

import orjson
from websockets.asyncio.client import connect
from websockets.typing import Origin

from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.models import Lecture, Poll, Vote
from courses.live.operations import polls
from courses.live.queries.tickets import room_key
from courses.live.room import Ticket, issue
from tests.courses.live.room.rooms import do, opened
from tests.factories.people import make_staff
from tests.live.conftest import cookie_of
from tests.live.server import WebProcess
from tests.live.visitor import web

__all__ = ["web"]

VIEWERS = 1000


class Viewer:
    """One page: joins, votes twice as a page does that was not told, and waits for the result."""

    def __init__(self, user: User, web: WebProcess, lecture: Lecture, poll: Poll) -> None:
        self.user, self.web, self.lecture, self.poll = user, web, lecture, poll
        self.cookie = cookie_of(user)
        self.saved: list[dict[str, Any]] = []
        self.result: dict[str, Any] = {}

    async def go(self, door: asyncio.Semaphore, in_room: asyncio.Barrier, all_voted: asyncio.Barrier) -> None:
        async with door:
            self.socket = await connect(
                f"ws://localhost:{self.web.port}/ws/lectures/{self.lecture.pk}/room/", origin=Origin(self.web.origin),
                additional_headers={"Cookie": self.cookie}, compression=None,
            )  # fmt: skip
            ticket = Ticket(self.lecture.pk, self.user.pk, int(time.time()) + 600)
            session = self.cookie.partition("=")[2]
            await self.say(do="join", id=1, ticket=issue(room_key(), ticket, session))
            await self.hear(1)
        await in_room.wait()
        for number in (2, 3):
            await self.say(do="vote", id=number, poll=str(self.poll.pk), choice=[random.choice((0, 1, 2))])
            self.saved.append(await self.hear(number))
        await all_voted.wait()
        while self.result.get("state") != "closed":
            await self.hear(0)
        await self.socket.close()

    async def say(self, **frame: Any) -> None:
        await self.socket.send(orjson.dumps(frame).decode())

    async def hear(self, number: int) -> dict[str, Any]:
        """The answer to a frame; for 0 whatever comes next."""
        while True:
            frame: dict[str, Any] = orjson.loads(await self.socket.recv())
            self.result |= next((item for item in frame.get("items", ()) if item["kind"] == "poll"), {})
            if number == 0 or frame.get("re") == number:
                return frame


async def vote_together(viewers: list[Viewer], close: Any) -> None:
    door, in_room, voted = asyncio.Semaphore(50), asyncio.Barrier(len(viewers)), asyncio.Barrier(len(viewers) + 1)
    pages = [asyncio.create_task(viewer.go(door, in_room, voted)) for viewer in viewers]

    async def then_close() -> None:
        await voted.wait()
        await asyncio.to_thread(close)

    await asyncio.gather(*pages, then_close())


def test_a_thousand_votes_count_once_and_the_result_reaches_everybody(
    web: WebProcess, community: Institution, lecturer: User, lecture: Lecture
) -> None:
    people = [make_staff(f"viewer-{n}", community, Role.ASKER) for n in range(VIEWERS)]
    poll = opened(lecturer, lecture)
    viewers = [Viewer(user, web, lecture, poll) for user in people]

    def close() -> None:
        from django.db import connections

        do(lecturer, polls.close_poll, lecture_id=lecture.pk, poll_id=poll.pk)
        connections.close_all()

    asyncio.run(vote_together(viewers, close))
    assert {answer.get("did") for viewer in viewers for answer in viewer.saved} == {"saved"}
    assert Vote.unscoped.filter(poll=poll).values("user").distinct().count() == VIEWERS
    assert Vote.unscoped.count() == VIEWERS
    counted: list[Any] = list(Vote.unscoped.values_list("choice", flat=True))
    tally = {str(option): counted.count([option]) for option in range(3)}
    assert [viewer.result["tally"] for viewer in viewers] == [tally] * VIEWERS
