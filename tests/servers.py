"""The suite's own PostgreSQL and Valkey, started before Django reads its settings (loaded by ``-p tests.servers``).

``DATABASE_URL`` and ``REDIS_URL`` are honoured. Otherwise the servers live under ``$STATE_DIR/test`` and are started by
the first process of a run; its pytest-xdist workers find them by the environment. A second run at the same time gets
servers of its own.
"""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from consortium.embedded.places import Place
from consortium.embedded.postgres import Postgres
from consortium.embedded.processes import Child, raise_open_files
from consortium.embedded.servers import start, wait_until_ready
from consortium.embedded.translations import compile_stale
from consortium.embedded.valkey import Valkey

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
_locks: list[int] = []


def _lay_claim() -> Path:
    """The state directory of this run: ``test``, or ``test-<pid>`` when another run holds that."""
    base = Place.of().state
    base.mkdir(mode=0o711, parents=True, exist_ok=True)
    held = os.open(base / "test.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        return base / f"test-{os.getpid()}"
    _locks.append(held)
    return base / "test"


def _prepare_environment() -> None:
    os.environ["MODE"] = "test"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")
    os.environ["REDIS_PREFIX"] = f"test-{WORKER or 'main'}:"
    if not WORKER:
        os.environ["STATE_DIR"] = str(_lay_claim())


_prepare_environment()


class Servers:
    """The children of this process, the first of a run."""

    def __init__(self) -> None:
        self.place = Place.of()
        self.children: list[Child] = []

    def start(self) -> None:
        self.place.make()
        raise_open_files()
        servers: list[Postgres | Valkey] = []
        if not os.environ.get("DATABASE_URL"):
            servers.append(Postgres(self.place, hasty=True))
        if not os.environ.get("REDIS_URL"):
            servers.append(Valkey(self.place))
        for server in servers:
            self.children.append(start(server, self.place))
        for server, child in zip(servers, self.children, strict=True):
            wait_until_ready(server, child)

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
        shutil.rmtree(self.place.sockets, ignore_errors=True)
        if self.place.state.name != "test":
            shutil.rmtree(self.place.state, ignore_errors=True)


_servers = Servers()


def pytest_configure(config: pytest.Config) -> None:
    """The messages are compiled first: in a fresh clone nothing but the product's own start has done it.

    What a collection makes stays to the end (tests/conftest.py): until then nobody looks for what could be thrown away.
    """
    gc.disable()
    _search(deep=config.option.deep)
    if not WORKER and not config.option.collectonly:
        compile_stale([config.rootpath / "locale"])
        _servers.start()


def _search(*, deep: bool) -> None:
    """How hypothesis looks for counterexamples: no example is too slow, for the machine is shared; deep is ten times as
    many of them, and other ones each time."""
    settings.register_profile("suite", deadline=None)
    settings.register_profile("deep", settings.get_profile("suite"), max_examples=1000, derandomize=False)
    settings.load_profile("deep" if deep else "suite")


def pytest_unconfigure(config: pytest.Config) -> None:
    """A worker that is done first must not take the sockets away from the others."""
    if not WORKER:
        _servers.stop()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="the long loops too (`make deep`)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long loops are for `make deep`, or when they are asked for by mark."""
    if config.option.deep or "deep" in config.option.markexpr:
        return
    deep = [item for item in items if item.get_closest_marker("deep")]
    if deep:
        config.hook.pytest_deselected(items=deep)
        items[:] = [item for item in items if item not in deep]
