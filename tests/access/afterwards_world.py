"""What the access matrix needs of what comes after a lecture: one that is over, with its case, advice and a film."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from consortium.kernel import clock
from courses.library.states import Reach
from courses.live.models import Lecture, Poll, Recommendation, TeachingCase
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.teaching import approved


def afterwards_rows(world: Any) -> dict[str, Any]:
    """For the region; the specialist gave it, of the asker's case. Its film is that of the filmed lesson."""
    people, now = world.people, clock.now()
    given = lecture_at(world.hospital, hours=-2, step="ended", reach=Reach.REGION)
    lecture = given_by(given, people["specialist"])
    Lecture.unscoped.filter(pk=lecture.pk).update(recording=world.filmed_lesson.video_id)
    case = approved(people["asker"], people["colleague"], world.case["received"])
    TeachingCase.unscoped.filter(pk=case.pk).update(lecture=lecture)
    advice = Recommendation.unscoped.create(
        teaching_case=case, text_en="Repeat the echo.", holder=people["asker"], written_at=now,
        due_on=clock.today() + timedelta(days=7),
    )  # fmt: skip
    poll = Poll.unscoped.create(
        lecture=lecture, text="What is it?", options=["Sepsis", "Measles"], opened_at=now, closed_at=now
    )
    return {"ended_lecture": lecture, "recommendation": advice, "replayed_poll": poll}
