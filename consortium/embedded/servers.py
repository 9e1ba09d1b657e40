"""Start the database and the bell of one place and wait until they answer; the supervisor and the tests share it."""

from __future__ import annotations

import time
from typing import Protocol

from consortium.embedded.places import Misplaced, Place
from consortium.embedded.processes import Child, Program, how_it_ended


class Server(Protocol):
    def prepare(self) -> None: ...
    def program(self) -> Program: ...
    def ready(self) -> bool: ...


def start(server: Server, place: Place) -> Child:
    """A prepared, running server, not yet necessarily answering."""
    server.prepare()
    program = server.program()
    return Child(program, place.logs / f"{program.name}.log")


def wait_until_ready(server: Server, child: Child, seconds: float = 30.0) -> None:
    """Raises Misplaced with the last lines of the server's log when it ends or does not answer in time."""
    until = time.monotonic() + seconds
    while not server.ready():
        status = child.ended()
        if status is not None or time.monotonic() > until:
            why = "does not answer" if status is None else how_it_ended(status)
            lines = "\n  ".join(child.last_lines(6))
            raise Misplaced(f"{child.program.name} did not start ({why}):\n  {lines}")
        time.sleep(0.03)
