"""A whole consortium of processes that a test may kill: its own PostgreSQL, Valkey, web, workers and beat.

Nothing restarts by itself here; the test decides what dies and when it comes back. Web, workers and beat are forked
from the nursery, as `manage.py up` does it. The stack shares the suite's secrets, so that sessions and sealed values
made in the test's process are good in it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import redis
import requests
from django.conf import settings

from consortium.embedded import processes, servers, stack
from consortium.embedded.adoption import Nursery
from consortium.embedded.places import ROOT, Place
from consortium.embedded.postgres import Postgres
from consortium.embedded.processes import Child, Program, stop_together
from consortium.embedded.sockets import listen
from consortium.embedded.valkey import Valkey
from consortium.people.models import User
from tests import databases
from tests.embedded.running import wait_until
from tests.faults import breaking

#: Seconds after which what a killed worker held is given to another.
VISIBILITY = 8
PREFIX = "stack:"
ALL = ("postgres", "valkey", "web", "worker", "media", "beat")


def rounds() -> int:
    """How often to repeat a fault: a few times in every run, $FAULT_ROUNDS for the full loops."""
    return int(os.environ.get("FAULT_ROUNDS", "2"))


class Stack:
    """The processes of one place, by name: postgres, valkey, web, worker, media, beat."""

    def __init__(self, state: Path, *, workers: int = 2, include: str = "tests.faults.tasks", **environ: str) -> None:
        self.place = Place(state)
        self.sockets = listen("localhost", 0)
        self.port = int(self.sockets[0].getsockname()[1])
        self.url = f"http://localhost:{self.port}"
        self.workers = workers
        self.include = include
        self.environ = {
            "STATE_DIR": str(state), "MODE": "development", "DEMO": "0", "PORT": str(self.port),
            "DATABASE_URL": self.place.database_url, "REDIS_URL": self.place.redis_url, "REDIS_PREFIX": PREFIX,
            "STATIC_ROOT": str(Place.of().state / "static"), "VISIBILITY_TIMEOUT": str(VISIBILITY),
            "SECRET_KEY": settings.SECRET_KEY, "SEALING_KEY": settings.SEALING_KEY, **environ,
        }  # fmt: skip
        self.servers: dict[str, servers.Server] = {
            "postgres": Postgres(self.place, hasty=False),
            "valkey": Valkey(self.place),
        }
        self.children: dict[str, Child] = {}
        self.nursery = Nursery(
            [one.fileno() for one in self.sockets], {**stack.environ("nursery"), **self.environ}
        )  # fmt: skip
        self.mother: Child | None = None

    # --- start and stop ------------------------------------------------------------------------------------------

    def start(self, *names: str) -> None:
        """Start these, each when what it stands on answers; returns when they all work."""
        for name in names:
            if name in self.servers:
                self.children[name] = servers.start(self.servers[name], self.place)
                servers.wait_until_ready(self.servers[name], self.children[name])
            else:
                self.children[name] = self._forked(name)
        for name in names:
            self._wait_for(name)

    def _forked(self, name: str) -> Child:
        """As the supervisor starts it: a fork of the nursery, which has loaded all code already."""
        program, log = self._program(name), self.place.logs / f"{name}.log"
        return Child(program, log, self.nursery.fork(program, log) if self.mother else None)

    def _program(self, name: str) -> Program:
        more = ["--include", self.include]
        programs: dict[str, Callable[[], Program]] = {
            "web": lambda: _instead(stack.web([one.fileno() for one in self.sockets]), "tests.faults.breaking"),
            "worker": lambda: _with(stack.worker("worker", "urgent,default", processes=self.workers), more),
            "media": lambda: _with(stack.worker("media", "media", processes=1, nice=10), more),
            "beat": stack.beat,
        }
        program = programs[name]()
        return dataclasses.replace(program, environ={**program.environ, **self.environ})

    def _wait_for(self, name: str) -> None:
        wait_until(lambda: self._lives(name), f"{name} starts", 90)

    def _lives(self, name: str) -> bool:
        """Whether it works already; fails at once, with what it said, when it has ended instead."""
        child = self.children[name]
        if child.ended() is not None:
            raise AssertionError(f"{name} ended while starting:\n" + "\n".join(child.last_lines(30)))
        if name in ("worker", "media", "beat"):
            return bool(self.redis().get(f"{PREFIX}heartbeat:{name}"))
        return name != "web" or self.health().get("parts", {}).get("database") == "ok"

    def start_all(self) -> None:
        breaking.folder_of(self.place.state).mkdir(exist_ok=True)
        self.start("postgres", "valkey")
        databases.copied(self.place.database_url)
        self.manage("prepare")
        processes.adopt_orphans()
        self.mother = Child(self.nursery.program(), self.place.logs / "nursery.log")
        self.start(*ALL[2:])

    def stop(self, *names: str) -> None:
        """End these in order, as a deployment does."""
        for name in names:
            if name in self.children:
                stop_together([self.children.pop(name)])

    def end(self) -> None:
        """For clean-up: nothing of it stays."""
        for name in reversed(ALL):
            if name in self.children:
                child = self.children.pop(name)
                child.kill_group()
                child.process.wait()
        if self.mother:
            self.mother.kill_group()
            self.mother.process.wait()
        self.nursery.close()
        processes.adopt_orphans(False)
        self.servers["postgres"].stop_leftover()  # type: ignore[attr-defined]
        for one in self.sockets:
            one.close()
        shutil.rmtree(self.place.sockets, ignore_errors=True)

    # --- faults --------------------------------------------------------------------------------------------------

    def kill(self, name: str) -> None:
        """SIGKILL the program and all its processes at once."""
        child = self.children.pop(name)
        child.kill_group()
        child.process.wait()
        if "valkey" in self.children:  # its last heartbeat must not pass for the next one's first
            self.redis().delete(f"{PREFIX}heartbeat:{name}")

    def arm(self, place: str) -> None:
        """Whoever next comes to this place (of tests/faults/breaking.py) dies there."""
        (breaking.folder_of(self.place.state) / place).touch()

    def is_armed(self, place: str) -> bool:
        return (breaking.folder_of(self.place.state) / place).exists()

    def dead(self) -> list[str]:
        """Which parts do not live."""
        return [name for name in ALL if name not in self.children or self.children[name].ended() is not None]

    @contextmanager
    def dawdling(self) -> Iterator[None]:
        """Receivers take their time, so that a kill hits them in their middle."""
        flag = breaking.folder_of(self.place.state) / breaking.DAWDLE
        flag.touch()
        try:
            yield
        finally:
            flag.unlink()

    def runs(self) -> list[str]:
        """Each run of a receiver so far, as "entry receiver"; one whose transaction was lost is among them."""
        try:
            return (breaking.folder_of(self.place.state) / "runs").read_text().splitlines()
        except FileNotFoundError:
            return []

    def kill_one_process_of(self, name: str) -> int:
        """SIGKILL one pool process of a worker; its main process lives on. Returns the number."""
        pid = random.choice(self.processes_of(name))
        os.kill(pid, signal.SIGKILL)
        return pid

    def processes_of(self, name: str) -> list[int]:
        pid = self.children[name].pid
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(one) for one in told]

    def restart(self, name: str) -> None:
        """Kill it if it lives, and start it again."""
        if name in self.children:
            self.kill(name)
        self.start(name)

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """A program that hangs: it holds what it has and answers nothing."""
        os.killpg(self.children[name].pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.children[name].pid, signal.SIGCONT)

    @contextmanager
    def redis_down(self, *, empty: bool = False) -> Iterator[None]:
        """Valkey is killed now and comes back afterwards, with ``empty`` having forgotten everything."""
        self.kill("valkey")
        try:
            yield
        finally:
            if empty:
                shutil.rmtree(self.place.valkey_data, ignore_errors=True)
            self.start("valkey")

    @contextmanager
    def database_down(self) -> Iterator[None]:
        """PostgreSQL is killed without a chance to finish, and recovers afterwards."""
        self.kill("postgres")
        try:
            yield
        finally:
            self.start("postgres")

    def restart_database(self) -> None:
        """PostgreSQL is told to stop at once (SIGINT: every transaction is broken off), and started again."""
        self.stop("postgres")
        self.start("postgres")

    def cut_connections(self) -> int:
        """``pg_terminate_backend`` on everybody else, in the middle of whatever they do; returns how many."""
        rows = self.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return len(rows)

    # --- what a person and an auditor see ------------------------------------------------------------------------

    def health(self) -> dict[str, Any]:
        try:
            told: dict[str, Any] = requests.get(f"{self.url}/healthz", timeout=10).json()
        except (requests.RequestException, ValueError):
            return {}
        return told

    def browser(self, user: User | None = None) -> requests.Session:
        """A client of the stack; signed in as ``user`` (a row of the stack's own: see ``rows``)."""
        session = requests.Session()
        if user is not None:
            from tests.cast import client_for

            cookie = client_for(user).cookies[settings.SESSION_COOKIE_NAME]
            session.cookies.set(f"session{self.port}", cookie.value)
        session.headers["Referer"] = self.url
        return session

    def redis(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.place.valkey_socket), decode_responses=True, socket_timeout=5)

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows as PostgreSQL has them, beside Django and every right."""
        with (
            contextlib.closing(psycopg2.connect(self.place.database_url)) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def count(self, query: str, *values: Any) -> int:
        return int(self.sql(query, *values)[0][0])

    @contextmanager
    def rows(self) -> Iterator[None]:
        """Inside, Django of the test's process speaks to the stack's database: for factories and operations."""
        from django.db import connection

        before = dict(connection.settings_dict)
        connection.close()
        connection.settings_dict.update(HOST=str(self.place.postgres_sockets), NAME="consortium", USER="consortium")
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict.update(before)

    def manage(self, *arguments: str) -> str:
        """Run one command of Django's in the stack; returns what it printed, fails the test when it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env={**os.environ, **self.environ}, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def log(self, name: str) -> str:
        return (self.place.logs / f"{name}.log").read_text(errors="replace")


def _instead(program: Program, module: str) -> Program:
    """The same program by way of another module."""
    return dataclasses.replace(program, argv=[program.argv[0], "-m", module, *program.argv[3:]])


def _with(program: Program, more: list[str]) -> Program:
    return dataclasses.replace(program, argv=[*program.argv, *more])


def seconds_until(done: Callable[[], Any], what: str, seconds: float = 60.0) -> float:
    """How long it took until ``done``; for figures, never for assertions tighter than the fault's own limit."""
    began = time.monotonic()
    wait_until(done, what, seconds)
    return time.monotonic() - began
