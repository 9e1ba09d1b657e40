"""Where benchmarks stand: everything of theirs is under ``$STATE_DIR/benchmarks``, for one run at a time.

Import this before anything of Django: it sets the environment that the settings read.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

import django

from consortium.embedded.places import Place

PLACE = Place(Place.of().state / "benchmarks")
os.environ.update(MODE="test", DEMO="0", STATE_DIR=str(PLACE.state), DJANGO_SETTINGS_MODULE="consortium.settings")
for name in ("DATABASE_URL", "REDIS_URL", "REDIS_PREFIX"):
    os.environ.pop(name, None)
django.setup()

# isort: split
# ruff: noqa: E402 - Django must be set up before the rest is imported
from consortium.embedded import servers
from consortium.embedded.processes import raise_open_files
from consortium.embedded.valkey import Valkey
from consortium.kernel.valkey import breaker


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other run is under way: two would measure each other."""
    PLACE.make()
    raise_open_files()
    with (PLACE.state / "in-use").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def own_bell() -> Iterator[None]:
    """The Valkey of this process: what it writes rings after the commit, as it would in the web process."""
    bell = Valkey(PLACE)
    child = servers.start(bell, PLACE)
    try:
        servers.wait_until_ready(bell, child)
        breaker.close()
        yield
    finally:
        child.stop()
