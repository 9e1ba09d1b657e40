"""Many cheap WebSocket viewers in one process: they count what arrives and do nothing with it."""

import asyncio
import os
import socket
from base64 import b64encode
from collections.abc import Callable, Mapping

TEXT, PING, PONG = 0x1, 0x9, 0xA


class Viewer(asyncio.Protocol):
    """One viewer, handshake by hand. Frames of servers are unmasked, so counting needs no library."""

    def __init__(self, crowd: "Crowd", request: bytes) -> None:
        self._crowd = crowd
        self._request = request
        self._buffer = b""
        self._joined = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._joined:
            head, found, self._buffer = self._buffer.partition(b"\r\n\r\n")
            if not found:
                self._buffer = head
                return
            if b" 101 " not in head.partition(b"\r\n")[0]:
                raise ConnectionError(head.decode())
            self._joined = True
            self._crowd.joined += 1
        self._count()

    def _count(self) -> None:
        while (size := _frame_size(self._buffer)) and len(self._buffer) >= size:
            frame = self._buffer[:size]
            if frame[0] & 0x0F == PING:
                self._frame(PONG, frame[2:])
            else:
                self.heard(frame)
            self._buffer = self._buffer[size:]

    def heard(self, frame: bytes) -> None:
        """A whole frame of the server's, with its header."""
        self._crowd.heard(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.lost += 1

    def send(self, text: str) -> None:
        """Send one short text frame."""
        self._frame(TEXT, text.encode())

    def _frame(self, opcode: int, data: bytes) -> None:
        """Masked, as a client must: by zeros, which cost nothing."""
        assert self.transport is not None
        assert len(data) < 65536
        length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
        self.transport.write(bytes([0x80 | opcode]) + length + b"\0\0\0\0" + data)


def _frame_size(data: bytes) -> int:
    """Header and payload bytes of the first frame, 0 while the header is incomplete."""
    if len(data) < 2:
        return 0
    length = data[1] & 0x7F
    if length < 126:
        return 2 + length
    if length == 126:
        return 4 + int.from_bytes(data[2:4], "big") if len(data) >= 4 else 0
    return 10 + int.from_bytes(data[2:10], "big") if len(data) >= 10 else 0


class Crowd:
    """All viewers of one server. `marked` counts the frames that hold the awaited mark."""

    def __init__(
        self, port: int, path: str = "/ws/", headers: Mapping[str, str] | None = None, *, receive_buffer: int = 0
    ) -> None:
        self.port, self.path, self.headers, self.receive_buffer = port, path, dict(headers or {}), receive_buffer
        self.viewers: list[Viewer] = []
        self.joined = self.lost = self.marked = 0
        self.mark = b"\0"
        self._awaited = 0
        self._all = asyncio.Event()

    def _request(self) -> bytes:
        headers = {
            "Host": f"localhost:{self.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Version": "13",
            **self.headers,
        }
        lines = [f"GET {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def heard(self, frame: bytes) -> None:
        if self.mark in frame:
            self.marked += 1
            if self.marked == self._awaited:
                self._all.set()

    async def join(self, count: int, *, at_once: int = 100, greeting: str = "") -> None:
        """Connect `count` viewers, `at_once` at a time; each says the greeting, and has joined when it is answered."""
        if greeting:
            self.expect('"did":"listen"', 0)
        loop = asyncio.get_running_loop()
        for start in range(0, count, at_once):
            batch = [
                loop.create_connection(lambda: Viewer(self, self._request()), sock=await self._connected())
                for _ in range(min(at_once, count - start))
            ]
            self.viewers += [viewer for _, viewer in await asyncio.gather(*batch)]
            await self.until(lambda: self.joined + self.lost >= len(self.viewers))
            if greeting:
                for viewer in self.viewers[start:]:
                    viewer.send(greeting)
                await self.until(lambda: self.marked + self.lost >= len(self.viewers))
        if self.lost:
            raise ConnectionError(f"{self.lost} viewers were refused")

    async def _connected(self) -> socket.socket:
        """A connection whose end takes no more than `receive_buffer` bytes unread, when that is given."""
        one = socket.socket()
        one.setblocking(False)
        if self.receive_buffer:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_buffer)
        await asyncio.get_running_loop().sock_connect(one, ("127.0.0.1", self.port))
        return one

    async def until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            await asyncio.sleep(0.002)

    def expect(self, mark: str, frames: int) -> None:
        """From now on wait for `frames` frames that hold `mark`."""
        self.mark, self._awaited, self.marked = mark.encode(), frames, 0
        self._all.clear()

    async def arrived(self, seconds: float = 60) -> None:
        """Until all the expected frames are there."""
        await asyncio.wait_for(self._all.wait(), seconds)

    def stall(self) -> None:
        """Read no more: what comes fills the buffers of both ends."""
        for viewer in self.viewers:
            if viewer.transport is not None:
                viewer.transport.pause_reading()

    def disperse(self) -> None:
        for viewer in self.viewers:
            if viewer.transport is not None:
                viewer.transport.abort()
