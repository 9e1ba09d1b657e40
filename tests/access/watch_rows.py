"""Watching: whoever sees the lesson; a player's session and notes are one's own."""

from __future__ import annotations

from typing import Any

from tests.access.rows import EVERYBODY, Row


def _lesson(world: Any) -> dict[str, Any]:
    return {"lesson_id": world.filmed_lesson.pk}


def _watch(world: Any) -> dict[str, Any]:
    return {"watch_id": world.watch_id}


def _note(world: Any) -> dict[str, Any]:
    return {"note_id": world.watch_note.pk}


def _beat(world: Any) -> dict[str, Any]:
    return dict(world.beat)


def _said(world: Any) -> dict[str, Any]:
    return {"at": 0, "text": "Look"}


_OTHER = "a session of another sign-in"

ROWS = [
    Row("library:watch", "GET", EVERYBODY, args=_lesson),
    Row("library:watch_open", "POST", EVERYBODY, args=_lesson),
    Row("library:watch_beat", "POST", "", args=_watch, body=_beat, note=_OTHER),
    Row("library:watch_notes", "GET", EVERYBODY, args=_lesson),
    Row("library:watch_notes", "POST", EVERYBODY, args=_lesson, note="says nothing"),
    Row("library:watch_notes_text", "GET", EVERYBODY, args=_lesson),
    Row("library:watch_note_drop", "POST", "asker", args=_note),
    Row("api:players", "POST", EVERYBODY, args=_lesson),
    Row("api:beats", "POST", "", args=_watch, body=_beat, note=_OTHER),
    Row("api:watch-notes", "GET", EVERYBODY, args=_lesson),
    Row("api:watch-notes", "POST", EVERYBODY, args=_lesson, body=_said),
    Row("api:watch-note", "DELETE", "asker", args=_note),
]
