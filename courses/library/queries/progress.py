"""What of a course a person has done, what is still closed to them, and what comes next."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from consortium.kernel.scoping import unfiltered
from courses.assessment.models import Attempt
from courses.assessment.states.exams import AttemptStep, ExamStep
from courses.library.models import (
    Course,
    CourseTests,
    CourseVersion,
    Enrolment,
    Lesson,
    LessonProgress,
    LessonText,
    Prerequisite,
)
from courses.library.prose import stages
from courses.library.states import DoneBy, Progress

_WHY = "a learner's own way through a course"


def progress_of(user_id: UUID, course_id: UUID) -> dict[UUID, LessonProgress]:
    """The person's progress in the course, by the lessons' keys. One query."""
    rows = unfiltered(LessonProgress, why=_WHY).filter(user_id=user_id, course_id=course_id)
    return {row.key: row for row in rows}


def keys_done(user_id: UUID, course: Course) -> set[UUID]:
    """The lessons the person has completed, by key."""
    rows = unfiltered(LessonProgress, why=_WHY).filter(user_id=user_id, course=course, state=Progress.COMPLETED)
    return set(rows.values_list("key", flat=True))


def keys_required(version: CourseVersion) -> set[UUID]:
    """The lessons that complete the course, by key. One query."""
    return {lesson.key for lesson in those_needed(lessons_in_order(version))}


def those_needed(lessons: Sequence[Lesson]) -> list[Lesson]:
    """Of a version's lessons those that complete it: the required ones; all, where none is marked. A questionnaire that
    takes no answers any more is asked of nobody."""
    open_ones = [lesson for lesson in lessons if not lesson.is_over]
    return [lesson for lesson in open_ones if lesson.required] or open_ones


def known_share(user_id: UUID, version: CourseVersion) -> Decimal:
    """Of the version's minutes the share (0 to 1) whose lessons the person was tested out of. Two queries."""
    lessons = list(unfiltered(Lesson, why=_WHY).filter(version=version).values_list("key", "minutes"))
    rows = unfiltered(LessonProgress, why=_WHY).filter(user_id=user_id, course_id=version.course_id)
    known = set(rows.filter(how=DoneBy.TESTED_OUT).values_list("key", flat=True))
    tested, whole = sum(minutes for key, minutes in lessons if key in known), sum(minutes for _key, minutes in lessons)
    return Decimal(tested) / whole if whole else Decimal(0)


def needs_of(user_id: UUID, course_id: UUID) -> list[Course]:
    """The courses that have to be completed before this one, each with `done` for this person. One query."""
    asked = unfiltered(Prerequisite, why=_WHY).filter(course_id=course_id, needs=OuterRef("pk"))
    mine = unfiltered(Enrolment, why=_WHY).filter(user_id=user_id, course=OuterRef("pk"), completed_at__isnull=False)
    rows = unfiltered(Course, why=_WHY).filter(Exists(asked)).annotate(done=Exists(mine))
    found: list[Course] = list(rows.select_related("current").order_by("made_at", "pk"))
    return found


def closed_because(user_id: UUID, lesson: Lesson) -> str:
    """Why the person can't open the lesson yet, in words; "" when they can."""
    course = lesson.version.course
    waiting = [need for need in needs_of(user_id, course.pk) if not need.done]  # type: ignore[attr-defined]
    if waiting:
        title = waiting[0].current.title if waiting[0].current else ""
        return _("First complete the course “%(title)s”.") % {"title": title}
    if waits_for_first_test(user_id, course.pk):
        return _("First take the test before the course. It opens the lessons, whatever its result.")
    if not lesson.version.in_order:
        return ""
    before = lessons_in_order(lesson.version)
    ahead = before[: next(place for place, one in enumerate(before) if one.pk == lesson.pk)]
    done = keys_done(user_id, course)
    first = next((one for one in ahead if one.is_needed and one.key not in done), None)
    return _("First complete the lesson “%(title)s”.") % {"title": first.title} if first else ""


def waits_for_first_test(user_id: UUID, course_id: UUID) -> bool:
    """Whether the course opens its lessons with its first test, and this person has not handed that in. Two queries at
    most. Once the test takes nobody any more, it stands in nobody's way."""
    gates = unfiltered(CourseTests, why=_WHY).standing().filter(course_id=course_id, gates=True)
    exam = gates.filter(pair__before__step=ExamStep.OPEN).values_list("pair__before_id", flat=True).first()
    mine = unfiltered(Attempt, why=_WHY).filter(user_id=user_id, exam_id=exam).exclude(step=AttemptStep.RUNNING)
    return exam is not None and not mine.exists()


def lessons_in_order(version: CourseVersion) -> list[Lesson]:
    """The lessons as they stand, each with its chapter and questionnaire. One query."""
    rows = unfiltered(Lesson, why=_WHY).filter(version=version).select_related("chapter__exam", "questionnaire")
    found: list[Lesson] = list(rows.order_by("chapter__position", "position"))
    return found


def body_of(lesson: Lesson, language: str) -> str:
    """What the lesson says in that language, or in the other. One query."""
    bodies: dict[str, Any] = dict(
        unfiltered(LessonText, why=_WHY).filter(lesson=lesson).values_list("language", "body")
    )
    return str(bodies.get(language) or next(iter(bodies.values()), ""))


def stages_of(lesson: Lesson) -> int:
    """How many stages a case has: of the language that has most."""
    bodies = unfiltered(LessonText, why=_WHY).filter(lesson=lesson).values_list("body", flat=True)
    return max((len(stages(body)) for body in bodies), default=1)
