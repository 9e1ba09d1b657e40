"""The stack that fault tests break: one for all of them, made whole before each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.running import own_folder
from tests.faults.stack import ALL, Stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.xdist_group("stacks"))


@pytest.fixture(scope="session")
def stack(django_db_blocker: Any) -> Iterator[Stack]:
    """PostgreSQL, Valkey, web, worker, media and beat, all working."""
    with own_folder("faults") as folder:
        running = Stack(folder / "state")
        running.place.make()
        try:
            running.start_all()
            with django_db_blocker.unblock():
                yield running
        finally:
            running.end()


@pytest.fixture(autouse=True)
def whole_again(stack: Stack) -> Iterator[None]:
    """A test begins with every part at work; what the one before left dead is started again."""
    stack.start(*[name for name in ALL if name not in stack.children or stack.children[name].ended() is not None])
    yield
