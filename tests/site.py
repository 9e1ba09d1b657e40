"""The site as it is served: the real web process, in a thread of the test, on the test's own database.

Rows must be committed to be seen by it, so whoever uses it asks for ``transactional_db``.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import uvicorn
from django.conf import settings
from django.db import connections

from consortium import web
from consortium.people.models import User
from tests.cast import client_for
from tests.embedded.running import wait_until


class Site:
    """Where the pages are."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.url = f"http://localhost:{self.port}"
        self.server = uvicorn.Server(web.config())
        self.thread = threading.Thread(target=self._serve, name="site")

    def _serve(self) -> None:
        asyncio.run(self.server.serve(sockets=[self.listener]))

    def start(self) -> None:
        self.thread.start()
        wait_until(lambda: self.server.started or not self.thread.is_alive(), "the site's start")
        assert self.server.started, "the web process did not start"

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(20)
        self.listener.close()
        close_connections(_threads_of_pages())
        assert not self.thread.is_alive(), "the web process did not stop"

    def session_of(self, user: User) -> str:
        """The session key of a browser in which ``user`` has just signed in with the second factor."""
        return str(client_for(user).cookies[settings.SESSION_COOKIE_NAME].value)


def _threads_of_pages() -> ThreadPoolExecutor:
    from consortium.asgi import application

    pool: ThreadPoolExecutor = application.pool.executor
    return pool


def close_connections(threads: ThreadPoolExecutor) -> None:
    """Close the database connections that these threads keep, so that the test's database can be emptied and dropped."""
    together = threading.Barrier(threads._max_workers + 1)

    def close() -> None:
        connections.close_all()
        together.wait(10)

    for _ in range(threads._max_workers):
        threads.submit(close)
    together.wait(10)


@contextmanager
def serving() -> Iterator[Site]:
    site = Site()
    site.start()
    try:
        yield site
    finally:
        site.stop()
