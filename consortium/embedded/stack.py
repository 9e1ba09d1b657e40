"""What runs in one place besides the servers: the web process, the workers and beat."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from consortium.embedded.places import ROOT
from consortium.embedded.processes import Program, Rank

# Warm first: running tasks may finish; then cold, and the tasks come back after the visibility timeout.
_WORKER_STOPS = ((signal.SIGTERM, 1.2), (signal.SIGQUIT, 0.5))


def environ(name: str) -> dict[str, str]:
    """What each child is told; of glibc's memory pools two are enough."""
    return {
        "PROCESS_NAME": name,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
        "PYTHONUNBUFFERED": "1",
        "MALLOC_ARENA_MAX": "2",
        # `prepare` and the tests check the system; each worker again would only be slower to start
        "CELERY_SKIP_CHECKS": "1",
        "DJANGO_SETTINGS_MODULE": "consortium.settings",
    }


def web(sockets: Sequence[int]) -> Program:
    """The web process, taking over listening sockets: a restart refuses nobody, it only lets them wait."""
    fds = [part for number in sockets for part in ("--fd", str(number))]
    return Program(
        name="web",
        argv=[sys.executable, "-m", "consortium.web", *fds],
        rank=Rank.WORK,
        stops=((signal.SIGTERM, 1.2),),
        environ=environ("web"),
        sockets=sockets,
    )


def worker(name: str, queues: str, *, processes: int, nice: int = 0) -> Program:
    command = [
        sys.executable, "-m", "celery", "--app", "consortium.celery", "worker", "--queues", queues, "--hostname",
        f"{name}@%h", "--pool", "prefork", "--concurrency", str(processes), "--without-gossip", "--without-mingle",
        "--without-heartbeat", "--loglevel", "WARNING",
    ]  # fmt: skip
    return Program(name, command, Rank.WORK, stops=_WORKER_STOPS, environ=environ(name), nice=nice)


def workers() -> list[Program]:
    """Urgent work and the rest; media one at a time, giving way to everything else."""
    return [worker("worker", "urgent,default", processes=2), worker("media", "media", processes=1, nice=10)]


def beat() -> Program:
    command = [
        sys.executable,
        "-m",
        "celery",
        "--app",
        "consortium.celery",
        "beat",
        "--pidfile=",
        "--loglevel",
        "WARNING",
    ]
    return Program("beat", command, Rank.WORK, stops=((signal.SIGTERM, 1.2),), environ=environ("beat"))


def encoders() -> Program:
    """What takes streams of studio encoders; where it cannot, its log says why."""
    command = [sys.executable, str(ROOT / "manage.py"), "encoders"]
    return Program("encoders", command, Rank.WORK, stops=((signal.SIGTERM, 1.2),), environ=environ("encoders"))


def manage(*arguments: str) -> Program:
    """One command of Django's, with the time it needs."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return Program(
        arguments[-1],
        command,
        Rank.WORK,
        stops=((signal.SIGTERM, 1.2),),
        environ={**environ("prepare"), "STATEMENT_TIMEOUT_MS": "0"},
    )
