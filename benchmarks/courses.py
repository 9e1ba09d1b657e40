"""The page of a course and the catalogue, with 100 and with 100 thousand enrolments in the course.

``python -m benchmarks.courses {course,catalogue} [--rounds 100] [--sizes 100 100000]``

Each is asked for over HTTP by a learner who takes the course, signed in and scoped, against the rows it shows read by
statements written by hand. What counts is that it takes as long with a thousand times as many enrolments.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from benchmarks.harness import Goal, Run, Samples, in_turn, report, rounded, show, timed
from benchmarks.worklist import request, urls
from benchmarks.world import World, world

# isort: split

from django.db import connection
from django.test.utils import override_settings
from django.urls import reverse

from consortium.people.models import User
from consortium.people.states import Role
from courses.library.operations import confirm_lesson, enrol_people
from tests.courses.library.making import as_, lessons_of, published
from tests.factories.people import make_staff

MOST_GROWTH = 1.3
LESSONS = tuple(f"Lesson {number}" for number in range(1, 21))
COURSES = 60
#: people without a seat, each with an enrolment and the first lesson done
_PEOPLE = """INSERT INTO people_user (id, password, is_superuser, username, email, is_staff, is_active, date_joined,
    full_name, full_name_zh, title, licence_number, phone, language, theme)
  SELECT gen_random_uuid(), '!', false, 'learner-' || n, '', false, true, now(), 'Learner ' || n, '', '', '', '', '', ''
  FROM generate_series(%(begin)s, %(end)s) n"""
_ENROLMENTS = """INSERT INTO library_enrolment (id, course_id, user_id, by, required, enrolled_at, begun_at)
  SELECT gen_random_uuid(), %(course)s, u.id, 'institution', false, now() - random() * interval '300 days', now()
  FROM people_user u WHERE u.username LIKE 'learner-%%' ON CONFLICT DO NOTHING"""
_PROGRESS = """INSERT INTO library_lessonprogress (id, user_id, course_id, key, lesson_id, state, how, stage, begun_at,
    completed_at)
  SELECT gen_random_uuid(), u.id, %(course)s, l.key, l.id, 'completed', 'read', 1, now(), now()
  FROM people_user u, library_lesson l WHERE u.username LIKE 'learner-%%' AND l.id = %(lesson)s
  ON CONFLICT DO NOTHING"""
COURSE_BY_HAND = (
    "SELECT * FROM library_course c JOIN library_courseversion v ON v.id = c.current_id WHERE c.id = %(course)s",
    "SELECT * FROM library_enrolment WHERE course_id = %(course)s AND user_id = %(me)s",
    """SELECT l.*, h.* FROM library_lesson l JOIN library_chapter h ON h.id = l.chapter_id
    JOIN library_course c ON c.current_id = l.version_id WHERE c.id = %(course)s ORDER BY h.position, l.position""",
    "SELECT * FROM library_lessonprogress WHERE course_id = %(course)s AND user_id = %(me)s",
)
CATALOGUE_BY_HAND = (
    """SELECT c.*, v.* FROM library_course c JOIN library_courseversion v ON v.id = c.current_id
    WHERE c.archived_at IS NULL ORDER BY c.published_at DESC, c.id DESC LIMIT 25""",
    "SELECT * FROM library_enrolment WHERE user_id = %(me)s",
)


@dataclass
class Taught:
    """Who asks, and which course."""

    world: World
    learner: User
    course: UUID
    size: int = 0

    def grow(self, size: int) -> None:
        """Add learners until the course has about `size`."""
        given: dict[str, Any] = {"begin": self.size + 1, "end": size, "course": self.course, "lesson": self.lesson}
        with connection.cursor() as cursor:
            for statement in (_PEOPLE, _ENROLMENTS, _PROGRESS):
                cursor.execute(statement, given)
            cursor.execute("ANALYZE library_enrolment, library_lessonprogress, people_user")
        self.size = size

    @property
    def lesson(self) -> UUID:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT l.id FROM library_lesson l JOIN library_course c ON c.current_id = l.version_id WHERE c.id = %s"
                " ORDER BY l.position LIMIT 1",
                [self.course],
            )
            found: UUID = cursor.fetchone()[0]
        return found


def taught(built: World) -> Taught:
    """Sixty courses, one of them with twenty lessons, which the learner takes and has begun."""
    place = built.centres[0]
    trainer, learner = make_staff("trainer", place, Role.TRAINING_ADMIN), make_staff("learner", place, Role.ASKER)
    course = published(trainer, place, *LESSONS)
    for number in range(COURSES - 1):
        published(trainer, place, "Only", title=f"Course {number}")
    with as_(trainer) as actor:
        enrol_people(actor=actor, course_id=course.pk, user_ids=[learner.pk])
    with as_(learner) as actor:
        confirm_lesson(actor=actor, lesson_id=lessons_of(course)[0].pk)
    return Taught(built, learner, course.pk)


def _contenders(made: Taught, address: str, statements: Sequence[str]) -> dict[str, Run]:
    client = made.world.client(made.learner)
    given = {"course": str(made.course), "me": str(made.learner.pk)}

    def by_hand() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, given)
                cursor.fetchall()

    return {"product": lambda: timed(lambda: request(client, address)), "limit": lambda: timed(by_hand)}


def measure(part: str, sizes: Sequence[int], rounds: int) -> dict[str, Any]:
    """The page at each size, and how much longer it takes at the largest than at the smallest."""
    results: dict[int, dict[str, Samples]] = {}
    with world() as built, override_settings(ROOT_URLCONF=urls()):
        made = taught(built)
        address, statements = PARTS[part](made)
        for size in sorted(sizes):
            made.grow(size)
            results[size] = in_turn(_contenders(made, address, statements), rounds=rounds, warm_up=5)
    growth = results[max(sizes)]["product"].median / results[min(sizes)]["product"].median
    goals = [Goal(size, 40.0) for size in sizes]
    told = report(part, results, unit="ms", goals=goals, packages=["django", "psycopg2-binary"])
    return {**told, "growth": {"at_most": MOST_GROWTH, "reached": rounded(growth), "met": growth <= MOST_GROWTH}}


PARTS: dict[str, Callable[[Taught], tuple[str, Sequence[str]]]] = {
    "course": lambda made: (reverse("library:course", args=[made.course]), COURSE_BY_HAND),
    "catalogue": lambda made: (reverse("library:courses"), CATALOGUE_BY_HAND),
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 100_000])
    options = parser.parse_args(arguments)
    show(measure(options.part, options.sizes, options.rounds))


if __name__ == "__main__":
    main()
