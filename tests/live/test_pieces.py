"""The pieces of live pages alone: frames, spending, origins, the ear for rights, one line, catching up."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import uuid4

import orjson
import pytest

from consortium.kernel import topics
from consortium.kernel.actors import ANONYMOUS, Actor
from consortium.kernel.policies import Allowed, Denied
from consortium.kernel.topics import TopicKind
from consortium.live import operations, queries
from consortium.live.consumers import page
from consortium.live.consumers.page import BURST, Said, Spending, read_frame, same_origin
from consortium.live.consumers.process import RightsEar
from consortium.live.hub import RESYNC, Hub, Line
from consortium.live.hub.bell import packed
from consortium.live.queries import Missed
from consortium.people.models import User
from tests.cast import actor_for, client_for

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


# -- one connection


def kept_for_a_peer(serve: Callable[[Any], Any]) -> tuple[int, int]:
    """What the kernel keeps of a connection before and after a page's consumer has set its limit."""

    class Server(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        async def send(self, message: dict[str, Any]) -> None:
            """As uvicorn's."""

    async def run() -> tuple[int, int]:
        ours, theirs = socket.socketpair()
        transport, server = await asyncio.get_running_loop().create_connection(Server, sock=ours)
        consumer = page.PageConsumer()
        consumer.base_send = serve(server)
        sizes = [ours.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)]
        consumer._keep_little()
        sizes.append(ours.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF))
        transport.close()
        theirs.close()
        return sizes[0], sizes[1]

    return asyncio.run(run())


def test_the_kernel_keeps_little_for_who_does_not_read() -> None:
    before, after = kept_for_a_peer(lambda server: server.send)
    assert after <= 2 * page.KEPT_BY_KERNEL < before


def test_under_another_server_it_keeps_what_it_likes() -> None:
    before, after = kept_for_a_peer(lambda server: asyncio.sleep)
    assert after == before


# -- one line


def on_a_line(job: Callable[[Line, list[str]], Awaitable[None]], *, size: int = 4, stalled: bool = False) -> list[str]:
    """What reached the peer of a line (and "overflow") while `job` had it."""
    got: list[str] = []

    async def run() -> None:
        async def send(text: str) -> None:
            if stalled:
                await asyncio.sleep(3600)
            got.append(text)

        line = Line(send, lambda: got.append("overflow"), size=size)
        line.open()
        await job(line, got)
        line.cut()

    asyncio.run(run())
    return got


async def _settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_frames_reach_the_peer_in_order() -> None:
    async def job(line: Line, got: list[str]) -> None:
        for text in "abc":
            line.offer(text)
        await _settled()

    assert on_a_line(job) == ["a", "b", "c"]


def test_a_frame_offered_later_wakes_the_writer() -> None:
    async def job(line: Line, got: list[str]) -> None:
        line.offer("a")
        await _settled()
        line.offer("b")
        await _settled()

    assert on_a_line(job) == ["a", "b"]


def test_a_stalled_peer_overflows_once() -> None:
    async def job(line: Line, got: list[str]) -> None:
        await _settled()
        for text in "abcdefghij":
            line.offer(text)
        assert not line.is_open

    assert on_a_line(job, stalled=True) == ["overflow"]


def test_after_a_cut_nothing_is_written() -> None:
    async def job(line: Line, got: list[str]) -> None:
        line.cut()
        line.offer("a")
        await _settled()

    assert on_a_line(job) == []


def test_cut_twice_is_no_error() -> None:
    async def job(line: Line, got: list[str]) -> None:
        line.cut()
        line.cut()

    assert on_a_line(job) == []


def test_an_open_line_says_so() -> None:
    async def job(line: Line, got: list[str]) -> None:
        assert line.is_open

    on_a_line(job)


def test_a_frame_for_a_peer_that_keeps_up_is_there_at_once() -> None:
    async def job(line: Line, got: list[str]) -> None:
        await _settled()
        line.offer("a")
        assert got == ["a"]
        line.offer("b")
        assert got == ["a", "b"]

    on_a_line(job)


class Slow:
    """A peer that takes a frame when it is let, and some frames of it in one go afterwards."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.ready = asyncio.Event()
        self.line = Line(self._send, lambda: self.got.append("overflow"), size=2)

    async def _send(self, text: str) -> None:
        await self.ready.wait()
        await asyncio.sleep(0)
        self.got.append(text)


def with_a_slow_peer(job: Callable[[Slow], Awaitable[None]]) -> list[str]:
    async def run() -> list[str]:
        slow = Slow()
        slow.line.open()
        await _settled()
        await job(slow)
        slow.line.cut()
        await _settled()
        return slow.got

    return asyncio.run(run())


def test_a_frame_that_has_to_wait_comes_before_later_ones() -> None:
    async def job(slow: Slow) -> None:
        for text in "abc":
            slow.line.offer(text)
        await _settled()
        assert slow.got == []
        slow.ready.set()
        await _settled()

    assert with_a_slow_peer(job) == ["a", "b", "c"]


def test_after_it_frames_are_there_at_once_again() -> None:
    async def job(slow: Slow) -> None:
        slow.line.offer("a")
        await _settled()
        slow.ready.set()
        await _settled()
        slow.line.offer("b")
        await _settled()

    assert with_a_slow_peer(job) == ["a", "b"]


def test_beside_the_one_that_waits_there_is_room_for_the_queue() -> None:
    async def job(slow: Slow) -> None:
        for text in "abc":
            slow.line.offer(text)
        assert slow.line.is_open
        slow.line.offer("d")

    assert with_a_slow_peer(job) == ["overflow"]


def test_cut_before_its_task_woke_it_is_not_written() -> None:
    async def job(slow: Slow) -> None:
        slow.line.offer("a")
        slow.line.cut()
        slow.ready.set()
        await _settled()

    assert with_a_slow_peer(job) == []


def test_cut_while_its_task_waits_it_is_not_written() -> None:
    async def job(slow: Slow) -> None:
        slow.line.offer("a")
        await _settled()
        slow.line.cut()
        slow.ready.set()
        await _settled()

    assert with_a_slow_peer(job) == []


@pytest.mark.parametrize("settles", [True, False])
def test_a_peer_that_is_gone_troubles_nobody(settles: bool) -> None:
    async def run() -> bool:
        async def send(text: str) -> None:
            raise ConnectionResetError

        line = Line(send, lambda: None)
        line.open()
        if settles:
            await _settled()
        line.offer("a")
        await _settled()
        return line.is_open

    assert not asyncio.run(run())


def test_a_line_never_opened_takes_nothing() -> None:
    async def run() -> bool:
        async def send(text: str) -> None:
            raise AssertionError("written")

        line = Line(send, lambda: None)
        line.offer("a")
        return line.is_open

    assert not asyncio.run(run())


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


# -- what one may listen to


@pytest.fixture
def ward(monkeypatch: pytest.MonkeyPatch) -> TopicKind:
    """A kind of topic that people with the key "open" may hear."""
    monkeypatch.setattr(topics, "_kinds", {})
    kind = TopicKind(
        "ward",
        lambda actor, key: Allowed() if key == "open" else Denied("not here"),
        lambda keys: dict.fromkeys(keys, 7),
        lambda actor, key, after, limit: [{"seq": n} for n in range(after + 1, 8)][:limit],
    )
    topics.register(kind)
    return kind


def test_what_its_kind_allows(ward: TopicKind) -> None:
    assert queries.may_listen(Actor("person", user_id=ANN), "ward:open").allowed


def test_what_its_kind_refuses(ward: TopicKind) -> None:
    assert not queries.may_listen(Actor("person", user_id=ANN), "ward:shut").allowed


@pytest.mark.parametrize("topic", ["", "ward", "ward:", "other:open", "ward:" + "x" * 120])
def test_a_name_that_is_none_is_hidden(ward: TopicKind, topic: str) -> None:
    assert queries.may_listen(Actor("person", user_id=ANN), topic).hidden


def test_a_visitor_hears_nothing(ward: TopicKind) -> None:
    assert queries.may_listen(ANONYMOUS, "ward:open").hidden


def test_where_topics_stand(ward: TopicKind) -> None:
    assert queries.last_seqs(["ward:a", "ward:b", "other:c", "ward:"]) == {"ward:a": 7, "ward:b": 7}


def test_where_one_topic_stands_and_until_when(ward: TopicKind) -> None:
    assert queries.where_it_stands(Actor("person", user_id=ANN), "ward:open") == (Missed(7), None)


def test_a_kind_that_is_none_stands_at_nothing(ward: TopicKind) -> None:
    assert queries.where_it_stands(Actor("person", user_id=ANN), "other:x") == (Missed(0), None)


def test_where_it_stands_holds_what_was_missed(ward: TopicKind) -> None:
    found = Missed(7, [{"seq": 6}, {"seq": 7}])
    assert queries.where_it_stands(Actor("person", user_id=ANN), "ward:open", 5) == (found, None)


def test_who_has_the_newest_missed_nothing(ward: TopicKind) -> None:
    assert queries.missed(Actor("person", user_id=ANN), "ward:open", 7) == Missed(7)


def test_a_number_that_was_never_stored_is_not_believed(ward: TopicKind) -> None:
    """Else one page could tell the hub that a topic stands where no bell will ever come."""
    assert queries.missed(Actor("person", user_id=ANN), "ward:open", 10**17) == Missed(7)


def test_a_list_has_no_entries_and_stands_at_its_number(monkeypatch: pytest.MonkeyPatch, ward: TopicKind) -> None:
    monkeypatch.setattr(queries, "entries_after", lambda *given: [])
    assert queries.missed(Actor("person", user_id=ANN), "ward:open", 5) == Missed(7, [])


def test_a_long_absence_stops_at_the_last_entry_told(monkeypatch: pytest.MonkeyPatch, ward: TopicKind) -> None:
    monkeypatch.setattr(queries, "CATCH_UP_LIMIT", 2)
    assert queries.missed(Actor("person", user_id=ANN), "ward:open", 1) == Missed(3, [{"seq": 2}, {"seq": 3}], True)


def test_what_commits_between_two_reads_does_not_count_as_shown(ward: TopicKind) -> None:
    """The newest number was 7 when it was asked for; by the time the entries are read there is an eighth."""
    grown = TopicKind("ward", ward.may_listen, ward.last_seqs, lambda actor, key, after, limit: [{"seq": 8}])
    topics._kinds["ward"] = grown
    assert queries.missed(Actor("person", user_id=ANN), "ward:open", 6) == Missed(8, [{"seq": 8}])


def test_a_kind_that_is_none_has_no_entries(ward: TopicKind) -> None:
    assert queries.entries_after(Actor("person", user_id=ANN), "other:x", 0) == []


# -- catching up over HTTP


def test_what_was_missed(ward: TopicKind, asker: User) -> None:
    reply = client_for(asker).get("/live/catch-up/?topic=ward:open&after=5").json()
    assert reply == {"topic": "ward:open", "seq": 7, "entries": [{"seq": 6}, {"seq": 7}], "more": False}


def test_a_long_absence_says_that_there_is_more(ward: TopicKind, asker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "CATCH_UP_LIMIT", 2)
    reply = client_for(asker).get("/live/catch-up/", {"topic": "ward:open"}).json()
    assert (reply["seq"], reply["more"]) == (2, True)


def test_who_is_ahead_is_not_set_back(ward: TopicKind, asker: User) -> None:
    assert client_for(asker).get("/live/catch-up/?topic=ward:open&after=99").json()["seq"] == 99


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 19, ""])
def test_a_number_that_is_none(ward: TopicKind, asker: User, after: str) -> None:
    assert client_for(asker).get("/live/catch-up/", {"topic": "ward:open", "after": after}).status_code == 422


def test_a_topic_that_is_refused_says_why(ward: TopicKind, asker: User) -> None:
    reply = client_for(asker).get("/live/catch-up/", {"topic": "ward:shut"})
    assert (reply.status_code, reply.json()["title"]) == (403, "not here")


def test_numbers_of_what_one_may_hear(ward: TopicKind, asker: User) -> None:
    reply = client_for(asker).get("/live/seqs/", {"topic": ["ward:open", "ward:shut", "x"]}).json()
    assert reply == {"seqs": {"ward:open": 7}}


def test_no_more_topics_than_a_page_may_have(ward: TopicKind, asker: User) -> None:
    asked: Any = ["x:y"] * 32 + ["ward:open"]
    assert client_for(asker).get("/live/seqs/", {"topic": asked}).json() == {"seqs": {}}


# -- ringing


def test_a_right_that_changed_rings_whose(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[Any] = []
    monkeypatch.setattr(operations, "_rung", lambda *words: rung.append(words))
    operations.ring(f"rights:{ANN}", 7)
    assert rung == [("rights", 7, str(ANN))]


def test_a_topic_that_moved_rings_where_to(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[Any] = []
    monkeypatch.setattr(operations, "_rung", lambda *words: rung.append(words))
    operations.ring("case:1", 7)
    assert rung == [("case:1", 7, '{"topic":"case:1","seq":7}')]


def test_a_bell_says_nothing_of_what_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/decisions/0007: who may not see it learns nothing by it."""
    texts: list[str] = []
    monkeypatch.setattr(operations, "_rung", lambda topic, seq, text: texts.append(text))
    operations.ring("case:1", 7)
    assert set(orjson.loads(texts[0])) == {"topic", "seq"}


def test_while_redis_is_left_alone_a_frame_is_counted_as_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consortium.kernel.valkey.Breaker.open", property(lambda self: True))
    before = operations.lost_bells()
    assert not operations.publish("case:1", 7)
    assert operations.lost_bells() == before + 1


def test_codes_of_closing_tell_each_other_apart() -> None:
    codes = [page.MALFORMED, page.SIGNED_OUT, page.RIGHT_ENDED, page.FLOOD, page.TOO_BIG, page.NOT_TEXT, page.TROUBLE]
    assert len(set(codes)) == len(codes)


def test_the_actor_of_a_session_holds_the_seats_of_now(asker: User) -> None:
    key = str(client_for(asker).session.session_key)
    assert queries.actor_of_session(key).seats == actor_for(asker).seats
