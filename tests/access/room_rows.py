"""The rows of a lecture's room: whoever the lecture is for is in it; its crew alone in the studio."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.access.rows import EVERYBODY, Row

_REGION = EVERYBODY.replace(" stranger", "")
_CREW = "specialist other_specialist"
_OTHERS = " ".join(role for role in _REGION.split() if role not in _CREW.split())
_POLL = {"text": "What is it?", "kind": "single", "options": "Sepsis\nMeasles", "request_key": str(uuid4())}


def _live(world: Any) -> dict[str, Any]:
    return {"lecture_id": world.live_lecture.pk}


ROWS = [
    Row("lectures:room", "GET", _REGION, args=_live),
    Row("lectures:room_ticket", "GET", _REGION, args=_live),
    Row("lectures:room_since", "GET", _REGION, args=_live),
    Row("lectures:studio", "GET", _CREW, _OTHERS, args=_live),
    Row("lectures:studio", "POST", "specialist", f"other_specialist {_OTHERS}", args=_live, body=lambda world: _POLL),
]
