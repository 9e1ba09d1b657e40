"""A page of the manual was approved anew: the lessons that teach what changed wait to be looked at."""

from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from courses.library.operations import mark_stale
from decision_manual.events import VersionApproved


@receives(VersionApproved)
def mark_lessons_stale(entry_id: int, event: VersionApproved) -> None:
    mark_stale(
        actor=current_actor(), pathway=event.pathway, manual_version_id=event.version_id, changed=event.changed
    )  # fmt: skip
