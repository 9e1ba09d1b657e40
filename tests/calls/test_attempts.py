"""Tries at a rung and preflights: what a page tells, what is kept of it, how often calls succeed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from consortium.calls import operations
from consortium.calls.models import Attempt, Preflight, Room, Seat
from consortium.calls.operations.attempts import numbers
from consortium.calls.queries.success import calls_by_month, causes_by_rung, ways_by_institution
from consortium.calls.states import Cause, Rung
from consortium.kernel import clock
from consortium.kernel.errors import InvalidInput, NotVisible, WrongStep
from consortium.people.models import Institution, User
from tests.calls.acts import again, told, tried
from tests.consultations.cases import by

pytestmark = pytest.mark.django_db


def test_a_try_begins_unheld(seat: Seat, asker: User) -> None:
    made = by(asker, operations.begin_attempt, seat_id=seat.pk, rung=Rung.VIDEO)
    assert (made.rung, made.held_at, made.ended_at) == (Rung.VIDEO, None, None)


def test_the_same_rung_again_is_the_same_try(seat: Seat, asker: User) -> None:
    one, two = (by(asker, operations.begin_attempt, seat_id=seat.pk, rung=Rung.VIDEO) for _ in range(2))
    assert one.pk == two.pk


def test_another_rung_ends_the_one_before(seat: Seat, asker: User) -> None:
    first = by(asker, operations.begin_attempt, seat_id=seat.pk, rung=Rung.VIDEO)
    by(asker, operations.begin_attempt, seat_id=seat.pk, rung=Rung.AUDIO)
    assert again(first).cause == Cause.CHOSEN


def test_writing_is_held_at_once(seat: Seat, asker: User) -> None:
    made = by(asker, operations.begin_attempt, seat_id=seat.pk, rung=Rung.WRITTEN)
    assert made.held_at == made.began_at


def test_held_once_it_stays_held(seat: Seat, asker: User) -> None:
    tried(asker, seat, Rung.VIDEO, held=True)
    before = Attempt.unscoped.get(seat=seat).held_at
    by(asker, operations.hold_attempt, seat_id=seat.pk)
    assert Attempt.unscoped.get(seat=seat).held_at == before


def test_nothing_is_held_where_nothing_was_tried(seat: Seat, asker: User) -> None:
    assert by(asker, operations.hold_attempt, seat_id=seat.pk) is None


def test_nothing_ends_where_nothing_was_tried(seat: Seat, asker: User) -> None:
    assert by(asker, operations.end_attempt, seat_id=seat.pk, cause=Cause.CHOSEN) is None


def test_the_end_of_a_try_is_told_with_its_cause(seat: Seat, room: Room, asker: User) -> None:
    tried(asker, seat, Rung.VIDEO, cause=Cause.NETWORK_BLOCKED)
    entry = told(room, "call-try")
    assert entry.event == "calls.AttemptRecorded"
    assert (entry.payload["rung"], entry.payload["held"], entry.payload["cause"]) == ("video", False, "network_blocked")


def test_numbers_are_kept_with_it(seat: Seat, asker: User) -> None:
    by(asker, operations.begin_attempt, seat_id=seat.pk, rung=Rung.VIDEO)
    kept = by(asker, operations.end_attempt, seat_id=seat.pk, cause=Cause.NETWORK_WEAK, details={"loss": 0.25, "x": 1})
    assert again(kept).details == {"loss": 0.25}


@pytest.mark.parametrize(
    ("told_of", "kept"),
    [
        ({"kbps": 12}, {"kbps": 12.0}),
        ({"kbps": True}, {}),
        ({"kbps": "12"}, {}),
        ({"kbps": 1e12}, {}),
        ({"name": 1}, {}),
    ],
)
def test_only_known_numbers_are_kept(told_of: dict[str, Any], kept: dict[str, float]) -> None:
    assert numbers(told_of) == kept


def test_a_rung_that_is_none(seat: Seat, asker: User) -> None:
    with pytest.raises(InvalidInput):
        by(asker, operations.begin_attempt, seat_id=seat.pk, rung="smoke")


def test_a_cause_that_is_none(seat: Seat, asker: User) -> None:
    with pytest.raises(InvalidInput):
        by(asker, operations.end_attempt, seat_id=seat.pk, cause="bored")


def test_who_waits_tries_nothing(room: Room, asker: User) -> None:
    waits = by(asker, operations.join, room_id=room.pk)
    with pytest.raises(WrongStep, match="not in this call"):
        by(asker, operations.begin_attempt, seat_id=waits.pk, rung=Rung.VIDEO)


def test_nobody_tries_for_somebody_else(seat: Seat, colleague: User) -> None:
    with pytest.raises(NotVisible):
        by(colleague, operations.begin_attempt, seat_id=seat.pk, rung=Rung.VIDEO)


# -- preflights


def test_a_preflight_is_kept_once_with_its_institution(asker: User, community: Institution) -> None:
    key = uuid4()
    for _ in range(2):
        by(asker, operations.keep_preflight, way="relay", rung="video", details={"rtt_ms": 20}, key=key)
    kept = Preflight.unscoped.get()
    assert (kept.institution, kept.way, kept.details) == (community, "relay", {"rtt_ms": 20.0})


# -- the published measure


def span() -> tuple[Any, Any]:
    return clock.now() - timedelta(days=40), clock.now() + timedelta(days=1)


def test_a_call_counts_by_its_outcome(room: Room, seat: Seat, asker: User) -> None:
    tried(asker, seat, Rung.VIDEO, cause=Cause.NETWORK_BLOCKED)
    tried(asker, seat, Rung.STILLS, held=True)
    by(asker, operations.end_room, room_id=room.pk)
    [row] = calls_by_month(*span())
    counted = {name: row[name] for name in ("tried", "video", "audio", "stills", "written", "none")}
    assert counted == {"tried": 1, "video": 0, "audio": 0, "stills": 1, "written": 0, "none": 0}
    assert row["service_id"] == room.case.service_id


def test_a_call_that_nobody_tried_or_that_goes_on_does_not_count(room: Room, seat: Seat, asker: User) -> None:
    assert calls_by_month(*span()) == []
    by(asker, operations.end_room, room_id=room.pk)
    assert calls_by_month(*span()) == []


def test_causes_are_counted_by_rung(seat: Seat, asker: User) -> None:
    tried(asker, seat, Rung.VIDEO, cause=Cause.NO_CAMERA)
    tried(asker, seat, Rung.AUDIO, held=True, cause=Cause.COMPLETED)
    assert causes_by_rung(*span()) == [{"rung": "video", "cause": "no_camera", "count": 1}]


def test_ways_are_counted_by_hospital(asker: User, community: Institution) -> None:
    for way in ("relay", "relay", "server"):
        by(asker, operations.keep_preflight, way=way, rung="video")
    assert ways_by_institution(*span()) == [
        {"institution_id": community.pk, "way": "relay", "count": 2},
        {"institution_id": community.pk, "way": "server", "count": 1},
    ]
