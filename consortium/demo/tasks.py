"""The year of history, piece by piece, after the first page stands. What was told is not told again."""

import logging

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from consortium.demo.operations import film_all, read_old_notices, show_films, tell_piece
from consortium.demo.operations.settling import found_again
from consortium.kernel.actors import acting_as, system

logger = logging.getLogger(__name__)

#: this month, and the twelve before it
MONTHS = 12
#: seconds of one piece: then whoever else waits for the worker has it
PIECE = 10.0


@shared_task(name="demo.history")
def history(month: int = 0, start: int = 0) -> None:
    """Tell a piece of the month that lies so many months back, then ask for the next, and for the month before it.

    A piece that was broken off, by a machine with no time for it or by an error, is passed by one question and gone on
    with: it must not cost the rest of the year.
    """
    with acting_as(system("telling the demonstration's history")):
        if not start:
            read_old_notices()
        try:
            following = tell_piece(month, start, PIECE)
        except SoftTimeLimitExceeded:
            following = start
        except Exception:  # whatever it is, the other questions can be told
            logger.warning("a piece of the demonstration's history was broken off", exc_info=True)
            following = start + 1
    if following is not None:
        history.apply_async((month, following), countdown=1)
    elif month < MONTHS:
        history.apply_async((month + 1, 0), countdown=1)
    else:
        settle_inboxes.apply_async(countdown=20)


@shared_task(name="demo.settle_inboxes")
def settle_inboxes() -> None:
    """When the last month's notices have arrived, they count as read like those before."""
    with acting_as(system("the demonstration's old notices are read")):
        read_old_notices()


#: how often, and after how many seconds each, it is looked whether the films can be watched
LOOKS, LOOK = 60, 10


@shared_task(name="demo.films")
def films(look: int = 0) -> None:
    """Send the films; once the worker has prepared them, publish the course that shows them."""
    world = found_again()
    if not show_films(world, film_all(world)) and look < LOOKS:
        films.apply_async((look + 1,), countdown=LOOK)
