"""What the faults did, as lines of one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Figure = Callable[[str, str], None]
_NAME = 34


@dataclass(frozen=True, slots=True)
class Outcome:
    """One fault. `told`: what clients were told is saved (or work that was asked for); the others are counted of it."""

    rounds: int
    told: int
    lost: int = 0
    doubled: int = 0
    errors: int = 0
    recovery: float | None = None
    note: str = ""

    def line(self) -> str:
        recovery = f"{self.recovery:5.1f} s" if self.recovery is not None else "      -"
        counts = f"{self.told:>5} told  {self.lost:>2} lost  {self.doubled:>2} doubled  {self.errors:>2} x 500"
        return f"{self.rounds:>3} rounds {counts}  recovered {recovery}  {self.note}".rstrip()


def show(figure: Figure, fault: str, outcome: Outcome) -> Outcome:
    """Print the line with the summary of the run; the caller asserts."""
    figure(f"{fault:<{_NAME}}", outcome.line())
    return outcome


def server_errors(statuses: Sequence[int]) -> int:
    """Answers that no client can do anything with. A 503 says to come again, and is one."""
    return sum(status >= 500 and status != 503 for status in statuses)
