"""What the access matrix needs of a lecture's room: one that is live, with its crew."""

from __future__ import annotations

from typing import Any

from courses.library.states import Reach
from courses.live.states.lectures import Part
from tests.courses.live.planned import given_by, lecture_at


def room_rows(world: Any) -> dict[str, Any]:
    """For the region; the specialist gives it, another moderates, the nurse types captions."""
    lecture = lecture_at(world.hospital, hours=0, step="live", reach=Reach.REGION)
    crew = {"specialist": Part.LECTURER, "other_specialist": Part.MODERATOR, "nurse": Part.TYPIST}
    for who, part in crew.items():
        given_by(lecture, world.people[who], part)
    return {"live_lecture": lecture}
