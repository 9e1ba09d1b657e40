"""The year of history, month by month, after the first page stands."""

from celery import shared_task

from consortium.demo.operations import tell_month
from consortium.kernel.actors import acting_as, system

MONTHS = 12


@shared_task(name="demo.history")
def history(month: int = 1) -> None:
    """Tell one month, then ask for the one before it."""
    with acting_as(system("telling the demonstration's history")):
        tell_month(month)
    if month < MONTHS:
        history.apply_async((month + 1,), countdown=2)
