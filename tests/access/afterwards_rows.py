"""After a lecture: its crew publishes and recommends, the clinic that brought the case answers.

A recommendation is seen by who may know the child and by the crew. Who may watch a recording votes in its polls.
"""

from __future__ import annotations

from typing import Any

from tests.access.api_rows import SIDES, _without
from tests.access.page_rows import _form
from tests.access.room_rows import _REGION
from tests.access.rows import EVERYBODY, Row

_CREW = "specialist"
_OTHERS = _without(_REGION, _CREW)
_CLINIC = "asker colleague"


def _ended(world: Any) -> dict[str, Any]:
    return {"lecture_id": world.ended_lecture.pk}


def _advice(world: Any) -> dict[str, Any]:
    return {"recommendation_id": world.recommendation.pk}


def _poll(world: Any) -> dict[str, Any]:
    return {"lesson_id": world.filmed_lesson.pk, "poll_id": world.replayed_poll.pk}


ROWS: list[Row] = [
    Row("lectures:of_case", "GET", SIDES, args=lambda world: {"case_id": world.case["received"].pk}),
    Row("lectures:afterwards", "GET", _CREW, _OTHERS, args=_ended),
    Row("lectures:afterwards", "POST", _CREW, _OTHERS, args=_ended, body=_form(text_en="Later.", due_on="2030-01-01")),
    Row("lectures:lesson_publish", "POST", _CREW, _OTHERS, args=_ended, note="nothing drafted yet"),
    Row("lectures:recommendations", "GET", EVERYBODY, note="one's own"),
    Row("lectures:recommendation", "GET", SIDES, args=_advice),
    Row(
        "lectures:recommendation", "POST", _CLINIC, _without(SIDES, *_CLINIC.split()), args=_advice,
        body=_form(act="follow"),
    ),
    Row("lectures:replay_vote", "POST", EVERYBODY, args=_poll, body=_form(choice="0")),
]  # fmt: skip
