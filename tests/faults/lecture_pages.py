"""Pages of a lecture in the stack, each on the loop of its hall: who sends as static/js/lectures/recorder.js does, who
watches and who speaks; they come back when their line breaks, as pages of ours do."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import random
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import requests
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from consortium.people.models import User
from courses.live.models import Lecture
from tests.courses.live.broadcast.streams import recorded

if TYPE_CHECKING:
    from tests.faults.lecture_hall import Hall

#: of the recorder: seconds of its film, and of one piece
SECONDS, PIECE = 90, 0.25
#: what a page of ours tries again after, as it does when its line breaks
BROKEN = (OSError, WebSocketException, TimeoutError, requests.RequestException, KeyError)
WEBM = "video/webm;codecs=h264,opus"
#: how a viewer reaches the web process: by another socket than usual, where its line is a bad one
Dial = Callable[[], socket.socket]


def film() -> bytes:
    """What each start of the recorder writes: every picture is another."""
    return recorded(seconds=SECONDS, size="160x90")


def digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()


class Page:
    """Something of somebody's that is connected, and comes back when its line breaks."""

    path = ""

    def __init__(self, hall: Hall, user: User, lecture: Lecture, dial: Dial | None = None) -> None:
        self.hall, self.user, self.lecture, self.dial = hall, user, lecture, dial
        self.socket: ClientConnection | None = None
        self.task: Future[None] | None = None
        self.joined = 0
        self.wanted = True
        #: seconds that it waits at most before it comes back
        self.hurry = 0.5
        self.online = asyncio.Event()
        self.online.set()

    async def live(self) -> None:
        while self.wanted:
            await self.online.wait()
            with contextlib.suppress(*BROKEN):
                async with self._line() as self.socket:
                    await self.talk(self.socket)
            self.socket = None
            await asyncio.sleep(random.uniform(0, self.hurry))

    @contextlib.asynccontextmanager
    async def _line(self) -> AsyncIterator[ClientConnection]:
        stack, browser = self.hall.stack, self.hall.browsers[self.user.pk]
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        own: dict[str, Any] = {"sock": await asyncio.to_thread(self.dial)} if self.dial else {}
        address = f"ws://localhost:{stack.port}/ws/lectures/{self.lecture.pk}/{self.path}/"
        async with connect(
            address, additional_headers={"Cookie": cookies}, origin=Origin(stack.url), compression=None,
            open_timeout=20, ping_interval=None, close_timeout=1, max_size=None, max_queue=4, **own,
        ) as line:  # fmt: skip
            yield line

    async def talk(self, line: ClientConnection) -> None:
        raise NotImplementedError

    async def asked(self, path: str) -> dict[str, Any]:
        """What the site answers to this person's browser."""
        browser, url = self.hall.browsers[self.user.pk], f"{self.hall.stack.url}/lectures/{self.lecture.pk}/{path}"
        answer = await asyncio.to_thread(browser.get, url, timeout=30)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def cut(self) -> None:
        """Break its line, without a word."""
        self.hall.loop.call_soon_threadsafe(self._cut)

    def _cut(self) -> None:
        if self.socket is not None:
            self.socket.transport.abort()

    @contextmanager
    def offline(self) -> Iterator[None]:
        self.hall.loop.call_soon_threadsafe(self.online.clear)
        self.cut()
        try:
            yield
        finally:
            self.hall.loop.call_soon_threadsafe(self.online.set)

    async def end(self) -> None:
        self.wanted = False
        self.online.set()
        self._cut()


class Recorder(Page):
    """Whoever sends: pieces as the time goes by, kept until they are taken, begun anew when they are not."""

    path = "publish"

    def __init__(self, hall: Hall, user: User, lecture: Lecture) -> None:
        super().__init__(hall, user, lecture)
        data = film()
        size = round(len(data) * PIECE / SECONDS)
        self.all = [data[at : at + size] for at in range(0, len(data), size)]
        #: bytes of each start that the server said it has taken, by the number of its run
        self.taken: dict[int, int] = {}
        self.ends: list[str] = []
        #: why it may not send; the page stops then
        self.refused = ""
        self._record()

    def _record(self) -> None:
        self.name, self.began, self.first, self.sent, self.run = uuid4(), self.hall.loop.time(), 0, 0, 0
        self.ready = False

    @property
    def written(self) -> int:
        """Pieces that the recorder has made since it began."""
        return min(len(self.all), 1 + int((self.hall.loop.time() - self.began) / PIECE))

    async def talk(self, line: ClientConnection) -> None:
        self.ready = False
        await self._ask(line)
        while self.wanted:
            with contextlib.suppress(TimeoutError):
                await self._heard(line, json.loads(await asyncio.wait_for(line.recv(), PIECE / 2)))
            while self.ready and self.sent < self.written:
                await line.send(self.sent.to_bytes(4, "big") + self.all[self.sent])
                self.sent += 1

    async def _ask(self, line: ClientConnection) -> None:
        asked = {"do": "publish", "id": 1, "type": WEBM, "recorder": str(self.name), "from": self.first}
        await line.send(json.dumps(asked))

    async def _heard(self, line: ClientConnection, frame: dict[str, Any]) -> None:
        if frame.get("did") == "taken":
            self._took(frame["next"])
        elif frame.get("did") == "over":
            self.ends.append(frame["why"])
            self.ready = False
            await asyncio.sleep(2 * PIECE)
            await self._anew(line)
        elif frame.get("code") == "begin-anew":
            await self._anew(line)
        elif frame.get("re") == 1 and "code" in frame:
            self.refused, self.wanted = frame["code"], False
        elif frame.get("re") == 1:
            self.ready, self.run, self.sent = True, frame["run"], frame["next"]
            self._took(frame["next"])
            self.joined += 1

    def _took(self, following: int) -> None:
        self.first = max(self.first, following)
        if self.run:
            self.taken[self.run] = self.first

    async def _anew(self, line: ClientConnection) -> None:
        self._record()
        await self._ask(line)

    async def stop(self) -> None:
        """As the button does: what was taken is whole."""
        self.ready = False
        if self.socket is not None:
            await self.socket.send(json.dumps({"do": "stop", "id": 2}))
            await asyncio.sleep(0)
        self.wanted = False
        self.online.set()


class Viewer(Page):
    """`heard`: of each frame of media its rung, kind, run, and what its bytes were."""

    path = "parts"

    def __init__(
        self, hall: Hall, user: User, lecture: Lecture, dial: Dial | None = None, *, sound: bool = False
    ) -> None:
        super().__init__(hall, user, lecture, dial)
        self.sound = sound
        self.heard: list[tuple[int, int, int, str]] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.bytes = 0

    async def talk(self, line: ClientConnection) -> None:
        stage = await self.asked("stage/")
        await line.send(json.dumps({"do": "watch", "ticket": stage["ticket"], "sound": self.sound}))
        async for frame in line:
            await self.reads.wait()
            if isinstance(frame, bytes):
                self.bytes += len(frame)
                told = (frame[0], frame[1], int.from_bytes(frame[2:4], "big"), digest(frame[4:]))
                self.heard.append(told)
            elif json.loads(frame).get("did") == "watch":
                self.joined += 1

    def parts(self, run: int, rung: int = 0) -> list[str]:
        """What it heard of a run's pictures (or sound), heads apart, in order."""
        return [what for of, kind, number, what in self.heard if (of, number) == (rung, run) and kind != 1]

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """It reads nothing: what comes fills the buffers of both ends."""
        self.hall.loop.call_soon_threadsafe(self.reads.clear)
        try:
            yield
        finally:
            self.hall.loop.call_soon_threadsafe(self.reads.set)


class RoomPage(Page):
    """Somebody's page of the room; what it says is said again until it is answered."""

    path = "room"

    def __init__(self, hall: Hall, user: User, lecture: Lecture) -> None:
        super().__init__(hall, user, lecture)
        self.items: list[dict[str, Any]] = []
        self._number = 0
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._inside = asyncio.Event()
        #: how often something was said again
        self.again = 0

    async def talk(self, line: ClientConnection) -> None:
        ticket = (await self.asked("room/ticket/"))["ticket"]
        await line.send(json.dumps({"do": "join", "id": 0, "ticket": ticket}))
        try:
            async for text in line:
                self._heard(json.loads(text))
        finally:
            self._inside.clear()
            for waiting in self._asked.values():
                waiting.cancel()
            self._asked.clear()

    def _heard(self, frame: dict[str, Any]) -> None:
        if frame.get("did") == "joined":
            self.joined += 1
            self._inside.set()
        elif frame.get("did") == "tick":
            self.items += frame["items"]
        elif frame.get("re") in self._asked:
            self._asked.pop(frame["re"]).set_result(frame)

    async def say(self, **frame: Any) -> dict[str, Any]:
        """Until it is done, or refused for good."""
        while True:
            await self._inside.wait()
            told = await self._once(frame)
            if told is not None and told.get("fault") not in ("trouble", "too-fast"):
                return told
            self.again += 1
            await asyncio.sleep(random.uniform(0.1, 0.5))

    async def _once(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        """The answer; None when the line broke first."""
        self._number += 1
        answered: asyncio.Future[dict[str, Any]] = self.hall.loop.create_future()
        self._asked[self._number] = answered
        try:
            if self.socket is None:
                return None
            await self.socket.send(json.dumps({**frame, "id": self._number}))
            return await answered
        except (*BROKEN, asyncio.CancelledError):
            return None

    def saw(self, kind: str, **wanted: Any) -> bool:
        return any(item["kind"] == kind and wanted.items() <= item.items() for item in list(self.items))
