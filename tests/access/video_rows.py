"""Videos: whoever sees a lesson that shows one may watch; all else is a training admin's, who has no column here."""

from __future__ import annotations

from typing import Any

from tests.access.rows import EVERYBODY, Row


def _video(**more: Any) -> Any:
    return lambda world: {"video_id": world.video.pk, **more}


def _film(**more: Any) -> Any:
    return lambda world: {"film_id": world.film.pk, **more}


def _said(**words: Any) -> Any:
    return lambda world: words


_BUILDS = "a training admin's"
_WORDS = _video(language="en")
_TUS = _said(**{"Tus-Resumable": "1.0.0"})
_TEXT = "WEBVTT\n\n00:00.000 --> 00:01.000\nLook\n"


def _built(route: str, method: str, args: Any, **more: Any) -> Row:
    """Whoever may watch it sees that it is there."""
    return Row(route, method, "", EVERYBODY, args=args, note=_BUILDS, **more)


ROWS = [
    Row("library:video_master", "GET", EVERYBODY, args=_video()),
    Row("library:video_rung", "GET", EVERYBODY, args=_video(number=1, name="240"), note="addresses for one's session"),
    Row("library:video_words", "GET", EVERYBODY, args=_video(number=1, language="en")),
    Row("library:video_captions", "GET", EVERYBODY, args=_WORDS),
    Row("library:video_storyboard", "GET", EVERYBODY, args=_video(number=1)),
    Row("library:video_still", "GET", EVERYBODY, args=_video(number=1, name="poster")),
    _built("library:videos", "GET", _said()),
    _built("library:video_new", "GET", _said()),
    _built("library:video_new", "POST", _said()),
    *(_built(f"library:{name}", "GET", _video()) for name in ("video", "video_state", "video_edit", "video_chapters")),
    *(_built(f"library:{name}", "POST", _video()) for name in ("video_edit", "video_chapters")),
    _built("library:video_words_edit", "GET", _WORDS),
    *(
        _built(f"library:{name}", "POST", _WORDS)
        for name in ("video_words_edit", "video_words_file", "video_words_remove")
    ),
    Row("library:film_act", "POST", "", args=_film(verb="cancel"), note=_BUILDS),
    Row("api:videos", "GET", EVERYBODY, note="each those they build"),
    _built("api:videos", "POST", _said(), body=lambda w: {"institution_id": str(w.hospital.pk), "title_en": "New"}),
    _built("api:video", "GET", _video()),
    _built("api:video", "PATCH", _video(), body=_said(title_en="New", title_zh="", shows_patient=False, version=2)),
    _built("api:video-chapters", "PUT", _video(), body=_said(chapters=[], version=2)),
    _built("api:video-captions", "PUT", _WORDS, body=_said(text=_TEXT)),
    _built("api:video-captions", "DELETE", _WORDS),
    Row("api:film-act", "POST", "", args=_film(verb="cancel"), note=_BUILDS),
    _built("api:video-uploads", "POST", _said(), headers=lambda w: {"Tus-Resumable": "1.0.0", "Upload-Length": "9",
           "Upload-Metadata": w.video_metadata}),
    *(Row("api:video-upload", method, "", args=_film(), headers=_TUS, note="who sends it")
      for method in ("HEAD", "DELETE")),
    Row("api:video-upload", "PATCH", "", args=_film(), note="who sends it",
        headers=_said(**{"Tus-Resumable": "1.0.0", "Upload-Offset": "0"})),
]  # fmt: skip
