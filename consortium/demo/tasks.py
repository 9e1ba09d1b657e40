"""The year of history, piece by piece, after the first page stands. What was told is not told again."""

from celery import shared_task

from consortium.demo.operations import read_old_notices, tell_piece
from consortium.kernel.actors import acting_as, system

#: this month, and the twelve before it
MONTHS = 12
#: questions in one piece: some seconds, and then whoever else waits for the worker
PIECE = 5


@shared_task(name="demo.history")
def history(month: int = 0, start: int = 0) -> None:
    """Tell a piece of the month that lies so many months back, then ask for the next, and for the month before it."""
    with acting_as(system("telling the demonstration's history")):
        if not start:
            read_old_notices()
        told = tell_piece(month, start, PIECE)
    if start + PIECE < told:
        history.apply_async((month, start + PIECE), countdown=1)
    elif month < MONTHS:
        history.apply_async((month + 1, 0), countdown=1)
    else:
        settle_inboxes.apply_async(countdown=20)


@shared_task(name="demo.settle_inboxes")
def settle_inboxes() -> None:
    """When the last month's notices have arrived, they count as read like those before."""
    with acting_as(system("the demonstration's old notices are read")):
        read_old_notices()
