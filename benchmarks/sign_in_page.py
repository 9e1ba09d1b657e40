"""The sign-in page: processor time of one request through every middleware, against an empty view behind the same.

``python -m benchmarks.sign_in_page [--rounds 300] [--sizes 1 10]``. `size` is how many pages one round asks for; times
are of one page. Requests run in process: what is counted is the work of a page and not a socket.
"""

import argparse
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.harness import Goal, Run, Samples, in_turn, report, rounded, show
from benchmarks.worklist import empty
from benchmarks.world import world

# isort: split

from types import ModuleType

from django.contrib.auth.decorators import login_not_required
from django.test import Client
from django.test.utils import override_settings
from django.urls import include, path

MOST_CPU = 1.5  # milliseconds
MOST = 8.0


def _urls() -> ModuleType:
    module = ModuleType("benchmarks_sign_in_urls")
    bare = path("bench-empty/", login_not_required(empty))
    module.urlpatterns = [bare, path("", include("consortium.urls"))]  # type: ignore[attr-defined]
    return module


def _processor_time(address: str, times: int) -> float:
    """Milliseconds of processor time of one request; each comes from a browser that was never here."""
    client = Client()
    begun = time.process_time()
    for _ in range(times):
        answer = client.get(address)
    spent = (time.process_time() - begun) * 1000 / times
    if answer.status_code != 200:
        raise ValueError(f"{address} answered {answer.status_code}")
    return spent


def contenders(size: int) -> dict[str, Run]:
    return {
        "product": lambda: _processor_time("/accounts/login/", size),
        "limit": lambda: _processor_time("/bench-empty/", size),
    }


def measure(sizes: list[int], rounds: int) -> dict[str, Any]:
    results: dict[int, dict[str, Samples]] = {}
    with world(kept=True), override_settings(ROOT_URLCONF=_urls()):
        for size in sorted(sizes):
            results[size] = in_turn(contenders(size), rounds=rounds, warm_up=10)
    told = report(
        "the sign-in page",
        results,
        unit="ms of processor",
        packages=["django"],
        goals=[Goal(size, MOST) for size in sizes],
    )
    return {**told, "goals": [*told["goals"], *(_spent(size, results[size]["product"]) for size in sorted(sizes))]}


def _spent(size: int, spent: Samples) -> dict[str, Any]:
    return {"size": size, "of": "ms of processor", "at_most": MOST_CPU, "reached": rounded(spent.median),
            "met": spent.median <= MOST_CPU}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10])
    options = parser.parse_args(arguments)
    show(measure(options.sizes, options.rounds))


if __name__ == "__main__":
    main()
