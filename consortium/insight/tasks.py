"""What keeps the numbers true, and writes exports. Each may run twice at once; nothing but rows says what is due."""

import time
from uuid import UUID

from celery import shared_task

from consortium.insight.operations.exporting import expire_exports, forsaken_exports, write_piece
from consortium.insight.operations.reporting import freeze_due
from consortium.insight.operations.rolling import next_to_recompute, recompute_month
from consortium.insight.operations.rolling import refresh as make_anew
from consortium.kernel.actors import acting_as, system
from consortium.kernel.queue import ask_worker

#: how long one run writes before it lets others have the worker
RUN_SECONDS = 20.0


@shared_task(name="insight.refresh")
def refresh() -> int:
    """The cells of months in which something moved (beat, every minute)."""
    with acting_as(system("the measures are kept true")):
        return make_anew()


@shared_task(name="insight.recompute")
def recompute() -> int:
    """One month from the cases themselves, each once a day (beat, every ten minutes)."""
    with acting_as(system("the measures are computed anew")):
        month = next_to_recompute()
        return recompute_month(month) if month else 0


@shared_task(name="insight.freeze_reports")
def freeze_reports() -> int:
    """The reports of months that are over (beat, every half hour)."""
    return freeze_due()


@shared_task(name="insight.write_export")
def write_export(export_id: str) -> None:
    """Some pieces of one export; then it asks for itself again."""
    begun = time.monotonic()
    with acting_as(system("writing exports")):
        while more := write_piece(UUID(export_id)):
            if time.monotonic() - begun > RUN_SECONDS:
                break
    if more:
        ask_worker("insight.write_export", export_id)


@shared_task(name="insight.relay")
def relay() -> int:
    """Exports that nobody writes, and those whose time is over (beat, twice a minute)."""
    with acting_as(system("writing exports")):
        forsaken = forsaken_exports()
        for export_id in forsaken:
            ask_worker("insight.write_export", str(export_id))
        return len(forsaken) + expire_exports()
