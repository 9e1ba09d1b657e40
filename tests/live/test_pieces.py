"""The pieces of live pages alone: frames, spending, origins, the ear for rights, and the hub without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import uuid4

import orjson
import pytest

from consortium.kernel.actors import ANONYMOUS
from consortium.live import queries
from consortium.live.consumers.page import BURST, Said, Spending, read_frame, same_origin
from consortium.live.consumers.process import RightsEar
from consortium.live.hub import RESYNC, Hub
from consortium.live.hub.bell import packed
from consortium.people.models import User
from tests.cast import client_for

# -- what a page says


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "1", "null", '"listen"', "{}", '{"do": 1}', '{"do": "listen", "topic": 7}']
    + [f'{{"do": "listen", "topic": "case:1", "after": {n}}}' for n in ('"7"', "-1", "1.5", "true", "1" + "0" * 18)],
)
def test_what_is_no_frame(text: str) -> None:
    assert read_frame(text) == Said()


def test_a_frame_has_a_command_and_a_topic() -> None:
    assert read_frame('{"do": "listen", "topic": "case:1"}') == Said("listen", "case:1")


def test_a_page_says_how_far_it_has_read() -> None:
    assert read_frame('{"do": "listen", "topic": "case:1", "after": 0}') == Said("listen", "case:1", 0)


def test_a_ping_needs_no_topic() -> None:
    assert read_frame('{"do": "ping"}') == Said("ping")


def test_a_page_may_open_with_all_its_topics_at_once() -> None:
    bucket = Spending()
    assert all(bucket.spend() for _ in range(BURST))


def test_more_than_that_at_once_is_a_flood() -> None:
    bucket = Spending()
    for _ in range(BURST):
        bucket.spend()
    bucket.left = 0
    assert not bucket.spend()


def test_the_bucket_fills_as_time_goes_by() -> None:
    bucket = Spending()
    bucket.left = 0
    bucket.at -= 1
    assert bucket.spend()


def test_the_bucket_never_holds_more_than_a_burst() -> None:
    bucket = Spending()
    bucket.at -= 3600
    bucket.spend()
    assert bucket.left == BURST - 1


# -- whose page it is


def scope(origin: str = "", host: str = "consortium.example") -> dict[str, Any]:
    return {"headers": [(b"origin", origin.encode()), (b"host", host.encode())]}


@pytest.fixture(autouse=True)
def our_names(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["consortium.example", "[::1]", "testserver"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://front.example"]


@pytest.mark.parametrize("origin", ["https://consortium.example", "http://consortium.example"])
def test_our_own_pages_are_let_in(origin: str) -> None:
    assert same_origin(scope(origin))


def test_a_front_that_we_trust_is_let_in() -> None:
    assert same_origin(scope("https://front.example"))


def test_an_ipv6_address_of_ours_is_let_in() -> None:
    assert same_origin(scope("http://[::1]:8000", "[::1]:8000"))


@pytest.mark.parametrize(
    "origin",
    ["", "null", "https://evil.example", "https://consortium.example.evil.example", "https://consortium.example:444",
     "http://front.example", "file://consortium.example", "consortium.example"],
)  # fmt: skip
def test_another_s_pages_are_not(origin: str) -> None:
    assert not same_origin(scope(origin))


def test_a_host_that_is_not_ours_is_not_believed() -> None:
    """A forged Host beside its own Origin."""
    assert not same_origin(scope("https://evil.example", "evil.example"))


def test_without_headers_nobody_is_let_in() -> None:
    assert not same_origin({"headers": []})


@pytest.mark.parametrize("cookie", ["", "other=1", "sessionid", "\x00"])
def test_a_cookie_without_a_session(cookie: str) -> None:
    assert queries.session_key(cookie) == ""


def test_the_session_s_key_among_other_cookies(settings: Any) -> None:
    settings.SESSION_COOKIE_NAME = "sid"
    assert queries.session_key("a=1; sid=abc; b=2") == "abc"


def test_without_a_session_one_is_nobody() -> None:
    assert queries.actor_of_session("") is ANONYMOUS


def test_a_session_that_has_ended_is_nobody_s(db: None) -> None:
    assert not queries.actor_of_session("no-such-session").is_person


def test_a_session_is_its_person_s(asker: User) -> None:
    key = client_for(asker).session.session_key
    assert queries.actor_of_session(str(key)).user_id == asker.pk


# -- the ear for rights

ANN, BO = uuid4(), uuid4()


def test_who_is_named_looks_again() -> None:
    ear, looked = RightsEar(), []
    ear.add(ANN, lambda: looked.append("ann"))
    ear.add(BO, lambda: looked.append("bo"))
    ear.offer(str(ANN))
    assert looked == ["ann"]


def test_every_page_of_who_is_named_looks_again() -> None:
    ear, looked = RightsEar(), []
    ear.add(ANN, lambda: looked.append(1))
    ear.add(ANN, lambda: looked.append(2))
    ear.offer(str(ANN))
    assert sorted(looked) == [1, 2]


def test_who_has_left_does_not() -> None:
    ear, looked = RightsEar(), []

    def look() -> None:
        looked.append(1)

    ear.add(ANN, look)
    ear.drop(ANN, look)
    ear.offer(str(ANN))
    assert looked == []


def test_of_who_has_left_nothing_is_kept() -> None:
    ear = RightsEar()

    def look() -> None: ...

    ear.add(ANN, look)
    ear.drop(ANN, look)
    assert ear._sockets == {}


def test_one_page_leaving_leaves_the_other() -> None:
    ear, looked = RightsEar(), []

    def one() -> None:
        looked.append("one")

    def two() -> None:
        looked.append("two")

    ear.add(ANN, one)
    ear.add(ANN, two)
    ear.drop(ANN, one)
    ear.offer(str(ANN))
    assert looked == ["two"]


def test_leaving_twice_is_no_error() -> None:
    RightsEar().drop(ANN, lambda: None)


def test_between_noting_and_reading_nothing_slips_through() -> None:
    ear = RightsEar()
    noted = ear.heard
    ear.offer(str(ANN))
    assert ear.changed_since(ANN, noted)


def test_what_was_heard_before_is_not_news() -> None:
    ear = RightsEar()
    ear.offer(str(ANN))
    assert not ear.changed_since(ANN, ear.heard)


def test_another_s_change_is_not_mine() -> None:
    ear = RightsEar()
    ear.offer(str(BO))
    assert not ear.changed_since(ANN, 0)


def test_after_a_loss_everybody_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consortium.live.consumers.process.SPREAD", 0.0)
    ear, looked = RightsEar(), []
    ear.add(ANN, lambda: looked.append("ann"))
    ear.add(BO, lambda: looked.append("bo"))

    async def lost() -> None:
        ear.offer(RESYNC)
        while len(looked) < 2:
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(_later(lost), 10))
    assert sorted(looked) == ["ann", "bo"]


async def _later(job: Callable[[], Coroutine[Any, Any, None]]) -> None:
    await job()


def test_after_a_loss_everybody_s_rights_are_news() -> None:
    ear = RightsEar()
    ear.add(ANN, lambda: None)

    async def lost() -> None:
        ear.offer(RESYNC)

    asyncio.run(lost())
    assert ear.changed_since(ANN, 0)


def test_an_ear_has_nothing_to_give_up() -> None:
    RightsEar().cut()


# -- the hub, without a server


def in_a_hub(job: Callable[[Hub], Awaitable[None]]) -> None:
    async def run() -> None:
        await job(Hub("unix:///tmp/nobody-listens-here.sock", "t:"))

    asyncio.run(run())


class Ear:
    def __init__(self) -> None:
        self.topics: set[str] = set()
        self.got: list[str] = []

    def offer(self, text: str) -> None:
        self.got.append(text)

    def cut(self) -> None:
        self.got.append("cut")


def test_a_hub_that_was_not_started_does_not_pump() -> None:
    async def job(hub: Hub) -> None:
        assert not hub.pumping

    in_a_hub(job)


def test_a_hub_counts_its_lines_and_topics() -> None:
    async def job(hub: Hub) -> None:
        await hub.listen(Ear(), "case:1")
        assert hub.census() == {"lines": 1, "topics": 1, "losses": 0}

    in_a_hub(job)


def test_leaving_what_one_never_heard_is_no_error() -> None:
    async def job(hub: Hub) -> None:
        await hub.leave(Ear(), "case:1")

    in_a_hub(job)


def test_who_leaves_leaves_the_others() -> None:
    async def job(hub: Hub) -> None:
        one, two = Ear(), Ear()
        await hub.listen(one, "case:1")
        await hub.listen(two, "case:1")
        await hub.leave(one, "case:1")
        hub._pass_on("case:1", packed(1, "a"))
        assert (one.got, two.got) == ([], ["a"])

    in_a_hub(job)


def test_a_dropped_socket_is_forgotten_altogether() -> None:
    async def job(hub: Hub) -> None:
        ear = Ear()
        await hub.listen(ear, "case:1")
        await hub.listen(ear, "case:2")
        await hub.drop(ear)
        assert hub.census()["topics"] == hub.census()["lines"] == 0

    in_a_hub(job)


def test_a_frame_for_nobody_is_passed_over() -> None:
    async def job(hub: Hub) -> None:
        hub._pass_on("case:1", packed(1, "a"))

    in_a_hub(job)


def test_a_page_that_is_behind_is_told_so() -> None:
    async def job(hub: Hub) -> None:
        ear = Ear()
        await hub.listen(ear, "case:1")
        hub.notice("case:1", 3)
        hub.notice("case:1", 5)
        assert [orjson.loads(text) for text in ear.got] == [{"topic": "case:1", "seq": 5, "what": "behind"}]

    in_a_hub(job)


def test_the_first_number_of_a_topic_is_no_news() -> None:
    async def job(hub: Hub) -> None:
        ear = Ear()
        await hub.listen(ear, "case:1")
        hub.notice("case:1", 3)
        assert ear.got == []

    in_a_hub(job)


@pytest.mark.parametrize("seq", [3, 2])
def test_a_number_that_was_rung_already_is_no_news(seq: int) -> None:
    async def job(hub: Hub) -> None:
        ear = Ear()
        await hub.listen(ear, "case:1")
        hub._pass_on("case:1", packed(3, "a"))
        hub.notice("case:1", seq)
        assert ear.got == ["a"]

    in_a_hub(job)


def test_a_topic_that_nobody_hears_is_not_noticed() -> None:
    async def job(hub: Hub) -> None:
        hub.notice("case:1", 3)

    in_a_hub(job)
