"""What the access matrix needs of courses: a published one, one that is being written, and who takes the first."""

from __future__ import annotations

from typing import Any

from consortium.people.states import Role
from courses.library.models import Lesson, Material
from courses.library.operations import edit_programme, enrol_oneself, make_programme, make_rule
from courses.library.operations.testing import set_tests
from tests.courses.library.making import as_, chapter, draft, lessons_of, published, reading
from tests.factories.pairs import make_drawn_exam
from tests.factories.people import make_staff


def course_rows(world: Any) -> dict[str, Any]:
    world.people["trainer"] = trainer = make_staff("trainer", world.hospital, Role.TRAINING_ADMIN)
    course = published(trainer, world.hospital)
    version = draft(trainer, world.hospital, "Being written")
    written = reading(trainer, chapter(trainer, version))
    with as_(trainer) as actor:
        rule, _count = make_rule(actor=actor, course_id=course.pk, roles=[Role.SERVICE_LEAD])
        programme, _fresh = make_programme(actor=actor, institution_id=world.hospital.pk, title_en="A programme")
        edit_programme(
            actor=actor, programme_id=programme.pk, title_en="A programme", title_zh="", course_ids=[course.pk]
        )  # fmt: skip
    exam = make_drawn_exam(trainer, world.hospital)
    with as_(trainer) as actor:
        set_tests(actor=actor, course_id=course.pk, exam_id=exam.pk)
    world.does("asker", enrol_oneself, course_id=course.pk)
    lesson: Lesson = lessons_of(course)[0]
    file = Material.unscoped.create(course=course, kind="pdf", name="Handout", size=9, made_at=course.made_at)
    return {
        "course": course, "course_version": version, "written_lesson": written, "course_lesson": lesson,
        "course_rule": rule, "programme": programme, "course_file": file, "course_chapter": written.chapter,
    }  # fmt: skip
