"""The real web process in a thread of the test: uvicorn, HTTP and sockets, on the test's own database."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import uvicorn
from django.db import connections

from consortium import web
from consortium.live import operations
from consortium.live.consumers.threads import pool as socket_threads


class WebProcess:
    """Where it listens, and its event loop for looking inside."""

    def __init__(self, listener: socket.socket, server: uvicorn.Server) -> None:
        self.listener, self.server = listener, server
        self.port = int(listener.getsockname()[1])
        self.origin = f"http://localhost:{self.port}"
        self.loop: asyncio.AbstractEventLoop | None = None

    def run(self) -> None:
        with asyncio.Runner() as runner:
            self.loop = runner.get_loop()
            runner.run(self.server.serve(sockets=[self.listener]))

    def call(self, question: Callable[[], Any]) -> Any:
        """Ask inside the event loop."""

        async def ask() -> Any:
            return question()

        assert self.loop is not None
        return asyncio.run_coroutine_threadsafe(ask(), self.loop).result(5)


def close_connections(threads: ThreadPoolExecutor) -> None:
    """These threads live as long as the process; their connections must not outlive the test's database."""
    together = threading.Barrier(threads._max_workers + 1)

    def close() -> None:
        connections.close_all()
        together.wait(5)

    for _ in range(threads._max_workers):
        threads.submit(close)
    together.wait(5)


def _threads() -> list[ThreadPoolExecutor]:
    """Every pool of the web process that asks the database: the pages' and the sockets'."""
    from consortium.asgi import application

    return [application.pool.executor, socket_threads]


@contextmanager
def web_process() -> Iterator[WebProcess]:
    """uvicorn as production runs it."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    process = WebProcess(listener, uvicorn.Server(web.config()))
    operations._bell.cache_clear()
    thread = threading.Thread(target=process.run, name="web")
    thread.start()
    deadline = time.monotonic() + 10
    while not process.server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield process
    finally:
        process.server.should_exit = True
        thread.join(15)
        for threads in _threads():
            close_connections(threads)
        operations._bell().close()
        operations._bell.cache_clear()
        listener.close()
        assert not thread.is_alive(), "the web process did not stop"
