"""What goes wrong around a room: Valkey away, a database that fails, pages that never join, sign-ins that end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import InterfaceError, OperationalError

from consortium.kernel import valkey as bell
from consortium.live.consumers.page import SIGNED_OUT
from consortium.people.models import User
from courses.live.consumers import process
from courses.live.consumers.seated import TRY_AGAIN
from courses.live.models import Lecture, Vote
from courses.live.operations import polls
from courses.live.queries.tickets import room_key
from courses.live.room import Ticket, issue
from tests.cast import client_for
from tests.courses.live.room.rooms import do, opened
from tests.courses.live.room.test_socket import Entered, path, ticket_of
from tests.live.conftest import Door, cookie_of, own_valkey
from tests.live.own_valkey import OwnValkey
from tests.live.server import WebProcess, web_process
from tests.live.visitor import door

__all__ = ["door", "own_valkey"]


@pytest.fixture
def web(transactional_db: None, own_valkey: OwnValkey, settings: LazySettings) -> Iterator[WebProcess]:
    """On a Valkey of its own, which may be killed."""
    settings.REDIS_URL = own_valkey.url
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    bell.client.cache_clear()
    bell.breaker.close()
    with web_process() as served:
        yield served
    bell.client.cache_clear()
    bell.breaker.close()


def enter(web: WebProcess, door: Door, lecture: Lecture, user: User) -> Entered:
    cookie = cookie_of(user)
    page = Entered(door.open(cookie=cookie, path=path(lecture)).socket)
    assert page.ask(do="join", ticket=ticket_of(web, lecture, cookie))["did"] == "joined"
    return page


def test_while_valkey_is_away_votes_are_saved_and_then_the_room_goes_on(
    web: WebProcess, door: Door, own_valkey: OwnValkey, lecturer: User, viewer: User, lecture: Lecture
) -> None:
    poll = opened(lecturer, lecture)
    page = enter(web, door, lecture, viewer)
    own_valkey.kill()
    assert page.ask(do="vote", poll=str(poll.pk), choice=[1])["did"] == "saved"
    assert page.ask(do="hand", up=True)["fault"] == "trouble"
    assert page.ask(do="chat", text="Is anybody here?", key=str(uuid4()))["did"] == "done"
    assert Vote.unscoped.get().choice == [1]
    own_valkey.start()
    page.hear_until(did="resync")
    bell.breaker.close()
    do(lecturer, polls.close_poll, lecture_id=lecture.pk, poll_id=poll.pk)
    assert page.hear_of("poll", state="closed")["tally"] == {"1": 1}


def test_a_page_that_does_not_say_who_it_is_is_closed(
    web: WebProcess, door: Door, viewer: User, lecture: Lecture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courses.live.consumers.seated.JOIN_WITHIN", 0.05)
    page = door.open(viewer, path=path(lecture))
    assert page.close_code() == TRY_AGAIN


def test_who_has_joined_in_time_stays(
    web: WebProcess, door: Door, viewer: User, lecture: Lecture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courses.live.consumers.room.RoomConsumer._too_late", lambda self: early.append(self.ticket))
    early: list[Any] = []
    page = enter(web, door, lecture, viewer)
    assert "fault" not in page.ask(do="ping")
    assert early == []


def test_a_ticket_is_renewed_by_the_same_person_alone(
    web: WebProcess, door: Door, viewer: User, other_viewer: User, lecture: Lecture
) -> None:
    cookie, until = cookie_of(viewer), int(time.time()) + 60
    session = cookie.partition("=")[2].partition(";")[0]
    page = Entered(door.open(cookie=cookie, path=path(lecture)).socket)
    tickets = [issue(room_key(), Ticket(lecture.pk, user.pk, until), session) for user in (viewer, other_viewer)]
    told = [page.ask(do="join", ticket=ticket) for ticket in (tickets[0], tickets[0], tickets[1])]
    assert [frame.get("did", frame.get("fault")) for frame in told] == ["joined", "joined", "bad-ticket"]


def test_a_ticket_of_another_person_writes_nothing(
    web: WebProcess, door: Door, viewer: User, other_viewer: User, lecture: Lecture
) -> None:
    """Who signs in as somebody else keeps the session's ticket no longer than until they say something."""
    cookie = cookie_of(viewer)
    session = cookie.partition("=")[2].partition(";")[0]
    page = Entered(door.open(cookie=cookie, path=path(lecture)).socket)
    ticket = Ticket(lecture.pk, other_viewer.pk, int(time.time()) + 60)
    page.ask(do="join", ticket=issue(room_key(), ticket, session))
    page.say(do="chat", id=9, text="a", key=str(uuid4()))
    assert page.close_code() == SIGNED_OUT


def test_a_sign_out_closes_the_page(web: WebProcess, door: Door, viewer: User, lecture: Lecture) -> None:
    client = client_for(viewer)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    page = Entered(door.open(cookie=cookie, path=path(lecture)).socket)
    page.ask(do="join", ticket=ticket_of(web, lecture, cookie))
    client.logout()
    assert page.close_code() == SIGNED_OUT


def test_what_the_database_did_not_take_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*args: Any) -> Any:
        raise OperationalError

    async def two() -> list[Any]:
        votes, poll = process.Votes(), uuid4()
        given = [polls.Given(poll, uuid4(), [1]) for _ in range(2)]
        return list(await asyncio.gather(*(votes.save(one) for one in given), return_exceptions=True))

    monkeypatch.setattr(process, "in_database", broken)
    assert [type(told) for told in asyncio.run(two())] == [OperationalError] * 2


def test_whatever_broke_one_batch_the_next_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [InterfaceError()]

    async def once(_save: Any, votes: list[polls.Given]) -> Any:
        if broken:
            raise broken.pop()
        return {(vote.poll, vote.user): vote.choice for vote in votes}

    async def one_after_another() -> list[Any]:
        votes = process.Votes()
        first = await asyncio.gather(votes.save(polls.Given(uuid4(), uuid4(), [1])), return_exceptions=True)
        return [*first, await asyncio.wait_for(votes.save(polls.Given(uuid4(), uuid4(), [1])), 10)]

    monkeypatch.setattr(process, "in_database", once)
    told = asyncio.run(one_after_another())
    assert (type(told[0]), told[1]) == (InterfaceError, [1])


def test_a_vote_said_twice_at_once_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []

    async def note(_save: Any, votes: list[polls.Given]) -> Any:
        written.append(len(votes))
        return {(vote.poll, vote.user): vote.choice for vote in votes}

    async def twice() -> list[Any]:
        votes, vote = process.Votes(), polls.Given(uuid4(), uuid4(), [1])
        return list(await asyncio.gather(votes.save(vote), votes.save(vote)))

    monkeypatch.setattr(process, "in_database", note)
    assert (asyncio.run(twice()), written) == ([[1], [1]], [1])


def test_a_long_queue_is_written_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []

    async def note(_save: Any, votes: list[polls.Given]) -> Any:
        written.append(len(votes))
        return {}

    async def many() -> list[Any]:
        votes, poll = process.Votes(), uuid4()
        return list(await asyncio.gather(*(votes.save(polls.Given(poll, uuid4(), [1])) for _ in range(5))))

    monkeypatch.setattr(process, "in_database", note)
    monkeypatch.setattr(process, "MOST_VOTES", 2)
    monkeypatch.setattr(process, "GATHER", 0)
    assert (asyncio.run(many()), written) == ([None] * 5, [2, 2, 1])


def test_who_asks_while_all_connections_to_redis_are_taken_waits(valkey: object) -> None:
    async def all_at_once() -> list[Any]:
        board = process.the_rooms().board
        try:
            return await asyncio.gather(*(board.stands_at(uuid4()) for _ in range(300)))
        finally:
            await process.stop_rooms()

    assert asyncio.run(all_at_once()) == [None] * 300
