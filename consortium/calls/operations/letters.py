"""Letters between the pages of a call, and what each page says of itself. Kept in Redis for minutes, in no table.

While Redis is away nothing is taken: the page gets no receipt, keeps its letter and sends it again. Media flow on.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings

from consortium.calls.mailbox import Mailbox
from consortium.calls.queries.people import state_key
from consortium.calls.states import Rung
from consortium.kernel import clock
from consortium.kernel.errors import InvalidInput
from consortium.kernel.valkey import Away, breaker, client, key
from consortium.live.operations import publish

STATE_KEPT = 6 * 3600
FLAGS = ("mic", "camera", "screen")


def box_topic(seat_id: UUID | str) -> str:
    """Where a seat's letters are published: no page may ask for it, the seat's own socket listens to it."""
    return f"callbox:{seat_id}"


def call_topic(room_id: UUID) -> str:
    """Rung when a page of the room says something new of itself."""
    return f"call:{room_id}"


def mailbox() -> Mailbox:
    return Mailbox(client(), key("call-"), f"{settings.REDIS_PREFIX}live:callbox:")


def post_letter(*, sender: UUID, epoch: str, number: int, to: UUID, body: Mapping[str, Any]) -> bool:
    """Put a letter into the box of `to`; the right was checked. False while Redis is away."""
    letter = orjson.dumps({"did": "signal", "from": str(sender), "epoch": epoch, "body": body}).decode()
    if breaker.open:
        return False
    try:
        mailbox().post(str(to), sender=f"{sender}:{epoch}", number=number, letter=letter)
    except Away:
        breaker.trip()
        return False
    return True


def letters_after(seat_id: UUID, seq: int | None) -> tuple[int, list[str]]:
    """(the newest number, letters after `seq`); a page that was just opened (None) gets none: they were not for it."""
    if breaker.open:
        return seq or 0, []
    try:
        newest = mailbox().newest(str(seat_id))
        return newest, [] if seq is None else mailbox().after(str(seat_id), seq)
    except Away:
        breaker.trip()
        return seq or 0, []


def read_state(told: Mapping[str, Any]) -> dict[str, Any]:
    """What a page says of itself, checked; raises InvalidInput."""
    state: dict[str, Any] = {name: told[name] for name in FLAGS if isinstance(told.get(name), bool)}
    if told.get("rung") in Rung.values:
        state["rung"] = told["rung"]
    if "stage" in told:
        state["stage"] = _stage(told["stage"])
    return state


def _stage(told: Any) -> dict[str, Any] | None:
    """Which picture somebody shows: a file and its frame; None for no more."""
    if told is None:
        return None
    try:
        return {"file": str(UUID(told["file"])), "frame": max(1, min(int(told["frame"]), 10_000))}
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput({"stage": "not a picture"}) from error


def say(room_id: UUID, seat_id: UUID, *, quietly: bool = False, **state: Any) -> None:
    """Keep what a page says of itself, and ring the others unless `quietly`. Lost while Redis is away."""
    if breaker.open:
        return
    held, field, at = state_key(room_id), str(seat_id), clock.now().timestamp()
    try:
        before: Any = client().hget(held, field)
        now = {**(orjson.loads(before) if before else {}), **state, "at": at}
        client().hset(held, field, orjson.dumps(now).decode())
        client().expire(held, STATE_KEPT)
    except Away:
        breaker.trip()
        return
    if not quietly:
        publish(call_topic(room_id), int(at * 1000))
