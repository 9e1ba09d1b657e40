"""Who comes into a seat is enrolled by the rules; who has done all that a new version asks for is done with it."""

from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.people.events import SeatGained
from courses.library.events import CoursePublished
from courses.library.operations import apply_rules, complete_those_done


@receives(SeatGained)
def enrol_newcomer(entry_id: int, event: SeatGained) -> None:
    apply_rules(actor=current_actor(), user_id=event.user_id)


@receives(CoursePublished)
def complete_by_new_version(entry_id: int, event: CoursePublished) -> None:
    complete_those_done(actor=current_actor(), course_id=event.course_id)
