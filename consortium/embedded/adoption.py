"""The supervisor's side of the nursery: orders a fork and watches it like a child."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from consortium.embedded.processes import Program, Rank

_PATIENCE_SECONDS = 60.0


class Adopted:
    """A process that the kernel has made our child; asked and ended as ``subprocess.Popen`` is."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            try:
                ended, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                self.returncode = -signal.SIGKILL
            else:
                self.returncode = os.waitstatus_to_exitcode(status) if ended else None
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        until = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(0.01)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


class Nursery:
    """Asks the nursery process for forks. Where it does not answer, the caller starts the program anew instead."""

    def __init__(self, inherited: Sequence[int], environ: dict[str, str]) -> None:
        self._ours, self._theirs = socket.socketpair()
        self._inherited = tuple(inherited)
        self._environ = environ
        self._number = 0
        self._read = b""

    def close(self) -> None:
        """Order nothing more: the nursery hears that nobody is there, and ends."""
        self._ours.close()
        self._theirs.close()

    def program(self) -> Program:
        """The nursery itself; listening sockets pass through it to the web process."""
        control = self._theirs.fileno()
        return Program(
            name="nursery",
            argv=[sys.executable, "-m", "consortium.embedded.nursery", str(control)],
            rank=Rank.WORK,
            stops=((signal.SIGTERM, 0.5),),
            environ=self._environ,
            sockets=(control, *self._inherited),
        )

    def fork(self, program: Program, log: Path) -> Adopted | None:
        """A running fork of ``python -m module ...``; None when it cannot be had."""
        if list(program.argv[:2]) != [sys.executable, "-m"] or program.user:
            return None
        self._number += 1
        order = {
            "number": self._number, "name": program.name, "supervisor": os.getpid(),
            "module": program.argv[2], "arguments": list(program.argv[3:]),
            "environ": dict(program.environ), "log": str(log), "nice": program.nice, "death": int(program.death),
        }  # fmt: skip
        self._ours.sendall(json.dumps(order).encode() + b"\n")
        pid = self._answer(self._number)
        return Adopted(pid) if pid else None

    def _answer(self, number: int) -> int | None:
        until = time.monotonic() + _PATIENCE_SECONDS
        while (left := until - time.monotonic()) > 0:
            line, found, rest = self._read.partition(b"\n")
            if found:
                self._read = rest
                answered, pid = map(int, line.split())
                if answered == number:
                    return pid
                with contextlib.suppress(ProcessLookupError):  # came too late, another was started
                    os.kill(pid, signal.SIGKILL)
            elif select.select([self._ours], [], [], left)[0]:
                self._read += self._ours.recv(4096)
        return None
