"""Listening sockets, opened by the supervisor and handed to the web process."""

from __future__ import annotations

import contextlib
import socket

BACKLOG = 4096


def listen(host: str, port: int) -> list[socket.socket]:
    """Listening sockets for ``host``; ``localhost`` means both loopback addresses where the machine has both.

    Raises OSError when the port is taken; a machine without IPv6 is fine.
    """
    if host != "localhost":
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return [_open(family, address)]
    opened = [_open(socket.AF_INET, ("127.0.0.1", port))]
    with contextlib.suppress(OSError):  # no IPv6 here, or somebody else's: IPv4 is enough
        opened.append(_open(socket.AF_INET6, ("::1", opened[0].getsockname()[1])))
    return opened


def _open(family: int, address: tuple[object, ...]) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    try:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind(address)
        one.listen(BACKLOG)
    except OSError:
        one.close()
        raise
    return one
