"""A lesson that is a questionnaire: chosen in the builder, done when it is answered."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from consortium.journal.models import Delivery, Entry
from consortium.kernel.errors import InvalidInput, WrongStep
from consortium.people.models import Institution, User
from courses.assessment.events import QuestionnaireAnswered, QuestionnaireClosed
from courses.assessment.models import Questionnaire
from courses.assessment.operations.questionnaires import close_questionnaire
from courses.library.models import Chapter, Course, CourseVersion, Enrolment, Lesson, LessonProgress
from courses.library.operations import (
    add_lesson,
    begin_lesson,
    confirm_lesson,
    copy_course,
    draft_again,
    edit_version,
    enrol_oneself,
    publish_course,
)
from courses.library.queries.page import course_page, course_seen
from courses.library.receivers.answering import complete_by_questionnaire, complete_without_questionnaire
from tests.cast import actor_for, client_for
from tests.courses.library.making import as_, chapter, draft, lessons_of, publish, reading
from tests.factories.questionnaires import answer, make_questionnaire

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(trainer: User, hospital: Institution) -> Questionnaire:
    return make_questionnaire(trainer, hospital)


def with_lesson(trainer: User, place: Institution, asked: Questionnaire | None) -> CourseVersion:
    version = draft(trainer, place)
    where = chapter(trainer, version)
    fields = {"title_en": "Your view", "questionnaire_id": asked.pk if asked else None}
    with as_(trainer) as actor:
        add_lesson(actor=actor, chapter_id=where.pk, kind="questionnaire", fields=fields)
    return version


@pytest.fixture
def course(trainer: User, hospital: Institution, asked: Questionnaire) -> Course:
    return publish(trainer, with_lesson(trainer, hospital, asked)).course


def states(user: User) -> list[tuple[str, str]]:
    return [(row.state, row.how) for row in LessonProgress.unscoped.filter(user=user)]


def hear(asked: Questionnaire, user: User) -> None:
    complete_by_questionnaire(1, QuestionnaireAnswered(asked.pk, user.pk))


def test_a_lesson_without_one_is_not_published(trainer: User, hospital: Institution) -> None:
    version = with_lesson(trainer, hospital, None)
    with as_(trainer) as actor, pytest.raises(InvalidInput, match="has no questionnaire yet"):
        publish_course(actor=actor, version_id=version.pk)


def test_one_that_takes_no_answers_is_not_published(trainer: User, hospital: Institution) -> None:
    version = with_lesson(trainer, hospital, make_questionnaire(trainer, hospital, draft=True))
    with as_(trainer) as actor, pytest.raises(InvalidInput, match="has no questionnaire yet"):
        publish_course(actor=actor, version_id=version.pk)


def test_the_database_refuses_one_on_a_reading(trainer: User, hospital: Institution, asked: Questionnaire) -> None:
    where = chapter(trainer, draft(trainer, hospital))
    with pytest.raises(IntegrityError, match="library_lesson_questionnaire"), transaction.atomic():
        Lesson.unscoped.create(
            version=where.version, chapter=where, position=1, kind="reading", title_en="x", questionnaire=asked
        )


def test_who_answers_has_done_the_lesson(course: Course, asked: Questionnaire, learner: User) -> None:
    with as_(learner) as actor:
        enrol_oneself(actor=actor, course_id=course.pk)
    answer(asked, learner, 5, 0)
    hear(asked, learner)
    assert states(learner) == [("completed", "answered")]


def test_heard_twice_it_is_done_once(course: Course, asked: Questionnaire, learner: User) -> None:
    with as_(learner) as actor:
        enrol_oneself(actor=actor, course_id=course.pk)
    for _time in range(2):
        hear(asked, learner)
    assert Entry.unscoped.filter(verb="complete-lesson").count() == 1


def test_who_does_not_take_the_course_has_done_no_lesson(course: Course, asked: Questionnaire, learner: User) -> None:
    hear(asked, learner)
    assert states(learner) == []


def test_who_answered_before_is_done_when_they_open_it(course: Course, asked: Questionnaire, learner: User) -> None:
    answer(asked, learner, 5, 0)
    for _time in range(2):
        with as_(learner) as actor:
            begin_lesson(actor=actor, lesson_id=lessons_of(course)[0].pk)
    assert states(learner) == [("completed", "answered")]


def test_opening_it_alone_does_not_complete_it(course: Course, learner: User) -> None:
    with as_(learner) as actor:
        begin_lesson(actor=actor, lesson_id=lessons_of(course)[0].pk)
    assert states(learner) == [("begun", "")]


def test_the_lesson_leads_to_it(course: Course, asked: Questionnaire, learner: User) -> None:
    shown = client_for(learner).get(reverse("library:lesson", args=[lessons_of(course)[0].pk])).content.decode()
    assert reverse("assessment:questionnaire", args=[asked.pk]) in shown


def test_the_builder_offers_it(trainer: User, begun: CourseVersion, asked: Questionnaire) -> None:
    where, client = chapter(trainer, begun), client_for(trainer)
    address = reverse("library:lesson_new", args=[where.pk, "questionnaire"])
    assert str(asked.pk) in client.get(address).content.decode()
    client.post(address, {"title_en": "Your view", "questionnaire_id": str(asked.pk), "minutes": "2"})
    assert Lesson.unscoped.get().questionnaire_id == asked.pk


def test_a_new_version_and_a_copy_of_the_course_keep_it(trainer: User, course: Course, asked: Questionnaire) -> None:
    with as_(trainer) as actor:
        draft_again(actor=actor, course_id=course.pk)
        copy_course(actor=actor, course_id=course.pk, institution_id=course.institution_id)
    assert set(Lesson.unscoped.values_list("questionnaire_id", flat=True)) == {asked.pk}
    assert Lesson.unscoped.count() == 3


# -- closed while the course runs --------------------------------------------------------------------------------------


def with_reading(trainer: User, place: Institution, asked: Questionnaire, **fields: Any) -> Course:
    """First the questionnaire, then a reading; `fields` of the version."""
    version = with_lesson(trainer, place, asked)
    reading(trainer, Chapter.unscoped.get(version=version), "Read this")
    with as_(trainer) as actor:
        edit_version(actor=actor, version_id=version.pk, fields=fields)
    return publish(trainer, version).course


def close(trainer: User, asked: Questionnaire) -> None:
    with as_(trainer) as actor:
        close_questionnaire(actor=actor, questionnaire_id=asked.pk)
    complete_without_questionnaire(1, QuestionnaireClosed(asked.pk))


def read(user: User, course: Course) -> None:
    with as_(user) as actor:
        confirm_lesson(actor=actor, lesson_id=lessons_of(course)[1].pk)


def is_done(user: User) -> bool:
    return Enrolment.unscoped.get(user=user).completed_at is not None


def test_closing_tells_the_courses(trainer: User, asked: Questionnaire) -> None:
    with as_(trainer) as actor:
        close_questionnaire(actor=actor, questionnaire_id=asked.pk)
    (heard,) = Delivery.objects.filter(event="assessment.QuestionnaireClosed")
    assert heard.payload == {"questionnaire_id": str(asked.pk)}


def test_an_open_one_is_waited_for(trainer: User, hospital: Institution, asked: Questionnaire, learner: User) -> None:
    read(learner, with_reading(trainer, hospital, asked))
    assert not is_done(learner)


def test_a_closed_one_is_not_waited_for(
    trainer: User, hospital: Institution, asked: Questionnaire, learner: User
) -> None:
    course = with_reading(trainer, hospital, asked)
    close(trainer, asked)
    read(learner, course)
    assert is_done(learner)


def test_who_has_done_all_else_is_done_when_it_closes(
    trainer: User, hospital: Institution, asked: Questionnaire, learner: User
) -> None:
    read(learner, with_reading(trainer, hospital, asked))
    close(trainer, asked)
    assert is_done(learner)


def test_nobody_completes_a_course_in_which_nothing_is_left(
    trainer: User, course: Course, asked: Questionnaire, learner: User
) -> None:
    with as_(learner) as actor:
        begin_lesson(actor=actor, lesson_id=lessons_of(course)[0].pk)
    close(trainer, asked)
    assert not is_done(learner)


def test_the_lessons_after_a_closed_one_open(
    trainer: User, hospital: Institution, asked: Questionnaire, learner: User
) -> None:
    course = with_reading(trainer, hospital, asked, in_order=True)
    with as_(learner) as actor, pytest.raises(WrongStep, match="Your view"):
        confirm_lesson(actor=actor, lesson_id=lessons_of(course)[1].pk)
    close(trainer, asked)
    read(learner, course)
    assert is_done(learner)


def test_the_page_says_that_a_closed_one_is_not_asked_for(
    trainer: User, hospital: Institution, asked: Questionnaire, learner: User
) -> None:
    course = with_reading(trainer, hospital, asked)
    client, address = client_for(learner), reverse("library:course", args=[course.pk])
    assert "0 of 2 lessons" in client.get(address).content.decode()
    close(trainer, asked)
    shown = client.get(address).content.decode()
    assert ("0 of 1 lessons" in shown, "closed, and not asked for any more" in shown) == (True, True)
    assert course_page(actor_for(learner), course_seen_by(learner, course))["following"].lesson.title == "Read this"


def course_seen_by(user: User, course: Course) -> Course:
    with as_(user):
        return course_seen(course.pk)
