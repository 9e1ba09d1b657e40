"""A lecture has ended: its guest leaves the stage."""

from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from courses.live.events.lectures import LectureEnded
from courses.live.operations.guests import end_guests


@receives(LectureEnded)
def end_its_guest(entry_id: int, event: LectureEnded) -> None:
    end_guests(actor=current_actor(), lecture_id=event.lecture_id)
