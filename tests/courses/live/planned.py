"""Lectures as rows, for tests of what hangs on them; who plans by operations does so in test_planning.py."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from consortium.kernel import clock
from consortium.people.models import Institution, User
from courses.live.models import Crew, Lecture
from courses.live.states.lectures import LectureStep, Part


def lecture_at(place: Institution, *, hours: float = 24, step: str = LectureStep.ANNOUNCED, **more: Any) -> Lecture:
    """A lecture that begins so many hours from now, walked to `step` (draft, announced, live or ended)."""
    now = clock.now()
    row: Lecture = Lecture.unscoped.create(
        institution=place, title_en="Fever with a rash", starts_at=now + timedelta(hours=hours), made_at=now, **more
    )
    for reached, when in (("announced", "announced_at"), ("live", "opened_at"), ("ended", "ended_at")):
        if row.step == step:
            break
        row.step = reached
        setattr(row, when, now)
        row.save()
    return row


def given_by(lecture: Lecture, user: User, part: str = Part.LECTURER) -> Lecture:
    """With `user` in its crew."""
    Crew.unscoped.create(lecture=lecture, user=user, part=part)
    return lecture
