"""What a room told lately and who has a hand up, as Redis has it; without Redis the record alone answers."""

from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.core.cache import cache

from consortium.kernel.valkey import Away, breaker, client, key
from courses.live.models.lectures import Lecture
from courses.live.queries.guests import guest_told, open_guest
from courses.live.queries.room import snapshot
from courses.live.room import Board
from courses.live.room.board import FRAMES_KEPT

_LECTURE, _CREW = "lecture:", "lecturecrew:"


def topic(lecture_id: UUID) -> str:
    """What everybody in the room hears. No page may ask the hub for it: a ticket lets in."""
    return f"{_LECTURE}{lecture_id}"


def crew_topic(lecture_id: UUID) -> str:
    """What moderators and lecturers hear besides."""
    return f"{_CREW}{lecture_id}"


def board_on(redis: Any) -> Board:
    """The boards of all rooms, by this client."""
    live = f"{settings.REDIS_PREFIX}live:"
    return Board(redis, key("room-"), live + _LECTURE, live + _CREW)


def board() -> Board:
    """For threads."""
    return board_on(client())


def stands_at(lecture_id: UUID) -> int:
    """The number of the newest frame; 0 before the first, and while Redis is away."""
    return int(_asked(lambda: board().stands_at(lecture_id)) or 0)


def hands(lecture_id: UUID) -> list[dict[str, Any]]:
    raised: dict[str, str] = _asked(lambda: board().raised(lecture_id)) or {}
    return [{"user": user, "by": name, "up": True} for user, name in sorted(raised.items(), key=lambda one: one[1])]


def since(lecture: Lecture, after: int | None, *, crew: bool) -> dict[str, Any]:
    """The frames after number `after` where they are kept, all of them; else, and for None, what the room shows."""
    newest = stands_at(lecture.pk)
    if after is not None and after == newest:
        return {"seq": newest, "frames": []}
    if after is not None and 0 < newest - after <= FRAMES_KEPT:
        told: list[str] = _asked(lambda: board().told(lecture.pk, newest - after)) or []
        frames = [orjson.loads(text) for text in told]
        if frames and frames[0]["seq"] == after + 1:  # others may have come since the number was asked
            return {"seq": frames[-1]["seq"], "frames": frames}
    return {"seq": newest, "snapshot": whole(lecture, crew=True)} if crew else _of_everybody(lecture)


def _of_everybody(lecture: Lecture) -> dict[str, Any]:
    """What thousands ask for who come back at once: made anew each second. Its number is older than what it shows."""
    name = f"lecture-room:{lecture.pk}"
    found: dict[str, Any] | None = cache.get(name)
    if found is None:
        found = {"seq": stands_at(lecture.pk), "snapshot": whole(lecture, crew=False)}
        cache.set(name, found, 1)
    return found


def whole(lecture: Lecture, *, crew: bool) -> dict[str, Any]:
    """The snapshot, with who is invited on stage or there; the crew's with the hands that are up."""
    guest = guest_told(open_guest(lecture.pk), crew=crew)
    return {**snapshot(lecture, crew=crew), "hands": hands(lecture.pk) if crew else [], "guest": guest}


def _asked(question: Any) -> Any:
    if breaker.open:
        return None
    try:
        return question()
    except Away:
        breaker.trip()
        return None
