"""The line to one page: what is kept for a peer that reads slowly, and in which order frames reach it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from consortium.live.consumers import page
from consortium.live.hub import Line

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
