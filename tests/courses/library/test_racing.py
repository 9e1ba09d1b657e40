"""Two words of one person at the same moment, each over a connection of its own: none is lost, none counts twice."""

from __future__ import annotations

import pytest

from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.models import AnswerBox, HasAnswered, Response
from courses.assessment.operations.filling import _within, answer_questionnaire
from courses.assessment.states.questionnaires import FULL_BOX
from courses.library.models import Enrolment, Stop
from courses.library.operations import confirm_lesson, enrol_oneself
from courses.library.operations.asking import answer_stop
from tests.consultations.test_concurrency import as_user, race
from tests.courses.library.films import as_, playing, shown_in_course
from tests.courses.library.making import chapter, draft, lessons_of, publish, reading
from tests.factories.exams import RIGHT, WRONG, make_version
from tests.factories.people import make_staff, number
from tests.factories.questionnaires import crowd, make_questionnaire, said

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_answers_at_once_one_stands(trainer: User, learner: User, hospital: Institution) -> None:
    course = shown_in_course(trainer, playing(trainer), (2000, make_version(hospital)))
    stop = Stop.unscoped.get(lesson=lessons_of(course)[0])
    told = race([as_user(learner, answer_stop, stop_id=stop.pk, given=given) for given in (RIGHT, WRONG)])
    kept = Response.unscoped.get()
    assert [row.chosen for row, _done in told] == [kept.chosen, kept.chosen]


def test_of_two_that_answer_at_once_both_are_in(trainer: User, hospital: Institution) -> None:
    asked = make_questionnaire(trainer, hospital)
    crowd(asked, hospital, [(5, 0, "before")] * (FULL_BOX - 1))
    two = [make_staff(f"late{number()}", hospital, Role.ASKER) for _each in range(2)]
    given = said(asked, 1, 2, "late")
    told = race([as_user(user, answer_questionnaire, questionnaire_id=asked.pk, given=given) for user in two])
    boxes = list(AnswerBox.unscoped.filter(questionnaire=asked).order_by("number"))
    assert (told, [box.number for box in boxes]) == ([True, True], [1, 2])
    assert [len(box.answers) if box.answers else len(_within(box)) for box in boxes] == [FULL_BOX, 1]


def test_sent_twice_at_once_it_is_answered_once(trainer: User, learner: User, hospital: Institution) -> None:
    asked = make_questionnaire(trainer, hospital)
    given = said(asked, 1, 2, None)
    told = race([as_user(learner, answer_questionnaire, questionnaire_id=asked.pk, given=given)] * 2)
    assert sorted(told) == [False, True]
    assert (HasAnswered.unscoped.count(), len(_within(AnswerBox.unscoped.get()))) == (1, 1)


def test_of_two_lessons_done_at_once_the_course_is_done(trainer: User, learner: User, hospital: Institution) -> None:
    version = draft(trainer, hospital)
    where = chapter(trainer, version)
    for title in ("First", "Then"):
        reading(trainer, where, title)
    course = publish(trainer, version).course
    as_(learner, enrol_oneself, course_id=course.pk)
    race([as_user(learner, confirm_lesson, lesson_id=lesson.pk) for lesson in lessons_of(course)])
    assert Enrolment.unscoped.get(user=learner).completed_at is not None
