"""Coming in, being let in, leaving, and the four places."""

from __future__ import annotations

import pytest

from consortium.calls import operations
from consortium.calls.models import Room, Seat
from consortium.calls.policies import seat_role
from consortium.calls.states import SeatRole
from consortium.casework.models import Case
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import NotPermitted, NotVisible, Taken, WrongStep
from consortium.people.models import Institution, User
from consortium.people.states import Role
from tests.calls.acts import again, told
from tests.cast import actor_for
from tests.consultations.cases import by
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db


def test_the_specialist_sits_down_at_once(host: Seat) -> None:
    assert (host.role, host.place) == (SeatRole.SPECIALIST, 1)


def test_everybody_else_waits_at_the_door(room: Room, asker: User) -> None:
    seat = by(asker, operations.join, room_id=room.pk)
    assert (seat.role, seat.waits, seat.is_inside) == (SeatRole.ASKER, True, False)


def test_knocking_again_is_told_once(room: Room, asker: User) -> None:
    first = by(asker, operations.join, room_id=room.pk)
    told_at = told(room, "call-knock").pk
    assert by(asker, operations.join, room_id=room.pk).pk == first.pk
    assert told(room, "call-knock").pk == told_at


def test_who_is_let_in_has_the_next_place(seat: Seat, room: Room) -> None:
    assert seat.place == 2
    assert told(room, "call-enter").event == "calls.SeatTaken"


def test_letting_in_twice_is_once(seat: Seat, specialist: User) -> None:
    assert by(specialist, operations.admit, seat_id=seat.pk).place == seat.place


def test_only_the_specialist_lets_in(room: Room, host: Seat, asker: User, colleague: User) -> None:
    waits = by(colleague, operations.join, room_id=room.pk)
    with pytest.raises(NotPermitted):
        by(asker, operations.admit, seat_id=waits.pk)


def test_who_has_gone_from_the_door_is_not_let_in(room: Room, host: Seat, asker: User, specialist: User) -> None:
    waits = by(asker, operations.join, room_id=room.pk)
    by(asker, operations.leave, seat_id=waits.pk)
    with pytest.raises(WrongStep, match="no longer waiting"):
        by(specialist, operations.admit, seat_id=waits.pk)


def test_who_was_let_in_comes_back_without_knocking(seat: Seat, room: Room, asker: User) -> None:
    by(asker, operations.leave, seat_id=seat.pk)
    assert by(asker, operations.join, room_id=room.pk).is_inside


def test_a_page_that_is_loaded_again_keeps_the_seat(seat: Seat, room: Room, asker: User) -> None:
    assert by(asker, operations.join, room_id=room.pk).place == seat.place


def test_leaving_twice_is_once(seat: Seat, asker: User) -> None:
    gone = by(asker, operations.leave, seat_id=seat.pk)
    assert by(asker, operations.leave, seat_id=seat.pk).left_at == gone.left_at


def test_nobody_leaves_for_somebody_else(seat: Seat, colleague: User) -> None:
    with pytest.raises(NotVisible):
        by(colleague, operations.leave, seat_id=seat.pk)


def test_who_was_sent_out_knocks_again(seat: Seat, room: Room, asker: User, specialist: User) -> None:
    by(specialist, operations.send_out, seat_id=seat.pk)
    assert by(asker, operations.join, room_id=room.pk).waits


def test_a_fifth_finds_all_places_taken(
    room: Room, seat: Seat, specialist: User, colleague: User, community: Institution
) -> None:
    others = [colleague, make_staff("third", community, Role.ASKER), make_staff("fourth", community, Role.ASKER)]
    waiting = [by(user, operations.join, room_id=room.pk) for user in others]
    places = [by(specialist, operations.admit, seat_id=one.pk).place for one in waiting[:2]]
    with pytest.raises(Taken, match="Four people"):
        by(specialist, operations.admit, seat_id=waiting[2].pk)
    assert places == [3, 4]


def test_a_place_that_is_given_back_is_given_again(
    room: Room, seat: Seat, asker: User, colleague: User, specialist: User
) -> None:
    by(asker, operations.leave, seat_id=seat.pk)
    waits = by(colleague, operations.join, room_id=room.pk)
    assert by(specialist, operations.admit, seat_id=waits.pk).place == seat.place


def test_a_nurse_of_the_centre_has_no_seat(room: Room, nurse: User) -> None:
    with pytest.raises(NotPermitted):
        by(nurse, operations.join, room_id=room.pk)


def test_for_a_stranger_there_is_no_call(room: Room, district_doctor: User) -> None:
    with pytest.raises(NotVisible):
        by(district_doctor, operations.join, room_id=room.pk)


def test_nobody_joins_what_is_over(room: Room, asker: User) -> None:
    by(asker, operations.end_room, room_id=room.pk)
    with pytest.raises(WrongStep, match="over"):
        by(asker, operations.join, room_id=room.pk)


def test_nobody_is_let_in_from_nowhere(specialist: User, room: Room) -> None:
    with pytest.raises(NotVisible):
        by(specialist, operations.admit, seat_id=room.pk)


def test_whose_right_has_ended_is_put_out_and_must_be_let_in_anew(seat: Seat) -> None:
    with acting_as(system("test")) as actor:
        operations.put_out(actor=actor, seat_id=seat.pk)
        operations.put_out(actor=actor, seat_id=seat.pk)
    assert (again(seat).place, again(seat).admitted_at) == (None, None)


def test_people_put_nobody_out(seat: Seat, specialist: User) -> None:
    with pytest.raises(NotPermitted):
        by(specialist, operations.put_out, seat_id=seat.pk)


@pytest.mark.parametrize(("name", "role"), [("asker", "asker"), ("colleague", "asker"), ("specialist", "specialist")])
def test_who_sits_as_whom(case: Case, name: str, role: str, request: pytest.FixtureRequest) -> None:
    actor = actor_for(request.getfixturevalue(name))
    with acting_as(actor):
        assert seat_role(actor, case) == role


def test_other_specialists_of_the_service_have_no_seat(case: Case, other_specialist: User) -> None:
    actor = actor_for(other_specialist)
    with acting_as(actor):
        assert seat_role(actor, case) == ""


def test_a_feature_may_know_of_further_seats(case: Case, other_specialist: User, settings: object) -> None:
    settings.CALL_SEATS = ["tests.calls.test_seats.always_second"]  # type: ignore[attr-defined]
    actor = actor_for(other_specialist)
    with acting_as(actor):
        assert seat_role(actor, case) == SeatRole.SECOND


def always_second(actor: object, case: Case) -> str:
    return SeatRole.SECOND
