"""A questionnaire was answered: the lessons that are this questionnaire are completed, in every course that the person
takes. It was closed: who has done all else has completed the course."""

from typing import Any

from consortium.kernel.actors import current_actor
from consortium.kernel.events import receives
from consortium.kernel.scoping import unfiltered
from courses.assessment.events import QuestionnaireAnswered, QuestionnaireClosed
from courses.library.models import Course, Enrolment, Lesson
from courses.library.operations import complete_lesson, complete_those_done
from courses.library.states import DoneBy

_WHY = "a lesson that is this questionnaire"


@receives(QuestionnaireAnswered)
def complete_by_questionnaire(entry_id: int, event: QuestionnaireAnswered) -> None:
    taken: Any = unfiltered(Enrolment, why=_WHY).running().filter(user_id=event.user_id)
    lessons = unfiltered(Lesson, why=_WHY).filter(
        questionnaire_id=event.questionnaire_id, version__current_of__isnull=False,
        version__course__in=taken.values("course_id"),
    )  # fmt: skip
    for lesson in lessons:
        complete_lesson(actor=current_actor(), lesson_id=lesson.pk, user_id=event.user_id, how=DoneBy.ANSWERED)


@receives(QuestionnaireClosed)
def complete_without_questionnaire(entry_id: int, event: QuestionnaireClosed) -> None:
    lessons = unfiltered(Lesson, why=_WHY).filter(questionnaire_id=event.questionnaire_id)
    asked = unfiltered(Course, why=_WHY).filter(current__in=lessons.values("version")).order_by("pk")
    for course_id in asked.values_list("pk", flat=True):
        complete_those_done(actor=current_actor(), course_id=course_id)
