"""The year of history, month by month, after the first page stands."""

from celery import shared_task

from consortium.demo.operations import read_old_notices, tell_month
from consortium.kernel.actors import acting_as, system

MONTHS = 12


@shared_task(name="demo.history")
def history(month: int = 1) -> None:
    """Tell one month, then ask for the one before it."""
    with acting_as(system("telling the demonstration's history")):
        read_old_notices()
        tell_month(month)
    if month < MONTHS:
        history.apply_async((month + 1,), countdown=2)
    else:
        settle_inboxes.apply_async(countdown=20)


@shared_task(name="demo.settle_inboxes")
def settle_inboxes() -> None:
    """When the last month's notices have arrived, they count as read like those before."""
    with acting_as(system("the demonstration's old notices are read")):
        read_old_notices()
