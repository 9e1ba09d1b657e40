"""R4, R5 and R10: live pages while Redis dies, empties or is away, and beside a viewer that stops reading."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction

from consortium.casework.models import Case
from consortium.journal.operations import record
from consortium.kernel.actors import acting_as, system
from consortium.people.states import Role, Tier
from tests.embedded.running import wait_until
from tests.factories.cases import make_asked, make_service
from tests.factories.patients import make_patient
from tests.factories.people import make_institution, make_specialty, make_staff, number
from tests.faults.live_pages import LivePage, Sender
from tests.faults.stack import Stack, rounds, seconds_until

Figure = Callable[[str, str], None]
PAGES = 6


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

    def stored(self) -> set[str]:
        rows = self.stack.sql("SELECT id::text FROM casework_message WHERE case_id = %s", self.case_id)
        return {row[0] for row in rows}


@pytest.fixture
def scene(stack: Stack) -> Iterator[Scene]:
    with stack.rows(), acting_as(system("fault tests")):
        community = make_institution(tier=Tier.COMMUNITY)
        hospital = make_institution(tier=Tier.TERTIARY)
        asker = make_staff(f"live{number()}", community, Role.ASKER)
        service = make_service(hospital, make_specialty())
        asked = make_asked(make_patient(community), asker, community, service)
        sender = Sender(stack, asker, asked.case_id)
        browser = stack.browser(asker)
    pages = [LivePage(stack, browser, f"case:{asked.case_id}") for _ in range(PAGES)]
    for page in pages:
        assert page.listening.wait(30)
    yield Scene(stack, str(asked.case_id), sender, pages)
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
    saved, stored = set(scene.sender.saved), scene.stored()
    shown_twice = sum(len(page.seen) - len(set(page.seen)) for page in scene.pages)
    figure(
        "R4 live",
        f"{rounds()} kills, {len(saved)} saved, {len(saved - stored)} lost, {shown_twice} shown twice, "
        f"{len(scene.sender.refused)} refused, all {PAGES} pages whole after {max(recovered):.1f} s",
    )
    assert saved == stored
    assert not scene.sender.refused
    assert shown_twice == 0
    assert all(page.resyncs >= rounds() for page in scene.pages), "each socket was told to resync, none is stuck"


def test_flushall_in_the_middle_of_a_broadcast(scene: Scene, figure: Figure) -> None:
    for n in range(30):
        scene.sender.send()
        if n % 10 == 5:
            scene.stack.redis().flushall()
    took = seconds_until(scene.all_shown, "every page shows every entry", 30)
    figure("R4 FLUSHALL", f"{len(scene.sender.saved)} saved, all pages whole after {took:.1f} s")
    assert set(scene.sender.saved) == scene.stored()
    assert not scene.sender.refused


def test_redis_away_sends_succeed_and_pages_fall_back(scene: Scene, figure: Figure) -> None:
    """R5: the sender sees nothing of it; the pages ask over HTTP."""
    for _ in range(30):
        scene.sender.send()
    usual = _p95(scene.sender.seconds)
    scene.sender.seconds.clear()
    with scene.stack.redis_down():
        for _ in range(60):
            scene.sender.send()
        for page in scene.pages:
            page.catch_up()
        assert scene.all_shown()
    away = _p95(scene.sender.seconds)
    wait_until(lambda: scene.all_shown(), "the pages after Redis came back", 30)
    figure(
        "R5 sends",
        f"p95 {usual * 1000:.0f} ms with Redis, {away * 1000:.0f} ms without, refused {len(scene.sender.refused)}",
    )
    assert not scene.sender.refused
    assert set(scene.sender.saved) == scene.stored()


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
    figure("R2 live", f"{rounds()} lost bells, found after {max(took):.1f} s at most")
    assert max(took) <= 6
