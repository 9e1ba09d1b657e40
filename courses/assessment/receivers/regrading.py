"""Exams hear what becomes of their questions."""

from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from courses.assessment.events import ResponsesRescored
from courses.assessment.operations.regrading import regrade_attempts


@receives(ResponsesRescored, duty=True)
def follow_a_corrected_key(entry_id: int, event: ResponsesRescored) -> None:
    """In the correction's own transaction: its preview and what becomes of it are the same."""
    regrade_attempts(actor=current_actor(), version_id=event.version_id, by_version_id=event.by_version_id)
