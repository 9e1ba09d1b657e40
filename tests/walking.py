"""Random walks over the verbs of a feature's cases: what both features' walks share.

A `Wanderer` knows everybody who may act, and tries acts chosen at random; a `Walk` is hypothesis's machine over it.
Only the seed is hypothesis's own: what a walk may choose from hangs on ids, which are new each time.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, run_state_machine_as_test

from consortium.casework.models import BallSpell, Case, Clock
from consortium.casework.queries.ledger import time_by_party
from consortium.journal.models import Entry
from consortium.journal.queries import chain_faults
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import DomainError
from consortium.kernel.machine import Machine
from consortium.people.models import User
from tests.cast import actor_for

#: rules of one walk
STEPS = 12
#: walks that hypothesis remembers together: in a long run it takes two walks for one that has drawn otherwise, and ends
#: the run; the next one goes on with another seed
A_RUN = 50


class Wanderer:
    """Everybody who may act; what is not allowed is refused and changes nothing."""

    def __init__(self, rng: random.Random, people: dict[str, User]) -> None:
        self.rng, self.people = rng, people
        self.done: list[str] = []
        self.verbs: Counter[str] = Counter()
        self.ahead = timedelta()

    def someone(self) -> User:
        return self.rng.choice(list(self.people.values()))

    def attempt(self, who: User | None, act: Callable[..., Any], **words: Any) -> DomainError | None:
        """Do it, or be refused and change nothing: why, then."""
        with clock.moved(self.ahead):
            actor: Actor = actor_for(who) if who else system("the walk")
            try:
                with acting_as(actor), transaction.atomic():
                    act(actor=actor, **words)
                self.done.append(f"{who.username if who else 'system'} {act.__name__}")
            except DomainError as error:
                return error
        self.verbs[act.__name__] += 1
        return None


def one_turn_one_clock(case: Case, told: str) -> None:
    """An open case has one holder and one running clock, a closed one has none; the case's row says the same."""
    spells = list(BallSpell.unscoped.filter(case=case).order_by("since"))
    held = [spell for spell in spells if spell.until is None]
    clocks = list(Clock.unscoped.filter(case=case, stopped_at=None))
    assert len(held) == case.is_open, told
    assert sum(c.paused_at is None for c in clocks) == case.is_open, told
    assert case.service is not None, told
    if case.is_open:
        assert (held[0].party, held[0].user_id) == (case.ball, case.ball_user_id), told


def adds_up(case: Case, told: str, *, opens_again: tuple[str, ...]) -> None:
    """The ledger has no gap while a case is open, so that the parties' times add up to its own."""
    spells = list(BallSpell.unscoped.filter(case=case).order_by("since"))
    gaps = sum(after.since != before.until for before, after in itertools.pairwise(spells))
    assert gaps <= Entry.unscoped.filter(subject_id=str(case.pk), verb__in=opens_again).count(), told
    if not gaps and case.closed_at is not None and case.submitted_at is not None:
        assert sum(time_by_party(case).values(), timedelta()) == case.closed_at - case.submitted_at, told


def replays(machine: Machine, row: Any, told: Any) -> None:
    """The journal's last step of a case is the stored one, each step begins where the one before ended, and is one of
    the machine's."""
    names = set(machine.steps.values)
    known = {*machine.pairs(), *((step, step) for step in names)}
    entries = Entry.unscoped.filter(subject_id=str(row.pk)).exclude(facts__to=None).order_by("seq")
    steps = [(e.facts.get("from"), e.facts["to"]) for e in entries if e.facts["to"] in names]
    assert steps[-1][1] == row.step, told
    assert all(after[0] == before[1] for before, after in itertools.pairwise(steps)), told
    assert {pair for pair in steps if pair[0]} <= known, told


class Walk(RuleBasedStateMachine):
    """One walk: the database as it was before, then acts in any order. A feature adds its rules."""

    make: ClassVar[Callable[[random.Random], Any]]
    check: ClassVar[Callable[[Any], None]]
    at_end: ClassVar[Callable[[Any], None]]
    walks: ClassVar[int] = 0
    taken: ClassVar[Counter[str]] = Counter()
    broken: ClassVar[list[str]] = []

    @initialize(luck=st.integers(0, 2**32 - 1))
    def begin(self, luck: int) -> None:
        self.point = transaction.savepoint()
        self.world = type(self).make(random.Random(luck))
        self.world.ask()

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "world"):
            with clock.moved(self.world.ahead):
                type(self).check(self.world)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self._end()
            type(self).walks += 1
            type(self).taken += self.world.verbs
            if type(self).walks % 50 == 0:
                assert list(chain_faults()) == []
            transaction.savepoint_rollback(self.point)

    def _end(self) -> None:
        """What broke, here or before, is told in the end too, whatever hypothesis makes of the walk in which it did."""
        wrong = sys.exc_info()[1]
        try:
            type(self).at_end(self.world)
        except AssertionError as error:
            wrong = wrong or error
            raise
        finally:
            if isinstance(wrong, AssertionError):
                type(self).broken.append(str(wrong))


def walk_about(walk: type[Walk], request: pytest.FixtureRequest, figure: Callable[[str, str], None], name: str) -> None:
    """2,000 walks when asked for the deep version, else `WALKS` (50); what they did is printed."""
    wanted = 2000 if request.config.getoption("--deep", default=False) else int(os.environ.get("WALKS", "50"))
    walk.walks, walk.taken, walk.broken = 0, Counter(), []
    chosen = settings(
        max_examples=min(wanted, A_RUN), stateful_step_count=STEPS, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), print_blob=False, phases=[Phase.generate],
    )  # fmt: skip
    for number in range(2 * -(-wanted // A_RUN)):
        if walk.walks >= wanted or walk.broken:
            break
        with contextlib.suppress(FlakyStrategyDefinition):
            run_state_machine_as_test(seed(number)(walk), settings=chosen)
    assert walk.broken == []
    acts = sum(walk.taken.values())
    figure(name, f"{walk.walks} walks, {acts} acts of {len(walk.taken)} kinds, every invariant held")
    assert walk.walks >= wanted
    assert acts > walk.walks * 2
