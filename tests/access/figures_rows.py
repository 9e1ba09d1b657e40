"""Figures of courses: who builds the course (`training_rows`), managers and auditors; others know the course alone."""

from __future__ import annotations

from typing import Any

from tests.access.rows import EVERYBODY, Row

READERS = "manager auditor"
_REST = " ".join(name for name in EVERYBODY.split() if name not in READERS.split())


def _course(world: Any) -> dict[str, Any]:
    return {"course_id": world.course.pk}


ROWS = [
    Row("library:courses_figures", "GET", READERS, _REST),
    Row("library:figures", "GET", READERS, _REST, args=_course),
    Row("library:figures_file", "POST", READERS, _REST, args=_course),
    Row("api:course-figures", "GET", READERS, _REST, args=_course),
]
