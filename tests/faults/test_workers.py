"""R1: a worker is killed in the middle of a task. Nothing is lost, no effect is doubled."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from celery import Celery

from consortium import environment
from consortium.embedded import supervisor
from tests.embedded.running import wait_until
from tests.faults.stack import PREFIX, VISIBILITY, Stack, rounds
from tests.faults.table import Figure, Outcome, show
from tests.faults.tasks import TABLES

TASKS = 10
#: R1: the time-out and 2 s more, from the kill to the last effect, the new worker's start among it.
BOUND = VISIBILITY + 2


@pytest.fixture
def ask(stack: Stack) -> Callable[[int], None]:
    """``ask(number)``: put one task into the stack's queue."""
    stack.sql(TABLES)
    sender = Celery("sender", broker=environment.celery_broker(stack.place.redis_url), fixups=[])
    sender.conf.broker_transport_options = {"global_keyprefix": PREFIX}

    def put(number: int) -> None:
        sender.send_task("faults.effect", (number, 0.4), queue="default", ignore_result=True)

    return put


def kill_all_of_it(stack: Stack) -> None:
    """All its processes at once; the supervisor starts it again after its shortest wait."""
    stack.kill("worker")
    time.sleep(supervisor._WAITS[0])
    stack.start("worker")


def kill_one_process(stack: Stack) -> None:
    stack.kill_one_process_of("worker")


@pytest.mark.parametrize("fault", [kill_all_of_it, kill_one_process])
def test_a_killed_worker_loses_and_doubles_nothing(
    stack: Stack, ask: Callable[[int], None], fault: Callable[[Stack], None], figure: Figure
) -> None:
    slowest, first = 0.0, stack.count("SELECT count(*) FROM fault_effect")
    for turn in range(rounds()):
        numbers = [first + turn * TASKS + one for one in range(TASKS)]
        for number in numbers:
            ask(number)
        wait_until(lambda numbers=numbers: _tried(stack, numbers), "a task has begun")  # type: ignore[misc]
        time.sleep(random.uniform(0, 0.8))
        killed = time.monotonic()
        fault(stack)
        wait_until(lambda numbers=numbers: _done(stack, numbers), "all tasks done", 60)  # type: ignore[misc]
        slowest = max(slowest, time.monotonic() - killed)

    asked = rounds() * TASKS
    done = stack.count("SELECT count(*) FROM fault_effect WHERE id >= %s", first)
    tries = stack.count("SELECT count(*) FROM fault_try WHERE id >= %s", first)
    note = f"{tries - asked} begun again, visibility timeout {VISIBILITY} s"
    outcome = Outcome(rounds(), asked, asked - done, 0, 0, slowest, note)
    show(figure, f"R1 {fault.__name__.replace('_', ' ')}", outcome)
    assert done == asked
    assert slowest <= BOUND
    assert tries > asked, "no kill hit a running task: the fault was not injected"


def _tried(stack: Stack, numbers: list[int]) -> bool:
    return stack.count("SELECT count(*) FROM fault_try WHERE id = ANY(%s)", numbers) > 0


def _done(stack: Stack, numbers: list[int]) -> bool:
    return stack.count("SELECT count(*) FROM fault_effect WHERE id = ANY(%s)", numbers) == len(numbers)
