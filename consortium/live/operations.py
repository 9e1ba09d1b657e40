"""Ringing and publishing: one trip to Redis each, after commit, never an error to the sender."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

import orjson
from django.conf import settings

from consortium.kernel.bells import Ring
from consortium.kernel.valkey import breaker
from consortium.live.hub import Bell, Frame
from consortium.live.queries import RIGHTS


@cache
def _bell() -> Bell:
    return Bell(settings.REDIS_URL, settings.REDIS_PREFIX)


def ring(rings: Sequence[Ring]) -> None:
    """Tell each topic's listeners that it has moved to its number; they fetch what they may see."""
    _rung(*(_frame(topic, seq) for topic, seq in rings))


def _frame(topic: str, seq: int) -> Frame:
    """That a topic has moved; rights are one topic for all, whose frames say whose they are."""
    kind, _, key = topic.partition(":")
    return Frame(RIGHTS, seq, key) if kind == RIGHTS else _telling(topic, seq)


def _telling(topic: str, seq: int, **content: Any) -> Frame:
    return Frame(topic, seq, orjson.dumps({"topic": topic, "seq": seq, **content}).decode())


def ring_rights(user_ids: Collection[str], seq: int) -> None:
    """Tell every process that the rights of these people may have changed: one trip for all.

    Raises ConnectionError when Redis was away: for receivers of the outbox, which try again, as no lost bell may leave
    an open record on a screen.
    """
    if user_ids and not _rung(*(Frame(RIGHTS, seq, user_id) for user_id in user_ids)):
        raise ConnectionError(f"{len(user_ids)} bells of rights were not taken")


def publish(topic: str, seq: int, **content: Any) -> bool:
    """Send a frame to the topic's listeners, with JSON-able `content`; False when Redis was away.

    For rooms whose frames carry what they tell (`html`, and `prev`, the number of the frame before, so that a page
    sees a gap). Never put what identifies a child into a frame.
    """
    return _rung(_telling(topic, seq, **content))


def _rung(*frames: Frame) -> bool:
    if breaker.open:
        return _bell().lose(len(frames))
    if not _bell().ring_all(frames):
        breaker.trip()
        return False
    return True


def lost_bells() -> int:
    """How many frames this process could not publish."""
    return _bell().lost
