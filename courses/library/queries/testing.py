"""The tests before and after a course as its learners find them, and what is in the way of one."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible
from consortium.kernel.policies import require
from consortium.kernel.scoping import Present, unfiltered
from courses.assessment.models import Attempt, Exam
from courses.assessment.policies.exams import may_run_exam
from courses.assessment.states.exams import AttemptStep, ExamStep
from courses.library.models import Course, CourseTests, Enrolment, LaterTest, LessonProgress
from courses.library.queries.progress import keys_done, keys_required
from courses.library.states import Progress

_WHY = "the tests of a course"


def tests_of(course_id: UUID) -> CourseTests | None:
    """The standing tests of a course with their exams. One query."""
    rows = unfiltered(CourseTests, why=_WHY).standing().filter(course_id=course_id)
    found: CourseTests | None = rows.select_related("pair__before", "pair__after", "pair__later").first()
    return found


def tests_with(exam_id: UUID) -> CourseTests | None:
    """The standing tests that an exam is one of. One query."""
    rows = unfiltered(CourseTests, why=_WHY).standing().select_related("pair", "course__current")
    asked = Q(pair__before=exam_id) | Q(pair__after=exam_id) | Q(pair__later=exam_id)
    found: CourseTests | None = rows.filter(asked).first()
    return found


# -- what is in the way -----------------------------------------------------------------------------------------------


def too_early_or_late(tests: CourseTests, exam_id: UUID, user_id: UUID) -> str:
    """Why this person cannot begin this one of the tests now, in words; "" when they can."""
    taken = unfiltered(Enrolment, why=_WHY).running().filter(course=tests.course, user_id=user_id)
    if not taken.exists():
        return _("This test belongs to a course. Take the course first.")
    if exam_id == tests.pair.before_id:
        return _too_late(tests, user_id)
    if exam_id == tests.pair.after_id:
        return "" if _is_through(user_id, tests.course) else _("This test opens when the lessons are done.")
    return _too_early(tests, user_id)


def _too_late(tests: CourseTests, user_id: UUID) -> str:
    rows = unfiltered(LessonProgress, why=_WHY).filter(user_id=user_id, course=tests.course)
    learnt = rows.filter(state=Progress.COMPLETED).exists()
    return _("This test is for before the first lesson; you have done one.") if learnt else ""


def _is_through(user_id: UUID, course: Course) -> bool:
    version: Any = course.current
    return version is not None and keys_required(version) <= keys_done(user_id, course)


def _too_early(tests: CourseTests, user_id: UUID) -> str:
    due = _due_at(tests, user_id)
    if due is None:
        return _("This test comes some weeks after the test at the end.")
    if due <= clock.now():
        return ""
    return _("This test opens on %(day)s.") % {"day": date_format(localtime(due), "DATE_FORMAT")}


def _due_at(tests: CourseTests, user_id: UUID) -> datetime | None:
    rows = unfiltered(LaterTest, why=_WHY).filter(tests=tests, user_id=user_id)
    found: datetime | None = rows.values_list("due_at", flat=True).first()
    return found


# -- one's own --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnTest:
    """One of the tests, as one learner finds it: `attempt` the first that was handed in, else the one that runs."""

    label: str
    exam: Exam
    attempt: Attempt | None
    why_not: str

    @property
    def is_done(self) -> bool:
        return self.attempt is not None and self.attempt.step != AttemptStep.RUNNING

    @property
    def is_offered(self) -> bool:
        return not self.is_done and not self.why_not and self.exam.step == ExamStep.OPEN

    @property
    def percent(self) -> Decimal | None:
        return self.attempt.percent if self.attempt else None


@dataclass(frozen=True, slots=True)
class OwnTests:
    """`gates`: the lessons open with the first."""

    all: tuple[OwnTest, ...]
    gates: bool

    @property
    def shut(self) -> bool:
        """Whether the lessons wait for the first; as `progress.waits_for_first_test`."""
        first = self.all[0]
        return self.gates and not first.is_done and first.exam.step == ExamStep.OPEN

    @property
    def gain(self) -> Decimal | None:
        """Points of a hundred between the first and the second."""
        before, after = self.all[0].percent, self.all[1].percent
        return None if before is None or after is None else after - before


def own_tests(user_id: UUID, course: Course) -> OwnTests | None:
    """The tests of a course that somebody takes. One query where it has none; about eight where it has."""
    tests = tests_of(course.pk)
    if tests is None:
        return None
    tests.course = course
    rows = unfiltered(Attempt, why=_WHY).filter(user_id=user_id, exam_id__in=tests.pair.exam_ids).order_by("began_at")
    tried: dict[UUID, list[Attempt]] = {}
    for row in rows:
        tried.setdefault(row.exam_id, []).append(row)
    labels = (_("Before the course"), _("After the course"), _("Some weeks later"))
    exams = (tests.pair.before, tests.pair.after, tests.pair.later)
    return OwnTests(
        tuple(
            OwnTest(label, exam, _standing(tried.get(exam.pk, [])), too_early_or_late(tests, exam.pk, user_id))
            for label, exam in zip(labels, exams, strict=True)
            if exam is not None
        ),
        tests.gates,
    )


def _standing(attempts: list[Attempt]) -> Attempt | None:
    done = [one for one in attempts if one.step != AttemptStep.RUNNING]
    return next(iter([*done, *attempts]), None)


def waiting_later_test(user_id: UUID) -> Any:
    """For a subquery on enrolments: the test some weeks after the course that is this person's turn now."""
    handed_in = unfiltered(Attempt, why=_WHY).exclude(step=AttemptStep.RUNNING)
    taken = handed_in.filter(exam_id=OuterRef("tests__pair__later_id"), user_id=OuterRef("user_id"))
    rows = unfiltered(LaterTest, why=_WHY).filter(user_id=user_id, tests__course_id=OuterRef("course_id"))
    due = rows.filter(due_at__lte=Present(), tests__ended_at=None, tests__pair__later__step=ExamStep.OPEN)
    return due.filter(~Exists(taken)).values("tests__pair__later_id")[:1]


# -- for who builds the course ----------------------------------------------------------------------------------------


def tests_read(actor: Actor, course_id: UUID) -> CourseTests:
    """The standing tests, else those that ended last, for whom the results of their exams are. Raises NotVisible,
    NotPermitted."""
    rows = CourseTests.objects.filter(course_id=course_id).select_related(
        "course__current", "pair__before", "pair__after", "pair__later"
    )
    found: CourseTests | None = rows.order_by("-made_at").first()
    if found is None:
        raise NotVisible
    require(may_run_exam(actor, found.pair.before))
    return found
