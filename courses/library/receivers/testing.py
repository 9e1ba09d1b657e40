"""The tests of a course: who may begin one now, and when somebody is asked again."""

from consortium.kernel.events import receives
from courses.assessment.events import AttemptBegun, AttemptHandedIn
from courses.library.operations.testing import check_begin, plan_later


@receives(AttemptBegun, duty=True)
def hold_the_order(entry_id: int, event: AttemptBegun) -> None:
    """In the transaction of the attempt: it is not begun before its time."""
    check_begin(exam_id=event.exam_id, user_id=event.user_id)


@receives(AttemptHandedIn)
def plan_the_later_test(entry_id: int, event: AttemptHandedIn) -> None:
    plan_later(attempt_id=event.attempt_id)
