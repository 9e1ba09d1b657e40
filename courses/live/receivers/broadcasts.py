"""A lecture has ended: nothing more is sent, and what was sent becomes its recording."""

from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from courses.live.events.lectures import LectureEnded, StageLeft
from courses.live.operations.broadcasting import end_broadcast
from courses.live.operations.recording import keep_recording


@receives(LectureEnded)
def end_what_is_sent(entry_id: int, event: LectureEnded) -> None:
    end_broadcast(actor=current_actor(), lecture_id=event.lecture_id)


@receives(LectureEnded)
def keep_what_was_sent(entry_id: int, event: LectureEnded) -> None:
    """Runs on a worker, and may run twice. A delivery of its own: the lecture is not locked while its film is made."""
    keep_recording(actor=current_actor(), lecture_id=event.lecture_id)


@receives(StageLeft)
def keep_its_last_seconds(entry_id: int, event: StageLeft) -> None:
    keep_recording(actor=current_actor(), lecture_id=event.lecture_id)
