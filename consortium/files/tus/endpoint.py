"""Moves the body of a PATCH from the socket to the disk, beside the thread pool that serves short requests.

The inner application (the whole Django stack: session or token, CSRF, rate limit, policy) is asked twice with an
empty body: before the bytes ("may these come?") and after them ("they are here"). So every rule lives in one checked
view, and no thread waits for a slow phone.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final

from .protocol import VERSION, TusRefusal, parse_checksum, parse_size
from .staging import Patch, Staging

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PHASE: Final = b"upload-phase"
BODY: Final = b"upload-body-length"
BEFORE: Final = "before"
AFTER: Final = "after"

_DRAIN: Final = 16 << 20
_NOT_FORWARDED: Final = frozenset({PHASE, BODY, b"content-length", b"transfer-encoding", b"expect"})


class Gone(Exception):
    """The client went away, or sent nothing for too long."""


@dataclass
class _Answer:
    """What the inner application said, kept until it is known whether it goes out."""

    messages: list[Message] = field(default_factory=list)

    async def keep(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"]) if self.messages else 500


class TusEndpoint:
    """ASGI application for the address of one upload; all but PATCH passes straight to `inner`.

    `upload_id` finds the id in a path; `length` is what the view answers in Upload-Length before the bytes.
    """

    def __init__(
        self, inner: App, staging: Callable[[], Staging], upload_id: Callable[[str], str], idle_seconds: float = 60.0
    ) -> None:
        self._inner = inner
        self._staging = staging
        self._upload_id = upload_id
        self._idle = idle_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PATCH":
            await self._inner(_without_phase(scope), receive, send)
            return
        before = await self._ask(scope, BEFORE)
        if before.status != 204:
            await self._drain(receive)
            await _send_all(before, send)
            return
        try:
            await self._append(scope, receive, _header(before.messages[0]["headers"], b"upload-length"))
        except TusRefusal as refusal:
            await self._drain(receive)
            await _send_all(self._refusal(scope, refusal), send)
        except Gone:
            await self._ask(scope, AFTER)
        else:
            await _send_all(await self._ask(scope, AFTER), send)

    async def _ask(self, scope: Scope, phase: str) -> _Answer:
        answer, asked = _Answer(), _without_phase(scope)
        length = _header(scope["headers"], b"content-length") or ""
        kept = [(name, value) for name, value in asked["headers"] if name.lower() not in _NOT_FORWARDED]
        asked["headers"] = [*kept, (PHASE, phase.encode()), (BODY, length.encode()), (b"content-length", b"0")]
        await self._inner(asked, _nothing, answer.keep)
        return answer

    async def _append(self, scope: Scope, receive: Receive, length: str | None) -> None:
        patch = await asyncio.to_thread(
            self._staging().patch,
            self._upload_id(scope["path"]),
            offset=parse_size(_header(scope["headers"], b"upload-offset"), header="Upload-Offset"),
            length=parse_size(length, header="Upload-Length"),
            checksum=parse_checksum(_header(scope["headers"], b"upload-checksum")),
        )
        try:
            await self._move(patch, receive)
            await asyncio.to_thread(patch.close)
        finally:
            patch.release()

    async def _move(self, patch: Patch, receive: Receive) -> None:
        """Each piece is written as it comes: what a kill can lose is what the client has to send again anyway."""
        more = True
        while more:
            piece, more = await self._piece(receive)
            if piece:
                await asyncio.to_thread(patch.write, piece)

    async def _piece(self, receive: Receive) -> tuple[bytes, bool]:
        try:
            message = await asyncio.wait_for(receive(), self._idle)
        except TimeoutError as error:
            raise Gone from error
        if message["type"] == "http.disconnect":
            raise Gone
        return message.get("body", b""), message.get("more_body", False)

    async def _drain(self, receive: Receive) -> None:
        """Read what is still on its way, within limits: a client that is still sending does not see the answer."""
        left, more = _DRAIN, True
        while more and left > 0:
            try:
                piece, more = await self._piece(receive)
            except Gone:
                return
            left -= len(piece)

    def _refusal(self, scope: Scope, refusal: TusRefusal) -> _Answer:
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"tus-resumable", VERSION.encode()),
            (b"cache-control", b"no-store"),
        ]
        try:
            stands_at = self._staging().offset(self._upload_id(scope["path"]))
            headers.append((b"upload-offset", str(stands_at).encode()))
        except TusRefusal:
            pass
        told = {"status": refusal.status, "title": refusal.message, "code": f"upload-{refusal.status}"}
        body = json.dumps(told).encode()
        headers.append((b"content-length", str(len(body)).encode()))
        start = {"type": "http.response.start", "status": refusal.status, "headers": headers}
        return _Answer([start, {"type": "http.response.body", "body": body}])


def _header(headers: Any, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), None)


def _without_phase(scope: Scope) -> dict[str, Any]:
    """A copy of the scope in which nobody outside can have set our own headers."""
    return {**scope, "headers": [(k, v) for k, v in scope.get("headers", []) if k.lower() not in (PHASE, BODY)]}


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send_all(answer: _Answer, send: Send) -> None:
    for message in answer.messages:
        await send(message)
