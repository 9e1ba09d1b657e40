"""Which two results of a person are a pair: the first test before, and the first afterwards that began when it was
handed in. A repeated test measures the repetition too; a first one that came late measures nothing (decision 0040)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Sat:
    """One attempt whose result is certain; `percent` 0 to 100."""

    form_id: UUID
    began_at: datetime
    handed_in_at: datetime
    percent: float


def matched(before: Iterable[Sat], after: Iterable[Sat]) -> tuple[Sat, Sat] | None:
    """(the first, the second) of one person; None where one of them is missing."""
    first = min(before, key=lambda one: one.handed_in_at, default=None)
    if first is None:
        return None
    followed = [one for one in after if one.began_at >= first.handed_in_at]
    second = min(followed, key=lambda one: one.began_at, default=None)
    return None if second is None else (first, second)
