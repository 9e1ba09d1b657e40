"""The hub on a real Valkey: who hears what, and what happens when Redis dies, empties or hangs."""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
import redis.asyncio

from consortium.live.hub import Bell, Frame, Hub, Line
from consortium.live.hub.bell import packed, unpacked
from consortium.live.hub.engine import RESYNC
from tests.live.own_valkey import OwnValkey

PREFIX = "t1:"
secret: contextvars.ContextVar[str] = contextvars.ContextVar("secret", default="")


class Viewer:
    """A socket that writes down what it is sent; `stalled` makes its peer stop reading."""

    def __init__(self, *, stalled: bool = False, size: int = 64) -> None:
        self.got: list[str] = []
        self.contexts: set[str] = set()
        self.overflowed = False
        self.reading = asyncio.Event()
        if not stalled:
            self.reading.set()
        self.line = Line(self._send, self._overflow, size=size)
        self.line.open()

    async def _send(self, text: str) -> None:
        await self.reading.wait()
        self.contexts.add(secret.get())
        self.got.append(text)

    def _overflow(self) -> None:
        self.overflowed = True


async def until(condition: Callable[[], bool], *, seconds: float = 10) -> None:
    """Wait for a condition; a failure to come true is the failure of the test."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def running(server: OwnValkey, **options: Any) -> AsyncIterator[tuple[Hub, Bell]]:
    hub, bell = Hub(server.url, PREFIX, backoff=0.1, **options), Bell(server.url, PREFIX, rest=0.05)
    hub.start()
    try:
        await asyncio.wait_for(hub.connected.wait(), 5)
        yield hub, bell
    finally:
        await hub.stop()
        bell.close()


def test_a_frame_survives_its_journey() -> None:
    assert unpacked(packed(12, '{"a":"b:c 儿"}')) == (12, '{"a":"b:c 儿"}')
    with pytest.raises(ValueError, match="invalid literal"):
        unpacked(b"no frame")


def test_only_listeners_of_the_topic_hear_it(own_valkey: OwnValkey) -> None:
    async def scenario() -> None:
        async with running(own_valkey) as (hub, bell):
            one, two, other = Viewer(), Viewer(), Viewer()
            assert await hub.listen(one.line, "case:1")
            assert await hub.listen(two.line, "case:1")
            assert await hub.listen(other.line, "case:2")
            bell.ring("case:1", 1, "first")
            bell.ring("case:2", 1, "last")
            await until(lambda: other.got == ["last"])
            await until(lambda: one.got == two.got == ["first"])

    asyncio.run(scenario())


def test_a_topic_is_subscribed_once_and_left_with_its_last_listener(own_valkey: OwnValkey) -> None:
    async def scenario() -> None:
        client = redis.asyncio.Redis.from_url(own_valkey.url)
        async with running(own_valkey) as (hub, _bell), client:
            viewers = [Viewer() for _ in range(5)]
            for viewer in viewers:
                await hub.listen(viewer.line, "case:1")
            key = f"{PREFIX}live:case:1"
            assert await client.pubsub_numsub(key) == [(key.encode(), 1)]
            for viewer in viewers[:4]:
                await hub.drop(viewer.line)
            assert await client.pubsub_numsub(key) == [(key.encode(), 1)]
            await hub.leave(viewers[4].line, "case:1")
            assert await hub.listen(viewers[4].line, "case:2")  # answered in order: the unsubscribe is through
            assert await client.pubsub_numsub(key) == [(key.encode(), 0)]
            assert hub.census() == {"lines": 1, "topics": 1, "losses": 0}

    asyncio.run(scenario())


def test_leaving_and_coming_back_at_once_stays_subscribed(own_valkey: OwnValkey) -> None:
    async def scenario() -> None:
        async with running(own_valkey) as (hub, bell):
            viewer = Viewer()
            for _ in range(20):
                await asyncio.gather(
                    hub.listen(viewer.line, "case:1"),
                    hub.leave(viewer.line, "case:1"),
                    hub.listen(viewer.line, "case:1"),
                )
            assert await hub.listen(viewer.line, "case:1")
            bell.ring("case:1", 1, "here")
            await until(lambda: viewer.got == ["here"])

    asyncio.run(scenario())


def test_frames_keep_their_order(own_valkey: OwnValkey) -> None:
    async def scenario() -> None:
        async with running(own_valkey) as (hub, bell):
            viewer = Viewer(size=1000)
            await hub.listen(viewer.line, "room:1")
            sent = [str(n) for n in range(500)]
            for n, text in enumerate(sent):
                bell.ring("room:1", n, text)
            await until(lambda: len(viewer.got) == 500)
            assert viewer.got == sent

    asyncio.run(scenario())


def test_a_burst_closes_nobody_who_reads(own_valkey: OwnValkey) -> None:
    """Five hundred frames that arrive in one piece, through queues of sixty-four."""

    async def scenario() -> None:
        client = redis.asyncio.Redis.from_url(own_valkey.url)
        async with running(own_valkey) as (hub, _bell), client:
            viewers = [Viewer() for _ in range(20)]
            for viewer in viewers:
                await hub.listen(viewer.line, "room:1")
            burst = client.pipeline(transaction=True)
            for n in range(500):
                burst.publish(f"{PREFIX}live:room:1", packed(n, str(n)))
            await burst.execute()
            await until(lambda: all(len(viewer.got) == 500 for viewer in viewers))
            assert not any(viewer.overflowed for viewer in viewers)

    asyncio.run(scenario())


def test_a_stalled_viewer_costs_the_others_nothing(own_valkey: OwnValkey) -> None:
    async def scenario() -> None:
        async with running(own_valkey) as (hub, bell):
            stalled, others = Viewer(stalled=True), [Viewer(size=600) for _ in range(10)]
            for viewer in (stalled, *others):
                await hub.listen(viewer.line, "room:1")
            for n in range(600):
                bell.ring("room:1", n, str(n))
            await until(lambda: all(len(viewer.got) == 600 for viewer in others))
            assert stalled.overflowed
            assert stalled.got == []
            assert not stalled.line.is_open
            assert hub.pumping

    asyncio.run(scenario())


def test_a_slow_viewer_within_its_queue_gets_everything(own_valkey: OwnValkey) -> None:
    async def scenario() -> None:
        async with running(own_valkey) as (hub, bell):
            slow = Viewer(stalled=True)
            await hub.listen(slow.line, "room:1")
            for n in range(60):
                bell.ring("room:1", n, str(n))
            await asyncio.sleep(0)
            slow.reading.set()
            await until(lambda: len(slow.got) == 60)
            assert not slow.overflowed

    asyncio.run(scenario())


def test_a_socket_that_breaks_stops_its_own_line_only(own_valkey: OwnValkey) -> None:
    async def broken(_text: str) -> None:
        raise ConnectionResetError

    async def scenario() -> None:
        async with running(own_valkey) as (hub, bell):
            gone, fine = Line(broken, lambda: None), Viewer()
            gone.open()
            await hub.listen(gone, "room:1")
            await hub.listen(fine.line, "room:1")
            bell.ring("room:1", 1, "a")
            bell.ring("room:1", 2, "b")
            await until(lambda: fine.got == ["a", "b"])
            assert not gone.is_open

    asyncio.run(scenario())


def test_pump_and_writers_start_with_nobody_acting(own_valkey: OwnValkey) -> None:
    async def scenario() -> None:
        secret.set("somebody")
        async with running(own_valkey) as (hub, bell):
            viewer = Viewer()
            await hub.listen(viewer.line, "case:1")
            bell.ring("case:1", 1, "x")
            await until(lambda: viewer.got == ["x"])
            assert viewer.contexts == {""}

    asyncio.run(scenario())


def test_two_hubs_with_different_prefixes_do_not_hear_each_other(own_valkey: OwnValkey) -> None:
    async def scenario() -> None:
        other_bell = Bell(own_valkey.url, "t2:")
        async with running(own_valkey) as (hub, bell):
            viewer = Viewer()
            await hub.listen(viewer.line, "case:1")
            other_bell.ring("case:1", 1, "not for us")
            bell.ring("case:1", 2, "for us")
            await until(lambda: viewer.got == ["for us"])
        other_bell.close()

    asyncio.run(scenario())


def test_something_that_is_no_frame_is_passed_over(own_valkey: OwnValkey) -> None:
    async def scenario() -> None:
        client = redis.asyncio.Redis.from_url(own_valkey.url)
        async with running(own_valkey) as (hub, bell), client:
            viewer = Viewer()
            await hub.listen(viewer.line, "case:1")
            await client.publish(f"{PREFIX}live:case:1", b"\xff\xfe")
            bell.ring("case:1", 1, "good")
            await until(lambda: viewer.got == ["good"])
            assert hub.pumping

    asyncio.run(scenario())


def test_redis_killed_and_restarted_empty_every_socket_is_told_to_resync(own_valkey: OwnValkey) -> None:
    """R4: nobody is stuck, the pump lives, and later frames arrive."""

    async def scenario() -> None:
        async with running(own_valkey) as (hub, bell):
            viewers = [Viewer() for _ in range(50)]
            for n, viewer in enumerate(viewers):
                await hub.listen(viewer.line, f"case:{n % 7}")
            for _ in range(3):
                for viewer in viewers:
                    viewer.got.clear()
                own_valkey.kill()
                await until(lambda: not hub.connected.is_set())
                own_valkey.start()
                await until(lambda: all(RESYNC in viewer.got for viewer in viewers))
                await asyncio.sleep(0.06)  # the bell rests after a failure of its own
                for n in range(7):
                    await until(lambda n=n: bell.ring(f"case:{n}", 9, f"after {n}"))  # type: ignore[misc]
                await until(lambda: all(viewer.got[-1].startswith("after") for viewer in viewers))
            assert hub.pumping
            assert hub.losses == 3

    asyncio.run(scenario())


def test_flushall_disturbs_nothing(own_valkey: OwnValkey) -> None:
    async def scenario() -> None:
        client = redis.asyncio.Redis.from_url(own_valkey.url)
        async with running(own_valkey) as (hub, bell), client:
            viewer = Viewer()
            await hub.listen(viewer.line, "case:1")
            await client.flushall()
            bell.ring("case:1", 1, "still here")
            await until(lambda: viewer.got == ["still here"])
            assert hub.losses == 0

    asyncio.run(scenario())


def test_redis_cutting_the_connection_is_survived(own_valkey: OwnValkey) -> None:
    async def scenario() -> None:
        client = redis.asyncio.Redis.from_url(own_valkey.url)
        async with running(own_valkey) as (hub, bell), client:
            viewer = Viewer()
            await hub.listen(viewer.line, "case:1")
            await client.client_kill_filter(_type="pubsub")
            await until(lambda: viewer.got == [RESYNC])
            bell.ring("case:1", 1, "again")
            await until(lambda: viewer.got == [RESYNC, "again"])
            assert hub.losses == 1

    asyncio.run(scenario())


def test_redis_hanging_without_a_word_is_noticed(own_valkey: OwnValkey) -> None:
    async def scenario() -> None:
        async with running(own_valkey, beat_every=0.1) as (hub, _bell):
            viewer = Viewer()
            await hub.listen(viewer.line, "case:1")
            own_valkey.freeze()
            await until(lambda: not hub.connected.is_set())
            own_valkey.thaw()
            await until(lambda: RESYNC in viewer.got)

    asyncio.run(scenario())


def test_listening_while_redis_is_away_does_not_wait_and_is_made_good(own_valkey: OwnValkey) -> None:
    async def scenario() -> None:
        async with running(own_valkey) as (hub, bell):
            own_valkey.kill()
            await until(lambda: not hub.connected.is_set())
            viewer = Viewer()
            assert await hub.listen(viewer.line, "case:1") is False
            own_valkey.start()
            await until(lambda: RESYNC in viewer.got)
            await until(lambda: bell.ring("case:1", 1, "now"))
            await until(lambda: viewer.got[-1] == "now")

    asyncio.run(scenario())


def test_ringing_with_redis_down_never_raises_and_is_counted(own_valkey: OwnValkey) -> None:
    bell = Bell(own_valkey.url, PREFIX, rest=60)
    assert bell.ring("case:1", 1, "x")
    own_valkey.kill()
    assert [bell.ring("case:1", n, "x") for n in range(3)] == [False, False, False]
    assert bell.lost == 3
    own_valkey.start()
    assert not bell.ring("case:1", 4, "x"), "the bell rests: one time-out for many senders"
    bell.close()


def test_several_frames_travel_in_one_trip_and_in_their_order(own_valkey: OwnValkey) -> None:
    async def scenario() -> None:
        async with running(own_valkey) as (hub, bell):
            viewer = Viewer()
            await hub.listen(viewer.line, "case:1")
            await hub.listen(viewer.line, "case:2")
            assert bell.ring_all(
                [Frame("case:2", 1, "first"), Frame("case:1", 1, "second"), Frame("case:2", 2, "third")]
            )
            await until(lambda: viewer.got == ["first", "second", "third"])

    asyncio.run(scenario())


def test_each_of_several_lost_frames_is_counted(own_valkey: OwnValkey) -> None:
    bell = Bell(own_valkey.url, PREFIX, rest=60)
    own_valkey.kill()
    assert not bell.ring_all([Frame("case:1", 1, "x"), Frame("case:1", 2, "y")])
    assert bell.lost == 2
    own_valkey.start()
    bell.close()


def test_a_bell_lost_on_the_way_is_found_by_the_watch(own_valkey: OwnValkey) -> None:
    stored: dict[str, int] = {}

    async def last_seqs(topics: list[str]) -> Mapping[str, int]:
        if stored.get("case:1") == 7:
            stored["case:1"] = 8
            raise ConnectionError("the database is away for one round")
        return {topic: stored.get(topic, 0) for topic in topics}

    async def scenario() -> None:
        async with running(own_valkey, last_seqs=last_seqs, watch_every=0.02) as (hub, bell):
            viewer = Viewer()
            await hub.listen(viewer.line, "case:1")
            hub.notice("case:1", 0)
            bell.ring("case:1", 5, "rung")
            stored["case:1"] = 5
            await until(lambda: viewer.got == ["rung"])
            stored["case:1"] = 7  # committed, and its bell lost
            await until(lambda: len(viewer.got) == 2)
            assert viewer.got[1] == '{"topic":"case:1","seq":8,"what":"behind"}'
            assert hub.pumping

    asyncio.run(scenario())
