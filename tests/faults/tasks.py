"""What only the workers of a stack know: slow tasks with one effect, and the places where a test may kill them."""

from __future__ import annotations

import time
from functools import wraps
from typing import Any

from celery import shared_task
from celery.signals import task_postrun, task_prerun, worker_init
from django.db import connection, transaction

from tests.faults.breaking import (
    AFTER_EFFECT,
    AFTER_PUBLISH,
    BEFORE_ACK,
    RECEIVER,
    UNASKED,
    VERB,
    around,
    dawdle,
    die_if_armed,
    note_run,
)

TABLES = """
CREATE TABLE IF NOT EXISTS fault_effect (id bigint, at timestamptz DEFAULT clock_timestamp());
CREATE UNIQUE INDEX IF NOT EXISTS fault_effect_once ON fault_effect (id);
CREATE TABLE IF NOT EXISTS fault_try (id bigint, at timestamptz DEFAULT clock_timestamp());
"""


@shared_task(name="faults.effect")
def effect(number: int, seconds: float = 0.05) -> None:
    """Slow work with one effect: begun (counted apart), then written once however often it runs."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO fault_try (id) VALUES (%s)", [number])
    time.sleep(seconds)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO fault_effect (id) VALUES (%s) ON CONFLICT DO NOTHING", [number])


@worker_init.connect
def break_here(**kwargs: Any) -> None:
    """Put the places into the product's own tasks, before the pool is forked."""
    from consortium.journal import tasks as journal
    from consortium.notices import tasks as notices
    from consortium.notices.operations import sending

    run = journal._run

    @wraps(run)
    def run_and_die(row: Any) -> None:
        note_run(f"{row.entry_id} {row.receiver}")
        run(row)
        dawdle()
        if row.receiver == RECEIVER:
            die_if_armed(AFTER_EFFECT)

    setattr(journal, "_run", run_and_die)  # noqa: B010 - patches, on purpose
    setattr(sending, "ask_worker", around(sending.ask_worker, before=UNASKED))  # type: ignore[attr-defined]  # noqa: B010
    setattr(notices.deliver, "apply_async", around(notices.deliver.apply_async, after=AFTER_PUBLISH))  # noqa: B010
    _break_films()


def _break_films() -> None:
    """A place to die in each phase of a film: of the look, of each kind of piece, of what is written of it."""
    from courses.library.ladder import fragments
    from courses.library.operations import video_making as films

    alive, work = films._alive, films._work

    def alive_and_die(piece: Any, done: float) -> bool:
        """ffmpeg is at it."""
        die_if_armed(f"film:{piece.profile}")
        return alive(piece, done)

    def work_and_note(piece: Any, folder: Any) -> None:
        note_run(f"film {piece.film_id} {piece.name}")
        work(piece, folder)

    broken = {
        "_alive": alive_and_die,
        "_work": work_and_note,
        "probe": around(vars(films)["probe"], before="film:looking"),
        "_order": around(films._order, after="film:ordered"),
        "_made": around(films._made, after="film:made"),
        "_received": around(films._received, after="film:received"),
    }
    for name, instead in broken.items():
        setattr(films, name, instead)
    setattr(fragments, "cut", around(fragments.cut, after="film:cut"))  # noqa: B010


@task_prerun.connect
def begun(sender: Any = None, args: Any = (), **kwargs: Any) -> None:
    if getattr(sender, "name", "") == "journal.deliver_entry":
        note_run(f"{args[0]} task")


@task_postrun.connect
def before_the_ack(sender: Any = None, args: Any = (), **kwargs: Any) -> None:
    from consortium.journal.models import Entry

    if getattr(sender, "name", "") == "journal.deliver_entry" and Entry.unscoped.filter(pk=args[0], verb=VERB).exists():
        die_if_armed(BEFORE_ACK)
