"""A course gets a test before and one after it; some weeks later it asks again by itself."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible, WrongStep, database_rules
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from courses.assessment.models import Attempt, Exam
from courses.assessment.operations.pairing import pair_tests
from courses.assessment.operations.publishing import close_exam
from courses.assessment.states.exams import ExamStep
from courses.library.events import LaterTestDue
from courses.library.models import Course, CourseTests, LaterTest
from courses.library.operations.moving import locked_course, note
from courses.library.policies import may_build_course
from courses.library.queries.testing import tests_with, too_early_or_late

#: told in one beat; the next one comes in some minutes
_AT_ONCE = 200


@transaction.atomic
def set_tests(
    *,
    actor: Actor,
    course_id: UUID,
    exam_id: UUID,
    later_weeks: int | None = None,
    gates: bool = False,
    key: UUID | None = None,
) -> tuple[CourseTests, bool]:
    """The exam becomes the course's first test, and the others are made of it: (tests, whether they are new).

    Raises NotVisible for an exam of another institution, InvalidInput for one without a blueprint or a second pair.
    """
    course = locked_course(course_id)
    require(may_build_course(actor, course))
    if not Exam.objects.filter(pk=exam_id, institution_id=course.institution_id).exists():
        raise NotVisible

    def make() -> CourseTests:
        pair, _fresh = pair_tests(actor=actor, exam_id=exam_id, later=later_weeks is not None)
        row = CourseTests(
            course=course, pair=pair, gates=gates, later_weeks=later_weeks, made_at=clock.now(),
            created_by_id=actor.author_id, **({"request_key": key} if key else {}),
        )  # fmt: skip
        with database_rules(), transaction.atomic():
            row.save(force_insert=True)
        note(actor, course, "set-tests", facts={"pair": str(pair.pk), "gates": gates, "weeks": later_weeks})
        return row

    return once(CourseTests, actor=actor, key=key, make=make)


@transaction.atomic
def end_tests(*, actor: Actor, course_id: UUID) -> None:
    """The course has no tests any more: nobody is asked again, and who waits to see the answers sees them.

    Without tests nothing happens.
    """
    course = locked_course(course_id)
    require(may_build_course(actor, course))
    row = CourseTests.objects.standing().select_related("pair").filter(course=course).first()
    if row is None:
        return
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    for exam in Exam.objects.filter(pk__in=[pk for pk in (row.pair.after_id, row.pair.later_id) if pk]):
        if exam.step == ExamStep.OPEN:
            close_exam(actor=actor, exam_id=exam.pk)
    note(actor, course, "end-tests", facts={"pair": str(row.pair_id)})


def check_begin(*, exam_id: UUID, user_id: UUID) -> None:
    """Raises WrongStep where this exam is one of a course's tests, and not this person's turn."""
    tests = tests_with(exam_id)
    if tests is not None and (why := too_early_or_late(tests, exam_id, user_id)):
        raise WrongStep(why)


@transaction.atomic
def plan_later(*, attempt_id: UUID) -> LaterTest | None:
    """The test at the end is handed in: from when on its learner is asked again. Once for each."""
    attempt = unfiltered(Attempt, why="a test at the end").get(pk=attempt_id)
    tests = tests_with(attempt.exam_id)
    if tests is None or tests.later_weeks is None or tests.pair.after_id != attempt.exam_id:
        return None
    due_at = attempt.handed_in_at + timedelta(weeks=tests.later_weeks)
    rows = unfiltered(LaterTest, why="a test at the end")
    row: LaterTest = rows.get_or_create(tests=tests, user_id=attempt.user_id, defaults={"due_at": due_at})[0]
    return row


def tell_of_later(*, actor: Actor) -> int:
    """Tell those whose time has come (beat): how many. May run twice at once."""
    due = LaterTest.objects.due(clock.now()).order_by("due_at", "pk")
    return sum(_tell(actor, pk) for pk in due.values_list("pk", flat=True)[:_AT_ONCE])


@transaction.atomic
def _tell(actor: Actor, pk: int) -> bool:
    if not LaterTest.objects.filter(pk=pk, told_at=None).update(told_at=clock.now()):
        return False
    row = LaterTest.objects.select_related("tests__pair", "tests__course").get(pk=pk)
    course: Course = row.tests.course
    exam_id: Any = row.tests.pair.later_id  # there is one wherever weeks are set
    note(
        actor, course, "tell-of-later-test", facts={"user": str(row.user_id)},
        event=LaterTestDue(course.pk, exam_id, row.user_id),
    )  # fmt: skip
    return True
