"""The rows of video calls of a consultation: agreeing on one, notes, stills and recordings."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.access.rows import Row
from tests.access.world import ROLES
from tests.files.makers import jpeg

KNOW = "asker colleague nurse specialist"
QUEUE = "other_specialist lead coordinator"
PARTIES = "asker colleague specialist"
CLINIC = "asker colleague"


def _words(**fixed: Any) -> Any:
    return lambda world: {name: value(world) if callable(value) else value for name, value in fixed.items()}


def _act(verb: str, may: str, body: Any, form: Any, *, at: str) -> list[Row]:
    """One act by its page and by its address."""
    sees = " ".join(name for name in f"{KNOW} {QUEUE}".split() if name not in may.split())
    by_page: dict[str, Any] = {"args": _words(verb=verb), "at": at, "note": verb}
    return [
        Row("consultations:act", "GET", may, sees, **by_page),
        Row("consultations:act", "POST", may, sees, **by_page, body=form),
        Row(f"api:consultation-{verb.replace('_', '-')}", "POST", may, sees, at=at, body=body),
    ]


_WHEN = _words(starts_at=lambda w: w.picked.isoformat())
_FILM = _words(recording_id=lambda w: w.film.pk)
_KEPT = _words(recording_id=lambda w: w.kept_film.pk)
_ROOM = _words(room_id=lambda w: w.call.pk)
_TUS = _words(**{"Tus-Resumable": "1.0.0"})
_STILL = _words(still=lambda w: SimpleUploadedFile("still.jpg", jpeg(), "image/jpeg"), agreed="on")
_SEE = f"{KNOW} {QUEUE}"


def _without(*gone: str) -> str:
    return " ".join(name for name in _SEE.split() if name not in gone)


ROWS = [
    *_act("propose_video", PARTIES, _words(wish="Any afternoon"), _words(wish="Any afternoon", minutes="15"),
          at="received"),
    *_act("book_video", CLINIC, _WHEN, _words(choice=lambda w: w.picked.isoformat()), at="offered"),
    *_act("cancel_video", PARTIES, _words(reason="no_time"), _words(reason="no_time"), at="offered"),
    *_act("call_now", PARTIES, _words(with_guardian=False), _words(), at="received"),
    Row("api:consultation-calls", "GET", KNOW, QUEUE, at="called"),
    Row("api:consultation-call-note", "GET", _SEE, note="each their own"),
    Row("api:consultation-call-note", "PUT", KNOW, QUEUE, body=_words(text="Stridor")),
    Row("api:consultation-call-note", "POST", KNOW, QUEUE, body=_words(text="Stridor")),
    Row("api:consultation-recordings", "GET", KNOW, QUEUE, at="called"),
    Row("api:consultation-recordings", "POST", "", _without("specialist"), at="called", else_={"specialist": "422"},
        note="one is asked for already"),
    Row("api:room-recording", "GET", "asker specialist", args=_ROOM, note="who sits in the call"),
    Row("api:recording-answer", "POST", "asker specialist", args=_FILM, body=_words(agrees=True),
        note="who sits in the call"),
    Row("api:recording-start", "POST", "", _without("specialist"), args=_FILM, body=_words(media_type="video/webm"),
        else_={"specialist": "422"}, note="not everybody has agreed"),
    Row("api:recording-stop", "POST", PARTIES, _without(*PARTIES.split()), args=_FILM),
    Row("api:recording-bytes", "HEAD", "specialist", _without("specialist"), args=_KEPT, headers=_TUS),
    Row("api:recording-bytes", "PATCH", "", _without("specialist"), args=_KEPT,
        headers=_words(**{"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}), else_={"specialist": "422"},
        note="while it runs"),
    Row("consultations:recording", "GET", KNOW, QUEUE, args=_KEPT),
    Row("consultations:visit_recording", "GET", else_=dict.fromkeys(["anonymous", *ROLES], "404"),
        note="the guardian's device alone"),
    Row("consultations:visit_recording", "POST", else_=dict.fromkeys(["anonymous", *ROLES], "404"),
        note="the guardian's device alone"),
    Row("consultations:call_note", "POST", KNOW, QUEUE, body=_words(text="Stridor")),
    Row("consultations:call_note_jot", "POST", KNOW, QUEUE, body=_words(text="Stridor")),
    Row("consultations:call_still", "POST", KNOW, QUEUE, at="called", body=_STILL),
]  # fmt: skip
