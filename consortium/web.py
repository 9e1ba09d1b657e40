"""The web process: ``python -m consortium.web`` listens on $HOST:$PORT, or on sockets handed over as ``--fd N``."""

from __future__ import annotations

import argparse
import socket

import uvicorn

from consortium.embedded.sockets import BACKLOG, listen

_FRAME_BYTES = 64 * 1024


def config(**changes: object) -> uvicorn.Config:
    """How uvicorn serves us, everywhere; ``changes`` are for tests."""
    given: dict[str, object] = {
        "app": "consortium.asgi:application",
        "ws": "websockets-sansio",
        "ws_per_message_deflate": False,
        "ws_max_size": _FRAME_BYTES,
        "ws_max_queue": 16,
        "lifespan": "on",
        "backlog": BACKLOG,
        # Forwarded addresses are judged by Django, by the number of our own proxies.
        "proxy_headers": False,
        "server_header": False,
        "access_log": False,
        "log_config": None,
        "timeout_keep_alive": 20,
        "timeout_graceful_shutdown": 2,
    }
    return uvicorn.Config(**{**given, **changes})  # type: ignore[arg-type]


def main() -> None:
    from consortium import environment

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fd", type=int, action="append", default=[], help="a listening socket to take over")
    given = parser.parse_args()
    sockets = [socket.socket(fileno=number) for number in given.fd]
    if not sockets:
        sockets = listen(environment.text("HOST", "localhost"), environment.number("PORT", 8000))
    uvicorn.Server(config()).run(sockets=sockets)


if __name__ == "__main__":
    main()
