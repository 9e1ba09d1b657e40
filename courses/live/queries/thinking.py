"""How the thinking of a lecture's room moved from step to step of its case, by hospital tier.

Counted from the record without names; a tier of few is not shown apart, nor one that could be reckoned from the others.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from consortium.people.states import Tier
from courses.library.queries.apart import held_back
from courses.live.models.staging import CaseVote
from courses.live.queries.staging import manual_place
from courses.live.room.flow import Drawing, drawn
from courses.live.states.room import PollKind, PollState
from courses.live.states.staging import NEAR

# A place on a picture is answer 0 where it is near the right one, else answer 1.
_GIVEN = """
WITH asked AS (SELECT poll_id, step FROM unnest(%(polls)s::uuid[]) WITH ORDINALITY AS a(poll_id, step)),
given AS (SELECT a.step - 1 AS step, v.user_id, v.tier, v.confidence, CASE p.kind WHEN 'hot_spot' THEN
        CASE WHEN power((v.choice->>0)::float8 - (c."right"->>0)::float8, 2)
            + power((v.choice->>1)::float8 - (c."right"->>1)::float8, 2) <= power(%(near)s, 2) THEN 0 ELSE 1 END
        ELSE (v.choice->>0)::int END AS answer
    FROM asked a JOIN lectures_poll p ON p.id = a.poll_id JOIN lectures_casevote c ON c.poll_id = p.id
    JOIN lectures_vote v ON v.poll_id = p.id)
"""
_SHARES = f"""{_GIVEN} SELECT step, tier, answer, count(*), sum(confidence), count(confidence)
FROM given GROUP BY 1, 2, 3"""  # noqa: S608 - a constant of ours
_MOVES = f"""{_GIVEN} SELECT a.step, a.tier, a.answer, b.answer, count(*) FROM given a
JOIN given b ON b.user_id = a.user_id AND b.step = a.step + 1 GROUP BY 1, 2, 3, 4"""  # noqa: S608 - a constant of ours

Counts = dict[int, int]
Pairs = dict[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Counted:
    """Of one step by tier: answers, and of all who said it how sure they were (sum of steps, people)."""

    tiers: dict[int | None, Counts]
    sure: dict[int, tuple[int, int]]

    @property
    def whole(self) -> Counts:
        return _added(self.tiers.values())


@dataclass(frozen=True, slots=True)
class Row:
    """One answer to a step: who gave it, in people and per cent, in all and by each tier that is shown."""

    letter: str
    text: str
    right: bool
    count: int
    percent: int
    sure: float | None
    tiers: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Step:
    """A vote about the case. `tiers`: (name, voters) of those shown apart. `happened`, `manual` and what is right are
    empty where they are not to be told yet."""

    number: int
    text: str
    people: int
    tiers: list[tuple[str, int]]
    rows: list[Row]
    happened: str = ""
    manual: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """People who answered `before` and then `after`; by each tier that is shown."""

    before: str
    after: str
    count: int
    tiers: list[int]


@dataclass(frozen=True, slots=True)
class Between:
    """From one vote to the next: those who answered both."""

    before: int
    after: int
    people: int
    tiers: list[tuple[str, int]]
    moves: list[Move]


@dataclass(frozen=True, slots=True)
class Thinking:
    steps: list[Step]
    between: list[Between]
    drawing: Drawing
    compared: bool


def counted(polls: Sequence[UUID]) -> list[Counted]:
    """Of each vote in order who answered what. One query."""
    found = [Counted(defaultdict(dict), {}) for _poll in polls]
    for step, tier, answer, count, sure, said in _asked(_SHARES, polls):
        found[step].tiers[tier][answer] = count
        before = found[step].sure.get(answer, (0, 0))
        found[step].sure[answer] = before[0] + int(sure or 0), before[1] + said
    return found


def moved(polls: Sequence[UUID]) -> list[dict[int | None, Pairs]]:
    """Between each vote and the next: how many of the same people answered which two things, by tier. One query."""
    found: list[dict[int | None, Pairs]] = [defaultdict(dict) for _poll in polls[1:]]
    for step, tier, before, after, count in _asked(_MOVES, polls):
        found[step][tier][before, after] = count
    return found


def _asked(statement: str, polls: Sequence[UUID]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"polls": [str(one) for one in polls], "near": NEAR})
        return list(cursor.fetchall())


def thinking(votes: Sequence[CaseVote], *, compared: bool) -> Thinking:
    """Of these votes in order; `compared` with what was right, what the manual says and what really happened."""
    ids = [vote.pk for vote in votes]
    counts, moves = (counted(ids), moved(ids)) if ids else ([], [])
    steps = [_step(vote, one, compared) for vote, one in zip(votes, counts, strict=True)]
    between = [_between(number, each) for number, each in enumerate(moves)]
    columns = [[row.count for row in step.rows] for step in steps]
    return Thinking(steps, between, drawn(columns, [_added(each.values()) for each in moves]), compared)


def _step(vote: CaseVote, found: Counted, compared: bool) -> Step:
    tiers, whole = _apart(found.tiers), found.whole
    people = sum(whole.values())
    right = 0 if vote.poll.kind == PollKind.HOT_SPOT else vote.right
    rows = [
        Row(
            chr(ord("A") + number), text, compared and number == right, whole.get(number, 0),
            _percent(whole.get(number, 0), people), _sure(found.sure.get(number)),
            [(tier.get(number, 0), _percent(tier.get(number, 0), sum(tier.values()))) for _name, tier in tiers],
        )
        for number, text in enumerate(answers_of(vote))
    ]  # fmt: skip
    told = [(name, sum(tier.values())) for name, tier in tiers]
    step = Step(vote.number, vote.poll.text, people, told, rows)
    if not compared:
        return step
    manual = manual_place(vote.manual_pathway, vote.manual_version, vote.manual_node)
    return Step(vote.number, vote.poll.text, people, told, rows, vote.happened, manual)


def answers_of(vote: CaseVote) -> list[str]:
    """What can be answered, in words."""
    if vote.poll.kind == PollKind.HOT_SPOT:
        return [_("The place that matters"), _("Elsewhere")]
    return list(vote.poll.options)


def _between(number: int, pairs: Mapping[int | None, Pairs]) -> Between:
    tiers, whole = _apart(pairs), _added(pairs.values())
    moves = [
        Move(_letter(a), _letter(b), count, [tier.get((a, b), 0) for _name, tier in tiers])
        for (a, b), count in sorted(whole.items())
    ]
    told = [(name, sum(tier.values())) for name, tier in tiers]
    return Between(number + 1, number + 2, sum(whole.values()), told, moves)


def _apart(tiers: Mapping[int | None, dict[Any, int]]) -> list[tuple[str, dict[Any, int]]]:
    """(name, counts) of the tiers that may stand beside the whole."""
    hidden = held_back({tier: sum(counts.values()) for tier, counts in tiers.items()})
    return [(str(tier.label), tiers[tier.value]) for tier in Tier if tier.value in tiers and tier.value not in hidden]


def _added(several: Any) -> dict[Any, int]:
    whole: dict[Any, int] = defaultdict(int)
    for counts in several:
        for key, count in counts.items():
            whole[key] += count
    return dict(whole)


def _letter(answer: int) -> str:
    return chr(ord("A") + answer)


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def _sure(found: tuple[int, int] | None) -> float | None:
    """The mean of how sure they were, of 3; None where nobody said."""
    return round(found[0] / found[1], 1) if found and found[1] else None


def room_votes(votes: Sequence[CaseVote], *, crew: bool) -> list[CaseVote]:
    """Those of which numbers are told: to the crew once they are open, to the room once they are closed."""
    known = (PollState.OPEN, PollState.CLOSED) if crew else (PollState.CLOSED,)
    return [vote for vote in votes if vote.poll.state in known]
