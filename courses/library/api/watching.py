"""Watching a video lesson over the API, and the notes of its viewer."""

from typing import Any
from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import ApiView, Input, Output, described
from courses.library.models import WatchNote
from courses.library.models.watching import NOTE_LENGTH
from courses.library.operations.watch_notes import drop_note, write_note
from courses.library.operations.watching import open_watch, tell_beat
from courses.library.queries.watching import lesson_and_video, notes_of


class PlayerShown(Output):
    id = serializers.UUIDField()
    nonce = serializers.CharField(help_text="The key of the HMAC-SHA256 over the text of each beat.")
    position = serializers.IntegerField(help_text="Where the viewer stopped, in ms.")
    watched = serializers.IntegerField(help_text="Milliseconds of the video that count as watched.")
    share = serializers.IntegerField(help_text="The same in per cent.")
    done = serializers.BooleanField(help_text="So much of it has completed the lesson.")


class BeatInput(Input):
    text = serializers.CharField(max_length=8000, help_text="seq|at|speed|begin-end,...: ms, speed in per cent.")
    mark = serializers.CharField(max_length=64, help_text="HMAC-SHA256 of the text under the nonce, in hex.")


class BeatShown(Output):
    seq = serializers.IntegerField()
    watched = serializers.IntegerField()
    share = serializers.IntegerField()
    again = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()), help_text="Spans that may be told once more."
    )
    closed = serializers.BooleanField(help_text="Another player of this person goes on.")
    refused = serializers.BooleanField(help_text="More than can have been played since the last beat.")
    done = serializers.BooleanField(help_text="What was watched has completed the lesson.")


class WatchNoteInput(Input):
    at = serializers.IntegerField(min_value=0, help_text="Milliseconds of the video.")
    text = serializers.CharField(max_length=NOTE_LENGTH)


class WatchNoteShown(Output):
    id = serializers.UUIDField()
    at = serializers.IntegerField()
    text = serializers.CharField()
    made_at = serializers.DateTimeField()


_PLAYER = ("id", "nonce", "position", "watched", "share", "done")
_BEAT = ("seq", "watched", "share", "again", "closed", "refused", "done")
_NOTE = ("id", "at", "text", "made_at")


def _fields(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _note(row: WatchNote) -> dict[str, Any]:
    return _fields(row, _NOTE)


class Players(ApiView):
    @described("Begin to watch here; a player of mine elsewhere is closed", gives=PlayerShown)
    def post(self, request: Request, lesson_id: UUID) -> Response:
        made = open_watch(actor=self.actor, lesson_id=lesson_id, session=_session(request))
        return self.one(_fields(made, _PLAYER))


class Beats(ApiView):
    @described("What my player has played", takes=BeatInput, gives=BeatShown)
    def post(self, request: Request, watch_id: UUID) -> Response:
        told = tell_beat(actor=self.actor, watch_id=watch_id, session=_session(request), **self.given(BeatInput))
        return self.one(_fields(told, _BEAT))


def _session(request: Request) -> str:
    return request._request.session.session_key or ""


class Notes(ApiView):
    @described("My notes at a video lesson", gives=WatchNoteShown, page=True)
    def get(self, request: Request, lesson_id: UUID) -> Response:
        _lesson, video = lesson_and_video(lesson_id)
        return self.paged([_note(row) for row in notes_of(video)])

    @described(
        "Note something at a moment of the video", takes=WatchNoteInput, gives=WatchNoteShown, status=201, key=True
    )
    def post(self, request: Request, lesson_id: UUID) -> Response:
        _lesson, video = lesson_and_video(lesson_id)
        row, fresh = write_note(
            actor=self.actor, video_id=video.pk, key=self.request_key, **self.given(WatchNoteInput)
        )  # fmt: skip
        return self.created(_note(row), fresh=fresh)


class NoteDetail(ApiView):
    @described("Remove a note of mine", status=204)
    def delete(self, request: Request, note_id: UUID) -> Response:
        drop_note(actor=self.actor, note_id=note_id)
        return self.done()


urlpatterns = [
    path("lessons/<uuid:lesson_id>/players/", Players.as_view(), name="players"),
    path("players/<uuid:watch_id>/beats/", Beats.as_view(), name="beats"),
    path("lessons/<uuid:lesson_id>/notes/", Notes.as_view(), name="watch-notes"),
    path("watch-notes/<uuid:note_id>/", NoteDetail.as_view(), name="watch-note"),
]
