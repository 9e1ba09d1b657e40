"""A signed segment of a film through nginx, against an empty view: ``python -m benchmarks.delivery [--rounds 10]``.

Both stand in the same web process behind the same nginx (that of $NGINX, else of the path), and release a file of
`size` KB with X-Accel-Redirect. The product checks the address, the session and the file, and notes what was fetched;
the limit is a view of Django's that does nothing else. Milliseconds of one request, by a client that keeps its
connection, as a player does. Where there is no nginx both are asked in process, and the report says so.
"""

import argparse
import asyncio
import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.harness import Goal, Run, Samples, in_turn, report, show, timed
from courses.library.ladder import signing
from courses.library.streaming.endpoint import PREFIX, Served, Sessions, Streaming

MOST = 2.0  # half as many requests a second
KEY, SESSION, TIMES = b"k" * 32, "s" * 32, 300
FILM, USER = UUID(int=1), UUID(int=2)
INSIDE, EMPTY = "/protected/", "/empty/"
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1; user root;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; keepalive_requests 1000000;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  upstream web {{ server unix:{folder}/web.sock; keepalive 8; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://web; proxy_http_version 1.1; proxy_set_header Connection ""; }}
    location {inside} {{ internal; alias {folder}/media/; }}
  }}
}}
"""
App = Callable[..., Awaitable[None]]


def segment(folder: Path, kilobytes: int) -> str:
    """Lay a segment down; its address inside `media`."""
    name = f"{str(FILM)[:2]}/{FILM}/all-0/240/0-{kilobytes}.m4s"
    path = folder / "media" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(kilobytes << 10))
    return name


def signed(kilobytes: int) -> str:
    token = signing.token(KEY, signing.Grant(FILM, USER, 4_000_000_000), SESSION)
    return f"{PREFIX}{token}/{FILM}/all-0/240/0-{kilobytes}.m4s"


# -- the web process --------------------------------------------------------------------------------------------------


def web(media: Path) -> App:
    """The endpoint of films beside the pages, as `consortium.asgi` has them; one page, which does nothing."""
    fetched: list[Served] = []

    async def whose(session: str) -> UUID:
        return USER

    def released(path: Path) -> str:
        return f"{INSIDE}{path.relative_to(media).as_posix()}"

    endpoint = Streaming(lambda: KEY, lambda: media, released, str, Sessions(whose, 30), fetched.append)
    pages = _pages()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await (endpoint if scope["path"].startswith(PREFIX) else pages)(scope, receive, send)

    return app


def _pages() -> App:
    """The thread pool in front of Django. The address tells which file it releases."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")
    django.setup()
    from django.contrib.auth.decorators import login_not_required
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpRequest, HttpResponse
    from django.test import override_settings
    from django.urls import path

    from consortium.pool import HttpPool

    @login_not_required
    def empty(request: HttpRequest, name: str) -> HttpResponse:
        return HttpResponse(headers={"X-Accel-Redirect": f"{INSIDE}{name}"})

    class Addresses:
        urlpatterns = (path("empty/<path:name>", empty),)

    override_settings(ROOT_URLCONF=Addresses, ALLOWED_HOSTS=["*"]).enable()
    return HttpPool(WSGIHandler(), threads=8, max_body=1 << 20, body_seconds=60.0)


def serve(folder: Path) -> None:
    """In a process of its own."""
    import uvicorn

    uvicorn.run(
        web(folder / "media"), uds=str(folder / "web.sock"), lifespan="off", access_log=False, log_level="error",
        loop="uvloop" if "uvloop" in sys.modules else "auto",
    )  # fmt: skip


# -- measuring --------------------------------------------------------------------------------------------------------


def nginx() -> str | None:
    return os.environ.get("NGINX") or shutil.which("nginx")


@contextlib.contextmanager
def behind_nginx(program: str, folder: Path) -> Iterator[int]:
    """nginx before the web process; its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, inside=INSIDE))
    started = [
        subprocess.Popen([sys.executable, "-m", "benchmarks.delivery", "--serve", str(folder)]),
        subprocess.Popen([program, "-p", str(folder), "-c", str(config)], stderr=subprocess.DEVNULL),
    ]
    try:
        _answers(port, started)
        yield port
    finally:
        for each in started:
            each.terminate()
        for each in started:
            each.wait(30)


def _answers(port: int, started: Sequence["subprocess.Popen[bytes]"]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if any(each.poll() is not None for each in started):
            raise RuntimeError("nginx or the web process ended")
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
            asked(port, f"{EMPTY}none", 1, status=404)
            return
        time.sleep(0.1)
    raise TimeoutError("no answer from nginx")


def asked(port: int, address: str, times: int = TIMES, *, status: int = 200) -> None:
    """So many requests over one connection, each read to its end; ValueError for another answer."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with contextlib.closing(line):
        for _each in range(times):
            line.request("GET", address, headers={"Cookie": SESSION})
            answer = line.getresponse()
            answer.read()
            if answer.status != status:
                raise ValueError(f"{address} answered {answer.status}")


def in_process(app: App, address: str) -> None:
    """The same without a server: what stands in the way of the file's name."""

    async def go() -> None:
        for _each in range(TIMES):
            await app(dict(scope), receive, send)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start" and message["status"] != 200:
            raise ValueError(message)

    scope = {
        "type": "http", "method": "GET", "path": address, "raw_path": address.encode(), "query_string": b"",
        "root_path": "", "scheme": "http", "http_version": "1.1", "server": ("localhost", 80),
        "client": ("127.0.0.1", 1), "headers": [(b"host", b"localhost"), (b"cookie", SESSION.encode())],
    }  # fmt: skip
    asyncio.run(go())


def measure(sizes: Sequence[int], rounds: int) -> dict[str, Any]:
    """`sizes`: KB of the segment."""
    results: dict[int, dict[str, Samples]] = {}
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder, program = Path(name), nginx()
        names = {size: segment(folder, size) for size in sorted(sizes)}
        if program:
            port = stack.enter_context(behind_nginx(program, folder))
            ask: Callable[[str], None] = lambda address: asked(port, address)  # noqa: E731
        else:
            app = web(folder / "media")
            ask = lambda address: in_process(app, address)  # noqa: E731
        for size, inside in names.items():
            results[size] = in_turn(_contenders(ask, size, inside), rounds=rounds)
    goals = [Goal(size, MOST) for size in results]
    told = {"nginx": "before both" if program else "not there: both asked in process"}
    return report("signed segment", results, unit="ms", goals=goals, packages=["django", "uvicorn"], extra=told)


def _contenders(ask: Callable[[str], None], size: int, inside: str) -> dict[str, Run]:
    def once(address: str) -> float:
        return timed(lambda: ask(address)) / TIMES

    return {"product": lambda: once(signed(size)), "limit": lambda: once(f"{EMPTY}{inside}")}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--sizes", type=int, nargs="+", default=[32, 300])
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        serve(options.serve)
    else:
        show(measure(options.sizes, options.rounds))


if __name__ == "__main__":
    main()
