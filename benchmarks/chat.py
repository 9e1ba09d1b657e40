"""A message that is kept: from sending it to its arrival at the last viewer, against the same hub keeping nothing.

``python -m benchmarks.chat [--rounds 60] [--sizes 500 2000]``. All viewers of the web process listen to one case. The
product posts into its thread: rights, lock, row, journal entry, outbox, commit, and then the bell. The limit rings the
same bell and writes nothing. Beside it stands what a page asks that was away for 200 entries: its statement alone.
The goal is one of 2,000 viewers: the operation takes as long for 500, whose fan-out is a few milliseconds (ADR 0025).
"""

import argparse
import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

from benchmarks.harness import Goal, Samples, report, rounded, show, timed
from benchmarks.viewers import Crowd
from benchmarks.world import World, sole, world

# isort: split

from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from consortium.casework.operations import post_message
from consortium.kernel import valkey
from consortium.kernel.actors import Actor, acting_as
from consortium.live import operations as live
from consortium.live.queries import CATCH_UP_LIMIT, entries_after
from tests.cast import actor_for
from tests.faults.stack import PREFIX

MOST, MOST_SQL = 1.1, 1.0
JUDGED_FROM = 2000
TEXT = "She drinks a little, and the stridor is there when she sleeps."
_numbers = count(10**9)  # far beyond what is stored: the bell alone keeps no number


@dataclass
class Room:
    """The case that everybody listens to, who writes into it, and where the viewers connect."""

    built: World
    topic: str
    crowd: Crowd
    writer: Actor

    def post(self) -> None:
        with acting_as(self.writer):
            post_message(actor=self.writer, case_id=self.built.pattern.pk, text=TEXT, key=uuid4())

    def ring(self) -> None:
        if not live.publish(self.topic, next(_numbers)):
            raise ConnectionError("Redis is away")


@contextmanager
def room() -> Iterator[Room]:
    """The web process with servers of its own; what this process rings is heard there."""
    with world(kept=True, web=True) as built:
        url = built.stack.place.redis_url
        with override_settings(REDIS_URL=url, REDIS_PREFIX=PREFIX):
            _other_bell()
            cookies = built.stack.browser(built.specialist).cookies
            headers = {"Cookie": "; ".join(f"{c.name}={c.value}" for c in cookies), "Origin": built.stack.url}
            crowd = Crowd(built.stack.port, headers=headers)
            yield Room(built, f"case:{built.pattern.pk}", crowd, actor_for(built.asker))
        _other_bell()


def _other_bell() -> None:
    """The next ring goes to where the settings point now."""
    live._bell.cache_clear()
    valkey.client.cache_clear()


async def _delivered(room_: Room, send: Callable[[], None]) -> float:
    """Milliseconds until the last viewer has the frame; it is sent beside the loop in which the viewers read."""
    room_.crowd.expect(room_.topic, len(room_.crowd.viewers))
    begun = time.perf_counter()
    await asyncio.to_thread(send)
    await room_.crowd.arrived()
    return (time.perf_counter() - begun) * 1000


async def measure(room_: Room, size: int, rounds: int) -> dict[str, Samples]:
    """Turn by turn; the first rounds warm up and do not count."""
    greeting = f'{{"do":"listen","topic":"{room_.topic}"}}'
    await room_.crowd.join(size, greeting=greeting)
    sends = {"product": room_.post, "limit": room_.ring}
    samples = {name: Samples() for name in sends}
    for number in range(-5, rounds):
        for name in sorted(sends, reverse=number % 2 == 0):
            milliseconds = await _delivered(room_, sends[name])
            if number >= 0:
                samples[name].values.append(milliseconds)
    room_.crowd.disperse()
    return samples


def catching_up(room_: Room, rounds: int) -> dict[str, Any]:
    """The statement of a page that missed 200 entries, as PostgreSQL gets it."""
    actor = actor_for(room_.built.specialist)
    while len(list(entries_after(actor, room_.topic, 0))) < CATCH_UP_LIMIT:
        room_.post()
    with CaptureQueriesContext(connection) as captured:
        list(entries_after(actor, room_.topic, 0))
    statement = sole([query["sql"] for query in captured.captured_queries])

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.cursor.execute(statement)
            cursor.cursor.fetchall()

    samples = Samples([timed(run) for _ in range(max(5, rounds))])
    return {
        "size": CATCH_UP_LIMIT, "of": "ms of SQL to catch up", "at_most": MOST_SQL, "reached": rounded(samples.median),
        "met": samples.median <= MOST_SQL,
    }  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 2000])
    options = parser.parse_args(arguments)
    results = {}
    for size in options.sizes:
        with room() as made:
            results[size] = asyncio.run(measure(made, size, options.rounds))
            missed = catching_up(made, options.rounds)
    told = report(
        "a message that is kept, until the last viewer has it", results, unit="ms",
        goals=[Goal(size, MOST) for size in options.sizes if size >= JUDGED_FROM],
        packages=["django", "uvicorn", "channels", "redis"],
    )  # fmt: skip
    show({**told, "goals": [*told["goals"], missed]})


if __name__ == "__main__":
    main()
