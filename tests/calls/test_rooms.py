"""Planning, opening and ending calls: who may, what stands afterwards, what is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from consortium.calls import operations
from consortium.calls.models import Attempt, GuestLink, Room, Seat
from consortium.calls.states import ABANDONED_AFTER, LONGEST_CALL, Cause, RoomStep, Rung, best
from consortium.casework.models import Case
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.kernel.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion, WrongStep
from consortium.people.models import User
from tests.calls.acts import again, told, tried
from tests.consultations.cases import by

pytestmark = pytest.mark.django_db


def planned(user: User, case: Case, hours: float = 24, **words: Any) -> Room:
    begins = clock.now() + timedelta(hours=hours)
    made: Room = by(
        user, operations.plan_room, case_id=case.pk, starts_at=begins, ends_at=begins + timedelta(minutes=30), **words
    )
    return made


# -- planning


def test_either_side_plans(case: Case, asker: User, specialist: User) -> None:
    assert {planned(user, case).step for user in (asker, specialist)} == {RoomStep.PLANNED}


def test_the_same_key_is_one_call(case: Case, asker: User) -> None:
    key = uuid4()
    assert planned(asker, case, key=key).pk == planned(asker, case, key=key).pk


def test_a_nurse_plans_none(case: Case, nurse: User) -> None:
    with pytest.raises(NotPermitted):
        planned(nurse, case)


def test_for_a_stranger_there_is_no_case(case: Case, district_doctor: User) -> None:
    with pytest.raises(NotVisible):
        planned(district_doctor, case)


def test_a_time_that_has_passed_is_refused(case: Case, asker: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        planned(asker, case, hours=-2)
    assert "starts_at" in refused.value.fields


def test_an_end_before_the_beginning_is_refused(case: Case, asker: User) -> None:
    now = clock.now()
    with pytest.raises(InvalidInput) as refused:
        by(asker, operations.plan_room, case_id=case.pk, starts_at=now, ends_at=now)
    assert "ends_at" in refused.value.fields


def test_a_closed_case_has_no_new_calls(case: Case, asker: User) -> None:
    Case.unscoped.filter(pk=case.pk).update(is_open=False, closed_at=clock.now(), ball="none", ball_user=None)
    with pytest.raises(NotPermitted, match="closed"):
        by(asker, operations.call_now, case_id=case.pk)


def test_moving_tells_the_time_before(case: Case, asker: User) -> None:
    room = planned(asker, case)
    later = clock.now() + timedelta(days=3)
    moved = by(asker, operations.move_room, room_id=room.pk, starts_at=later, ends_at=later + timedelta(hours=1))
    assert (moved.starts_at, told(room, "call-move").facts["before"]) == (later, room.starts_at.isoformat())  # type: ignore[union-attr]


def test_moving_what_somebody_else_has_moved_is_refused(case: Case, asker: User) -> None:
    room = planned(asker, case)
    later = clock.now() + timedelta(days=3)
    with pytest.raises(StaleVersion):
        by(asker, operations.move_room, room_id=room.pk, starts_at=later, ends_at=later, version=99)


def test_the_guardians_link_moves_along(case: Case, asker: User) -> None:
    room = planned(asker, case)
    by(asker, operations.invite_guest, room_id=room.pk)
    later = clock.now() + timedelta(days=9)
    by(asker, operations.move_room, room_id=room.pk, starts_at=later, ends_at=later + timedelta(hours=1))
    assert GuestLink.unscoped.get(room=room).expires_at == later + timedelta(hours=1)


def test_a_cancelled_call_is_told(case: Case, asker: User) -> None:
    room = planned(asker, case)
    by(asker, operations.cancel_room, room_id=room.pk, reason="child better")
    assert again(room).step == RoomStep.CANCELLED
    assert told(room, "call-cancel").event == "calls.RoomCancelled"


# -- opening


def test_calling_now_opens_and_tells(room: Room) -> None:
    assert room.is_open
    assert told(room, "call-open").event == "calls.RoomOpened"


def test_calling_again_finds_the_open_call(room: Room, case: Case, specialist: User) -> None:
    assert by(specialist, operations.call_now, case_id=case.pk).pk == room.pk


def test_a_planned_call_opens_ten_minutes_before(case: Case, asker: User) -> None:
    room = planned(asker, case, hours=0.15)
    assert by(asker, operations.open_room, room_id=room.pk).is_open


def test_and_not_earlier(case: Case, asker: User) -> None:
    room = planned(asker, case)
    with pytest.raises(NotPermitted, match="ten minutes"):
        by(asker, operations.open_room, room_id=room.pk)


def test_opening_what_is_open_changes_nothing(room: Room, asker: User) -> None:
    assert by(asker, operations.open_room, room_id=room.pk).version == room.version


def test_the_system_opens_a_planned_call_at_its_time(case: Case, asker: User) -> None:
    room = planned(asker, case, hours=0.1)
    with acting_as(system("its time")) as timer:
        assert operations.open_room(actor=timer, room_id=room.pk).is_open


def test_the_time_has_come_for_an_open_call_and_not_for_one_that_is_over(room: Room, asker: User) -> None:
    assert room.time_has_come
    assert not by(asker, operations.end_room, room_id=room.pk).time_has_come


# -- ending


def test_the_best_rung_that_was_held_is_the_outcome(room: Room, seat: Seat, asker: User) -> None:
    tried(asker, seat, Rung.VIDEO, held=True)
    tried(asker, seat, Rung.STILLS, held=True)
    over = by(asker, operations.end_room, room_id=room.pk)
    assert (over.outcome, over.cause) == (Rung.VIDEO, Cause.COMPLETED)


def test_what_kept_it_from_being_better_is_the_cause(room: Room, seat: Seat, asker: User) -> None:
    tried(asker, seat, Rung.VIDEO, cause=Cause.NETWORK_BLOCKED)
    tried(asker, seat, Rung.STILLS, held=True)
    over = by(asker, operations.end_room, room_id=room.pk)
    assert (over.outcome, over.cause) == (Rung.STILLS, Cause.NETWORK_BLOCKED)


def test_who_sat_there_alone_had_no_answer(room: Room, host: Seat, specialist: User) -> None:
    over = by(specialist, operations.end_room, room_id=room.pk)
    assert (over.outcome, over.cause) == ("", Cause.NO_ANSWER)


def test_together_without_a_try_it_was_completed(room: Room, seat: Seat, asker: User) -> None:
    over = by(asker, operations.end_room, room_id=room.pk)
    assert (over.outcome, over.cause) == ("", Cause.COMPLETED)


def test_a_try_that_runs_ends_with_the_call(room: Room, seat: Seat, asker: User) -> None:
    tried(asker, seat, Rung.AUDIO, held=True)
    by(asker, operations.end_room, room_id=room.pk)
    assert Attempt.unscoped.get(seat=seat).cause == Cause.COMPLETED


def test_a_try_that_was_not_yet_held_had_no_answer(room: Room, seat: Seat, asker: User) -> None:
    tried(asker, seat, Rung.VIDEO)
    by(asker, operations.end_room, room_id=room.pk)
    assert Attempt.unscoped.get(seat=seat).cause == Cause.NO_ANSWER


def test_everybody_is_out_when_it_ends(room: Room, seat: Seat, asker: User) -> None:
    by(asker, operations.end_room, room_id=room.pk)
    assert not Seat.unscoped.filter(room=room, place__isnull=False).exists()


def test_the_end_is_told_with_its_outcome(room: Room, seat: Seat, asker: User) -> None:
    tried(asker, seat, Rung.AUDIO, held=True)
    by(asker, operations.end_room, room_id=room.pk)
    entry = told(room, "call-end")
    assert (entry.event, entry.payload["outcome"]) == ("calls.RoomEnded", Rung.AUDIO)


def test_an_ended_call_ends_only_once(room: Room, asker: User) -> None:
    by(asker, operations.end_room, room_id=room.pk)
    with pytest.raises(WrongStep):
        by(asker, operations.end_room, room_id=room.pk)


def test_a_nurse_ends_none(room: Room, nurse: User) -> None:
    with pytest.raises(NotPermitted):
        by(nurse, operations.end_room, room_id=room.pk)


# -- abandoned


def test_a_call_that_everybody_left_ends_by_itself(room: Room, seat: Seat) -> None:
    with clock.moved(ABANDONED_AFTER + timedelta(minutes=1)):
        assert operations.end_abandoned() == 1
    assert again(room).step == RoomStep.ENDED


def test_twice_at_once_ends_it_once(room: Room, seat: Seat) -> None:
    with clock.moved(ABANDONED_AFTER + timedelta(minutes=1)):
        assert (operations.end_abandoned(), operations.end_abandoned()) == (1, 0)


def test_one_in_which_somebody_is_seen_goes_on(room: Room, seat: Seat) -> None:
    with clock.moved(ABANDONED_AFTER + timedelta(minutes=1)), acting_as(system("test")) as actor:
        operations.mark_seen(actor=actor, seat_id=seat.pk)
        assert operations.end_abandoned() == 0


def test_none_goes_on_for_longer_than_four_hours(room: Room, seat: Seat) -> None:
    with clock.moved(LONGEST_CALL), acting_as(system("test")) as actor:
        operations.mark_seen(actor=actor, seat_id=seat.pk)
        assert operations.end_abandoned() == 1


def test_a_call_of_just_now_is_not_abandoned(room: Room) -> None:
    assert operations.end_abandoned() == 0


def test_the_best_of_no_rungs_is_none() -> None:
    assert best([]) == ""


def test_the_journal_holds_no_name(room: Room, seat: Seat, case: Case) -> None:
    facts = [entry.facts for entry in Entry.unscoped.filter(subject_type="calls.room")]
    assert facts
    assert not any("Lin" in str(fact) for fact in facts)
