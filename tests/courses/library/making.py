"""Courses, made by the same operations that people use."""

from __future__ import annotations

from typing import Any

from consortium.kernel.actors import acting_as
from consortium.people.models import Institution, User
from courses.library.models import Chapter, Course, CourseVersion, Lesson
from courses.library.operations import add_chapter, add_lesson, make_course, publish_course
from tests.cast import actor_for
from tests.factories.exams import make_exam, make_version


def as_(user: User) -> Any:
    """Act as this person: `with as_(trainer) as actor`."""
    return acting_as(actor_for(user))


def draft(trainer: User, place: Institution, title: str = "Fever in young infants", **more: Any) -> CourseVersion:
    """A draft without lessons."""
    with as_(trainer) as actor:
        return make_course(actor=actor, institution_id=place.pk, title_en=title, **more)[0]


def chapter(trainer: User, version: CourseVersion, title: str = "Chapter", rule: str = "") -> Chapter:
    """A heading; with an exam that stands for it where a video's `rule` asks for one."""
    place = version.course.institution
    exam = make_exam(trainer, place, [make_version(place)]) if rule == "tested_out" else None
    with as_(trainer) as actor:
        return add_chapter(actor=actor, version_id=version.pk, title_en=title, exam_id=exam.pk if exam else None)


def reading(trainer: User, where: Chapter, title: str = "Read this", *, kind: str = "reading", **fields: Any) -> Lesson:
    """A lesson with a text."""
    with as_(trainer) as actor:
        return add_lesson(
            actor=actor, chapter_id=where.pk, kind=kind, fields={"title_en": title, **fields},
            texts={"en": f"{title}, in words."},
        )  # fmt: skip


def publish(trainer: User, version: CourseVersion) -> CourseVersion:
    with as_(trainer) as actor:
        return publish_course(actor=actor, version_id=version.pk)


def published(trainer: User, place: Institution, *lessons: str, title: str = "Fever in young infants") -> Course:
    """A published course of one chapter with readings of these titles."""
    version = draft(trainer, place, title)
    where = chapter(trainer, version)
    for name in lessons or ("One", "Two"):
        reading(trainer, where, name)
    return publish(trainer, version).course


def lessons_of(course: Course) -> list[Lesson]:
    """The lessons that learners get, in order."""
    course = Course.unscoped.get(pk=course.pk)
    rows = Lesson.unscoped.filter(version_id=course.current_id)
    return list(rows.order_by("chapter__position", "position"))
