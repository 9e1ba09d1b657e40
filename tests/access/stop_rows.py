"""Questions in videos: whoever learns answers; who builds the draft, which is hidden from all others, puts them in."""

from __future__ import annotations

from typing import Any

from tests.access.rows import EVERYBODY, Row

_BUILDS = "a training admin's"


def _lesson(world: Any) -> dict[str, Any]:
    return {"lesson_id": world.draft_stop.lesson_id}


def _stop(world: Any) -> dict[str, Any]:
    return {"stop_id": world.stop.pk}


def _draft_stop(world: Any) -> dict[str, Any]:
    return {"stop_id": world.draft_stop.pk}


def _added(world: Any) -> dict[str, Any]:
    return {"at": 2000, "question_id": str(world.other_question.pk)}


ROWS = [
    Row("library:stops", "GET", args=_lesson, note=_BUILDS),
    Row("library:stops", "POST", args=_lesson, note=_BUILDS),
    Row("library:stop_drop", "POST", args=_draft_stop, note=_BUILDS),
    Row("library:stop_answer", "POST", EVERYBODY, args=_stop, note="says nothing"),
    Row("api:lesson-questions", "GET", EVERYBODY, args=lambda w: {"lesson_id": w.filmed_lesson.pk}),
    Row("api:lesson-question-answer", "PUT", EVERYBODY, args=_stop, body=lambda w: {"option": "a"}),
    Row("api:course-lesson-questions", "POST", args=_lesson, body=_added, note=_BUILDS),
    Row("api:course-question", "DELETE", args=_draft_stop, note=_BUILDS),
]
