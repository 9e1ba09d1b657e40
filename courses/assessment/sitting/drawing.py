"""A form drawn by a blueprint: so many questions of each row of tags, each question at most once.

Rows may overlap: a question tagged both "infant" and "danger" can stand for either. Taking the first that fits would
then find too few where there are enough, so places and questions are matched (augmenting paths; a form has some tens
of places and a bank some thousands of questions, so a draw takes milliseconds). The same seed and bank give the same
form.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Candidate:
    """One approved question of the bank: `id` is the version's, `tags` all its tags, `kind` its type."""

    id: UUID
    item: UUID
    kind: str
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Need:
    """One row of a blueprint: `count` questions with all of `tags`, of one of `kinds` (of any, when empty)."""

    count: int
    tags: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    def takes(self, one: Candidate) -> bool:
        return self.tags <= one.tags and (not self.kinds or one.kind in self.kinds)

    def times(self, forms: int) -> "Need":
        """What so many forms without a common question need."""
        return Need(self.count * forms, self.tags, self.kinds)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question of a form, and the index of the row that asked for it."""

    candidate: Candidate
    row: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the bank has for one row: how many fit it, and how many it gets when all rows are served at best."""

    wanted: int
    fitting: int
    served: int

    @property
    def short(self) -> int:
        return self.wanted - self.served


class NotEnough(ValueError):
    """The bank cannot fill the blueprint; `shortages` is {row: how many are missing}."""

    def __init__(self, shortages: Mapping[int, int]) -> None:
        self.shortages = dict(shortages)
        super().__init__(f"rows short of questions: {self.shortages}")


@dataclass(slots=True)
class _Match:
    """Places of a form beside the questions that fit each, in the order in which they are tried."""

    fitting: Sequence[Sequence[int]]
    place_of: dict[int, int] = field(default_factory=dict)

    def seat(self, place: int, seen: set[int]) -> bool:
        """Find a question for `place`; one that is taken is freed by moving its place to another question."""
        for one in self.fitting[place]:
            if one in seen:
                continue
            seen.add(one)
            if one not in self.place_of or self.seat(self.place_of[one], seen):
                self.place_of[one] = place
                return True
        return False


def _matched(
    needs: Sequence[Need], pool: Sequence[Candidate], avoid: Collection[UUID] = ()
) -> tuple[list[int], dict[int, int]]:
    """(the row of each place, {index in pool: place}) of a largest matching with as few items of `avoid` as can be.

    All places are served without them first; a path that serves one place more frees no question that was taken.
    """
    rows = [row for row, need in enumerate(needs) for _ in range(need.count)]
    by_row = [[index for index, one in enumerate(pool) if need.takes(one)] for need in needs]
    fresh = [[index for index in fitting if pool[index].item not in avoid] for fitting in by_row]
    match = _Match([fresh[row] for row in rows])
    open_places = [place for place in range(len(rows)) if not match.seat(place, set())]
    if avoid:
        match.fitting = [by_row[row] for row in rows]
        for place in open_places:
            match.seat(place, set())
    return rows, match.place_of


def coverage(needs: Sequence[Need], pool: Sequence[Candidate]) -> list[Coverage]:
    """For each row what the bank has, for the trainer who builds the blueprint."""
    rows, place_of = _matched(needs, sorted(pool, key=lambda one: one.id))
    served = [rows[place] for place in place_of.values()]
    return [
        Coverage(need.count, sum(need.takes(one) for one in pool), served.count(row)) for row, need in enumerate(needs)
    ]


def draw(
    needs: Sequence[Need],
    pool: Collection[Candidate],
    seed: str,
    *,
    used: Mapping[UUID, int] | None = None,
    avoid: Collection[UUID] = (),
) -> list[Drawn]:
    """The questions of a form, row by row. `used` counts how often other forms have a question: the rarest come first.
    Items of `avoid` are asked only where the blueprint cannot be served without them, and then as few as can be.

    Raises NotEnough, naming the rows that are short.
    """
    chance = random.Random(seed)  # noqa: S311 - a draw that can be repeated, not a secret
    ordered = sorted(pool, key=lambda one: one.id)
    chance.shuffle(ordered)
    ordered.sort(key=lambda one: (used or {}).get(one.item, 0))
    rows, place_of = _matched(needs, ordered, frozenset(avoid))
    if len(place_of) < len(rows):
        raise NotEnough(_shortages(needs, rows, place_of))
    return [Drawn(ordered[index], rows[place]) for index, place in sorted(place_of.items(), key=lambda pair: pair[1])]


def _shortages(needs: Sequence[Need], rows: Sequence[int], place_of: Mapping[int, int]) -> dict[int, int]:
    served = [rows[place] for place in place_of.values()]
    missing = {row: need.count - served.count(row) for row, need in enumerate(needs)}
    return {row: count for row, count in missing.items() if count}
