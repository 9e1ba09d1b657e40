"""Bad lines between a page and the web process: late and lossy by a relay of ours, narrow by a network of its own."""

from __future__ import annotations

import asyncio
import ctypes
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.faults.lecture_hall import Hall

#: seconds each way; of so many pieces one is lost; and how long TCP waits until it sends one again
DELAY, ONE_LOST_IN, SENT_AGAIN = 0.2, 20, 0.4
PIECE = 1400
#: bytes that the relay keeps of its own, for it is the line that is to be felt and not a buffer
KEPT = 8192
KBITS = 100


class Relay:
    """To the web process. TCP hides a loss: the piece comes late, and so does all that is behind it."""

    def __init__(self, hall: Hall, host: str = "127.0.0.1") -> None:
        self.hall, self.host, self.passed, self.lost = hall, host, 0, 0
        self._lines: list[asyncio.Task[None]] = []
        line = _small()
        line.bind((host, 0))
        self.port = int(line.getsockname()[1])
        self._server = hall.call(asyncio.start_server(self._connected, sock=line, limit=KEPT))

    def dial(self) -> socket.socket:
        return _nonblocking(socket.create_connection((self.host, self.port), 20))

    async def end(self) -> None:
        self._server.close()
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.current_task()
        assert line is not None
        self._lines.append(line)
        own = _small()
        await self.hall.loop.sock_connect(own, ("127.0.0.1", self.hall.stack.port))
        further, back = await asyncio.open_connection(sock=own, limit=KEPT)
        for end in (writer, back):
            end.transport.set_write_buffer_limits(KEPT)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(self._pump(reader, back), self._pump(further, writer), return_exceptions=True)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=16)
        sending = asyncio.create_task(self._send(under_way, writer))
        try:
            while data := await reader.read(PIECE):
                self.passed += 1
                lost = self.passed % ONE_LOST_IN == 0
                self.lost += lost
                await under_way.put((self.hall.loop.time() + DELAY + lost * SENT_AGAIN, data))
            await under_way.put((0.0, b""))
            await sending
        finally:
            sending.cancel()
            writer.close()

    async def _send(self, under_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        while (piece := await under_way.get())[1]:
            await asyncio.sleep(max(0.0, piece[0] - self.hall.loop.time()))
            writer.write(piece[1])
            await writer.drain()


@contextmanager
def relayed(hall: Hall, host: str = "127.0.0.1") -> Iterator[Relay]:
    made = Relay(hall, host)
    try:
        yield made
    finally:
        hall.call(made.end())


class Narrow:
    """A network of its own: what comes to it has to pass `tc tbf`. `server`: our address as it is seen from there."""

    def __init__(self) -> None:
        number = os.getpid() % 60_000
        self.name, self.ours, self.theirs = f"narrow{number}", f"ns{number}", f"nc{number}"
        network = f"10.214.{number % 250}"
        self.server, self.address = f"{network}.1", f"{network}.2"

    def begin(self) -> None:
        """Raises CalledProcessError where this machine makes no such network."""
        _run("ip", "netns", "add", self.name)
        _run("ip", "link", "add", self.ours, "type", "veth", "peer", "name", self.theirs, "netns", self.name)
        _run("ip", "address", "add", f"{self.server}/30", "dev", self.ours)
        _run("ip", "link", "set", self.ours, "up")
        _run("ip", "-n", self.name, "address", "add", f"{self.address}/30", "dev", self.theirs)
        _run("ip", "-n", self.name, "link", "set", self.theirs, "up")
        limit = ("rate", f"{KBITS}kbit", "burst", "4kb", "latency", "400ms")
        _run("tc", "qdisc", "add", "dev", self.ours, "root", "tbf", *limit)

    def end(self) -> None:
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True)
        subprocess.run(["ip", "link", "del", self.ours], capture_output=True)

    def dialled(self, port: int) -> socket.socket:
        """A connection to us from inside: a socket belongs to the network in which its thread was when it was made."""
        with Path("/proc/thread-self/ns/net").open() as here, (Path("/run/netns") / self.name).open() as there:
            _enter(there.fileno())
            try:
                return _nonblocking(socket.create_connection((self.server, port), 20))
            finally:
                _enter(here.fileno())


def missing() -> str:
    """What this machine lacks for a narrow line, or nothing."""
    if os.geteuid() != 0:
        return "a network of its own can be made by root alone"
    lacking = [name for name in ("ip", "tc") if not shutil.which(name)]
    return f"no {' and no '.join(lacking)} here: run `apt-get install iproute2` as root" if lacking else ""


@contextmanager
def narrow() -> Iterator[Narrow]:
    with ExitStack() as stack:
        made = Narrow()
        stack.callback(made.end)
        made.begin()
        yield made


def _small() -> socket.socket:
    """Its window is as small as it is said before it connects, and not afterwards."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KEPT)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KEPT)
    return _nonblocking(line)


def _nonblocking(line: socket.socket) -> socket.socket:
    line.setblocking(False)
    return line


def _enter(network: int) -> None:
    """Of this thread alone."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(network, 0x40000000):
        raise OSError(ctypes.get_errno(), "setns")


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
