"""A lecture that was given and recorded, for tests of what comes of it: two seconds of film, begun when it began."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from consortium.journal.tasks import relay
from consortium.kernel import clock
from consortium.people.models import User
from courses.library.models import Course, Lesson
from courses.library.states import LessonKind
from courses.live.models import Attendance, Broadcast, Lecture, RoomEvent
from courses.live.operations.afterwards import prepare_lesson, publish_lesson
from courses.live.operations.lectures import end_lecture
from courses.live.operations.recording import keep_recording
from tests.courses.library.films import as_, as_worker
from tests.courses.live.broadcast.streams import BEGAN, kept

SECONDS = 60


def sent(lecture: Lecture, *, parts: int = SECONDS * 4, number: int = 1, began: int = BEGAN) -> Lecture:
    """With `parts` quarters of a second that somebody sent."""
    stage, _fresh = Broadcast.unscoped.get_or_create(lecture=lecture)
    kept(stage.folder, number, parts=parts, boxes=True, began=began)
    return lecture


def at(row: Any, seconds: float) -> None:
    """Move what happened in the room to so many seconds after the recorder began."""
    moment = clock.now().fromtimestamp(BEGAN / 1e6, tz=clock.now().tzinfo) + timedelta(seconds=seconds)
    RoomEvent.unscoped.filter(pk=row.pk).update(at=moment)


def happened(lecture: Lecture, moments: dict[int, float]) -> None:
    """The room's events by their number, each so many seconds after the recorder began."""
    for seq, seconds in moments.items():
        at(RoomEvent.unscoped.get(lecture=lecture, seq=seq), seconds)


def ended(lecturer: User, lecture: Lecture) -> Lecture:
    """Given until now, and its film kept."""
    as_(lecturer, end_lecture, lecture_id=lecture.pk)
    as_worker(keep_recording, lecture_id=lecture.pk)
    return anew(lecture)


def left(lecturer: User, lecture: Lecture) -> Lesson:
    """Its published lesson."""
    as_worker(prepare_lesson, lecture_id=lecture.pk)
    as_(lecturer, publish_lesson, lecture_id=lecture.pk)
    return lesson_of(lecture)


def lesson_of(lecture: Lecture, kind: str = LessonKind.RECORDING) -> Lesson:
    found: Lesson = Lesson.unscoped.get(version__course=anew(lecture).lesson_course_id, kind=kind)
    return found


def course_of(lecture: Lecture) -> Course:
    found: Course = Course.unscoped.get(lectures=lecture)
    return found


def anew(lecture: Lecture) -> Lecture:
    found: Lecture = Lecture.unscoped.get(pk=lecture.pk)
    return found


def was_there(lecture: Lecture, user: User, begin: float, end: float) -> None:
    """From one minute to another of the lecture, as the server saw it."""
    opened: Any = anew(lecture).opened_at
    Attendance.unscoped.create(
        lecture=lecture, user=user, began_at=opened + timedelta(minutes=begin), ended_at=opened + timedelta(minutes=end)
    )


def took(lecture: Lecture, minutes: float) -> Lecture:
    """It was opened so long before its end, and both lie an hour back."""
    row = anew(lecture)
    row.ended_at = clock.now() - timedelta(hours=1)
    row.opened_at = row.ended_at - timedelta(minutes=minutes)
    row.save()
    return row


def delivered() -> None:
    """All that was published is heard, and what is published by that."""
    while relay():
        pass
