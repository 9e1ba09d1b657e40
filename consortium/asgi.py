"""The web process: pages through the thread pool, slow and large things by the event loop, sockets by Channels.

An app adds an endpoint of its own beside the pool by naming ``http_routes`` in its ``routing`` module: pairs of a
regular expression, matched against the whole path, and an ASGI application. Such an endpoint authenticates and enters
its actor's scope by itself, and stands in the access matrix.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")

from django.http import FileResponse

from consortium.wsgi import application as pages

# isort: split
from channels.routing import URLRouter
from django.conf import settings

from consortium.assets import Assets
from consortium.pool import HttpPool
from consortium.urls import import_everything

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# 300 MB in 0.6 s instead of 10 s
FileResponse.block_size = 262_144

_ROUTING = (
    "consortium.files.routing",
    "consortium.live.routing",
    "consortium.calls.routing",
    "consultations.routing",
    "consortium.insight.routing",
    "courses.library.routing",
    "courses.live.routing",
)


def _gathered(name: str) -> list[Any]:
    """The lists called ``name`` of every app's ``routing`` module, one after another."""
    present = [module for module in _ROUTING if find_spec(module.rpartition(".")[0]) and find_spec(module)]
    return [item for module in present for item in getattr(import_module(module), name, ())]


# Where a password is hashed, which takes a tenth of a second: many at once wait for each other, and no page for them.
_HASHING = re.compile(r"/accounts/(login|reauthenticate|password)/|/api/v1/token/|/(join|new-password)/[^/]+/")

# Where a live page asks what it missed. After a storm thousands ask at once: they wait for each other, and no page for
# them.
_CATCHING_UP = re.compile(r"/live/(catch-up|seqs)/|/lectures/[0-9a-f-]{36}/room/(ticket|since)/")


#: Seconds (Python: 0.005) that a thread may be kept waiting for the interpreter. A page takes turns with the event loop
#: at each of its twenty trips to the database: while thousands of live pages come back, that was most of its time.
PAGES_WAIT = 0.0005


class Router:
    """Which part of the process answers."""

    def __init__(self) -> None:
        sizes: Any = {"max_body": settings.HTTP_MAX_BODY, "body_seconds": settings.HTTP_BODY_SECONDS}
        self.pool = HttpPool(pages, threads=settings.HTTP_THREADS, **sizes)
        self.hashing = HttpPool(pages, threads=settings.HASHING_THREADS, **sizes)
        self.catching_up = HttpPool(pages, threads=settings.CATCH_UP_THREADS, **sizes)
        self.assets = Assets()
        self.beside: list[tuple[re.Pattern[str], Application]] = [
            (re.compile(pattern), application) for pattern, application in _gathered("http_routes")
        ]
        # pages whose bytes are moved beside the pool: the checked view answers, the wrapper sends or receives
        self.beside += [(re.compile(pattern), wrap(self.pool)) for pattern, wrap in _gathered("http_wrappers")]
        self.sockets: Application = URLRouter(_gathered("websocket_urlpatterns"))
        self.starts: list[Callable[[], Awaitable[None]]] = _gathered("on_start")
        self.stops: list[Callable[[], Awaitable[None]]] = _gathered("on_stop")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._for(scope)(scope, receive, send)

    def _for(self, scope: Scope) -> Application:
        if scope["type"] == "lifespan":
            return self.lifespan
        if scope["type"] == "websocket":
            return self.socket
        if scope["path"].startswith(settings.STATIC_URL):
            return self.assets
        if scope["method"] == "POST" and _HASHING.fullmatch(scope["path"]):
            return self.hashing
        if _CATCHING_UP.fullmatch(scope["path"]):
            return self.catching_up
        return next((app for pattern, app in self.beside if pattern.fullmatch(scope["path"])), self.pool)

    async def socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An address that no app knows is refused before the handshake, as 403."""
        try:
            await self.sockets(scope, receive, send)
        except ValueError as unknown:
            if "No route found" not in str(unknown):
                raise
            await receive()
            await send({"type": "websocket.close", "code": 4404})

    async def lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Start and stop what lives as long as the process: the hub of live pages."""
        await receive()
        sys.setswitchinterval(PAGES_WAIT)
        for start in self.starts:
            await start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for stop in reversed(self.stops):
            await stop()
        await send({"type": "lifespan.shutdown.complete"})


import_everything()
application = Router()
