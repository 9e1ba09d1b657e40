"""A lecture has ended: what was still being voted on is counted."""

from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from courses.live.events.lectures import LectureEnded
from courses.live.operations.polls import close_polls


@receives(LectureEnded)
def close_what_is_asked(entry_id: int, event: LectureEnded) -> None:
    close_polls(actor=current_actor(), lecture_id=event.lecture_id)
