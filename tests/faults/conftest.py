"""The stack that fault tests break: one for all of them, made whole before each and looked through after each."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.embedded.running import own_folder
from tests.faults import invariants
from tests.faults.stack import Stack
from tests.faults.ward import Ward


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.faults)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """R17: when a fault's own test has passed, everything is started again and every invariant must hold."""
    result = yield
    stack = pyfuncitem.funcargs.get("stack")
    if isinstance(stack, Stack) and pyfuncitem.path.stem != "test_invariants":
        stack.start(*stack.dead())
        took = invariants.hold(stack)
        name = pyfuncitem.name.removeprefix("test_").replace("_", " ")
        line = f"R17 {invariants.count()} invariants hold, outbox empty after {took:4.1f} s: {name}"
        pyfuncitem.user_properties.append(("figure", line))
    return result


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
    stack.start(*stack.dead())
    yield


@pytest.fixture
def ward(stack: Stack) -> Ward:
    """A clinic and a service of this test's own."""
    return Ward(stack)
