"""What every test may ask for. The servers themselves come from tests/servers.py."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import LazySettings, settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils import translation
from PIL import Image
from xdist.scheduler import LoadScopeScheduling

from consortium.kernel import valkey as bell
from tests import databases

pytest_plugins = ("tests.alone", "tests.cast", "tests.questions")


#: modules of a minute and more, in folders whose others are short
LONG = (
    "tests/api/test_fuzz.py", "tests/browser/test_consultation.py", "tests/browser/test_course_story.py",
    "tests/courses/live/room/test_crowd.py",
)  # fmt: skip
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def media_of_all_tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def media_of_this_test(media_of_all_tests: Path, settings: object) -> None:
    """Files go to a folder of the test's own, which only those make that keep any."""
    settings.MEDIA_ROOT = media_of_all_tests / str(next(_numbers))  # type: ignore[attr-defined]


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> Iterator[None]:
    """The same algorithm with the least of its costs: no test is about how long it takes to guess."""
    with pytest.MonkeyPatch.context() as patch:
        for cost, least in (("time_cost", 1), ("memory_cost", 8), ("parallelism", 1)):
            patch.setattr(Argon2PasswordHasher, cost, least)
        yield


@pytest.fixture(autouse=True)
def language_of_this_test() -> Iterator[None]:
    """A request leaves its language in the thread; the next test begins in the default one."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def pillow_s_own_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of pixels is one for the process; a test that decodes under a small one keeps it to itself."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Each worker's database is a copy of one that was migrated once (tests/databases.py)."""
    from django.db import connection

    connection.settings_dict["TEST"]["TEMPLATE"] = databases.migrated()


@pytest.fixture(autouse=True, scope="session")
def emptying_the_tables() -> Iterator[None]:
    """Between tests that commit, the tables that hold something are emptied, the append-only journal's too."""
    from django.db.backends.base.creation import BaseDatabaseCreation
    from django.test import TransactionTestCase

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseCreation, "_destroy_test_db", lambda made, name, _talk: databases.dropped(name))
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: databases.emptied())
        yield


@pytest.fixture
def valkey() -> Iterator[redis.Redis]:
    """The suite's Valkey; the keys of this worker (under ``settings.REDIS_PREFIX``) are gone before and after."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    _forget(client)
    yield client
    _forget(client)
    client.close()


@pytest.fixture
def redis_away(settings: LazySettings) -> Iterator[None]:
    """Nobody listens where Redis should be; the client is the product's own, with what it does about that."""
    settings.REDIS_URL = "unix:///tmp/nobody-listens-here.sock"
    bell.client.cache_clear()
    yield
    bell.client.cache_clear()


def _forget(client: redis.Redis) -> None:
    keys = list(client.scan_iter(f"{settings.REDIS_PREFIX}*", count=1000))
    if keys:
        client.delete(*keys)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long in one piece first, so that no worker waits for it alone; the browser last: its driver leaves an
    event loop in the thread, in which other tests could not run their own."""
    order = {"faults": 0, "embedded": 0, "benchmarks": 0, "access": 0, "browser": 2}
    items.sort(key=lambda item: (order.get(item.path.parent.name, 1), not item.nodeid.startswith(LONG)))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Twenty thousand tests and all that they imported stay to the end: no collection need look at them again."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """A module stays with one worker, and so does the access matrix, whose world takes half a minute to build."""
    return ByWorld(config, log) if config.getoption("dist") == "loadscope" else None


class ByWorld(LoadScopeScheduling):  # type: ignore[misc]  # xdist says no types
    """Tests that share a world are one piece of work; pieces go out in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/access" if nodeid.startswith("tests/access/") else str(super()._split_scope(nodeid))


# --- figures ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """``figure("R1: lost", "0 of 50")`` is printed with the summary of the run."""

    def note(name: str, value: str) -> None:
        request.node.user_properties.append(("figure", f"{name}: {value}"))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests measured, before the last line."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    lines = [value for report in reports for name, value in report.user_properties if name == "figure"]
    if lines:
        terminalreporter.section("figures")
        for line in dict.fromkeys(lines):
            terminalreporter.write_line(line)
