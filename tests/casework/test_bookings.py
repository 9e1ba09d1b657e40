"""Bookings: several resources at once, refused when any is taken, and by the database whoever asks."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from consortium.casework import operations
from consortium.casework.models import Booking, BookingUse, Resource, Service
from consortium.casework.queries.agenda import booking_for
from consortium.casework.states import HOLD_LASTS, BookingStep
from consortium.casework.tasks import expire_holds
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, StaleVersion, Taken, WrongStep
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.casework.rosters import booked, by_system, calendar, first_slot, person, room, rule, soon
from tests.cast import actor_for
from tests.consultations.cases import by, claimed
from tests.consultations.test_concurrency import as_user, race

pytestmark = pytest.mark.django_db


# -- one booking ------------------------------------------------------------------------------------------------------


def test_a_booking_takes_all_its_resources(specialist: User, hospital: Institution) -> None:
    made = booked(specialist, person(specialist), room(hospital))
    assert BookingUse.unscoped.filter(booking=made, live=True).count() == 2


def test_a_booking_stands_in_the_journal_with_its_event(specialist: User) -> None:
    made = booked(specialist, person(specialist))
    entry = Entry.unscoped.get(subject_id=str(made.pk))
    assert (entry.verb, entry.event, entry.actor_id) == ("book", "casework.BookingMade", specialist.pk)


def test_the_same_key_twice_is_one_booking(specialist: User) -> None:
    key = uuid4()
    first = booked(specialist, person(specialist), key=key)
    assert booked(specialist, person(specialist), key=key).pk == first.pk
    assert Booking.unscoped.count() == 1


def test_a_person_is_not_booked_twice_and_the_refusal_names_them(specialist: User) -> None:
    booked(specialist, person(specialist))
    with pytest.raises(Taken) as refused:
        booked(specialist, person(specialist), begins=1.5)
    assert specialist.full_name in str(refused.value.message)
    assert "Video call" in str(refused.value.message)
    assert refused.value.detail["in_the_way"][0]["resource_id"] == str(person(specialist).pk)


def test_a_room_is_not_booked_twice_and_the_refusal_names_it(
    specialist: User, other_specialist: User, hospital: Institution
) -> None:
    where = room(hospital)
    booked(specialist, person(specialist), where)
    with pytest.raises(Taken, match="Room 3"):
        booked(other_specialist, person(other_specialist), where)


def test_a_refused_booking_leaves_nothing(specialist: User, other_specialist: User, hospital: Institution) -> None:
    where = room(hospital)
    booked(specialist, person(specialist), where)
    with pytest.raises(Taken):
        booked(other_specialist, person(other_specialist), where)
    assert Booking.unscoped.count() == 1
    assert booked(other_specialist, person(other_specialist)).pk is not None


def test_one_ends_when_the_next_begins(specialist: User) -> None:
    begins = soon(1)
    words = {"what": "video", "resources": [person(specialist).pk]}
    by(specialist, operations.book, period=(begins, begins + timedelta(hours=1)), **words)
    by(specialist, operations.book, period=(begins + timedelta(hours=1), begins + timedelta(hours=2)), **words)
    assert Booking.unscoped.count() == 2


def test_the_database_itself_refuses_an_overlap(specialist: User) -> None:
    made = booked(specialist, person(specialist))
    twin = booked(specialist, person(specialist), begins=5)
    use = BookingUse.unscoped.get(booking=twin)
    with pytest.raises(IntegrityError, match="casework_use_no_overlap"), transaction.atomic():
        BookingUse.unscoped.filter(pk=use.pk).update(period=made.period)


def test_the_database_refuses_a_step_that_the_table_does_not_know(specialist: User) -> None:
    made = booked(specialist, person(specialist))
    with pytest.raises(Exception, match="Invalid transition"), transaction.atomic():
        Booking.unscoped.filter(pk=made.pk).update(step=BookingStep.EXPIRED)


@pytest.mark.parametrize(
    ("begins", "hours", "field"),
    [(2, -1, "ends"), (2, 0, "ends"), (2, 25, "ends"), (-3, 1, "begins"), (20_000, 1, "ends")],
)
def test_a_period_that_makes_no_sense_is_refused(specialist: User, begins: float, hours: float, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        booked(specialist, person(specialist), begins=begins, hours=hours)
    assert field in refused.value.fields


def test_what_it_is_for_is_one_of_the_known(specialist: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        booked(specialist, person(specialist), what="tea")
    assert "what" in refused.value.fields


def test_nothing_to_book_is_refused(specialist: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        booked(specialist)
    assert "resources" in refused.value.fields


def test_a_resource_that_is_not_there_is_hidden(specialist: User) -> None:
    with pytest.raises(NotVisible):
        booked(specialist, Resource(pk=uuid4()))


def test_a_retired_room_is_not_booked(specialist: User, coordinator: User, hospital: Institution) -> None:
    where = room(hospital)
    by(coordinator, operations.retire_resource, resource_id=where.pk)
    with pytest.raises(NotVisible):
        booked(specialist, where)


# -- who may ----------------------------------------------------------------------------------------------------------


def test_a_colleague_of_the_service_books_the_other(specialist: User, other_specialist: User) -> None:
    assert booked(specialist, person(other_specialist)).pk is not None


def test_the_coordinator_books_the_people_of_the_hospital(specialist: User, coordinator: User) -> None:
    assert booked(coordinator, person(specialist)).pk is not None


@pytest.mark.parametrize("who", ["asker", "stranger"])
def test_others_do_not_book_a_specialist(who: str, specialist: User, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotPermitted):
        booked(request.getfixturevalue(who), person(specialist))


def test_a_room_is_booked_by_those_who_work_there(asker: User, hospital: Institution) -> None:
    with pytest.raises(NotPermitted):
        booked(asker, room(hospital))


def test_a_feature_books_as_the_system_and_names_its_case(
    asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    case = claimed(asker, specialist, patient, service).case
    made = by_system(
        operations.book, what="video", resources=[person(specialist).pk], period=(soon(1), soon(2)), case_id=case.pk
    )
    assert Entry.unscoped.get(subject_id=str(made.pk)).patient_id == patient.pk
    with acting_as(actor_for(asker)):
        assert booking_for(made.pk).case_id == case.pk


def test_a_case_that_one_does_not_see_is_not_booked_for(
    asker: User, specialist: User, stranger: User, patient: Patient, service: Service
) -> None:
    case = claimed(asker, specialist, patient, service).case
    with pytest.raises(NotVisible):
        booked(stranger, person(stranger), case_id=case.pk)


def test_a_booking_is_hidden_from_who_has_no_part_in_it(specialist: User, stranger: User) -> None:
    made = booked(specialist, person(specialist))
    with acting_as(actor_for(stranger)), pytest.raises(NotVisible):
        booking_for(made.pk)


def test_whoever_is_booked_sees_it(specialist: User, other_specialist: User) -> None:
    made = booked(specialist, person(other_specialist))
    with acting_as(actor_for(other_specialist)):
        assert booking_for(made.pk).pk is not None


# -- holds ------------------------------------------------------------------------------------------------------------


def test_a_hold_keeps_the_time_and_is_confirmed(specialist: User) -> None:
    held = booked(specialist, person(specialist), hold=True)
    assert held.step == BookingStep.HELD
    with pytest.raises(Taken):
        booked(specialist, person(specialist))
    assert by(specialist, operations.settle_booking, booking_id=held.pk, verb="confirm").step == BookingStep.BOOKED


def test_a_hold_that_ran_out_gives_way_before_any_timer(specialist: User, other_specialist: User) -> None:
    held = booked(specialist, person(specialist), hold=True, begins=5)
    with clock.moved(HOLD_LASTS):
        booked(other_specialist, person(specialist), begins=5 - HOLD_LASTS.total_seconds() / 3600)
    held.refresh_from_db()
    assert held.step == BookingStep.EXPIRED


def test_a_hold_that_ran_out_is_not_confirmed(specialist: User) -> None:
    held = booked(specialist, person(specialist), hold=True)
    with clock.moved(HOLD_LASTS), pytest.raises(WrongStep, match="run out"):
        by(specialist, operations.settle_booking, booking_id=held.pk, verb="confirm")


def test_the_timer_expires_each_hold_once(specialist: User) -> None:
    booked(specialist, person(specialist), hold=True)
    assert expire_holds() == 0
    with clock.moved(HOLD_LASTS):
        assert expire_holds() == 1
        assert expire_holds() == 0
    assert not BookingUse.unscoped.filter(live=True).exists()


# -- cancel, move, who came -------------------------------------------------------------------------------------------


def settle(user: User, made: Booking, verb: str, **words: Any) -> Booking:
    done: Booking = by(user, operations.settle_booking, booking_id=made.pk, verb=verb, **words)
    return done


def test_cancelling_gives_the_time_back(specialist: User) -> None:
    made = booked(specialist, person(specialist))
    assert settle(specialist, made, "cancel", reason="Ill").reason == "Ill"
    assert booked(specialist, person(specialist)).pk is not None


def test_cancelling_takes_a_reason(specialist: User) -> None:
    made = booked(specialist, person(specialist))
    with pytest.raises(InvalidInput) as refused:
        settle(specialist, made, "cancel", reason="  ")
    assert "reason" in refused.value.fields


def test_a_cancelled_booking_is_not_cancelled_again(specialist: User) -> None:
    made = booked(specialist, person(specialist))
    settle(specialist, made, "cancel", reason="Ill")
    with pytest.raises(WrongStep):
        settle(specialist, made, "cancel", reason="Ill")


def test_an_old_version_is_refused(specialist: User) -> None:
    made = booked(specialist, person(specialist))
    settle(specialist, booked(specialist, person(specialist), begins=9), "cancel", reason="x")
    with pytest.raises(StaleVersion):
        settle(specialist, made, "cancel", reason="Ill", version=7)


def test_a_stranger_changes_nothing(specialist: User, stranger: User) -> None:
    made = booked(specialist, person(specialist))
    with pytest.raises(NotVisible):
        settle(stranger, made, "cancel", reason="x")


def test_who_only_sees_it_may_not_change_it(asker: User, specialist: User, patient: Patient, service: Service) -> None:
    case = claimed(asker, specialist, patient, service).case
    made = booked(specialist, person(specialist), case_id=case.pk)
    with pytest.raises(NotPermitted):
        settle(asker, made, "cancel", reason="x")


def test_moving_takes_the_same_people_to_another_time(specialist: User, hospital: Institution) -> None:
    made = booked(specialist, person(specialist), room(hospital))
    moved = by(specialist, operations.move_booking, booking_id=made.pk, period=(soon(30), soon(31)))
    assert moved.begins > made.begins
    assert BookingUse.unscoped.filter(booking=made, period=moved.period).count() == 2
    assert booked(specialist, person(specialist)).pk is not None


def test_a_move_into_somebody_elses_time_moves_nothing(specialist: User) -> None:
    made = booked(specialist, person(specialist))
    booked(specialist, person(specialist), begins=5)
    with pytest.raises(Taken, match="booked from"):
        by(specialist, operations.move_booking, booking_id=made.pk, period=(soon(5), soon(6)))
    again = Booking.unscoped.get(pk=made.pk)
    assert (again.period, again.version) == (made.period, made.version)


def test_a_move_by_half_its_length_is_not_in_its_own_way(specialist: User) -> None:
    made = booked(specialist, person(specialist))
    assert by(specialist, operations.move_booking, booking_id=made.pk, period=(soon(1.5), soon(2.5)))


def test_a_move_needs_a_time(specialist: User) -> None:
    made = booked(specialist, person(specialist))
    with pytest.raises(InvalidInput):
        by(specialist, operations.move_booking, booking_id=made.pk)


@pytest.mark.parametrize("verb", ["attend", "no_show"])
def test_who_came_is_said_afterwards(verb: str, specialist: User) -> None:
    made = booked(specialist, person(specialist))
    with pytest.raises(WrongStep, match="ahead"):
        settle(specialist, made, verb)
    with clock.moved(timedelta(hours=3)):
        assert settle(specialist, made, verb).step in (BookingStep.ATTENDED, BookingStep.NO_SHOW)


# -- rooms and vehicles -----------------------------------------------------------------------------------------------


def test_a_room_is_added_once_for_a_key(coordinator: User, hospital: Institution) -> None:
    words = {"institution_id": hospital.pk, "kind": "room", "name_en": "A", "key": uuid4()}
    assert by(coordinator, operations.add_resource, **words).pk == by(coordinator, operations.add_resource, **words).pk


def test_two_rooms_of_one_name_are_refused(coordinator: User, hospital: Institution) -> None:
    room(hospital)
    with pytest.raises(DomainError, match="of this name"):
        by(coordinator, operations.add_resource, institution_id=hospital.pk, kind="room", name_en="Room 3")


def test_a_person_is_not_added_as_a_room(coordinator: User, hospital: Institution) -> None:
    with pytest.raises(InvalidInput):
        by(coordinator, operations.add_resource, institution_id=hospital.pk, kind="person", name_en="X")


def test_only_the_office_adds_rooms(specialist: User, hospital: Institution) -> None:
    with pytest.raises(NotPermitted):
        by(specialist, operations.add_resource, institution_id=hospital.pk, kind="room", name_en="X")


def test_the_database_wants_a_person_or_a_place(hospital: Institution, specialist: User) -> None:
    for fields in ({"kind": "room"}, {"kind": "person", "institution": hospital}, {"kind": "room", "user": specialist}):
        with pytest.raises(IntegrityError, match="casework_resource_whose"), transaction.atomic():
            Resource.objects.create(name_en="X", **fields)


# -- real concurrency -------------------------------------------------------------------------------------------------

ROUNDS = 20


def _winners(results: list[Any]) -> tuple[int, int]:
    """(how many were booked, how many were told that it is taken); anything else fails the test."""
    for each in results:
        assert isinstance(each, Booking | Taken), each
    return sum(isinstance(r, Booking) for r in results), sum(isinstance(r, Taken) for r in results)


@pytest.mark.django_db(transaction=True)
def test_twenty_rounds_of_four_who_want_the_same_person_and_room(
    specialist: User, coordinator: User, hospital: Institution, figure: Callable[[str, str], None]
) -> None:
    """Each round: two book the person (with a room each), two the room (with a person each); all overlap in one."""
    who, where, other = person(specialist), room(hospital), room(hospital, "Room 4")
    for n in range(ROUNDS):
        period = (soon(24 * n + 1), soon(24 * n + 2))
        wishes = [[who, where], [where, who], [who, other, where], [where]]
        runners = [
            as_user(coordinator, operations.book, what="meeting", resources=[r.pk for r in wish], period=period)
            for wish in wishes
        ]
        assert _winners(race(runners)) == (1, 3)
    figure("bookings", f"{ROUNDS} rounds of 4 at once: one booked, three told who is in the way, no overlap")
    _no_overlap()


@pytest.mark.django_db(transaction=True)
def test_twenty_rounds_of_a_video_call_against_a_clinic_slot(
    specialist: User, coordinator: User, service: Service, hospital: Institution
) -> None:
    """The same specialist: whichever comes first has them, the other is told."""
    clinic = calendar(service, room(hospital))
    rule(clinic, specialist, count=ROUNDS)
    for slot in clinic.slots.order_by("period")[:ROUNDS]:
        period = (slot.period.lower, slot.period.upper)
        results = race([
            as_user(coordinator, operations.book, what="video", resources=[person(specialist).pk], period=period),
            as_user(coordinator, operations.book_slot, slot_id=slot.pk),
        ])  # fmt: skip
        assert _winners(results) == (1, 1)
    _no_overlap()


@pytest.mark.django_db(transaction=True)
def test_the_last_place_of_a_slot_goes_to_one(specialist: User, coordinator: User, service: Service) -> None:
    clinic = calendar(service)
    rule(clinic, specialist, capacity=3)
    slot = first_slot(clinic)
    results = race([as_user(coordinator, operations.book_slot, slot_id=slot.pk) for _ in range(6)])
    assert _winners(results) == (3, 3)
    assert set(Booking.unscoped.values_list("place", flat=True)) == {1, 2, 3}


@pytest.mark.django_db(transaction=True)
def test_ten_identical_requests_are_one_booking(specialist: User) -> None:
    words = {"what": "video", "resources": [person(specialist).pk], "period": (soon(1), soon(2)), "key": uuid4()}
    results = race([as_user(specialist, operations.book, **words) for _ in range(10)])
    assert len({r.pk for r in results}) == 1


def _no_overlap() -> None:
    uses = list(BookingUse.unscoped.filter(live=True).order_by("resource_id", "period"))
    for before, after in itertools.pairwise(uses):
        if before.resource_id == after.resource_id and before.occasion != after.occasion:
            assert before.period.upper <= after.period.lower
