"""The three traps of running WSGI inside an asynchronous server, and the limits on bodies, over real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import uvicorn

from consortium.pool import HttpPool

THREADS = 2
Environ = dict[str, Any]
Start = Callable[..., Any]


class Pages:
    """A WSGI application that tells what it was given."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        return getattr(self, environ["PATH_INFO"].strip("/"))(environ, start)  # type: ignore[no-any-return]

    def echo(self, environ: Environ, start: Start) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        self.bodies.append(body)
        start("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    def long(self, environ: Environ, start: Start) -> Iterator[bytes]:
        """Far more than the socket buffers hold."""
        start("200 OK", [("Content-Length", str(400 * 65536))])
        return (b"x" * 65536 for _ in range(400))

    def growing(self, environ: Environ, start: Start) -> Iterator[bytes]:
        """A file that grew while it was served: more bytes than were announced."""
        start("200 OK", [("Content-Length", "10")])
        return (b"x" * 10 for _ in range(50))

    def broken(self, environ: Environ, start: Start) -> Iterable[bytes]:
        raise RuntimeError("a page that fails")


class Served:
    """A uvicorn around the pool; ``ask`` speaks to it byte by byte."""

    def __init__(self, pages: Pages, **changes: Any) -> None:
        given = {"threads": THREADS, "max_body": 100_000, "body_seconds": 20.0, **changes}
        self.pool = HttpPool(pages, **given)
        self.listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(self.pool, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=lambda: asyncio.run(self.server.serve(sockets=[self.listener])))
        self.thread.start()

    def open(self, head: str, body: bytes = b"") -> socket.socket:
        one = socket.create_connection(self.listener.getsockname(), 20)
        one.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        return one

    def ask(self, head: str, body: bytes = b"") -> bytes:
        """The whole answer; the connection is closed after it."""
        with self.open(head + "\nConnection: close", body) as one:
            return b"".join(iter(lambda: one.recv(65536), b""))

    def end(self) -> None:
        self.server.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive()
        self.pool.executor.shutdown()
        self.listener.close()


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def served(pages: Pages) -> Iterator[Served]:
    serving = Served(pages)
    yield serving
    serving.end()


def post(length: int) -> str:
    return f"POST /echo HTTP/1.1\nHost: x\nContent-Length: {length}"


def test_a_body_arrives_whole(served: Served) -> None:
    assert served.ask(post(5), b"hello").endswith(b"\r\n\r\nhello")


def test_a_body_in_chunks_arrives_whole(served: Served) -> None:
    head = "POST /echo HTTP/1.1\nHost: x\nTransfer-Encoding: chunked"

    assert served.ask(head, b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").endswith(b"\r\n\r\nabcde")


def test_slow_senders_take_no_thread(served: Served) -> None:
    slow = [served.open(post(10), b"12345") for _ in range(THREADS * 3)]

    assert b"200 OK" in served.ask(post(2), b"ok")
    for one in slow:
        one.close()


def test_slow_readers_of_short_answers_take_no_thread(served: Served) -> None:
    slow = [served.open(post(3), b"abc") for _ in range(THREADS * 3)]

    assert b"200 OK" in served.ask(post(2), b"ok")
    for one in slow:
        one.close()


def test_readers_that_leave_give_their_threads_back(served: Served) -> None:
    for _ in range(THREADS * 3):
        one = served.open("GET /long HTTP/1.1\nHost: x")
        one.recv(100)
        one.close()

    assert b"200 OK" in served.ask(post(2), b"ok")


def test_answers_longer_than_announced_give_their_threads_back(served: Served) -> None:
    for _ in range(THREADS * 3):
        served.ask("GET /growing HTTP/1.1\nHost: x")

    assert b"200 OK" in served.ask(post(2), b"ok")


def test_a_page_that_fails_gives_its_thread_back(served: Served) -> None:
    for _ in range(THREADS * 3):
        assert b"500 Internal" in served.ask("GET /broken HTTP/1.1\nHost: x")

    assert b"200 OK" in served.ask(post(2), b"ok")


def test_a_truncated_body_never_reaches_a_page(served: Served, pages: Pages) -> None:
    one = served.open(post(10), b"half ")
    one.shutdown(socket.SHUT_WR)
    one.recv(1000)
    one.close()

    assert b"200 OK" in served.ask(post(2), b"ok")
    assert pages.bodies == [b"ok"]


def test_a_body_announced_too_large_is_refused_before_it_is_sent(served: Served, pages: Pages) -> None:
    assert b" 413 " in served.ask(post(200_000))
    assert pages.bodies == []


def test_a_body_that_grows_too_large_is_refused(served: Served, pages: Pages) -> None:
    head = "POST /echo HTTP/1.1\nHost: x\nTransfer-Encoding: chunked"
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"

    assert b" 413 " in served.ask(head, chunk * 4)
    assert pages.bodies == []


def test_a_body_that_never_comes_is_given_up(pages: Pages) -> None:
    serving = Served(pages, body_seconds=0.2)
    try:
        assert b" 408 " in serving.ask(post(10), b"half")
    finally:
        serving.end()


def test_a_request_starts_with_nobody_acting(served: Served, pages: Pages) -> None:
    """Each request has a context of its own: what one sets, the next does not see."""
    from consortium.kernel.actors import acting_as, current_actor, system
    from consortium.kernel.errors import NobodyActing

    seen: list[str] = []

    def page(environ: Environ, start: Start) -> Iterable[bytes]:
        try:
            seen.append(current_actor().why)
        except NobodyActing:
            seen.append("nobody")
        acting_as(system("left behind")).__enter__()
        start("200 OK", [("Content-Length", "0")])
        return []

    pages.echo = page  # type: ignore[method-assign]
    for _ in range(THREADS * 2):
        served.ask(post(0))

    assert seen == ["nobody"] * THREADS * 2


HASHING = ["/accounts/login/", "/accounts/reauthenticate/", "/accounts/password/", "/api/v1/token/", "/join/abc/"]


@pytest.mark.parametrize("path", [*HASHING, "/new-password/abc/"])
def test_what_hashes_a_password_has_threads_of_its_own(path: str) -> None:
    from consortium.asgi import application

    assert application._for({"type": "http", "method": "POST", "path": path}) is application.hashing


@pytest.mark.parametrize(("method", "path"), [("GET", "/accounts/login/"), ("POST", "/accounts/logout/"), ("GET", "/")])
def test_everything_else_does_not_wait_for_hashing(method: str, path: str) -> None:
    from consortium.asgi import application

    assert application._for({"type": "http", "method": method, "path": path}) is application.pool


@pytest.mark.parametrize(
    "path",
    [
        "/live/catch-up/",
        "/live/seqs/",
        "/lectures/00000000-0000-0000-0000-000000000007/room/ticket/",
        "/lectures/00000000-0000-0000-0000-000000000007/room/since/",
    ],
)
def test_live_pages_that_catch_up_have_threads_of_their_own(path: str) -> None:
    from consortium.asgi import application

    assert application._for({"type": "http", "method": "GET", "path": path}) is application.catching_up
