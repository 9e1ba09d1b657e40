"""How far the people of a course have come: counted in the database, without names, however many they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from consortium.kernel.actors import Actor
from consortium.kernel.pagination import Page, keyset
from consortium.people.models import Institution
from courses.library.models import Course, Lesson
from courses.library.models.courses import READERS, led_by

#: fewer people than this could be known by what is told of them
LEAST: Final = 5

# Each step holds the next: who has completed an earlier version has done all of it; a step counts what the version that
# learners get now requires, as `progress.keys_required` says. Feedback is no step: it is asked for after the exam. One
# pass over the rows of these courses, grouped: what is read grows with them, what is answered does not.
_FAR: Final = """
WITH asked AS (
  SELECT c.id AS course_id, l.key, l.kind = 'exam' AS is_exam
  FROM library_course c JOIN library_lesson l ON l.version_id = c.current_id
  WHERE c.id = ANY(%(courses)s::uuid[]) AND l.kind <> 'questionnaire' AND (l.required OR NOT EXISTS (
    SELECT FROM library_lesson r WHERE r.version_id = c.current_id AND r.required))
), whole AS (
  SELECT course_id, count(*) AS lessons, count(*) FILTER (WHERE NOT is_exam) AS learnt FROM asked GROUP BY course_id
), done AS (
  SELECT a.course_id, p.user_id, count(*) AS lessons, count(*) FILTER (WHERE NOT a.is_exam) AS learnt
  FROM asked a JOIN library_lessonprogress p ON p.course_id = a.course_id AND p.key = a.key AND p.state = 'completed'
  GROUP BY a.course_id, p.user_id
), people AS (
  SELECT e.course_id, CASE WHEN %(by_place)s THEN e.institution_id END AS place, e.begun_at, e.completed_at,
    e.completed_at IS NOT NULL OR d.lessons >= w.lessons AS passed, w.learnt > 0 AND d.learnt >= w.learnt AS learnt,
    2 * d.lessons >= w.lessons AS half, w.lessons > w.learnt AS has_exam, c.id IS NOT NULL AS certified,
    extract(epoch FROM e.completed_at - e.enrolled_at)::float / 86400 AS days
  FROM library_enrolment e
  LEFT JOIN whole w ON w.course_id = e.course_id
  LEFT JOIN done d ON d.course_id = e.course_id AND d.user_id = e.user_id
  LEFT JOIN assessment_certificate c ON c.user_id = e.user_id AND c.subject_id = e.course_id
    AND c.activity = 'course' AND c.step = 'valid'
  WHERE e.course_id = ANY(%(courses)s::uuid[]) AND e.withdrawn_at IS NULL
    AND (%(among)s::uuid[] IS NULL OR e.institution_id = ANY(%(among)s::uuid[]))
)
SELECT course_id, place, count(*), count(*) FILTER (WHERE passed OR learnt OR half OR begun_at IS NOT NULL),
  count(*) FILTER (WHERE passed OR learnt OR half), count(*) FILTER (WHERE passed OR learnt),
  count(*) FILTER (WHERE passed), count(*) FILTER (WHERE certified), count(completed_at),
  coalesce(bool_or(has_exam), false), percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY days)
FROM people GROUP BY course_id, place"""


@dataclass(frozen=True, slots=True)
class Way:
    """People of one group, each step among those of the step before. `times`: days from being enrolled to completing
    it, (median, 90th percentile)."""

    label: str
    enrolled: int = 0
    begun: int = 0
    half: int = 0
    learnt: int = 0
    passed: int = 0
    certified: int = 0
    completed: int = 0
    has_exam: bool = False
    times: tuple[float, float] | None = None

    @property
    def few(self) -> bool:
        """So few that none of it is told of a part of the people."""
        return self.enrolled < LEAST

    @property
    def days(self) -> tuple[float, float] | None:
        """The times, where enough people have completed it."""
        return self.times if self.completed >= LEAST else None

    @property
    def steps(self) -> list[tuple[str, int, int]]:
        """(what, how many people, per cent of those enrolled)."""
        exams = [(_("Exams passed too"), self.passed)] if self.has_exam else []
        words = [
            (_("Enrolled"), self.enrolled), (_("Have begun"), self.begun), (_("Half of it done"), self.half),
            (_("All lessons done"), self.learnt), *exams, (_("Certificate in force"), self.certified),
        ]  # fmt: skip
        return [(word, count, round(100 * count / self.enrolled) if self.enrolled else 0) for word, count in words]


def _counted(
    courses: Iterable[UUID], *, by_place: bool = False, among: list[UUID] | None = None
) -> list[tuple[UUID, UUID | None, list[Any]]]:
    """(course, place, the other values of a Way in their order). One query."""
    given: Any = {"courses": list(courses), "by_place": by_place, "among": among}
    with connection.cursor() as cursor:
        cursor.execute(_FAR, given)
        rows = cursor.fetchall()
    return [(course, place, [*counts, tuple(times) if times else None]) for course, place, *counts, times in rows]


def ways_of(courses: Iterable[UUID], *, among: list[UUID] | None = None) -> dict[UUID, Way]:
    """Of each course that anybody takes; `among`: the people of these institutions alone. One query."""
    return {course: Way("", *values) for course, _place, values in _counted(courses, among=among)}


def ways_by_place(course: Course) -> list[Way]:
    """By where people worked when they were enrolled, the most first. Two queries."""
    rows = _counted([course.pk], by_place=True)
    names = {row.pk: row.name for row in Institution.objects.filter(pk__in=[place for _c, place, _v in rows if place])}
    ways = [Way(names[place] if place else _("No institution"), *values) for _course, place, values in rows]
    return _told_apart(sorted(ways, key=lambda way: (-way.enrolled, way.label)))


def _told_apart(ways: list[Way]) -> list[Way]:
    """Places with few people are told together, with the next larger one where even that is few: else a subtraction
    would tell what is hidden."""
    large, small = [way for way in ways if not way.few], [way for way in ways if way.few]
    while small and large and sum(way.enrolled for way in small) < LEAST:
        small.append(large.pop())
    if not small or not large:
        return large
    return [*large, _together(small)]


def _together(ways: list[Way]) -> Way:
    names = ("enrolled", "begun", "half", "learnt", "passed", "certified", "completed")
    counts: Any = {name: sum(getattr(way, name) for way in ways) for name in names}
    return Way(_("All others"), **counts, has_exam=ways[0].has_exam)


def courses_counted(actor: Actor, *, among: list[UUID] | None = None, after: str = "", size: int = 25) -> Page:
    """(course, its Way) of the published courses that the actor builds, of a manager or auditor all; the newest first.
    Two queries."""
    rows = Course.objects.filter(current__isnull=False).select_related("current", "institution")
    if not actor.has(*READERS):
        rows = rows.filter(institution_id__in=led_by(actor))
    page = keyset(rows, order=("-published_at", "-id"), after=after, size=size)
    ways = ways_of([course.pk for course in page.items], among=among) if page.items else {}
    return Page([(course, ways.get(course.pk, Way(""))) for course in page.items], page.next_cursor)


def exams_of(course: Course) -> list[Lesson]:
    """The lessons of the version that learners get that are exams, each with `exam`. One query."""
    rows = Lesson.objects.filter(version_id=course.current_id, exam__isnull=False).select_related("exam")
    return list(rows.order_by("chapter__position", "position"))
