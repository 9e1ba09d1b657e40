"""The video calls of the year: agreed on or begun at once, held on some rung, or not; by the pages' operations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from consortium.calls import operations as calls
from consortium.calls.models import Room, Seat
from consortium.calls.states import LADDER, Cause, Rung
from consortium.demo.story import year
from consultations import operations as do
from consultations.models import Meeting
from consultations.states import MeetingCancel

#: one question of the past as `history` tells it, which stands above this
Past = Any
_MINUTE = timedelta(minutes=1)
#: a call needs so long before the answer; with more time than this it is agreed on, with less begun at once
_NEEDS, _AGREED = 12 * _MINUTE, 50 * _MINUTE


def meet(past: Past) -> None:
    """The call of this question, as far as it came; none where the answer was too near."""
    left = past.until(past.plan.answered)
    if not past.plan.video or left < _NEEDS:
        return
    meeting = _agreed(past, left / 2) if left > _AGREED else _begun(past)
    if meeting is not None:
        _hold(past, meeting)


def _newest(past: Past) -> Meeting:
    rows = Meeting.objects.filter(case_id=past.case_id)
    found: Meeting = rows.select_related("room").latest("created_at", "id")
    return found


def _agreed(past: Past, ahead: timedelta) -> Meeting | None:
    """Proposed by the clinic, which has asked the guardian; booked by the specialist. None when it was called off."""
    when = (past.at + ahead).replace(second=0, microsecond=0)
    offer = do.Offer((when,), minutes=10)
    past.do(past.asker, do.propose_video, 2 * _MINUTE, offer=offer, guardian_agrees=True)
    past.do(past.specialist, do.book_video, 6 * _MINUTE, starts_at=when)
    if past.plan.video == "cancelled":
        past.do(past.asker, do.cancel_video, 3 * _MINUTE, reason=MeetingCancel.TECHNICAL)
        return None
    past.at = when
    return _newest(past)


def _begun(past: Past) -> Meeting | None:
    if past.plan.video == "cancelled":
        return None
    past.do(past.specialist, do.call_now)
    return _newest(past)


def _hold(past: Past, meeting: Meeting) -> None:
    """Who was to come comes and climbs down the ladder as far as the plan says; then the case is told how it went."""
    assert meeting.room is not None  # noqa: S101 - a call that was agreed on has one
    room_id = meeting.room.pk
    alone = {"no_asker": past.specialist, "no_specialist": past.asker}.get(past.plan.video, "")
    seats = [past.act(alone, calls.join, _MINUTE / 4, room_id=room_id)] if alone else _seated(past, room_id)
    people = [alone] if alone else [past.specialist, past.asker]
    for who, seat in zip(people, seats, strict=True):
        if alone != past.asker:  # who waits at the door tries nothing
            _climb_down(past, who, seat, Rung.VIDEO if alone else Rung(past.plan.video), alone=bool(alone))
    past.act(alone or past.specialist, calls.end_room, (9 if alone else 5) * _MINUTE, room_id=room_id)
    over = Room.objects.get(pk=room_id)
    past.act("", do.hold_video, _MINUTE / 60, meeting_id=meeting.pk, outcome=over.outcome, cause=over.cause)


def _seated(past: Past, room_id: UUID) -> list[Seat]:
    host: Seat = past.act(past.specialist, calls.join, _MINUTE / 4, room_id=room_id)
    waiting: Seat = past.act(past.asker, calls.join, _MINUTE / 2, room_id=room_id)
    return [host, past.act(past.specialist, calls.admit, _MINUTE / 6, seat_id=waiting.pk)]


def _climb_down(past: Past, who: str, seat: Seat, last: Rung, *, alone: bool) -> None:
    """Each rung is tried from the top, and left for a cause, until one holds."""
    words: dict[str, Any] = {"seat_id": seat.pk}
    for rung in LADDER[: LADDER.index(last) + 1]:
        past.act(who, calls.begin_attempt, _MINUTE / 12, rung=rung, **words)
        if rung != last:
            cause = Cause.NETWORK_BLOCKED if last == Rung.WRITTEN else year.CAUSES[past.plan.child % len(year.CAUSES)]
            past.act(who, calls.end_attempt, _MINUTE / 4, cause=cause, **words)
    if not alone and last != Rung.WRITTEN:  # writing is held at once
        past.act(who, calls.hold_attempt, _MINUTE / 12, **words)
