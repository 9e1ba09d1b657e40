"""Who is acting: seats, roles, and the scope that a block enters and leaves."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from uuid import UUID, uuid4

import pytest

from consortium.kernel.actors import ANONYMOUS, NOBODY, Actor, Seat, acting_as, current_actor, system
from consortium.kernel.errors import DomainError, NobodyActing

HERE, THERE = uuid4(), uuid4()


def person(*seats: Seat) -> Actor:
    return Actor("person", user_id=uuid4(), name="Dr Wang", seats=frozenset(seats))


DOCTOR = person(Seat("asker", HERE), Seat("nurse", THERE))


def test_without_a_scope_asking_who_acts_is_an_error() -> None:
    with pytest.raises(NobodyActing):
        current_actor()


def test_nobody_acting_is_a_slip_of_ours_and_never_shown_to_people() -> None:
    assert not issubclass(NobodyActing, DomainError)


def test_inside_the_block_the_actor_acts() -> None:
    with acting_as(DOCTOR):
        assert current_actor() is DOCTOR


def test_the_block_hands_out_who_acts() -> None:
    with acting_as(DOCTOR) as actor:
        assert actor is DOCTOR


def test_after_the_block_nobody_acts() -> None:
    with acting_as(DOCTOR):
        pass
    with pytest.raises(NobodyActing):
        current_actor()


def test_an_inner_block_gives_the_scope_back() -> None:
    with acting_as(DOCTOR):
        with acting_as(system("a duty")):
            pass
        assert current_actor() is DOCTOR


def test_an_error_inside_the_block_ends_it_too() -> None:
    with pytest.raises(ZeroDivisionError), acting_as(DOCTOR):
        raise ZeroDivisionError
    with pytest.raises(NobodyActing):
        current_actor()


def test_another_thread_acts_for_nobody() -> None:
    with acting_as(DOCTOR), ThreadPoolExecutor(1) as pool, pytest.raises(NobodyActing):
        pool.submit(current_actor).result()


def test_a_thread_that_takes_the_context_along_acts_as_the_same() -> None:
    with acting_as(DOCTOR), ThreadPoolExecutor(1) as pool:
        assert pool.submit(copy_context().run, current_actor).result() is DOCTOR


def test_an_actor_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        DOCTOR.name = "Dr Li"  # type: ignore[misc]


def test_a_role_is_held_anywhere() -> None:
    assert DOCTOR.has("asker")


def test_a_role_nobody_gave_is_not_held() -> None:
    assert not DOCTOR.has("specialist")


def test_one_of_several_roles_is_enough() -> None:
    assert DOCTOR.has("specialist", "nurse")


def test_a_role_is_held_where_its_seat_is() -> None:
    assert DOCTOR.has("asker", institution_id=HERE)


def test_a_role_is_not_held_where_another_seat_is() -> None:
    assert not DOCTOR.has("asker", institution_id=THERE)


def test_roles_are_named_once() -> None:
    assert person(Seat("asker", HERE), Seat("asker", THERE)).roles == {"asker"}


def test_institutions_of_one_role() -> None:
    assert DOCTOR.institution_ids("nurse") == {THERE}


def test_institutions_of_any_role() -> None:
    assert DOCTOR.institution_ids() == {HERE, THERE}


def test_institutions_of_a_role_nobody_gave() -> None:
    assert DOCTOR.institution_ids("auditor") == frozenset()


def test_a_person_is_the_author() -> None:
    assert DOCTOR.author_id == DOCTOR.user_id


def test_the_system_is_no_author() -> None:
    assert system("a timer").author_id is None


def test_the_visitor_is_no_author() -> None:
    assert ANONYMOUS.author_id is None


def test_who_is_no_person_has_an_id_that_no_row_carries() -> None:
    assert system("a timer").user_id == ANONYMOUS.user_id == NOBODY == UUID(int=0)


def test_the_system_says_why_it_acts() -> None:
    assert system("the clock of a case").why == "the clock of a case"


def test_the_system_is_the_system_and_no_person() -> None:
    actor = system("a timer")
    assert (actor.is_system, actor.is_person) == (True, False)


def test_a_person_is_not_the_system() -> None:
    assert (DOCTOR.is_system, DOCTOR.is_person) == (False, True)


def test_the_visitor_is_neither() -> None:
    assert (ANONYMOUS.is_system, ANONYMOUS.is_person) == (False, False)


def test_the_visitor_has_no_seat() -> None:
    assert ANONYMOUS.seats == frozenset()


def test_without_word_of_it_a_second_factor_was_not_shown() -> None:
    assert not DOCTOR.second_factor
