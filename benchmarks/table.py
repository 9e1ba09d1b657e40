"""docs/benchmarks.md: each figure beside its goal."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

_HEAD = """# Benchmarks

Measured on {day:%Y-%m-%d}, {cores} ({processor}), Python {python}, load {load} when the last run began. Written by
`make benchmarks`, not by hand; rows that a run left out (`--only`) are those of the run before. A load far above the
number of cores means that others worked on the machine: such figures say little about waiting, and are to be repeated.

Product and limit run in turn, round by round, in the same run: absolute times move with the machine, ratios hold.
The limit is what the act can't be quicker than: the bare statement, the bare hash, raw sockets. **missed** marks a goal
that was not reached.

| what | size | of | goal | reached | |
| --- | ---: | --- | ---: | ---: | --- |
"""
_TIMES = """
## Times behind the ratios

| what | size | who | median | p95 | unit |
| --- | ---: | --- | ---: | ---: | --- |
"""


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"


def _goal(operation: str, goal: Mapping[str, Any]) -> str:
    limit = f"≤ {_number(goal['at_most'])}" if "at_most" in goal else f"≥ {_number(goal['at_least'])}"
    size, reached = _number(goal["size"]), _number(goal["reached"])
    return f"| {operation} | {size} | {goal['of']} | {limit} | {reached} | {'' if goal['met'] else '**missed**'} |\n"


def _goals(result: Mapping[str, Any]) -> str:
    if "failed" in result:
        return f"| {result['operation']} | | | | | **failed**: {result['failed']} |\n"
    goals = [*result["goals"], *result.get("cost_goals", [])]
    return "".join(_goal(result["operation"], goal) for goal in goals)


def _times(result: Mapping[str, Any]) -> str:
    rows = [
        f"| {result['operation']} | {int(size):,} | {who} | {_number(told['median'])} | {_number(told['p95'])} |"
        f" {result['unit']} |\n"
        for size, at in result.get("measured", {}).items()
        for who, told in at.items()
    ]
    return "".join(rows)


def written(results: Sequence[Mapping[str, Any]], machine: Mapping[str, str], day: date) -> str:
    """The page, of what the scripts printed."""
    head = _HEAD.format(day=day, **machine)
    return head + "".join(map(_goals, results)) + _TIMES + "".join(map(_times, results))
