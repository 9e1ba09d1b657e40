"""R7: many live pages lose their web process at once, and come back as static/js/live.js does: with jitter.

The pages live in one event loop, each with a socket of its own, by which it also asks for what it missed.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.embedded.running import wait_until
from tests.faults.live_pages import Sender
from tests.faults.stack import Stack
from tests.faults.ward import Ward

#: as in live.js: the span of the jitter doubles with each try, up to its slowest
FIRST_SPAN, SLOWEST = 0.5, 8.0
AT_ONCE = 100
_TROUBLE = (OSError, asyncio.IncompleteReadError, TimeoutError)


@dataclass
class Page:
    """One open page. `seen` are the entries that it showed, in the order of showing, the last of them at `at`."""

    port: int
    headers: str
    topic: str
    seen: list[int] = field(default_factory=list)
    tries: int = 0
    lost: int = 0
    listening: bool = False
    heard: int = 0
    at: float = 0.0
    asking: bool = False
    writer: asyncio.StreamWriter | None = None

    @property
    def last(self) -> int:
        return self.seen[-1] if self.seen else 0

    async def live(self) -> None:
        while True:
            try:
                await self._listen()
            except _TROUBLE:
                self.lost += self.listening
                self.listening = False
            span = min(SLOWEST, FIRST_SPAN * 2**self.tries)
            self.tries += 1
            await asyncio.sleep(random.uniform(0, span))

    async def _listen(self) -> None:
        reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", self.port), 20)
        try:
            writer.write(self._handshake())
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
            if b" 101 " not in head.partition(b"\r\n")[0]:
                raise ConnectionError(head.partition(b"\r\n")[0].decode())
            self.writer, self.asking = writer, False
            self._ask()
            while True:
                self._heard(await _next(reader, writer))
        finally:
            writer.close()

    def _handshake(self) -> bytes:
        key = b64encode(os.urandom(16)).decode()
        upgrade = f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13"
        return f"GET /ws/ HTTP/1.1\r\nHost: localhost:{self.port}\r\n{self.headers}{upgrade}\r\n\r\n".encode()

    def _heard(self, frame: dict[str, Any]) -> None:
        """A bell says only that there is more: the page asks for all of it, unless nothing can lie between."""
        self.heard = max(self.heard, frame.get("seq", 0))
        if frame.get("did") == "listen":
            self.tries, self.listening, self.asking = 0, True, False
            self._show([entry["seq"] for entry in frame["entries"] if entry["seq"] > self.last])
            if frame["more"] or self.heard > self.last:
                self._ask()
        elif frame.get("did") == "resync":
            asyncio.get_running_loop().call_later(random.random(), self._ask)
        elif self.heard == self.last + 1 and not self.asking and frame.get("what") != "behind":
            self._show([self.heard])
        elif self.heard > self.last:
            self._ask()

    def _show(self, seqs: list[int]) -> None:
        if seqs:
            self.seen += seqs
            self.at = time.monotonic()

    def _ask(self) -> None:
        """What came behind the last entry shown; one question at a time."""
        if self.writer is not None and not self.asking:
            self.asking = True
            self.writer.write(_frame(json.dumps({"do": "listen", "topic": self.topic, "after": self.last}).encode()))


def _frame(data: bytes, opcode: int = 1) -> bytes:
    """Masked, as a client must: by zeros."""
    return bytes([0x80 | opcode, 0x80 | len(data)]) + b"\0\0\0\0" + data


async def _next(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> dict[str, Any]:
    """The next text frame of a server, which masks and splits nothing; pings are answered on the way."""
    while True:
        first, length = await reader.readexactly(2)
        if length == 126:
            length = int.from_bytes(await reader.readexactly(2), "big")
        elif length == 127:
            length = int.from_bytes(await reader.readexactly(8), "big")
        data = await reader.readexactly(length)
        if first & 0x0F == 8:
            raise ConnectionError("closed by the server")
        if first & 0x0F == 9:
            writer.write(_frame(data, 10))
        elif first & 0x0F == 1:
            frame: dict[str, Any] = json.loads(data)
            return frame


@dataclass
class Weather:
    """What a storm did: seconds until every page listened again and had everything, and what was lost on the way."""

    pages: int
    cut: int
    back: float
    whole: float
    gaps: int
    doubled: int
    told: int
    usual: float
    stormy: float

    @property
    def ratio(self) -> float:
        return self.stormy / self.usual

    def words(self) -> str:
        web = f"web p95 {self.usual * 1000:.0f} ms, in the storm {self.stormy * 1000:.0f} ms ({self.ratio:.1f}x)"
        lost = f"{self.gaps} gaps, {self.doubled} doubled of {self.told} told"
        times = f"listening {self.back:.1f} s, whole {self.whole:.1f} s"
        return f"{self.cut} of {self.pages} pages cut, {times}; {lost}; {web}"


class Storm:
    """Pages of one case in a stack with two web processes, somebody who writes into it, and somebody who looks on."""

    def __init__(self, stack: Stack, ward: Ward, size: int) -> None:
        self.stack, self.size = stack, size
        asker = ward.asker()
        self.case_id = ward.asked(asker)
        with stack.rows():
            self.sender = Sender(stack, asker, self.case_id)
            browser = stack.browser(asker)
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        headers = f"Cookie: {cookies}\r\nOrigin: {stack.url}\r\n"
        self.looker = browser
        self.pages = [Page(stack.port, headers, f"case:{self.case_id}") for _ in range(size)]
        self.loop = asyncio.new_event_loop()
        self.seconds: list[float] = []
        self.going = threading.Event()

    def stored(self) -> list[int]:
        rows = self.stack.sql(
            "SELECT seq FROM journal_entry WHERE subject_id = %s AND verb NOT IN ('read', 'list-read') ORDER BY seq",
            str(self.case_id),
        )
        return [row[0] for row in rows]

    @contextmanager
    def open_pages(self) -> Iterator[None]:
        thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self.loop).result(300)
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(self._close(), self.loop).result(60)
            self.loop.call_soon_threadsafe(self.loop.stop)
            thread.join(10)
            self.loop.close()

    async def _open(self) -> None:
        self.tasks = []
        for start in range(0, self.size, AT_ONCE):
            some = self.pages[start : start + AT_ONCE]
            self.tasks += [asyncio.create_task(page.live()) for page in some]
            while not all(page.listening for page in some):
                await asyncio.sleep(0.05)

    async def _close(self) -> None:
        """A page that ended by itself, of an error of its own, would count as one that lost everything."""
        for task in self.tasks:
            task.cancel()
        for ended in await asyncio.gather(*self.tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended

    def _look_on(self) -> None:
        while not self.going.wait(0.05):
            begun = time.monotonic()
            try:
                answer = self.looker.get(f"{self.stack.url}/notices/", timeout=30)
            except OSError:  # requests' errors are: the process that had it was killed
                continue
            if answer.status_code == 200:
                self.seconds.append(time.monotonic() - begun)

    def _talk(self) -> None:
        while not self.going.wait(0.2):
            try:
                self.sender.send()
            except OSError:
                continue

    def blow(self, kill: str, *, looks: int = 20, patience: float = 60.0) -> Weather:
        """Kill one web process with -9 while people write and look on; wait until every page is whole again."""
        workers = [threading.Thread(target=self._look_on), threading.Thread(target=self._talk)]
        for worker in workers:
            worker.start()
        try:
            self._until(lambda: len(self.seconds) >= looks, time.monotonic(), patience)
            usual, self.seconds = self.seconds, []
            killed_at = time.monotonic()
            self.stack.kill(kill)
            back = self._until(lambda: all(page.listening for page in self.pages), killed_at, patience, least=1.0)
        finally:
            self.going.set()
            for worker in workers:
                worker.join(60)
        stored = self.stored()
        self._until(lambda: all(page.last >= stored[-1] for page in self.pages), time.monotonic(), patience)
        behind = any(page.last < stored[-1] for page in self.pages)
        whole = patience if behind else max(page.at for page in self.pages) - killed_at
        return self._weather(usual, back, max(back, whole))

    def _until(self, done: Any, since: float, patience: float, *, least: float = 0.0) -> float:
        while time.monotonic() - since < patience:
            if time.monotonic() - since >= least and done():
                break
            time.sleep(0.02)
        return time.monotonic() - since

    def _weather(self, usual: list[float], back: float, whole: float) -> Weather:
        stored = self.stored()
        return Weather(
            self.size, sum(page.lost > 0 for page in self.pages), back, whole,
            gaps=sum(len(set(stored) - set(page.seen)) for page in self.pages),
            doubled=sum(len(page.seen) - len(set(page.seen)) for page in self.pages),
            told=len(stored), usual=p95(usual), stormy=p95(self.seconds),
        )  # fmt: skip


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else float("nan")


@contextmanager
def second_web(stack: Stack) -> Iterator[str]:
    """Another web process on the same listening sockets; gone afterwards. Its name."""
    stack.children["web2"] = stack._forked("web")
    try:
        wait_until(lambda: _serves(stack.children["web2"].pid), "the second web process serves", 60)
        yield "web2"
    finally:
        if "web2" in stack.children:
            stack.kill("web2")


def _serves(pid: int) -> bool:
    """Whether it waits for connections: its event loop is the last thing that it makes."""
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            if "eventpoll" in str(link.readlink()):
                return True
        except FileNotFoundError:  # closed between the two
            continue
    return False
