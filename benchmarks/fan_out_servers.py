"""The servers that benchmarks/fan_out.py compares: raw `websockets`, a bare queue hub, and the product's hub.

Run as ``python -m benchmarks.fan_out_servers raw|bare PORT``; the product's is an ASGI application for uvicorn,
told where Redis is by ``BENCH_REDIS_URL``.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from websockets.asyncio.server import ServerConnection, broadcast, serve

from consortium.live.hub import Hub, Line

Message = MutableMapping[str, Any]
PREFIX = "bench:"
TOPIC = "room:1"


async def raw(port: int) -> None:
    """The limit: the library's own broadcast, which neither queues nor isolates anybody."""
    viewers: set[ServerConnection] = set()

    async def handle(viewer: ServerConnection) -> None:
        viewers.add(viewer)
        async for text in viewer:
            broadcast(viewers, text)

    async with serve(handle, "127.0.0.1", port, compression=None, ping_interval=None, backlog=4096):
        await asyncio.get_running_loop().create_future()


async def bare(port: int) -> None:
    """What isolation costs at least: a bounded queue and a writer for each socket, nothing else."""
    queues: set[asyncio.Queue[str]] = set()

    async def write(viewer: ServerConnection, queue: asyncio.Queue[str]) -> None:
        while True:
            await viewer.send(await queue.get())

    async def handle(viewer: ServerConnection) -> None:
        queue: asyncio.Queue[str] = asyncio.Queue(64)
        queues.add(queue)
        writer = asyncio.create_task(write(viewer, queue))
        try:
            async for text in viewer:
                for other in queues:
                    other.put_nowait(str(text))
        finally:
            queues.discard(queue)
            writer.cancel()

    async with serve(handle, "127.0.0.1", port, compression=None, ping_interval=None, backlog=4096):
        await asyncio.get_running_loop().create_future()


_hubs: list[Hub] = []


def _hub() -> Hub:
    if not _hubs:
        _hubs.append(Hub(os.environ["BENCH_REDIS_URL"], PREFIX))
        _hubs[0].start()
    return _hubs[0]


async def product(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """The product's hub and lines under uvicorn, every socket on one topic."""
    assert scope["type"] == "websocket"

    async def write(text: str) -> None:
        await send({"type": "websocket.send", "text": text})

    line = Line(write, lambda: None)
    line.open()
    await receive()
    await _hub().listen(line, TOPIC)
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass
    await _hub().drop(line)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run({"raw": raw, "bare": bare}[sys.argv[1]](int(sys.argv[2])))
