"""What the access matrix needs of videos: one that a published lesson shows."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from consortium.people.states import Role
from courses.library.intervals import mark_of
from courses.library.ladder.captions import Cue
from courses.library.models import Stop
from courses.library.operations import draft_again
from courses.library.operations.video_changing import set_captions, set_chapters
from courses.library.operations.watch_notes import write_note
from courses.library.operations.watching import open_watch
from tests.courses.library.films import as_, playing, shown_in_course
from tests.courses.library.making import lessons_of
from tests.factories.exams import make_version
from tests.factories.people import make_staff


def video_rows(world: Any) -> dict[str, Any]:
    """Made by a training admin who is nobody of the matrix."""
    trainer = make_staff("video-trainer", world.hospital, Role.TRAINING_ADMIN)
    film = playing(trainer)
    as_(trainer, set_captions, video_id=film.video_id, language="en", cues=[Cue(0, 1, "Look")])
    as_(trainer, set_chapters, video_id=film.video_id, chapters=[{"at": 0, "en": "Begin"}])
    question = make_version(world.hospital)
    course = shown_in_course(trainer, film, (1000, question))
    lesson = lessons_of(course)[0]
    again = as_(trainer, draft_again, course_id=course.pk)
    asked = Stop.unscoped.select_related("lesson")
    watch = world.does("asker", open_watch, lesson_id=lesson.pk, session="a sign-in of their own")
    note, _fresh = world.does("asker", write_note, video_id=film.video_id, at=0, text="Look")
    beat = {"text": "1|0|100|", "mark": mark_of(watch.nonce, "1|0|100|")}
    said = b64encode(str(film.video_id).encode()).decode()
    return {"film": film, "video": film.video, "video_metadata": f"video {said}", "watch_id": watch.id,
            "filmed_lesson": lesson, "watch_note": note, "beat": beat, "stop": asked.get(lesson=lesson),
            "draft_stop": asked.get(lesson__version=again), "other_question": make_version(world.hospital)}  # fmt: skip
