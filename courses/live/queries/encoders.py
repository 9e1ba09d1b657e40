"""Studio encoders: whether they are offered here, whose key it is, and what comes by it now."""

import hmac
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings

from consortium.kernel import clock
from consortium.kernel.adapters import adapter
from consortium.kernel.scoping import unfiltered
from consortium.kernel.sealing import SealBroken, derive, unseal
from courses.live.broadcast.rtmp import Gateway
from courses.live.models import Broadcast, EncoderKey, Lecture

_ID = 32


def gateway() -> Gateway | None:
    """The server that takes their streams; None where there is none."""
    if not settings.LECTURE_ENCODERS:
        return None
    found: Gateway = adapter("LECTURE_ENCODERS")(settings.RTMP_PORT, settings.RTMP_ADDRESS)
    return found


@cache
def _derived(purpose: str) -> bytes:
    return derive(settings.SEALING_KEY, purpose)


def sealing_key() -> bytes:
    return _derived("keys of lecture encoders")


def call_secret() -> str:
    """What stands in the address at which the server of streams asks us."""
    return _derived("calls of the server of streams").hex()[:40]


def context_of(lecture_id: UUID) -> str:
    """What a key is sealed with, so that it opens in its own row alone."""
    return f"encoder of {lecture_id}"


def text_of(row: EncoderKey) -> str:
    """The key as it is typed in; empty where it does not open any more."""
    try:
        return unseal(sealing_key(), bytes(row.sealed), context_of(row.lecture_id)).decode()
    except SealBroken:
        return ""


def lecture_named(key: str) -> UUID | None:
    """The lecture that a key says it is for."""
    try:
        return UUID(hex=key[:_ID])
    except ValueError:
        return None


def row_of_key(key: str) -> EncoderKey | None:
    """Whose key it is; None for any other text. Asked by the server of streams, before anybody acts."""
    rows = unfiltered(EncoderKey, why="an encoder shows its key")
    row: EncoderKey | None = rows.filter(lecture_id=lecture_named(key), made_by__is_active=True).first()
    right = text_of(row) if row else ""
    return row if right and hmac.compare_digest(right.encode(), key.encode()) else None


def sends(row: EncoderKey) -> bool:
    """Whether the run that it last began has the stage still."""
    stages = unfiltered(Broadcast, why="whether an encoder has the stage")
    held = stages.filter(lecture_id=row.lecture_id, holder=row.holder, held_until__gt=clock.now())
    return row.holder is not None and bool(held.exists())


def encoder_shown(lecture: Lecture) -> dict[str, Any]:
    """For who gives it. `state`: off (not offered), away, none (no key), waits, turn (may take over) or sends."""
    server = gateway()
    if server is None:
        return {"state": "off"}
    row = EncoderKey.objects.filter(lecture=lecture).select_related("made_by").first()
    return {"state": _state(server, row), "address": server.address, "row": row, "key": text_of(row) if row else ""}


def _state(server: Gateway, row: EncoderKey | None) -> str:
    if not server.answers():
        return "away"
    if row is None:
        return "none"
    if sends(row):
        return "sends"
    return "turn" if row.turn_until is not None and row.turn_until > clock.now() else "waits"
