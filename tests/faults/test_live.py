"""R2, R4 and R5 for live pages: Redis dies, forgets everything, is gone or hangs, or a bell is lost."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from django.db import transaction

from consortium.casework.models import Case
from consortium.journal.operations import record
from consortium.kernel.actors import acting_as, system
from tests.faults.live_pages import LivePage, Sender
from tests.faults.stack import Stack, rounds, seconds_until
from tests.faults.table import Figure, Outcome, server_errors, show
from tests.faults.ward import Ward

PAGES = 6
WHOLE = f"all {PAGES} pages whole"
#: For a machine that does ten other things: the figure tells how long it took, the test that it came.
PATIENCE = 20


@dataclass
class Scene:
    """A case in the stack, its asker who writes, and pages that show it."""

    stack: Stack
    case_id: str
    sender: Sender
    pages: list[LivePage]

    def entries(self) -> list[int]:
        """What the journal holds of the case, reads apart."""
        rows = self.stack.sql(
            "SELECT seq FROM journal_entry WHERE subject_id = %s AND verb NOT IN ('read', 'list-read') ORDER BY seq",
            self.case_id,
        )
        return [row[0] for row in rows]

    def all_shown(self) -> bool:
        stored = self.entries()
        return all(page.seen == stored for page in self.pages)

    def outcome(self, times: int, recovery: float, note: str) -> Outcome:
        """`lost` of the messages that the sender was told are saved, `doubled` of the entries that pages showed."""
        twice = sum(len(page.seen) - len(set(page.seen)) for page in self.pages)
        saved = set(self.sender.saved)
        extra = len(self.stored() - saved)
        errors = server_errors(self.sender.refused)
        return Outcome(times, len(saved), len(saved - self.stored()), twice + extra, errors, recovery, note)

    def stored(self) -> set[str]:
        rows = self.stack.sql("SELECT id::text FROM casework_message WHERE case_id = %s", self.case_id)
        return {row[0] for row in rows}


@pytest.fixture
def scene(stack: Stack, ward: Ward) -> Iterator[Scene]:
    asker = ward.asker()
    case_id = ward.asked(asker)
    with stack.rows():
        sender = Sender(stack, asker, case_id)
        browser = stack.browser(asker)
    pages = [LivePage(stack, browser, f"case:{case_id}") for _ in range(PAGES)]
    for page in pages:
        assert page.listening.wait(60)
    yield Scene(stack, str(case_id), sender, pages)
    for page in pages:
        page.end()


def test_redis_killed_and_emptied_in_the_middle_of_a_broadcast(scene: Scene, figure: Figure) -> None:
    """R4: nothing that was said to be saved is lost or shown twice, no socket is stuck."""
    recovered = []
    for _ in range(rounds()):
        going = threading.Event()

        def talk(going: threading.Event = going) -> None:
            while not going.wait(0.02):
                scene.sender.send()

        talking = threading.Thread(target=talk)
        talking.start()
        time.sleep(0.2)
        with scene.stack.redis_down(empty=True):
            time.sleep(0.3)
        time.sleep(0.2)
        going.set()
        talking.join()
        recovered.append(seconds_until(scene.all_shown, "every page shows every entry", 30))
    right(scene, show(figure, "R4 live, killed and emptied", scene.outcome(rounds(), max(recovered), WHOLE)))
    assert all(page.resyncs >= rounds() for page in scene.pages), "each socket was told to resync, none is stuck"


def test_flushall_in_the_middle_of_a_broadcast(scene: Scene, figure: Figure) -> None:
    for n in range(30):
        scene.sender.send()
        if n % 10 == 5:
            scene.stack.redis().flushall()
    took = seconds_until(scene.all_shown, "every page shows every entry", 30)
    right(scene, show(figure, "R4 live, FLUSHALL", scene.outcome(3, took, WHOLE)))


def right(scene: Scene, outcome: Outcome) -> None:
    assert (outcome.lost, outcome.doubled, outcome.errors) == (0, 0, 0)
    assert scene.sender.refused == []


def gone(stack: Stack) -> AbstractContextManager[None]:
    """Nobody listens: each attempt is refused at once."""
    return stack.redis_down()


def hung(stack: Stack) -> AbstractContextManager[None]:
    """It takes connections and never answers: each attempt costs a time-out."""
    return stack.frozen("valkey")


@pytest.mark.parametrize("fault", [gone, hung])
def test_redis_away_sends_succeed_and_pages_fall_back(
    scene: Scene, figure: Figure, fault: Callable[[Stack], AbstractContextManager[None]]
) -> None:
    """R5: the sender sees nothing of it; the pages ask over HTTP."""
    for _ in range(20):
        scene.sender.send()
    usual = _p95(scene.sender.seconds)
    scene.sender.seconds.clear()
    seen: list[int] = []
    with fault(scene.stack):
        until = time.monotonic() + away_seconds()
        while time.monotonic() < until:
            scene.sender.send()
            seen.append(scene.sender.browser.get(f"{scene.stack.url}/notices/", timeout=30).status_code)
            time.sleep(0.05)
        for page in scene.pages:
            page.catch_up()
        assert scene.all_shown()
    away = _p95(scene.sender.seconds)
    took = seconds_until(scene.all_shown, "the pages after Redis came back")
    sends = f"sends p95 {usual * 1000:.0f} ms with Redis, {away * 1000:.0f} ms without; {len(seen)} pages"
    right(scene, show(figure, f"R5 Redis {fault.__name__} {away_seconds():.0f} s", scene.outcome(1, took, sends)))
    assert set(seen) == {200}


def away_seconds() -> float:
    """How long Redis is away: short in every run, half a minute in the full loops."""
    return 30 if rounds() >= 50 else 5


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def test_bells_lost_after_commit_are_found(scene: Scene, figure: Figure) -> None:
    """R2 for live pages: rows that commit without a bell (their process died) are found by the hub's watch."""
    took = []
    for _ in range(rounds()):
        with scene.stack.rows(), acting_as(system("fault tests")):
            case = Case.unscoped.get(pk=scene.case_id)
            with transaction.atomic():  # this process rings another Redis: the stack's pages hear nothing of it
                record(actor=system("fault tests"), verb="note", subject=case, patient_id=case.patient_id)
        took.append(seconds_until(scene.all_shown, "every page shows the entry", 30))
    found = Outcome(rounds(), rounds(), recovery=max(took), note="found by the hub's watch")
    show(figure, "R2 live, the bell is lost", found)
    assert max(took) <= 6 + PATIENCE
