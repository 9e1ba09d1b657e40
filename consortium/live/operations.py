"""Ringing and publishing: one Redis command each, after commit, never an error to the sender."""

from functools import cache
from typing import Any

import orjson
from django.conf import settings

from consortium.kernel.valkey import breaker
from consortium.live.hub import Bell
from consortium.live.queries import RIGHTS


@cache
def _bell() -> Bell:
    return Bell(settings.REDIS_URL, settings.REDIS_PREFIX)


def ring(topic: str, seq: int) -> None:
    """Tell the topic's listeners that it has moved to `seq`; they fetch what they may see."""
    kind, _, key = topic.partition(":")
    if kind == RIGHTS:
        _rung(RIGHTS, seq, key)
    else:
        publish(topic, seq)


def publish(topic: str, seq: int, **content: Any) -> bool:
    """Send a frame to the topic's listeners, with JSON-able `content`; False when Redis was away.

    For rooms whose frames carry what they tell (`html`, and `prev`, the number of the frame before, so that a page
    sees a gap). Never put what identifies a child into a frame.
    """
    text = orjson.dumps({"topic": topic, "seq": seq, **content}).decode()
    return _rung(topic, seq, text)


def _rung(topic: str, seq: int, text: str) -> bool:
    if breaker.open:
        return _bell().lose()
    if not _bell().ring(topic, seq, text):
        breaker.trip()
        return False
    return True


def lost_bells() -> int:
    """How many frames this process could not publish."""
    return _bell().lost
