"""One state-changing act with its audit row and outbox in one commit, against a raw commit of three inserts.

``python -m benchmarks.operation [--rounds 300] [--sizes 10000 1000000]``. The act is a message in a thread: rights,
lock, row, journal entry with hash, event and its delivery, commit, and the bells after it. The raw commit writes three
rows of the same width and knows nothing. `size` is the number of consultations in the database.
"""

import argparse
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from benchmarks.harness import Run, Samples, in_turn, report, rounded, show, timed
from benchmarks.world import World, world

# isort: split

from django.db import connection, transaction

from consortium.casework.operations import post_message
from consortium.kernel.actors import acting_as

TEXT = "She drinks a little, and the stridor is there when she sleeps. " * 4
_RAW = "INSERT INTO bench_rows (id, at, a, b, c) VALUES (gen_random_uuid(), now(), %s, %s, %s)"
MOST_P95 = 6.0


def contenders(built: World) -> dict[str, Run]:
    from tests.cast import actor_for

    actor = actor_for(built.asker)
    case_id = built.pattern.pk

    def act() -> None:
        with acting_as(actor):
            post_message(actor=actor, case_id=case_id, text=TEXT, key=uuid4())

    def raw() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for _ in range(3):
                cursor.execute(_RAW, [TEXT, TEXT[:80], TEXT[:40]])

    return {"product": lambda: timed(act), "limit": lambda: timed(raw)}


def measure(sizes: list[int], rounds: int) -> dict[str, Any]:
    results: dict[int, dict[str, Samples]] = {}
    for size in sorted(sizes):
        with world(size, kept=True) as built:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE IF EXISTS bench_rows")
                cursor.execute("CREATE TABLE bench_rows (id uuid PRIMARY KEY, at timestamptz, a text, b text, c text)")
            results[size] = in_turn(contenders(built), rounds=rounds, warm_up=10)
    judged = [_p95_goal(size, results[size]) for size in sorted(sizes)]
    told = report("a message with audit and outbox, in one commit", results, unit="ms", packages=["django"])
    return {**told, "goals": judged}


def _p95_goal(size: int, at: dict[str, Samples]) -> dict[str, Any]:
    ratio = at["product"].p95 / at["limit"].p95
    return {"size": size, "of": "p95 product/limit", "at_most": MOST_P95, "reached": rounded(ratio),
            "met": ratio <= MOST_P95}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    options = parser.parse_args(arguments)
    show(measure(options.sizes, options.rounds))


if __name__ == "__main__":
    main()
