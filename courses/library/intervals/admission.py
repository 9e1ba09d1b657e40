"""How much of what a player says it has played is counted.

A session has a purse of wall time: it fills as the server's clock goes, and playing spends it, at speed 2 half as fast.
So nobody is credited more media time than has passed on the server's clock times the speed, however beats are cut,
repeated or kept back; what was never fetched is not counted at all. An honest player lives within it whatever it does:
it pauses, seeks, changes its speed, and tells later what it played without a connection.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from courses.library.intervals.spans import Span, common, length, shortened, union, without

#: speeds that a player offers, in per cent
SLOWEST, FASTEST = 50, 200
#: ms by which the clocks of a player and of the server may differ before a beat is taken for made up; never credited
SLACK: Final = 2000
#: ms of wall time that are kept for a player that has no connection; more than any player holds in its buffer
MOST_SAVED: Final = 15 * 60 * 1000
#: of a film's end, ms and share: seconds that decoders leave out are not asked for
_GRACE, _GRACE_SHARE = 2000, 0.05


@dataclass(frozen=True, slots=True)
class Beat:
    """What was played since the last beat, in order, all at one speed (per cent); `at`: where the film stands now."""

    seq: int
    at: int
    speed: int
    played: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Purse:
    """Wall time that is left from before, and what has passed since then; ms. `closed`: another device goes on."""

    left: int
    passed: int
    closed: bool = False

    @property
    def whole(self) -> int:
        return min(self.left + max(0, self.passed), MOST_SAVED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`counted`: what is credited; `again`: not known to be fetched yet, may be told once more; `left`: in the purse.

    `refused`: it can't have been played in the time that has passed, so nothing of it counts, and the
    purse is empty: who lies does not save up meanwhile.
    """

    counted: list[Span]
    again: list[Span]
    left: int
    refused: bool = False


def admit(beat: Beat, purse: Purse, fetched: Sequence[Span], film: int) -> Verdict:
    """Judge one beat. `fetched`: what was served to the session, a union; `film`: its length."""
    claimed = common(beat.played, [(0, film)]) if film else []
    known, again = common(claimed, fetched), union(without(claimed, fetched))
    costs = math.ceil(length(known) * 100 / beat.speed)
    if costs > purse.whole + SLACK and not purse.closed:
        return Verdict([], [], 0, refused=True)
    if costs > purse.whole:
        known, costs = shortened(known, purse.whole * beat.speed // 100), purse.whole
    return Verdict(union(known), again, purse.whole - costs)


def reached(watched: int, film: int, share: int) -> bool:
    """Whether `watched` ms are `share` per cent of the film, but for its last moment."""
    grace = min(_GRACE, film * _GRACE_SHARE)
    return film > 0 and watched + grace >= film * share / 100


def within(watched: Sequence[Span], film: int) -> int:
    """Milliseconds of what was watched (a union) that the film still has."""
    return length(common(watched, [(0, film)]))


def percent(watched: int, film: int) -> int:
    """Whole per cent of the film, rounded down."""
    return min(100, watched * 100 // film) if film else 0
