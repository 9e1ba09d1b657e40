"""Lectures of the demonstration: one that was given, one that comes tonight, one that is a draft."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from consortium.demo.operations.settling import World
from consortium.demo.story.lectures import COMING, DRAFT, LISTENERS, PAST, ROOM, SERIES
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as
from courses.live.models import Lecture
from courses.live.operations.crew import put_in_crew
from courses.live.operations.lectures import (
    announce_lecture,
    end_lecture,
    make_lecture,
    make_series,
    open_lecture,
)
from courses.live.operations.seats import take_seat
from courses.live.states.lectures import Part, SeatKind

_LASTS = timedelta(minutes=50)


def lecture_all(world: World) -> None:
    """By the operations that people use, each at its time."""
    lecturer = world.actor("lecturer")
    (place,) = lecturer.institution_ids()
    with acting_as(lecturer):
        series, _fresh = make_series(actor=lecturer, institution_id=place, title_en=SERIES[0], title_zh=SERIES[1])
        coming = _announced(lecturer, place, _fields(COMING, series.pk))
        make_lecture(actor=lecturer, institution_id=place, fields=_fields(DRAFT, series.pk))
        _given(lecturer, place, _fields(PAST, series.pk))
    _listen(world, coming)


def _fields(told: tuple[str, str, str, str, float], series_id: UUID) -> dict[str, Any]:
    en, zh, about_en, about_zh, hours = told
    begins = (clock.now() + timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
    return {
        "title_en": en, "title_zh": zh, "summary_en": about_en, "summary_zh": about_zh, "starts_at": begins,
        "series_id": series_id, "capacity": 500,
    }  # fmt: skip


def _announced(lecturer: Actor, place: UUID, fields: dict[str, Any]) -> Lecture:
    lecture, _fresh = make_lecture(actor=lecturer, institution_id=place, fields=fields)
    put_in_crew(actor=lecturer, lecture_id=lecture.pk, username="trainer", part=Part.MODERATOR)
    return announce_lecture(actor=lecturer, lecture_id=lecture.pk)


def _given(lecturer: Actor, place: UUID, fields: dict[str, Any]) -> None:
    """A day before it was announced, then given."""
    begins = fields["starts_at"] - clock.now()
    with clock.moved(begins - timedelta(days=1)):
        lecture = _announced(lecturer, place, fields)
    with clock.moved(begins):
        open_lecture(actor=lecturer, lecture_id=lecture.pk)
    with clock.moved(begins + _LASTS):
        end_lecture(actor=lecturer, lecture_id=lecture.pk)


def _listen(world: World, lecture: Lecture) -> None:
    """Some are registered; one of them brings a room."""
    for username in LISTENERS:
        actor = world.actor(username)
        with acting_as(actor):
            take_seat(actor=actor, lecture_id=lecture.pk)
    with acting_as(actor):
        take_seat(actor=actor, lecture_id=lecture.pk, kind=SeatKind.CLASSROOM, place=ROOM)
