"""What the access matrix needs of lectures: one that is announced for the region, its series, a registered room."""

from __future__ import annotations

from typing import Any

from consortium.kernel import clock
from courses.library.states import Reach
from courses.live.models import Seat, Series
from courses.live.states.lectures import SeatKind
from tests.courses.live.planned import given_by, lecture_at


def lecture_rows(world: Any) -> dict[str, Any]:
    """The specialist gives it; a community clinician has registered a room."""
    now = clock.now()
    series = Series.unscoped.create(
        institution=world.hospital, title_en="Hard cases", reach=Reach.REGION, made_at=now
    )  # fmt: skip
    lecture = given_by(lecture_at(world.hospital, reach=Reach.REGION, series=series), world.people["specialist"])
    room = Seat.unscoped.create(
        lecture=lecture, user=world.people["asker"], institution=world.hospital, kind=SeatKind.CLASSROOM,
        place="Room 2", taken_at=now,
    )  # fmt: skip
    return {"lecture_series": series, "coming_lecture": lecture, "lecture_room": room}
