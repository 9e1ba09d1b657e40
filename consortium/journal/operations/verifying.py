"""Verifying all chains, in pieces that a worker can do, and keeping what was found."""

import time
from collections.abc import Iterable
from dataclasses import asdict

from django.db import models, transaction

from consortium.journal.models import Entry, Verification
from consortium.journal.operations.writing import record
from consortium.journal.queries import Fault, next_stretch, settled_sum, stretch_faults
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.scoping import unfiltered

MOST_KEPT = 100
WHY = "verifying the journal"


@transaction.atomic
def begin_verification(*, actor: Actor) -> Verification:
    """A new run: settles what the run before had marked, and compares what earlier runs had settled."""
    previous = Verification.objects.order_by("-id").first()
    newest = unfiltered(Entry, why=WHY).aggregate(newest=models.Max("id"))["newest"] or 0
    run = Verification(at=clock.now(), newest_id=newest)
    if previous is not None:
        run.settled_from, run.settled_id = previous.settled_id, previous.newest_id
        run.settled_count, run.settled_sum = settled_sum(run.settled_from, run.settled_id)
    _note(run, _unsettled())
    run.save(force_insert=True)
    return run


def _unsettled() -> Iterable[Fault]:
    """Ranges of entries that are no longer what an earlier run had settled."""
    for run in Verification.objects.filter(settled_count__gt=0).order_by("id"):
        if settled_sum(run.settled_from, run.settled_id) != (run.settled_count, run.settled_sum):
            yield Fault("*", run.settled_id, f"entries changed or missing since {run.at:%F}")


def _note(run: Verification, faults: Iterable[Fault]) -> None:
    for fault in faults:
        run.fault_count += 1
        if len(run.faults) < MOST_KEPT:
            run.faults.append(asdict(fault))


def continue_verification(*, actor: Actor, run: Verification, seconds: float) -> Verification:
    """Go on for about `seconds`; what was done is kept, so that the next call goes on from there."""
    until = time.monotonic() + seconds
    while run.finished_at is None:
        _step(actor, run)
        if time.monotonic() > until:
            break
    return run


@transaction.atomic
def _step(actor: Actor, run: Verification) -> None:
    stop, count = next_stretch(run.position)
    _note(run, stretch_faults(run.position, stop))
    run.position, run.chains = stop, run.chains + count
    if not stop:
        run.finished_at = clock.now()
    run.save()
    if run.finished_at is not None:
        record(actor=actor, verb="verify", subject=run, facts={"chains": run.chains, "faults": run.fault_count})


@transaction.atomic
def note_export(*, actor: Actor, rows: int, filters: dict[str, str]) -> None:
    """That the journal left the house as a file: who, how much, narrowed how."""
    run = Verification.objects.order_by("-id").first() or Verification(pk=0)
    record(actor=actor, verb="export", subject=run, facts={"rows": rows, "filters": filters})
