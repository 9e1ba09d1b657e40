"""Watching a video: its page, the player's beats, notes."""

from django.urls import path

from courses.library.views import watching

_WATCH = "lessons/<uuid:lesson_id>/watch/"

urlpatterns = [
    path(_WATCH, watching.watch, name="watch"),
    path(f"{_WATCH}open/", watching.open_player, name="watch_open"),
    path(f"{_WATCH}notes/", watching.notes, name="watch_notes"),
    path(f"{_WATCH}notes.txt", watching.notes_text, name="watch_notes_text"),
    path("watching/<uuid:watch_id>/beat/", watching.beat, name="watch_beat"),
    path("watching/notes/<uuid:note_id>/drop/", watching.note_drop, name="watch_note_drop"),
]
