"""What the access matrix needs of a case that is taught step by step: a live lecture, its case, a vote about it."""

from __future__ import annotations

from typing import Any

from courses.library.states import Reach
from courses.live.models import Staging
from courses.live.states.lectures import Part
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.staged.cases import picture_of, prepared, taught_case


def staged_rows(world: Any) -> dict[str, Any]:
    """For the region, given by the specialist; all of it is shown. The guardian has agreed (lecture_case_world)."""
    lecture = lecture_at(world.hospital, hours=0, step="live", reach=Reach.REGION)
    given_by(lecture, world.people["specialist"])
    given_by(lecture, world.people["other_specialist"], Part.MODERATOR)
    case = taught_case(
        world.people["asker"], world.people["colleague"], world.case["received"], lecture,
        source=world.attachment["received"],
    )  # fmt: skip
    poll = prepared(world.people["specialist"], lecture)
    Staging.unscoped.create(lecture=lecture, shown=3)
    return {"staged_lecture": lecture, "staged_picture": picture_of(case), "staged_poll": poll}
