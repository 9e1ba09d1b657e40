"""A completed course gives credits and a certificate, with what has proven it."""

from typing import Any
from uuid import UUID

from consortium.kernel.actors import Actor
from consortium.kernel.scoping import unfiltered
from courses.assessment.operations.awarding import Learned, award
from courses.assessment.queries.results import worst_of_best
from courses.assessment.states.credits import Activity
from courses.library.models import CourseVersion, Lesson, LessonProgress
from courses.library.queries.progress import known_share
from courses.library.states import LessonKind, Progress

_WHY = "the credits of a completed course"


def credit_course(actor: Actor, user_id: UUID, version: CourseVersion) -> None:
    """For `learning.complete_lesson`, once the course is done. Told twice, it gives once."""
    lessons = unfiltered(Lesson, why=_WHY).filter(version=version)
    exams = lessons.filter(exam__isnull=False).values_list("exam_id", flat=True)
    asked = lessons.filter(kind=LessonKind.QUESTIONNAIRE).values("key")
    answered: Any = unfiltered(LessonProgress, why=_WHY).filter(
        user_id=user_id, course_id=version.course_id, key__in=asked, state=Progress.COMPLETED
    )
    learned = Learned(
        activity=Activity.COURSE, subject_id=version.course_id, institution_id=version.course.institution_id,
        hours=version.hours, credit=version.credit, title_en=version.title_en, title_zh=version.title_zh,
        exam_percent=worst_of_best(user_id, list(exams)), feedback=answered.exists(),
        known=known_share(user_id, version),
    )  # fmt: skip
    award(actor=actor, person_id=user_id, learned=learned)
