"""The workers and their clock.

A worker runs each task in a process that dies with it and keeps a heartbeat in Redis. Beat only asks for work that is
due as rows in PostgreSQL, and two beats at once ask once.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from typing import Any

from celery import Celery, bootsteps
from celery.beat import ScheduleEntry, Scheduler
from celery.loaders.app import AppLoader
from celery.signals import setup_logging, worker_before_create_process, worker_init, worker_process_init
from kombu.transport.redis import Channel, QoS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consortium.settings")

HEARTBEAT_EVERY = 2.0
HEARTBEAT_LASTS = 6
_LEAD_LASTS_MS = 5_000

_IS_BEAT = "beat" in sys.argv[1:]


class BareLoader(AppLoader):
    """For beat, which asks for tasks by name: it imports no application code and stays small."""

    def import_default_modules(self) -> list[Any]:
        return []


app = Celery("consortium", loader="consortium.celery:BareLoader", fixups=[]) if _IS_BEAT else Celery("consortium")
app.config_from_object("django.conf:settings", namespace="CELERY")
if not _IS_BEAT:
    app.autodiscover_tasks()


class NoDebt(QoS):
    """What cannot be acknowledged, because the broker is away, is the broker's to give out again and no debt of ours.

    In the library it stays one: a worker whose tasks all end just then is never given a task again, lives on and beats
    its heart, and nothing is delivered (found by R4 of the fault tests on a busy machine).
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        finally:
            self._forget(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue=requeue)
        finally:
            self._forget(delivery_tag)

    def _forget(self, delivery_tag: str) -> None:
        self._quick_ack(delivery_tag)  # type: ignore[attr-defined]


Channel.QoS = NoDebt


@worker_init.connect
def import_everything(**kwargs: Any) -> None:
    """All code is imported now, while nobody is acting, and refused when production is not secure."""
    from consortium import urls
    from consortium.kernel.checks import refuse_insecure

    refuse_insecure()
    urls.import_everything()


@worker_before_create_process.connect
def share_memory(**kwargs: Any) -> None:
    """What is loaded before the fork stays shared: the collector does not walk it (and so copy it) in each process."""
    gc.collect()
    gc.freeze()


def beat_heart(name: str) -> None:
    """Say that ``name`` lives. A Redis that is away makes it look dead, which health.py tells apart."""
    from consortium.kernel import valkey

    try:
        valkey.client().set(valkey.key("heartbeat", name), int(time.time()), ex=HEARTBEAT_LASTS)
    except valkey.Away:
        return


class Heart(bootsteps.StartStopStep):
    """Keeps the heartbeat of the queues this worker takes from, on a thread of its own."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self.timer: Any = None

    def start(self, parent: Any) -> None:
        name = os.environ.get("PROCESS_NAME", "worker")
        beat_heart(name)
        self.timer = parent.timer.call_repeatedly(HEARTBEAT_EVERY, beat_heart, (name,))

    def stop(self, parent: Any) -> None:
        if self.timer is not None:
            self.timer.cancel()


app.steps["worker"].add(Heart)


@setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Celery leaves logging alone: settings.LOGGING stands."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)


@worker_process_init.connect
def end_with_worker(**kwargs: Any) -> None:
    """A pool process must not go on alone when its worker is killed."""
    from consortium.embedded.processes import die_with_parent

    die_with_parent(signal.SIGKILL)


class LedScheduler(Scheduler):
    """Beat in memory, with a lead in Redis: of several at once one asks. It keeps the heartbeat ``beat``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.token = f"{os.getpid()}-{time.time_ns()}"
        self.last_heart = 0.0
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        self.merge_inplace(self.app.conf.beat_schedule)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if time.monotonic() - self.last_heart >= HEARTBEAT_EVERY:
            self.last_heart = time.monotonic()
            beat_heart("beat")
        return float(min(super().tick(*args, **kwargs), 1.0))

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        if self.leads():
            super().apply_entry(entry, producer)

    def leads(self) -> bool:
        from consortium.kernel import valkey

        key = valkey.key("lead", "beat")
        try:
            client = valkey.client()
            if client.set(key, self.token, nx=True, px=_LEAD_LASTS_MS):
                return True
            if client.get(key) != self.token:
                return False
            client.pexpire(key, _LEAD_LASTS_MS)
        except valkey.Away:
            return False
        return True
