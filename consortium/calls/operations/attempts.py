"""Tries at a rung, told by the page that makes them; and what a preflight found."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.calls import events
from consortium.calls.models import Attempt, Preflight, Room, Seat
from consortium.calls.operations.moving import note, room_of, save
from consortium.calls.policies import may_speak_for
from consortium.calls.states import Cause, Rung
from consortium.journal.operations.writing import only_institution
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, WrongStep
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered

WHY = "tries at a rung"
#: numbers that a page may tell of a try or a preflight
DETAILS = frozenset({"loss", "kbps", "frozen", "rtt_ms", "up_kbps", "seconds"})


def numbers(told: Mapping[str, Any]) -> dict[str, float]:
    """What is kept of the numbers a page tells: known names, finite and not absurd."""
    kept = {name: told[name] for name in DETAILS & set(told)}
    return {name: round(float(v), 3) for name, v in kept.items() if _is_number(v) and abs(v) < 1e9}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _inside(actor: Actor, seat_id: UUID) -> tuple[Room, Seat]:
    room, seat = room_of(seat_id)
    require(may_speak_for(actor, seat))
    if not seat.is_inside:
        raise WrongStep(_("You are not in this call."), code="not-inside")
    return room, seat


@transaction.atomic
def begin_attempt(*, actor: Actor, seat_id: UUID, rung: str) -> Attempt:
    """A try at `rung` begins; one that still ran is over. Writing needs no connection: it is held at once."""
    room, seat = _inside(actor, seat_id)
    if rung not in Rung.values:
        raise InvalidInput({"rung": _("This is no way to hold a call.")})
    running = _running(seat)
    if running is not None and running.rung == rung:
        return running
    if running is not None:
        _end(actor, room, running, Cause.CHOSEN, {})
    now = clock.now()
    attempt = Attempt(room=room, seat=seat, rung=rung, began_at=now, held_at=now if rung == Rung.WRITTEN else None)
    save(attempt)
    return attempt


@transaction.atomic
def hold_attempt(*, actor: Actor, seat_id: UUID) -> Attempt | None:
    """Media flow at the running try's rung."""
    _room, seat = _inside(actor, seat_id)
    attempt = _running(seat)
    if attempt is not None and attempt.held_at is None:
        attempt.held_at = clock.now()
        save(attempt)
    return attempt


@transaction.atomic
def end_attempt(*, actor: Actor, seat_id: UUID, cause: str, details: Mapping[str, Any] | None = None) -> Attempt | None:
    """The running try is over, and why; None when there was none."""
    room, seat = _inside(actor, seat_id)
    if cause not in Cause.values:
        raise InvalidInput({"cause": _("This is no reason for the end of a call.")})
    attempt = _running(seat)
    if attempt is not None:
        _end(actor, room, attempt, cause, details or {})
    return attempt


def _running(seat: Seat) -> Attempt | None:
    found: Attempt | None = unfiltered(Attempt, why=WHY).filter(seat=seat).running().first()
    return found


def _end(actor: Actor, room: Room, attempt: Attempt, cause: str, details: Mapping[str, Any]) -> None:
    attempt.ended_at, attempt.cause = clock.now(), cause
    attempt.details = {**attempt.details, **numbers(details)}
    save(attempt)
    held = attempt.held_at is not None
    event = events.AttemptRecorded(room.pk, room.case_id, attempt.seat_id, attempt.rung, held, cause)
    note(actor, room, "call-try", event, rung=attempt.rung, held=held, cause=cause)


@transaction.atomic
def keep_preflight(
    *, actor: Actor, way: str, rung: str, camera: str = "", microphone: str = "", speaker: bool | None = None,
    details: Mapping[str, Any] | None = None, key: UUID | None = None,
) -> Preflight:  # fmt: skip
    """What this device and network can do, kept for the measures; `camera` and `microphone` are a cause or ""."""

    def make() -> Preflight:
        row = Preflight(
            user_id=actor.user_id, institution_id=only_institution(actor), at=clock.now(), way=way, rung=rung,
            camera=camera, microphone=microphone, speaker=speaker, details=numbers(details or {}),
            created_by_id=actor.author_id, **({"request_key": key} if key else {}),
        )  # fmt: skip
        save(row)
        return row

    return once(Preflight, actor=actor, key=key, make=make)[0]
