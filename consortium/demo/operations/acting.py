"""One act after another, each by its person and at its hour: how every story of the demonstration is told."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

from consortium.demo.operations.settling import World
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system


class Story:
    """Time goes on from act to act, from `at` on."""

    def __init__(self, world: World, at: datetime) -> None:
        self.world, self.at = world, at

    def act(self, who: str, operation: Callable[..., Any], after: timedelta = timedelta(), **words: Any) -> Any:
        """One act, `after` the one before; "" is the clock itself."""
        self.at += after
        with ExitStack() as stack:
            stack.enter_context(clock.moved(self.at - clock.now()))
            actor = self.world.actor(who) if who else system("the time is over")
            stack.enter_context(acting_as(actor))
            return operation(actor=actor, **words)
