"""``manage.py up``: the whole consortium on one machine by one command, until Ctrl-C.

Honours PORT, HOST, STATE_DIR, DATABASE_URL, REDIS_URL and DEMO=0. Imports no Django, so that the process that watches
the others stays small.
"""

from __future__ import annotations

import fcntl
import http.client
import os
import socket
import sys
import time
from collections.abc import Callable, Sequence

from consortium import environment
from consortium.embedded import stack
from consortium.embedded.adoption import Nursery
from consortium.embedded.places import Misplaced, Place
from consortium.embedded.postgres import Postgres
from consortium.embedded.processes import raise_open_files
from consortium.embedded.servers import Server
from consortium.embedded.supervisor import Supervisor, Unit
from consortium.embedded.valkey import Valkey

_ENOUGH_FILES = 65_000
_STARTED = time.monotonic()


def say(line: str) -> None:
    print(line, flush=True)


def main(arguments: Sequence[str] = ()) -> int:
    """The exit status: 0 after an orderly end, 1 when something could not start, 2 when it is refused at once."""
    try:
        port = environment.number("PORT", 8000)
        place = Place.of()
        place.make()
        held = _hold(place)
        sockets = _listen(environment.text("HOST", "localhost"), port)
    except (Misplaced, environment.Unset, OSError) as refusal:
        say(str(refusal))
        return 2
    supervisor = Supervisor(place, say)
    supervisor.take_signals()
    try:
        _limits()
        _run(supervisor, place, sockets, port)
    except Misplaced as failure:
        say(str(failure))
        return 1
    finally:
        supervisor.stop_all()
        os.close(held)
    say("Stopped.")
    return 0


def _hold(place: Place) -> int:
    """The lock of this place, which the kernel lets go with this process."""
    held = os.open(place.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.read(held, 32).decode(errors="replace").strip()
        raise Misplaced(
            f"Already running in {place.state} (process {pid}): stop it, or set another STATE_DIR."
        ) from None
    os.ftruncate(held, 0)
    os.pwrite(held, str(os.getpid()).encode(), 0)
    return held


def _listen(host: str, port: int) -> list[socket.socket]:
    from consortium.embedded.sockets import listen

    try:
        return listen(host, port)
    except OSError as error:
        raise Misplaced(f"Port {port} cannot be used ({error.strerror}): try PORT={port + 1}") from None


def _limits() -> None:
    files = raise_open_files()
    if files < _ENOUGH_FILES:
        say(
            f"Note: only {files} open files are allowed here; for many live pages raise `ulimit -n` to {_ENOUGH_FILES}."
        )


def _run(supervisor: Supervisor, place: Place, sockets: Sequence[socket.socket], port: int) -> None:
    for name in supervisor.end_leftovers():
        say(f"Ended {name}, left by a run that was killed.")
    if not (place.state / "static.stamp").exists():
        say("First start: making the database, the files and the demonstration ...")
    servers = _start_servers(supervisor, place)
    files = supervisor.once(stack.manage("prepare", "--only", "files"))
    data = supervisor.once(stack.manage("prepare", "--only", "data"))
    listening = [one.fileno() for one in sockets]
    nursery = Nursery(listening, stack.environ("nursery"))
    supervisor.start(nursery.program())
    for server, unit in servers:
        _await(supervisor, server.ready, unit.program.name, 60)
    _await(supervisor, files, "files", 600)
    supervisor.nursery = nursery
    supervisor.start(stack.web(listening))
    _await(supervisor, data, "data", 600)
    _await(supervisor, lambda: answers(port), "web", 120)
    asked = [stack.encoders()] if environment.flag("RTMP", False) else []
    for program in [*stack.workers(), stack.beat(), *asked]:
        supervisor.start(program)
    if not supervisor.stopping:
        say(f"Ready after {time.monotonic() - _STARTED:.0f} s: http://localhost:{port}  (Ctrl-C stops it)")
    supervisor.watch()


def _start_servers(supervisor: Supervisor, place: Place) -> list[tuple[Server, Unit]]:
    servers: list[Server] = []
    if environment.text("DATABASE_URL"):
        say("Using the database of DATABASE_URL.")
    else:
        servers.append(Postgres(place))
    if environment.text("REDIS_URL"):
        say("Using the server of REDIS_URL.")
    else:
        servers.append(Valkey(place))
    return [(server, supervisor.start(server.program(), server.prepare)) for server in servers]


def _await(supervisor: Supervisor, done: Callable[[], bool], name: str, seconds: float) -> None:
    if not supervisor.wait_for(done, seconds) and not supervisor.stopping:
        raise Misplaced(f"{name} was not ready after {seconds:.0f} s; see {supervisor.place.logs}/{name}.log")


def answers(port: int) -> bool:
    """Whether the web process serves pages, with the database behind it."""
    connection = http.client.HTTPConnection("localhost", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return b'"database": "ok"' in connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
