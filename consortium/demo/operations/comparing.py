"""What a course changed, in the demonstration: tests before it, after it and weeks later, by the users' operations."""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

from consortium.demo.operations.examining import sit
from consortium.demo.operations.settling import World
from consortium.demo.operations.teaching import build_course, learn
from consortium.demo.story.gains import (
    AFTER,
    BEFORE,
    CHAPTER_QUESTIONS,
    CHAPTER_TEST,
    COURSE,
    DRAWN,
    LATER,
    LEARNERS,
    OPENED,
    TEST,
    WEEKS,
    Learner,
)
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from courses.assessment.models import Attempt, Exam
from courses.assessment.operations.building import create_exam, set_blueprint
from courses.assessment.operations.publishing import publish_exam
from courses.library.models import CourseTests
from courses.library.operations.testing import plan_later, set_tests


def compare(world: World) -> None:
    """The course with its tests, and everybody's way through them."""
    with clock.moved(-timedelta(days=OPENED)):
        tests = _course(world.actor("trainer"))
    chance = random.Random(5)  # noqa: S311 - a story, not a secret
    for place, told in enumerate(LEARNERS):
        _take(world.actor(told.username), told, tests, timedelta(hours=5 * place), chance)


def _course(trainer: Actor) -> CourseTests:
    with acting_as(trainer):
        (place,) = trainer.institution_ids()
        known = [{"tags": ["system:breathing"], "kinds": [], "count": CHAPTER_QUESTIONS}]
        chapter = _drawn(trainer, place, CHAPTER_TEST, known)
        course_id = build_course(trainer, place, COURSE, chapter_exam_id=chapter.pk)
        rows = [{"tags": [], "kinds": [kind], "count": count} for kind, count in DRAWN.items()]
        first = _drawn(trainer, place, TEST, rows)
        return set_tests(actor=trainer, course_id=course_id, exam_id=first.pk, later_weeks=WEEKS)[0]


def _drawn(trainer: Actor, place: UUID, titles: tuple[str, str], rows: list[dict[str, Any]]) -> Exam:
    """An open exam that draws other questions for each."""
    fields = {"title_en": titles[0], "title_zh": titles[1], "drawing": "blueprint", "minutes": 15}
    exam, _fresh = create_exam(actor=trainer, institution_id=place, fields=fields)
    set_blueprint(actor=trainer, exam_id=exam.pk, rows=rows)
    return publish_exam(actor=trainer, exam_id=exam.pk)


def _take(learner: Actor, told: Learner, tests: CourseTests, after: timedelta, chance: random.Random) -> None:
    """As far as this one has come."""
    pair = tests.pair
    with clock.moved(after - timedelta(days=BEFORE)):
        learn(learner, tests.course_id, 0)
        sit(learner, pair.before, told.before, chance)
    if told.after is None:
        return
    with clock.moved(after - timedelta(days=AFTER)):
        learn(learner, tests.course_id, None)
        _planned(sit(learner, pair.after, told.after, chance))
    if told.later is not None and pair.later is not None:
        with clock.moved(after - timedelta(days=LATER)):
            sit(learner, pair.later, told.later, chance)


def _planned(attempt: Attempt) -> None:
    """As the worker does when it hears that the test at the end was handed in; it hears of these too, to no effect."""
    with acting_as(system("telling the demonstration's history")):
        plan_later(attempt_id=attempt.pk)
