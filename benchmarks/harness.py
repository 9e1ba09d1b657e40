"""What every benchmark shares: contenders run in turn, quantiles, ratios, and the JSON that is printed.

Absolute times move with the machine, ratios hold: so product and limit are measured round by round in the same run,
at two sizes at least, and what counts is the ratio of their medians and its growth from size to size.
"""

import json
import math
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

Run = Callable[[], float]


@dataclass
class Samples:
    """The measured values of one contender at one size; unit: that of the report."""

    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """The nearest-rank 95th percentile."""
        ordered = sorted(self.values)
        return ordered[max(0, math.ceil(0.95 * len(ordered)) - 1)]

    def summary(self) -> dict[str, float]:
        return {"median": rounded(self.median), "p95": rounded(self.p95)}


def rounded(value: float) -> float:
    """Four significant figures: more would claim what was not measured."""
    return float(f"{value:.4g}")


def timed(act: Callable[[], object]) -> float:
    """Milliseconds that `act` takes."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def in_turn(contenders: Mapping[str, Run], *, rounds: int, warm_up: int = 2) -> dict[str, Samples]:
    """Run each contender once per round, the order turned from round to round; a run returns its own measurement."""
    samples = {name: Samples() for name in contenders}
    names = list(contenders)
    for turn in range(-warm_up, rounds):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            value = contenders[name]()
            if turn >= 0:
                samples[name].values.append(value)
    return samples


@dataclass(frozen=True)
class Goal:
    """At `size` the ratio of the medians of `product` to `limit` should be at most `most`."""

    size: int
    most: float
    product: str = "product"
    limit: str = "limit"


def report(
    operation: str,
    results: Mapping[int, Mapping[str, Samples]],
    *,
    unit: str,
    goals: Iterable[Goal] = (),
    packages: Iterable[str] = (),
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The JSON object of a benchmark. `results`: size -> contender -> samples; "product" and "limit" are among them."""
    sizes = sorted(results)
    return {
        "operation": operation,
        "unit": unit,
        "sizes": sizes,
        "rounds": len(results[sizes[0]]["product"].values),
        "measured": {str(s): {n: v.summary() for n, v in results[s].items()} for s in sizes},
        "ratio": {str(s): rounded(results[s]["product"].median / results[s]["limit"].median) for s in sizes},
        "growth": {n: rounded(results[sizes[-1]][n].median / results[sizes[0]][n].median) for n in results[sizes[0]]},
        "goals": [judged(goal, results) for goal in goals],
        "versions": {"python": platform.python_version(), **{name: version(name) for name in packages}},
        **(extra or {}),
    }


def judged(goal: Goal, results: Mapping[int, Mapping[str, Samples]]) -> dict[str, Any]:
    """A goal, the ratio that was reached, and whether it is met."""
    at = results[goal.size]
    ratio = at[goal.product].median / at[goal.limit].median
    return {
        "size": goal.size,
        "of": f"{goal.product}/{goal.limit}",
        "at_most": goal.most,
        "reached": rounded(ratio),
        "met": ratio <= goal.most,
    }


def show(result: Mapping[str, Any]) -> None:
    """Print the JSON object, and nothing else, to standard output."""
    json.dump(result, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
