"""What the access matrix needs of videos: one that a published lesson shows."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from consortium.people.states import Role
from courses.library.ladder.captions import Cue
from courses.library.operations.video_changing import set_captions, set_chapters
from tests.courses.library.films import as_, playing, shown_in_course
from tests.factories.people import make_staff


def video_rows(world: Any) -> dict[str, Any]:
    """Made by a training admin who is nobody of the matrix."""
    trainer = make_staff("video-trainer", world.hospital, Role.TRAINING_ADMIN)
    film = playing(trainer)
    as_(trainer, set_captions, video_id=film.video_id, language="en", cues=[Cue(0, 1, "Look")])
    as_(trainer, set_chapters, video_id=film.video_id, chapters=[{"at": 0, "en": "Begin"}])
    shown_in_course(trainer, film)
    said = b64encode(str(film.video_id).encode()).decode()
    return {"film": film, "video": film.video, "video_metadata": f"video {said}"}
