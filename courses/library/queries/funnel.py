"""How far the people of a course have come: counted in the database, without names, however many they are."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from django.db import OperationalError, connection
from django.utils.translation import gettext as _

from consortium.kernel.actors import Actor
from consortium.kernel.errors import Busy
from consortium.kernel.pagination import Page, keyset
from consortium.people.models import Institution
from courses.library.models import Course, Lesson
from courses.library.models.courses import READERS, led_by
from courses.library.policies import may_build_course
from courses.library.queries.apart import LEAST, places_held_back

#: what PostgreSQL says when a statement takes too long
_TOO_LONG: Final = "57014"

# Each step holds the next: who has completed an earlier version has done all of it; a step counts what the version that
# learners get now requires, as `progress.keys_required` says. Feedback is no step: it is asked for after the exam. One
# pass over the rows of these courses, grouped: what is read grows with them, what is answered does not. The whole, each
# region and each place come of the same pass (`level` 3, 1, 0).
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
  SELECT e.course_id, CASE WHEN %(by_place)s THEN e.institution_id END AS place,
    CASE WHEN %(by_place)s THEN i.region_id END AS region, e.begun_at, e.completed_at,
    e.completed_at IS NOT NULL OR d.lessons >= w.lessons AS passed, w.learnt > 0 AND d.learnt >= w.learnt AS learnt,
    2 * d.lessons >= w.lessons AS half, w.lessons > w.learnt AS has_exam, c.id IS NOT NULL AS certified,
    extract(epoch FROM e.completed_at - e.enrolled_at)::float / 86400 AS days
  FROM library_enrolment e
  LEFT JOIN people_institution i ON i.id = e.institution_id
  LEFT JOIN whole w ON w.course_id = e.course_id
  LEFT JOIN done d ON d.course_id = e.course_id AND d.user_id = e.user_id
  LEFT JOIN assessment_certificate c ON c.user_id = e.user_id AND c.subject_id = e.course_id
    AND c.activity = 'course' AND c.step = 'valid'
  WHERE e.course_id = ANY(%(courses)s::uuid[]) AND e.withdrawn_at IS NULL
)
SELECT course_id, grouping(region, place) AS level, region, place, count(*),
  count(*) FILTER (WHERE passed OR learnt OR half OR begun_at IS NOT NULL),
  count(*) FILTER (WHERE passed OR learnt OR half), count(*) FILTER (WHERE passed OR learnt),
  count(*) FILTER (WHERE passed), count(*) FILTER (WHERE certified), count(completed_at),
  coalesce(bool_or(has_exam), false), percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY days)
FROM people GROUP BY GROUPING SETS ((course_id), (course_id, region), (course_id, region, place))
HAVING %(by_place)s OR grouping(region, place) = 3"""


@dataclass(frozen=True, slots=True)
class Way:
    """People of one group, each step among those of the step before. `times`: days from being enrolled to completing
    it, (median, 90th percentile). `untold`: why there are no numbers in it: "few", or "rest": it would tell of few
    others."""

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
    untold: str = ""

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


#: instead of numbers
_FEW: Final = Way("", untold="few")
_REST: Final = Way("", untold="rest")


@dataclass(slots=True)
class _Parts:
    """Who takes one course: all, and by where they worked; a region's or place's id None: no institution."""

    whole: Way = Way("")
    regions: dict[UUID | None, Way] = field(default_factory=dict)
    #: by region
    places: dict[UUID | None, dict[UUID | None, Way]] = field(default_factory=dict)

    def held_back(self) -> tuple[set[UUID | None], set[UUID | None]]:
        """(regions, places) that are not told."""
        sizes = {region: {key: way.enrolled for key, way in ways.items()} for region, ways in self.places.items()}
        return places_held_back(sizes)

    def of(self, place: UUID) -> Way:
        """Of a region or an institution, as far as it may be told."""
        ways = self.regions | {key: way for ways in self.places.values() for key, way in ways.items()}
        way = ways.get(place, Way(""))
        if way.few:
            return _FEW
        return _REST if place in set.union(*self.held_back()) else way


@contextmanager
def in_time() -> Iterator[None]:
    """Raises Busy where the database gave up counting: a course may have more people than one request can read."""
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") == _TOO_LONG:
            raise Busy(_("So many people take part that counting them took too long. Try again later.")) from error
        raise


def _counted(courses: Iterable[UUID], *, by_place: bool) -> dict[UUID, _Parts]:
    """Of each course that anybody takes; without `by_place` the whole alone. One query. Raises Busy."""
    with in_time(), connection.cursor() as cursor:
        cursor.execute(_FAR, {"courses": list(courses), "by_place": by_place})
        rows = cursor.fetchall()
    found: dict[UUID, _Parts] = {}
    for course, level, region, place, *counts, times in rows:
        parts, way = found.setdefault(course, _Parts()), Way("", *[*counts, tuple(times) if times else None])
        if level == 0:
            parts.places.setdefault(region, {})[place] = way
        elif level == 1:
            parts.regions[region] = way
        else:
            parts.whole = way
    return found


def _shown(actor: Actor, course: Course, way: Way) -> Way:
    """A few people are told whole only to who builds the course, and knows them by name."""
    return _FEW if 0 < way.enrolled < LEAST and not may_build_course(actor, course) else way


def ways_of(actor: Actor, course: Course) -> tuple[Way, list[Way]]:
    """All who take a course, and by where they worked when they were enrolled, the most first; places with few people
    stand together with as many others as it needs. Two queries. Raises Busy."""
    parts = _counted([course.pk], by_place=True).get(course.pk, _Parts())
    ways = {key: way for places in parts.places.values() for key, way in places.items()}
    hidden = parts.held_back()[1]
    names = {row.pk: row.name for row in Institution.objects.filter(pk__in=[key for key in ways if key])}
    told = [
        replace(way, label=names[key] if key else _("No institution")) for key, way in ways.items() if key not in hidden
    ]
    told.sort(key=lambda way: (-way.enrolled, way.label))
    others = [_together([ways[key] for key in hidden])] if hidden and told else []
    return _shown(actor, course, parts.whole), told + others


def _together(ways: list[Way]) -> Way:
    names = ("enrolled", "begun", "half", "learnt", "passed", "certified", "completed")
    counts: Any = {name: sum(getattr(way, name) for way in ways) for name in names}
    return Way(_("All others"), **counts, has_exam=ways[0].has_exam)


def courses_counted(actor: Actor, *, place: UUID | None = None, after: str = "", size: int = 25) -> Page:
    """(course, its Way) of the published courses that the actor builds, of a manager or auditor all; the newest first.
    `place`: the people of this region or institution alone. Two queries. Raises Busy."""
    rows = Course.objects.filter(current__isnull=False).select_related("current", "institution")
    if not actor.has(*READERS):
        rows = rows.filter(institution_id__in=led_by(actor))
    page = keyset(rows, order=("-published_at", "-id"), after=after, size=size)
    found = _counted([course.pk for course in page.items], by_place=place is not None) if page.items else {}
    ways = [(course, found.get(course.pk, _Parts())) for course in page.items]
    told = [(course, parts.of(place) if place else _shown(actor, course, parts.whole)) for course, parts in ways]
    return Page(told, page.next_cursor)


def exams_of(course: Course) -> list[Lesson]:
    """The lessons of the version that learners get that are exams, each with `exam`. One query."""
    rows = Lesson.objects.filter(version_id=course.current_id, exam__isnull=False).select_related("exam")
    return list(rows.order_by("chapter__position", "position"))
