"""What a crowd says in one room: a few at once, and no more waiting than can be written in a while."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from courses.live.consumers.process import AT_ONCE, MOST_WAITING, Room


def spoken(people: int) -> tuple[list[dict[str, Any]], int]:
    """What each of them is answered, and how many were written at once at most."""
    at_once: list[int] = []
    going = 0

    async def write() -> dict[str, Any]:
        nonlocal going
        going += 1
        at_once.append(going)
        await asyncio.sleep(0)
        going -= 1
        return {"did": "done"}

    async def acts() -> list[dict[str, Any]]:
        board: Any = None
        room = Room(UUID(int=7), board)
        return await asyncio.gather(*(room.spoken(write) for _each in range(people)))

    return asyncio.run(acts()), max(at_once)


def test_a_few_are_written_at_once() -> None:
    answers, most = spoken(20)
    assert (answers, most) == ([{"did": "done"}] * 20, AT_ONCE)


def test_too_many_are_told_so() -> None:
    answers, _most = spoken(MOST_WAITING + 3)
    assert answers.count({"fault": "too-fast"}) == 3
    assert answers.count({"did": "done"}) == MOST_WAITING


def test_what_fails_makes_room_for_others() -> None:
    async def fails() -> dict[str, Any]:
        raise OSError

    async def acts() -> int:
        board: Any = None
        room = Room(UUID(int=7), board)
        await asyncio.gather(*(room.spoken(fails) for _each in range(5)), return_exceptions=True)
        return room._speakers

    assert asyncio.run(acts()) == 0
