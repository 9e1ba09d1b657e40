"""What workers do for courses. Each may run twice; nothing but rows says what is due."""

from uuid import UUID

from celery import shared_task

from consortium.kernel.actors import acting_as, system
from courses.library.operations.testing import tell_of_later
from courses.library.operations.video_beats import ask
from courses.library.operations.video_making import make_next, probe_film
from courses.library.operations.video_sweeping import sweep_videos


@shared_task(name="video.probe")
def probe_video(film_id: str) -> str:
    """Look at one film."""
    with acting_as(system("videos are looked at")) as actor:
        return probe_film(actor=actor, film_id=UUID(film_id))


@shared_task(name="video.make")
def make_video_piece(film_id: str) -> None:
    """Make one piece of a film, then ask for the next: other work gets its turn between two."""
    with acting_as(system("videos are prepared")) as actor:
        more = make_next(actor=actor, film_id=UUID(film_id))
    if more:
        ask("video.make", UUID(film_id))


@shared_task(name="video.sweep")
def sweep() -> dict[str, int]:
    """Every 30 s (beat): find what was lost, clear what nobody needs."""
    with acting_as(system("video sweeper")) as actor:
        return sweep_videos(actor=actor)


@shared_task(name="courses.later_tests")
def later_tests() -> int:
    """Every 5 minutes (beat): tell who is asked again, some weeks after a course: how many."""
    with acting_as(system("a later test is due")) as actor:
        return tell_of_later(actor=actor)
