"""How a film loses its viewers: the share who watched each twentieth of it, and the picture of that."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from courses.library.models import Course, Lesson
from courses.library.queries.apart import LEAST
from courses.library.queries.funnel import in_time

#: pieces of a film; the middle of each is asked for
PIECES: Final = 20
#: the lines of the picture's axes
LEFT, RIGHT, TOP, BOTTOM = 46, 374, 12, 160

# Of everybody who takes the course and has watched any of it: in how many unions of spans does the middle lie?
_WATCHED: Final = """
SELECT v.id, s.piece, count(*),
  count(*) FILTER (WHERE w.spans @> (f.length::bigint * (2 * s.piece + 1) / (2 * %(pieces)s))::int)
FROM library_watched w
JOIN library_video v ON v.id = w.video_id
JOIN library_film f ON f.id = v.current_id
JOIN library_enrolment e ON e.user_id = w.user_id AND e.course_id = %(course)s AND e.withdrawn_at IS NULL
CROSS JOIN generate_series(0, %(pieces)s - 1) AS s(piece)
WHERE w.video_id = ANY(%(videos)s::uuid[]) AND NOT isempty(w.spans)
GROUP BY v.id, s.piece ORDER BY v.id, s.piece"""


@dataclass(frozen=True, slots=True)
class Curve:
    """One video of a course. `shares`: per cent of its viewers, piece by piece; `length`: ms."""

    lesson: Lesson
    length: int
    viewers: int
    shares: list[int]

    @property
    def enough(self) -> bool:
        return self.viewers >= LEAST

    @property
    def rows(self) -> list[tuple[int, int, int]]:
        """(from, until, per cent) of each piece; ms."""
        cuts = [self.length * piece // PIECES for piece in range(PIECES + 1)]
        return list(zip(cuts, cuts[1:], self.shares, strict=False))

    @property
    def steepest(self) -> tuple[int, int] | None:
        """(from which ms on, points fewer) of the piece that loses most viewers; None where none is lost."""
        losses = [before - after for before, after in zip(self.shares, self.shares[1:], strict=False)]
        most = max(losses)
        return (self.length * (losses.index(most) + 1) // PIECES, most) if most > 0 else None

    @property
    def points(self) -> str:
        """The line, through the middle of each piece."""
        wide = (RIGHT - LEFT) / PIECES
        return " ".join(f"{LEFT + wide * (at + 0.5):.1f},{_y(share)}" for at, share in enumerate(self.shares))

    @property
    def y_ticks(self) -> list[tuple[str, int]]:
        return [(_y(share), share) for share in range(0, 101, 25)]

    @property
    def x_ticks(self) -> list[tuple[str, int]]:
        """The quarters of the film, in ms."""
        return [(f"{LEFT + (RIGHT - LEFT) * quarter / 4:.1f}", self.length * quarter // 4) for quarter in range(5)]


def _y(share: int) -> str:
    return f"{BOTTOM - (BOTTOM - TOP) * share / 100:.1f}"


def curves_of(course: Course) -> list[Curve]:
    """Of each video of the version that learners get, in its order. Two queries, one without videos. Raises Busy."""
    rows = Lesson.objects.filter(version_id=course.current_id, video__current__isnull=False)
    lessons: list[Lesson] = list(rows.select_related("video__current").order_by("chapter__position", "position"))
    counted = _watched(course, [lesson.video_id for lesson in lessons if lesson.video_id]) if lessons else {}
    return [_curve(lesson, counted) for lesson in lessons]


def _watched(course: Course, videos: list[UUID]) -> dict[UUID, list[tuple[int, int]]]:
    """For each video that anybody watched: (viewers, those who watched this piece), piece by piece."""
    with in_time(), connection.cursor() as cursor:
        cursor.execute(_WATCHED, {"course": course.pk, "videos": videos, "pieces": PIECES})
        rows = cursor.fetchall()
    found: dict[UUID, list[tuple[int, int]]] = {}
    for video_id, _piece, viewers, watched in rows:
        found.setdefault(video_id, []).append((viewers, watched))
    return found


def _curve(lesson: Lesson, counted: dict[UUID, list[tuple[int, int]]]) -> Curve:
    pieces = counted.get(lesson.video_id, []) if lesson.video_id else []
    length = lesson.video.current.length if lesson.video and lesson.video.current else 0
    shares = [round(100 * watched / viewers) for viewers, watched in pieces]
    return Curve(lesson, length, pieces[0][0] if pieces else 0, shares)
