"""Where in a recording something happened."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from courses.live.broadcast.recording import Stretch, film_time
from courses.live.models import Lecture

_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def moments(lecture: Lecture, rows: Iterable[Any]) -> list[tuple[Any, int]]:
    """Each row (with `at`) and the film's moment, ms. What happened while nothing was sent stands where it goes on."""
    line = [Stretch(*each) for each in lecture.recording_line]
    return [(row, film_time(line, (row.at - _BEGINNING) // _MICROSECOND)) for row in rows]
