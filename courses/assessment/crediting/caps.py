"""Credits out of hours, and what a cap leaves of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` credits (None: no limit), of which `already` are used up. `name` says which cap it is."""

    name: str
    most: Decimal | None
    already: Decimal = Decimal(0)

    @property
    def room(self) -> Decimal | None:
        """What may still be counted; never below nothing."""
        return None if self.most is None else max(Decimal(0), self.most - self.already)


def credits_of(hours: Decimal, hours_per_credit: Decimal) -> Decimal:
    """Credits for so many hours, to two places, never rounded up."""
    return (hours / hours_per_credit).quantize(_CENT, ROUND_DOWN)


def counted(earned: Decimal, limits: Sequence[Limit]) -> tuple[Decimal, str]:
    """(what counts, the name of the cap that cut it, "" when none did); of equal caps the first is named."""
    counts, cap = earned, ""
    for limit in limits:
        if limit.room is not None and limit.room < counts:
            counts, cap = limit.room, limit.name
    return counts, cap
