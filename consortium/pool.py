"""HTTP as WSGI inside the asynchronous server: short requests, small bodies, a small pool of threads.

Three traps of the plain bridge are closed here, each with a test in tests/test_pool.py:

- a request would hold a thread until its last byte came in: the body is read by the event loop first, up to a limit in
  bytes and seconds, so that slow senders cost a socket and no thread;
- a truncated body would be taken as whole: its bytes are compared with Content-Length and the request is dropped;
- a client that goes away, or a response longer than its Content-Length, would leave a thread waiting for good on a full
  queue: after an error the queue is emptied up to its end mark and the error raised then.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import Any

from a2wsgi.wsgi import Body, WSGIMiddleware, WSGIResponder, build_environ

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_IN_MEMORY = 256 * 1024


class Refused(Exception):
    """The request is answered here with this status and never reaches Django."""

    def __init__(self, status: int) -> None:
        self.status = status


class Gone(Exception):
    """The client went away before its request was whole."""


class HttpPool(WSGIMiddleware):  # type: ignore[misc]
    """An ASGI application that runs ``app`` in ``threads`` threads."""

    def __init__(self, app: WSGIApp, *, threads: int, max_body: int, body_seconds: float) -> None:
        super().__init__(app, workers=threads)
        self.executor = ThreadPoolExecutor(threads, thread_name_prefix="http")
        self.max_body = max_body
        self.body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await asyncio.wait_for(self._body(scope, receive), self.body_seconds)
        except Gone:
            return
        except Refused as refused:
            await _say(send, refused.status)
            return
        except TimeoutError:
            await _say(send, 408)
            return
        with body:
            await Responder(self.app, self.executor, self.send_queue_size)(scope, body, send)

    async def _body(self, scope: Scope, receive: Receive) -> SpooledTemporaryFile[bytes]:
        """The whole body, rewound. Raises Refused (400, 413) or Gone."""
        declared = _declared_length(scope)
        if declared is not None and declared > self.max_body:
            raise Refused(413)
        body = SpooledTemporaryFile[bytes](max_size=_IN_MEMORY)
        try:
            await self._fill(body, receive, declared)
        except BaseException:
            body.close()
            raise
        scope["body_length"] = body.tell()
        body.seek(0)
        return body

    async def _fill(self, body: SpooledTemporaryFile[bytes], receive: Receive, declared: int | None) -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            body.write(message.get("body", b""))
            if body.tell() > self.max_body:
                raise Refused(413)
            if not message.get("more_body", False):
                break
        if declared is not None and body.tell() != declared:
            raise Refused(400)


class Responder(WSGIResponder):  # type: ignore[misc]
    """One request whose body is already here."""

    def __init__(self, app: WSGIApp, executor: ThreadPoolExecutor, queue_size: int) -> None:
        super().__init__(app, executor, queue_size)

    async def __call__(self, scope: Scope, body: Any, send: Send) -> None:
        environ = build_environ(scope, Body(self.loop, _nothing))
        environ["wsgi.input"] = body
        environ["wsgi.input_terminated"] = True
        environ["CONTENT_LENGTH"] = str(scope["body_length"])
        sender = self.loop.create_task(self.sender(send))
        run = contextvars.Context().run
        try:
            await self.loop.run_in_executor(self.executor, run, self.wsgi, environ, self.start_response)
        finally:
            await self.send_queue.put(None)
            await sender
        if self.exc_info is not None:
            raise self.exc_info[0].with_traceback(self.exc_info[1], self.exc_info[2])

    async def sender(self, send: Send) -> None:
        """Send what the thread queues. After an error go on emptying, so that the thread comes free."""
        failed: BaseException | None = None
        while (message := await self.send_queue.get()) is not None:
            if failed is None:
                try:
                    await send(message)
                except Exception as error:  # raised again below, when the thread has finished
                    failed = error
        if failed is not None:
            raise failed


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _declared_length(scope: Scope) -> int | None:
    lengths = {value for name, value in scope["headers"] if name == b"content-length"}
    if not lengths:
        return None
    if len(lengths) > 1 or not (length := lengths.pop()).isdigit():
        raise Refused(400)
    return int(length)


async def _say(send: Send, status: int) -> None:
    """An empty answer that also ends the connection: the rest of the body is not read."""
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
