"""The rows of a case that is taught step by step: who gives the lecture prepares it, whoever watches reads it."""

from __future__ import annotations

from typing import Any

from tests.access.api_rows import _without
from tests.access.page_rows import _form
from tests.access.room_rows import _REGION
from tests.access.rows import Row

_CREW = "specialist"
_OTHERS = _without(_REGION, _CREW)
_VOTE = _form(
    stage="1", asks="place", text="Refer or treat?", options="Refer\nTreat", right="1", happened="", manual=""
)


def _staged(**more: Any) -> Any:
    return lambda world: {"lecture_id": world.staged_lecture.pk, **more}


def _poll(world: Any) -> dict[str, Any]:
    return {"lecture_id": world.staged_lecture.pk, "poll_id": world.staged_poll.pk}


def _picture(world: Any) -> dict[str, Any]:
    return {"lecture_id": world.staged_lecture.pk, "picture_id": world.staged_picture.pk}


ROWS = [
    Row("lectures:votes", "GET", _CREW, _OTHERS, args=_staged()),
    Row("lectures:votes", "POST", _CREW, _OTHERS, args=_staged(), body=_VOTE),
    Row("lectures:vote_drop", "POST", _CREW, _OTHERS, args=_poll),
    Row("lectures:staged", "GET", _REGION, args=_staged()),
    Row("lectures:staged_picture", "GET", _REGION, args=_picture),
]
