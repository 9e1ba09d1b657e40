"""``manage.py up`` as a person starts it: its own process, its own place, its printed lines."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from consortium.embedded.places import ROOT, Place
from consortium.embedded.processes import is_zombie

PATIENCE = 180.0
# What the suite set for itself is not for a stack of its own.
_OURS = ("MODE", "STATE_DIR", "DATABASE_URL", "REDIS_URL", "REDIS_PREFIX", "PORT", "DEMO", "PROCESS_NAME")


def clean_environment(**given: str) -> dict[str, str]:
    return {**{key: value for key, value in os.environ.items() if key not in _OURS}, **given}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_until(done: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """The first true answer of ``done``; fails the test by name when there is none in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := done():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")


@contextmanager
def own_folder(name: str) -> Iterator[Path]:
    """A folder for a state directory, beside the suite's own: PostgreSQL, which is not root, can pass to it."""
    folder = Place.of().state / "stacks" / f"{name}-{os.getpid()}-{time.monotonic_ns():x}"
    folder.mkdir(mode=0o711, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Up:
    """One run of ``manage.py up``."""

    def __init__(self, state: Path, environ: Mapping[str, str]) -> None:
        self.place = Place(state)
        self.port = int(environ["PORT"])
        self.url = f"http://localhost:{self.port}"
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"], cwd=ROOT, env=dict(environ), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as printed:
            for line in printed:
                self.lines.append(line.rstrip())

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def says(self, words: str) -> str:
        """Wait for a line with these words."""

        def found() -> str | None:
            line = next((line for line in self.lines if words in line), None)
            if line is None and self.process.poll() is not None and words not in self.output:
                time.sleep(0.2)
                line = next((line for line in self.lines if words in line), None)
                assert line, f"ended without saying {words!r}:\n{self.output}"
            return line

        return str(wait_until(found, f"{words!r} in\n{self.output}"))

    def health(self) -> tuple[int, dict[str, Any]]:
        """Status and body of /healthz; (0, {}) while nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)
        except OSError:
            return 0, {}

    def part(self, name: str) -> str:
        return str(self.health()[1].get("parts", {}).get(name, "no answer"))

    def healthy(self) -> None:
        wait_until(lambda: self.health()[0] == 200, f"health {self.health()} {self.output}")

    def children(self) -> dict[str, int]:
        """name -> process number, as the supervisor recorded them."""
        try:
            return {name: pid for name, pid, _ in json.loads((self.place.state / "children.json").read_text())}
        except (OSError, ValueError):
            return {}

    def everybody(self) -> list[int]:
        """Every living process of this place, the supervisor's and their children's."""
        return sorted(processes_of(self.place.state))

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it as a terminal does; returns the exit status."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def end(self) -> None:
        """For clean-up: nothing of it may stay, however the test ended. A refused run has nothing of its own."""
        if self.process.poll() == 2:
            self._reader.join()
            return
        for pid in [self.process.pid, *self.everybody()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self._reader.join()
        shutil.rmtree(self.place.sockets, ignore_errors=True)


def processes_of(state: Path) -> Iterator[int]:
    """Processes that were started with this state directory (by their environment or command line)."""
    marks = (f"STATE_DIR={state}".encode(), os.fsencode(state / "postgres"))
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or is_zombie(int(folder.name)) or int(folder.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            told = (folder / "environ").read_bytes().split(b"\0") + (folder / "cmdline").read_bytes().split(b"\0")
            if any(mark in told for mark in marks):
                yield int(folder.name)


@contextmanager
def up(state: Path, **environ: str) -> Iterator[Up]:
    """A run in ``state`` that is gone afterwards."""
    given = {"PORT": str(free_port()), "DEMO": "0", **environ, "STATE_DIR": str(state)}
    run = Up(state, clean_environment(**given))
    try:
        yield run
    finally:
        run.end()
