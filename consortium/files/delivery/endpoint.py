"""ASGI wrapper: a response that carries X-Accel-Redirect is replaced by the file it names, in pieces, with ranges.

The view behind it runs in the short-request pool and has ended before the first byte leaves, so that a slow reader
holds neither a thread nor a database connection. In production nginx does the same from the same header.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, Final

from consortium.files.tus.endpoint import App, Message, Receive, Scope, Send

from .ranges import Span, span_of

#: What the header starts with when no nginx has a location of its own.
PREFIX: Final = "/protected/"
_HEADER: Final = b"x-accel-redirect"
_OURS: Final = frozenset({_HEADER, b"content-length", b"accept-ranges", b"content-range", b"transfer-encoding"})
_PIECE: Final = 1 << 18


class ProtectedDelivery:
    """Wraps `inner`; files lie under `root()` and are named after `prefix` in the header."""

    def __init__(self, inner: App, root: Callable[[], Path], prefix: str) -> None:
        self._inner = inner
        self._root = root
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        released: list[Message] = []

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start" and _find(message["headers"], _HEADER):
                released.append(message)
            elif not released:
                await send(message)

        await self._inner(scope, receive, watch)
        if released:
            await self._deliver(scope, released[0], send)

    async def _deliver(self, scope: Scope, start: Message, send: Send) -> None:
        try:
            file = await asyncio.to_thread(self._open, _find(start["headers"], _HEADER) or "")
        except OSError:
            await _empty(send, 404, [])
            return
        kept = [(name, value) for name, value in start["headers"] if name.lower() not in _OURS]
        with file:
            await _send_file(scope, file, {**start, "headers": kept}, send)

    def _open(self, named: str) -> BinaryIO:
        root = self._root().resolve()
        path = (root / named.removeprefix(self._prefix).lstrip("/")).resolve()
        if not named.startswith(self._prefix) or not path.is_relative_to(root):
            raise FileNotFoundError(named)
        return path.open("rb")


async def _send_file(scope: Scope, file: BinaryIO, start: Message, send: Send) -> None:
    size = file.seek(0, 2)
    span = span_of(_asked_range(scope, start), size)
    if span is None:
        await _empty(send, 416, [(b"content-range", f"bytes */{size}".encode())])
        return
    await send({**start, "status": 206 if span.partial else start["status"], "headers": _headers(start, span)})
    if scope["method"] != "HEAD":
        await _send_bytes(file, span, send)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_bytes(file: BinaryIO, span: Span, send: Send) -> None:
    file.seek(span.first)
    left = span.length
    while left > 0:
        piece = await asyncio.to_thread(file.read, min(_PIECE, left))
        if not piece:
            raise ConnectionAbortedError("the file became shorter while it was sent")
        left -= len(piece)
        await send({"type": "http.response.body", "body": piece, "more_body": True})


def _asked_range(scope: Scope, start: Message) -> str | None:
    """The Range header, unless If-Range names another version of the file."""
    condition = _find(scope["headers"], b"if-range")
    if condition and condition != _find(start["headers"], b"etag"):
        return None
    return _find(scope["headers"], b"range")


def _headers(start: Message, span: Span) -> list[tuple[bytes, bytes]]:
    headers = [*start["headers"], (b"accept-ranges", b"bytes"), (b"content-length", str(span.length).encode())]
    return [*headers, (b"content-range", span.content_range.encode())] if span.partial else headers


async def _empty(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    every = [*headers, (b"content-length", b"0"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": every})
    await send({"type": "http.response.body", "body": b""})


def _find(headers: Any, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), None)
