"""Calls an ASGI application without a server: the messages in, the messages out."""

import asyncio
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from consortium.files.tus.endpoint import App, Message

DISCONNECT: Message = {"type": "http.disconnect"}


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


def call(
    app: App, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: Iterable[bytes | Message] = ()
) -> Reply | None:
    """Send the pieces of `body` one by one (a Message is passed as it is); None when nothing was answered."""
    pieces = list(body) or [b""]
    coming: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
        if isinstance(piece, bytes)
        else piece
        for number, piece in enumerate(pieces, start=1)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return coming.pop(0) if coming else DISCONNECT

    async def send(message: Message) -> None:
        sent.append(message)

    # In a thread of its own: the browser's driver may keep a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(_run(app, _scope(method, path, headers or {}), receive, send))).result()
    return _reply(sent) if sent else None


async def _run(app: App, *given: Any) -> None:
    await app(*given)


def _scope(method: str, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "server": ("testserver", 80),
        "client": ("127.0.0.1", 1),
        "headers": [
            (name.lower().encode(), value.encode()) for name, value in {"host": "testserver", **headers}.items()
        ],
    }


def _reply(sent: list[Message]) -> Reply:
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return Reply(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))
