"""Child processes that cannot outlive us: own process group, parent-death signal, a log file each."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import resource
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Protocol

_PR_SET_PDEATHSIG, _PR_SET_NAME, _PR_SET_CHILD_SUBREAPER = 1, 15, 36
_LOG_BYTES = 20 * 2**20
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(number: int) -> None:
    """Ask the kernel to send this process ``number`` when the thread that started it ends (Linux)."""
    _libc.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


def adopt_orphans(willing: bool = True) -> None:
    """Become the parent of what our children leave behind (Linux: a child subreaper), or no longer."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, int(willing), 0, 0, 0)


def name_process(name: str) -> None:
    """What ``ps -o comm`` shows; at most 15 characters."""
    _libc.prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def raise_open_files() -> int:
    """Raise the limit of open files to the hard limit; returns it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


class Rank(IntEnum):
    """The order in which programs are ended: nothing loses what it stands on. Those of one rank end together, and all
    ranks together within five seconds (a person waits for Ctrl-C)."""

    WORK = 0
    SERVER = 1


@dataclass(frozen=True)
class Program:
    """What to run and how it wants to be ended.

    ``death`` is sent when we die ourselves; ``stops`` are the signals of an orderly stop, each with the seconds to wait
    before the next one; SIGKILL to the whole group follows.
    """

    name: str
    argv: Sequence[str]
    rank: Rank
    stops: Sequence[tuple[signal.Signals, float]] = ((signal.SIGTERM, 2.0),)
    death: signal.Signals = signal.SIGTERM
    environ: Mapping[str, str] = field(default_factory=dict)
    nice: int = 0
    user: pwd.struct_passwd | None = None
    sockets: Sequence[int] = ()


class Process(Protocol):
    """What we ask of a ``subprocess.Popen``."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...


class Child:
    """One running program."""

    def __init__(self, program: Program, log: Path, process: Process | None = None) -> None:
        """Starts ``program``, unless ``process`` runs it already."""
        self.program = program
        self.log = log
        self.started_at = time.monotonic()
        self.process: Process = process or self._spawn()

    def _spawn(self) -> subprocess.Popen[bytes]:
        program, parent = self.program, os.getpid()
        wrote = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

        def before_exec() -> None:
            die_with_parent(program.death)
            if os.getppid() != parent:
                os._exit(1)
            if program.nice:
                os.nice(program.nice)

        user = program.user
        try:
            return subprocess.Popen(
                list(program.argv),
                stdin=subprocess.DEVNULL,
                stdout=wrote,
                stderr=wrote,
                env={**os.environ, **program.environ},
                process_group=0,
                pass_fds=tuple(program.sockets),
                preexec_fn=before_exec,  # noqa: PLW1509 - one thread only here
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
            )
        finally:
            os.close(wrote)

    @property
    def pid(self) -> int:
        return self.process.pid

    def ended(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        return self.process.poll()

    def signal(self, number: signal.Signals) -> None:
        """Signal the program itself, which tells its own children."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def kill_group(self) -> None:
        """SIGKILL whatever is left of the group, also after the program itself has gone."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def wait(self, seconds: float) -> bool:
        """Whether it ended within ``seconds``."""
        try:
            self.process.wait(max(seconds, 0.01))
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """End it in the order its program names; never raises, and returns when nothing of it is left."""
        stop_together([self])

    def last_lines(self, count: int = 12) -> list[str]:
        with contextlib.suppress(OSError):
            lines = self.log.read_text(errors="replace").splitlines()
            return [line for line in lines if line.strip()][-count:]
        return []

    def shorten_log(self) -> None:
        """Keep one older log; the program goes on writing to the emptied file, which it opened for appending."""
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.with_suffix(".log.1").write_bytes(self.log.read_bytes())
            os.truncate(self.log, 0)


def stop_together(children: Sequence[Child]) -> None:
    """Send each its first stop signal, the next one to those that did not end in their time, and so on to SIGKILL."""
    left = list(children)
    for turn in range(max((len(child.program.stops) for child in left), default=0)):
        due: list[tuple[Child, float]] = []
        for child in left:
            if turn < len(child.program.stops):
                number, seconds = child.program.stops[turn]
                child.signal(number)
                due.append((child, time.monotonic() + seconds))
        left = [child for child, until in due if not child.wait(until - time.monotonic())]
    for child in children:
        child.kill_group()
        child.process.wait()


def is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def started(pid: int) -> str | None:
    """When the kernel started ``pid`` (clock ticks since boot): it tells a process from a later one of that number."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return None


def how_it_ended(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit code {status}"
