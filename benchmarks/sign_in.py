"""Signing in against the bare password hash, and what others feel while twenty sign in at once.

``python -m benchmarks.sign_in [--rounds 12] [--sizes 1 20]``. `size` is how many sign in at the same time. The product
is the web process, over HTTP: a POST of the sign-in form. The limit is Argon2 itself with the product's parameters, by
as many threads; both also in processor time, for a hash takes all cores at once and the request around it only one
(ADR 0031). Beside it stands the p95 of other people's sign-in page while that happens, against the same at rest.
"""

import argparse
import re
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import requests

from benchmarks.harness import Goal, Run, Samples, in_turn, report, rounded, show, timed
from benchmarks.world import World, world

# isort: split

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test.utils import override_settings

from consortium.kernel.actors import acting_as, system
from consortium.people.models import User
from tests.factories.people import make_staff

PASSWORD = "a short sentence that nobody guesses"
MOST = 1.1
PRODUCT_S, LIMIT_S = "product's processor", "limit's processor"
Measure = Callable[[Callable[[], object]], float]
MOST_FOR_OTHERS = 2.0


def _together(acts: list[Callable[[], object]]) -> None:
    """All at once; the first error is raised when all have ended."""
    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(act) for act in acts]:
            done.result()


def _ready(built: World, username: str) -> tuple[requests.Session, dict[str, str]]:
    """A browser with the form open."""
    session = requests.Session()
    page = session.get(f"{built.stack.url}/accounts/login/", timeout=60)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    if token is None:
        raise ValueError(f"the sign-in page answered {page.status_code}, without a form")
    return session, {"login": username, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}


def _post(built: World, ready: tuple[requests.Session, dict[str, str]]) -> None:
    session, form = ready
    address = f"{built.stack.url}/accounts/login/"
    answer = session.post(address, data=form, headers={"Referer": address}, allow_redirects=False, timeout=120)
    if answer.status_code != 302 or not any(cookie.name.startswith("session") for cookie in session.cookies):
        raise ValueError(f"sign-in answered {answer.status_code} to {answer.headers.get('Location')}")


def _sign_in(built: World, names: list[str], measured: Measure = timed) -> float:
    built.stack.redis().flushall()  # or the limits on signing in would count the rounds
    browsers = [_ready(built, name) for name in names]
    return measured(lambda: _together([partial(_post, built, browser) for browser in browsers]))


def _hash(times: int, measured: Measure = timed) -> float:
    hasher = Argon2PasswordHasher()
    return measured(lambda: _together([lambda: hasher.encode(PASSWORD, "saltsaltsaltsalt")] * times))


def _processor(spent: Callable[[], float]) -> Measure:
    """Milliseconds of processor that an act takes, as `spent` counts them."""

    def measured(act: Callable[[], object]) -> float:
        begun = spent()
        act()
        return spent() - begun

    return measured


def _own() -> float:
    return time.process_time() * 1000


def _of_web(built: World) -> float:
    """What the web process has used, in its threads of now and in those that have ended, as Argon2's lanes have."""
    clock = (~built.stack.children["web"].pid << 3) | 2  # clock_getcpuclockid(3)
    return time.clock_gettime(clock) * 1000


def _runs(built: World, names: list[str]) -> dict[str, Run]:
    return {
        "product": lambda: _sign_in(built, names),
        "limit": lambda: _hash(len(names)),
        PRODUCT_S: lambda: _sign_in(built, names, _processor(lambda: _of_web(built))),
        LIMIT_S: lambda: _hash(len(names), _processor(_own)),
    }


def others(built: World, names: list[str]) -> dict[str, Any]:
    """p95 of somebody else's sign-in page at rest, and while all of `names` sign in."""
    rest, busy, stop = Samples(), Samples(), threading.Event()

    def look(into: Samples) -> None:
        begun = time.perf_counter()
        requests.get(f"{built.stack.url}/accounts/login/", timeout=60)
        into.values.append((time.perf_counter() - begun) * 1000)

    for _ in range(40):
        look(rest)
    built.stack.redis().flushall()
    browsers = [_ready(built, name) for name in names]

    def keep_looking() -> None:
        while not stop.is_set():
            look(busy)

    watcher = threading.Thread(target=keep_looking)
    watcher.start()
    _together([partial(_post, built, browser) for browser in browsers])
    stop.set()
    watcher.join()
    ratio = busy.p95 / rest.p95
    return {
        "size": len(names), "of": "p95 of others, busy/rest", "at_most": MOST_FOR_OTHERS, "reached": rounded(ratio),
        "met": ratio <= MOST_FOR_OTHERS, "rest": rest.summary(), "busy": busy.summary(),
    }  # fmt: skip


def measure(sizes: list[int], rounds: int) -> dict[str, Any]:
    results: dict[int, dict[str, Samples]] = {}
    with (
        override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"]),
        world(kept=True, web=True) as built,
    ):
        names = [f"person{n}" for n in range(max(sizes))]
        with acting_as(system("benchmark")):
            for name in names:
                user = User.objects.filter(username=name).first() or make_staff(name, built.centres[0], "asker")
                user.set_password(PASSWORD)
                user.save()
        for size in sorted(sizes):
            results[size] = in_turn(_runs(built, names[:size]), rounds=rounds, warm_up=1)
        beside = others(built, names)
    goals = [Goal(size, MOST, *pair) for size in sizes for pair in (("product", "limit"), (PRODUCT_S, LIMIT_S))]
    told = report("signing in", results, unit="ms", goals=goals, packages=["argon2-cffi"])
    return {**told, "goals": [*told["goals"], beside]}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 20])
    options = parser.parse_args(arguments)
    show(measure(options.sizes, options.rounds))


if __name__ == "__main__":
    main()
