"""Keeps children alive: reports and restarts the one that crashed, ends all of them in order.

One thread; the kernel wakes it by signal. Restarts wait longer each time, so that a child that cannot start does not
spin; one that lived a minute starts anew at the shortest wait.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from consortium.embedded.adoption import Nursery
from consortium.embedded.places import Misplaced, Place
from consortium.embedded.processes import (
    Child,
    Program,
    Rank,
    adopt_orphans,
    how_it_ended,
    is_zombie,
    started,
    stop_together,
)

_WAITS = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)
_SETTLED_SECONDS = 60.0
_ROTATE_SECONDS = 60.0

Say = Callable[[str], None]


@dataclass
class Unit:
    """A program to keep running; ``prepare`` runs before each start."""

    program: Program
    prepare: Callable[[], None] = lambda: None
    child: Child | None = None
    crashes: int = 0
    restart_at: float | None = None


class Supervisor:
    """The children of one place. They stop by the rank of their programs, the lowest first."""

    def __init__(self, place: Place, say: Say) -> None:
        self.place = place
        self.say = say
        self.units: list[Unit] = []
        self.passing: list[Child] = []
        self.nursery: Nursery | None = None
        self.stopping = False
        self._awake, self._waker = socket.socketpair()
        self._rotated_at = time.monotonic()

    def take_signals(self) -> None:
        """SIGINT, SIGTERM and SIGHUP end everything; a second one does not wait. SIGCHLD only wakes the loop."""
        adopt_orphans()
        for end in (self._awake, self._waker):
            end.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self.stopping:
            self.kill_all()
        self.stopping = True

    def start(self, program: Program, prepare: Callable[[], None] = lambda: None) -> Unit:
        """Run a program from now on. ``nursery``, once set, forks those that it can."""
        unit = Unit(program, prepare)
        self.units.append(unit)
        self._launch(unit)
        return unit

    def _launch(self, unit: Unit) -> None:
        unit.restart_at = None
        unit.prepare()
        log = self.place.logs / f"{unit.program.name}.log"
        forked = self.nursery.fork(unit.program, log) if self.nursery and unit.program.name != "nursery" else None
        unit.child = Child(unit.program, log, forked)
        self._record()

    def once(self, program: Program) -> Callable[[], bool]:
        """Run a program to its end; asks whether it is done. Raises Misplaced when it fails."""
        child = Child(program, self.place.logs / f"{program.name}.log")
        self.passing.append(child)

        def done() -> bool:
            status = child.ended()
            if status:
                lines = "\n  ".join(child.last_lines())
                raise Misplaced(f"{program.name} failed ({how_it_ended(status)}):\n  {lines}")
            return status == 0

        return done

    def wait_for(self, done: Callable[[], bool], seconds: float) -> bool:
        """Look after the children until ``done()``; False when asked to stop or when the time is over."""
        until = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < until:
            if done():
                return True
            self.look(0.05)
        return False

    def watch(self) -> None:
        """Look after the children until asked to stop."""
        while not self.stopping:
            self.look(1.0)

    def look(self, seconds: float) -> None:
        """One round: sleep until something happens, at most ``seconds``, then restart what needs it."""
        due = [unit.restart_at for unit in self.units if unit.restart_at is not None]
        patience = min([seconds, *(max(0.0, at - time.monotonic()) for at in due)])
        if select.select([self._awake], [], [], patience)[0]:
            self._awake.recv(4096)
        for unit in [] if self.stopping else self.units:
            self._tend(unit)
        self._bury_orphans()
        if time.monotonic() - self._rotated_at > _ROTATE_SECONDS:
            self._rotated_at = time.monotonic()
            for unit in self.units:
                if unit.child:
                    unit.child.shorten_log()

    def _tend(self, unit: Unit) -> None:
        now = time.monotonic()
        if unit.restart_at is not None:
            if now >= unit.restart_at:
                self._launch(unit)
            return
        status = unit.child.ended() if unit.child else None
        if unit.child is None or status is None:
            return
        unit.child.kill_group()
        if now - unit.child.started_at > _SETTLED_SECONDS:
            unit.crashes = 0
        wait = _WAITS[min(unit.crashes, len(_WAITS) - 1)]
        unit.crashes += 1
        unit.restart_at = now + wait
        self.say(f"{unit.program.name} stopped ({how_it_ended(status)}); starting it again in {wait:g} s")
        for line in unit.child.last_lines(4) if status > 0 else []:
            self.say(f"  {unit.program.name}: {line}")

    def _bury_orphans(self) -> None:
        """Take note of the end of processes that we adopted without having asked for them, or they stay as zombies."""
        ours = {child.pid for child in self._children()}
        with contextlib.suppress(ChildProcessError):
            while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                if ended.si_pid in ours:
                    return
                os.waitpid(ended.si_pid, 0)

    def _children(self) -> list[Child]:
        return [*self.passing, *(unit.child for unit in self.units if unit.child)]

    def stop_all(self) -> None:
        """End the children rank by rank and wait until nothing of them is left."""
        self.stopping = True
        children = self._children()
        for rank in sorted({child.program.rank for child in children}):
            stop_together([child for child in children if child.program.rank == rank])
        self._recorded.unlink(missing_ok=True)

    def kill_all(self) -> None:
        """SIGKILL to everything but the servers that keep data, which end by their own fastest way."""
        for unit in self.units:
            if unit.child and unit.program.rank < Rank.SERVER:
                unit.child.kill_group()

    # --- what a killed run left ----------------------------------------------------------------------------------

    @property
    def _recorded(self) -> Path:
        return self.place.state / "children.json"

    def _record(self) -> None:
        alive = [(unit.program.name, unit.child.pid, started(unit.child.pid)) for unit in self.units if unit.child]
        self._recorded.write_text(json.dumps(alive))

    def end_leftovers(self) -> list[str]:
        """Kill what a supervisor left that was killed itself; returns the names. PostgreSQL stops by its own tool."""
        try:
            recorded = json.loads(self._recorded.read_text())
        except (OSError, ValueError):
            return []
        left = [(name, pid) for name, pid, since in recorded if since and started(pid) == since and name != "postgres"]
        for _, pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        while any(started(pid) for _, pid in left if not is_zombie(pid)):
            time.sleep(0.02)
        return [name for name, _ in left]
