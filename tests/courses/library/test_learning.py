"""A person's way through a course, and its end."""

from __future__ import annotations

import pytest

from consortium.journal.models import Entry
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep
from consortium.people.models import Institution, User
from courses.library.models import Course, Enrolment, LessonProgress
from courses.library.operations import (
    add_lesson,
    begin_lesson,
    complete_lesson,
    complete_those_done,
    confirm_lesson,
    draft_again,
    drop_lesson,
    edit_version,
    enrol_oneself,
    leave_course,
    need_course,
    open_stage,
)
from tests.courses.library.making import as_, chapter, draft, lessons_of, publish, published, reading


def done(user: User, course: Course, *places: int) -> None:
    for place in places:
        with as_(user) as actor:
            confirm_lesson(actor=actor, lesson_id=lessons_of(course)[place].pk)


def enrolment(user: User, course: Course) -> Enrolment:
    return Enrolment.unscoped.get(user=user, course=course)


def test_opening_a_lesson_takes_the_course(learner: User, course: Course) -> None:
    with as_(learner) as actor:
        begin_lesson(actor=actor, lesson_id=lessons_of(course)[0].pk)
    assert enrolment(learner, course).begun_at is not None


def test_a_lesson_is_begun_once(learner: User, course: Course) -> None:
    for _time in range(2):
        with as_(learner) as actor:
            begin_lesson(actor=actor, lesson_id=lessons_of(course)[0].pk)
    assert LessonProgress.unscoped.count() == 1


def test_a_reading_is_completed_by_ones_word(learner: User, course: Course) -> None:
    done(learner, course, 0)
    assert [(row.state, row.how) for row in LessonProgress.unscoped.all()] == [("completed", "read")]


def test_the_last_lesson_completes_the_course(learner: User, course: Course) -> None:
    done(learner, course, 0)
    assert enrolment(learner, course).completed_at is None
    done(learner, course, 1)
    assert enrolment(learner, course).completed_version_id == Course.unscoped.get(pk=course.pk).current_id


def test_a_completed_course_is_told_once(learner: User, course: Course) -> None:
    done(learner, course, 0, 1, 1, 0)
    entries = Entry.unscoped.filter(subject_id=str(course.pk), verb="complete-lesson")
    assert entries.count() == 2
    assert Entry.unscoped.filter(deliveries__event="library.CourseCompleted").distinct().count() <= 1


def test_a_lesson_that_is_not_required_is_not_waited_for(learner: User, trainer: User, hospital: Institution) -> None:
    version = draft(trainer, hospital)
    where = chapter(trainer, version)
    reading(trainer, where, "Needed")
    reading(trainer, where, "Extra", required=False)
    course = publish(trainer, version).course
    done(learner, course, 0)
    assert enrolment(learner, course).completed_at is not None


def test_a_course_without_a_required_lesson_asks_for_all(learner: User, trainer: User, hospital: Institution) -> None:
    version = draft(trainer, hospital)
    where = chapter(trainer, version)
    for name in ("A", "B"):
        reading(trainer, where, name, required=False)
    course = publish(trainer, version).course
    done(learner, course, 0)
    assert enrolment(learner, course).completed_at is None


def test_a_new_version_keeps_ones_place(learner: User, trainer: User, course: Course) -> None:
    done(learner, course, 0)
    with as_(trainer) as actor:
        again = draft_again(actor=actor, course_id=course.pk)
    publish(trainer, again)
    done(learner, course, 1)
    assert enrolment(learner, course).completed_version_id == again.pk


def test_a_new_version_that_asks_for_less_completes_those_who_have_it(
    learner: User, trainer: User, course: Course
) -> None:
    done(learner, course, 0)
    with as_(trainer) as actor:
        again = draft_again(actor=actor, course_id=course.pk)
        drop_lesson(actor=actor, lesson_id=again.lessons.get(title_en="Two").pk)
    publish(trainer, again)
    with acting_as(system("a version was published")) as actor:
        assert complete_those_done(actor=actor, course_id=course.pk) == 1
        assert complete_those_done(actor=actor, course_id=course.pk) == 0
    assert enrolment(learner, course).completed_at is not None


def test_lessons_in_order_open_one_after_the_other(learner: User, trainer: User, hospital: Institution) -> None:
    version = draft(trainer, hospital)
    where = chapter(trainer, version)
    for name in ("First", "Second"):
        reading(trainer, where, name)
    with as_(trainer) as actor:
        edit_version(actor=actor, version_id=version.pk, fields={"in_order": True})
    course = publish(trainer, version).course
    with as_(learner) as actor, pytest.raises(WrongStep, match="First complete the lesson “First”"):
        begin_lesson(actor=actor, lesson_id=lessons_of(course)[1].pk)
    done(learner, course, 0, 1)
    assert enrolment(learner, course).completed_at is not None


def test_what_is_needed_comes_first(learner: User, trainer: User, hospital: Institution, course: Course) -> None:
    basics = published(trainer, hospital, "Basics", title="The basics")
    with as_(trainer) as actor:
        need_course(actor=actor, course_id=course.pk, needs_id=basics.pk)
    with as_(learner) as actor, pytest.raises(WrongStep, match="The basics"):
        begin_lesson(actor=actor, lesson_id=lessons_of(course)[0].pk)
    done(learner, basics, 0)
    done(learner, course, 0)
    assert LessonProgress.unscoped.filter(course=course).count() == 1


def test_a_case_opens_stage_by_stage(learner: User, trainer: User, hospital: Institution) -> None:
    version = draft(trainer, hospital)
    with as_(trainer) as actor:
        where = chapter(trainer, version)
        lesson = add_lesson(
            actor=actor, chapter_id=where.pk, kind="case", fields={"title_en": "A case"},
            texts={"en": "History\n---\nSigns\n---\nWhat it was"},
        )  # fmt: skip
    publish(trainer, version)
    with as_(learner) as actor:
        assert open_stage(actor=actor, lesson_id=lesson.pk, stage=3).stage == 1
        assert open_stage(actor=actor, lesson_id=lesson.pk, stage=2).stage == 2
        with pytest.raises(WrongStep, match="every stage"):
            confirm_lesson(actor=actor, lesson_id=lesson.pk)
        assert open_stage(actor=actor, lesson_id=lesson.pk, stage=3).stage == 3
        assert open_stage(actor=actor, lesson_id=lesson.pk, stage=4).stage == 3
        assert confirm_lesson(actor=actor, lesson_id=lesson.pk).how == "confirmed"


def test_a_reading_is_not_completed_by_watching(learner: User, course: Course) -> None:
    with as_(learner) as actor, pytest.raises(InvalidInput, match="another way"):
        complete_lesson(actor=actor, lesson_id=lessons_of(course)[0].pk, user_id=learner.pk, how="watched")


def test_a_lesson_that_nobody_has_is_not_completed(learner: User, course: Course) -> None:
    with as_(learner) as actor, pytest.raises(NotVisible):
        complete_lesson(actor=actor, lesson_id=course.pk, user_id=learner.pk, how="read")


def test_a_draft_s_lesson_cannot_be_begun(trainer: User, hospital: Institution) -> None:
    version = draft(trainer, hospital)
    lesson = reading(trainer, chapter(trainer, version))
    with as_(trainer) as actor, pytest.raises(NotVisible):
        begin_lesson(actor=actor, lesson_id=lesson.pk)


def test_leaving_keeps_what_was_done(learner: User, course: Course) -> None:
    done(learner, course, 0)
    with as_(learner) as actor:
        leave_course(actor=actor, course_id=course.pk)
        _row, back = enrol_oneself(actor=actor, course_id=course.pk)
    assert back
    done(learner, course, 1)
    assert enrolment(learner, course).completed_at is not None


def test_a_completed_course_is_not_left(learner: User, course: Course) -> None:
    done(learner, course, 0, 1)
    with as_(learner) as actor, pytest.raises(InvalidInput, match="completed already"):
        leave_course(actor=actor, course_id=course.pk)
