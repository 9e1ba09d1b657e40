"""Rules that the database holds around calls, each broken once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction

from consortium.calls.models import Attempt, GuestLink, Room, Seat
from consortium.kernel import clock
from consortium.people.models import User

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def attempt(seat: Seat) -> Attempt:
    made: Attempt = Attempt.unscoped.create(room=seat.room, seat=seat, rung="video", began_at=clock.now())
    return made


@pytest.fixture
def link(room: Room) -> GuestLink:
    now = clock.now()
    made: GuestLink = GuestLink.unscoped.create(room=room, token_hash=b"x", created_at=now, expires_at=now + HOUR)
    return made


def refused(rule: str, row: Any, **fields: Any) -> None:
    """The database refuses to change `row` so, by the rule of this name."""
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        type(row).unscoped.filter(pk=row.pk).update(**fields)


def test_a_planned_call_has_a_time(room: Room) -> None:
    with pytest.raises(IntegrityError, match="calls_room_period"), transaction.atomic():
        Room.unscoped.create(case_id=room.case_id, step="planned", created_at=clock.now())


@pytest.mark.parametrize("ends", [None, timedelta(), -HOUR])
def test_which_has_an_end_after_it(room: Room, ends: timedelta | None) -> None:
    now = clock.now()
    refused("calls_room_period", room, starts_at=now, ends_at=now + ends if ends is not None else None)


def test_an_open_call_was_opened(room: Room) -> None:
    refused("calls_room_times", room, opened_at=None)


def test_a_call_that_is_over_says_what_came_of_it(room: Room) -> None:
    refused("calls_room_outcome", room, step="ended", ended_at=clock.now())


def test_one_that_goes_on_does_not(room: Room) -> None:
    refused("calls_room_outcome", room, outcome="video")


def test_a_case_has_one_open_call(room: Room) -> None:
    with pytest.raises(IntegrityError, match="calls_room_one_open"), transaction.atomic():
        Room.unscoped.create(case_id=room.case_id, step="open", created_at=clock.now(), opened_at=clock.now())


def test_what_is_over_does_not_open_again(room: Room) -> None:
    now = clock.now()
    Room.unscoped.filter(pk=room.pk).update(step="ended", ended_at=now, cause="completed")
    with pytest.raises(InternalError, match="Invalid transition"), transaction.atomic():
        Room.unscoped.filter(pk=room.pk).update(step="open", ended_at=None, cause="")


def test_no_call_is_born_over(room: Room) -> None:
    now = clock.now()
    with pytest.raises(InternalError, match="call_room_first_step"), transaction.atomic():
        Room.unscoped.create(
            case_id=room.case_id, step="ended", created_at=now, opened_at=now, ended_at=now, cause="completed"
        )


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("calls_seat_role", {"role": "child"}),
        ("calls_seat_whose", {"role": "guardian"}),
        ("calls_seat_whose", {"user": None}),
        ("calls_seat_most", {"place": 5}),
        ("calls_seat_most", {"place": 0}),
        ("calls_seat_place_inside", {"place": None}),
        ("calls_seat_place_inside", {"admitted_at": None}),
        ("calls_seat_place_inside", {"left_at": clock.now()}),
        ("calls_seat_place_once", {"place": 1}),
    ],
)
def test_seats(seat: Seat, rule: str, fields: dict[str, Any]) -> None:
    refused(rule, seat, **fields)


def test_a_person_has_one_seat(seat: Seat, specialist: User) -> None:
    refused("calls_seat_user_once", seat, user=specialist)


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("calls_attempt_rung", {"rung": "smoke"}),
        ("calls_attempt_ended_has_cause", {"ended_at": clock.now() + HOUR}),
        ("calls_attempt_ended_has_cause", {"cause": "completed"}),
        ("calls_attempt_period", {"held_at": clock.now() - 1000 * HOUR}),
        ("calls_attempt_period", {"ended_at": clock.now() - 1000 * HOUR, "cause": "completed"}),
    ],
)
def test_tries(attempt: Attempt, rule: str, fields: dict[str, Any]) -> None:
    refused(rule, attempt, **fields)


def test_one_rung_at_a_time(attempt: Attempt) -> None:
    with pytest.raises(IntegrityError, match="calls_attempt_one_running"), transaction.atomic():
        Attempt.unscoped.create(room=attempt.room, seat=attempt.seat, rung="audio", began_at=clock.now())


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("calls_link_bound_pair", {"device_hash": b"x"}),
        ("calls_link_consent_by_device", {"consented_at": clock.now()}),
        ("calls_link_period", {"expires_at": clock.now() - 1000 * HOUR}),
    ],
)
def test_links(link: GuestLink, rule: str, fields: dict[str, Any]) -> None:
    refused(rule, link, **fields)


def test_a_call_has_one_standing_link(link: GuestLink) -> None:
    with pytest.raises(IntegrityError, match="calls_link_one"), transaction.atomic():
        GuestLink.unscoped.create(
            room=link.room, token_hash=b"y", created_at=clock.now(), expires_at=clock.now() + HOUR
        )
