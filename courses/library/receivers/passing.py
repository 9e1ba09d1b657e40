"""An exam was passed: the lessons that are this exam are completed, in every course that the person takes."""

from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from courses.assessment.events import ExamPassed
from courses.library.models import Enrolment, Lesson
from courses.library.operations import complete_lesson
from courses.library.states import DoneBy


@receives(ExamPassed)
def complete_by_exam(entry_id: int, event: ExamPassed) -> None:
    why = "a lesson that is this exam"
    taken = unfiltered(Enrolment, why=why).running().filter(user_id=event.user_id)
    lessons = unfiltered(Lesson, why=why).filter(exam_id=event.exam_id, version__current_of__isnull=False)
    for lesson in lessons.filter(version__course__in=taken.values("course_id")):
        complete_lesson(
            actor=current_actor(), lesson_id=lesson.pk, user_id=event.user_id, how=DoneBy.PASSED
        )  # fmt: skip
