"""An exam was passed: the lessons that are this exam are completed, and the chapters that it stands for are known, in
every course that the person takes. A better result may give the credits of a completed course that were withheld."""

from typing import Any
from uuid import UUID

from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from courses.assessment.events import ExamFinished, ExamPassed
from courses.library.models import Chapter, Course, Enrolment, Lesson
from courses.library.operations import complete_lesson, know_chapter
from courses.library.operations.learning import credit_again
from courses.library.states import DoneBy

_WHY = "a lesson that is this exam"


def _lessons(exam_id: UUID) -> Any:
    return unfiltered(Lesson, why=_WHY).filter(exam_id=exam_id, version__current_of__isnull=False)


def _taken_by(user_id: UUID) -> Any:
    return unfiltered(Enrolment, why=_WHY).running().filter(user_id=user_id).values("course_id")


@receives(ExamPassed)
def complete_by_exam(entry_id: int, event: ExamPassed) -> None:
    for lesson in _lessons(event.exam_id).filter(version__course__in=_taken_by(event.user_id)):
        complete_lesson(
            actor=current_actor(), lesson_id=lesson.pk, user_id=event.user_id, how=DoneBy.PASSED
        )  # fmt: skip


@receives(ExamPassed)
def know_by_exam(entry_id: int, event: ExamPassed) -> None:
    chapters = unfiltered(Chapter, why="a chapter that this exam stands for").filter(
        exam_id=event.exam_id, version__current_of__isnull=False, version__course__in=_taken_by(event.user_id)
    )
    for chapter_id in chapters.order_by("pk").values_list("pk", flat=True):
        know_chapter(actor=current_actor(), chapter_id=chapter_id, user_id=event.user_id)


@receives(ExamFinished)
def credit_by_better_result(entry_id: int, event: ExamFinished) -> None:
    done = unfiltered(Enrolment, why=_WHY).filter(user_id=event.user_id, completed_at__isnull=False)
    courses = unfiltered(Course, why=_WHY).filter(pk__in=_lessons(event.exam_id).values("version__course"))
    for course in courses.filter(pk__in=done.values("course_id")).order_by("pk"):
        credit_again(actor=current_actor(), user_id=event.user_id, course=course)
