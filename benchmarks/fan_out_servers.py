"""The servers that benchmarks/fan_out.py compares the web process with: raw `websockets`, and a bare queue hub.

Run as ``python -m benchmarks.fan_out_servers raw|bare PORT``.
"""

import asyncio
import contextlib
import logging
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve


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


if __name__ == "__main__":
    logging.getLogger("websockets").setLevel(logging.CRITICAL)  # viewers that are cut off are no news
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run({"raw": raw, "bare": bare}[sys.argv[1]](int(sys.argv[2])))
