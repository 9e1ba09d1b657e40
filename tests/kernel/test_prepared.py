"""A statement is written once for each shape, says what Django would say, and holds nobody's id and no time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Q
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from consortium.kernel import clock
from consortium.kernel.actors import Actor, Seat, acting_as
from consortium.kernel.prepared import BlankDay, BlankId, BlankText, Text, prepared
from consortium.kernel.scoping import Present, unfiltered
from consortium.patients.models import AccessGrant, Patient
from consortium.people.models import Institution, Membership, User
from consortium.people.states import Role
from tests.cast import actor_for
from tests.factories.patients import make_grant

WHY = "a test"
built: list[Any] = []


@pytest.fixture(autouse=True)
def nothing_built() -> None:
    built.clear()


@prepared
def seats(user_id: UUID, day: date) -> Any:
    built.append(user_id)
    rows = unfiltered(Membership, why=WHY).filter(user_id=user_id).active(day)
    return rows.select_related("institution").order_by("pk")


@prepared
def names(actor: Actor, ids: tuple[UUID, ...]) -> Any:
    built.append(actor)
    with acting_as(actor):
        return Patient.objects.filter(pk__in=ids).order_by("name").values_list("name", flat=True)


@prepared
def running(user_id: UUID) -> Any:
    return unfiltered(AccessGrant, why=WHY).filter(user_id=user_id, expires_at__gt=Present()).values("id")


def test_it_finds_what_django_finds_with_what_stands_beside_it(asker: User) -> None:
    with CaptureQueriesContext(connection) as captured:
        found = seats(asker.pk, clock.today())
        places = [seat.institution.name_en for seat in found]
    assert [seat.pk for seat in found] == [seat.pk for seat in Membership.unscoped.filter(user=asker)]
    assert places == [seat.institution.name_en for seat in Membership.unscoped.filter(user=asker)]
    assert len(captured) == 1


def test_another_persons_rows_come_by_the_same_words(asker: User, specialist: User) -> None:
    shown = [[seat.user_id for seat in seats(user.pk, clock.today())] for user in (asker, specialist)]
    assert shown == [[asker.pk], [specialist.pk]]
    assert len(built) <= 1


def test_a_day_is_filled_in(asker: User) -> None:
    assert seats(asker.pk, clock.today())
    assert seats(asker.pk, date(1990, 1, 1)) == []


@prepared
def called(word: Text, role: str) -> Any:
    built.append(word)
    return unfiltered(Patient, why=WHY).filter(name=word, sex__in=[role]).values_list("name", flat=True)


def test_a_text_that_varies_is_filled_in(patient: Patient) -> None:
    shown = [called(Text(name), patient.sex) for name in (patient.name, "somebody else", patient.name)]
    assert shown == [[patient.name], [], [patient.name]]
    assert [type(word) for word in built] == [BlankText]


def test_a_text_that_is_given_as_it_is_is_part_of_the_shape() -> None:
    assert shape_of("a") != shape_of("b")
    assert shape_of(Text("a")) == shape_of(Text("b"))


def test_the_present_is_that_of_the_run(stranger: User, patient: Patient, unrelated: Institution) -> None:
    make_grant(patient, stranger, unrelated)
    assert len(running(stranger.pk)) == 1
    with clock.moved(timedelta(days=2)):
        assert running(stranger.pk) == []


def test_the_rule_of_sight_is_that_of_who_acts(asker: User, stranger: User, patient: Patient) -> None:
    shown = [names(actor_for(user), (patient.pk,)) for user in (asker, stranger, asker)]
    assert shown == [[patient.name], [], [patient.name]]


def test_a_grant_ends_under_a_prepared_rule(stranger: User, patient: Patient, unrelated: Institution) -> None:
    make_grant(patient, stranger, unrelated)
    assert names(actor_for(stranger), (patient.pk,))
    with clock.moved(timedelta(days=2)):
        assert names(actor_for(stranger), (patient.pk,)) == []


def person(*seats_: Seat, user_id: UUID | None = None) -> Actor:
    return Actor("person", user_id or uuid4(), "Dr Somebody", frozenset(seats_))


def shape_of(*given: Any) -> Any:
    seen: list[Any] = []

    @prepared
    def told(*blanks: Any) -> Any:
        seen.append(blanks)
        return unfiltered(Patient, why=WHY).none()

    told(*given)
    return seen[0]


def test_two_people_with_the_same_roles_have_one_shape() -> None:
    one, other = (person(Seat(Role.ASKER, uuid4()), Seat(Role.NURSE, uuid4())) for _ in range(2))
    assert shape_of(one) == shape_of(other)


def test_another_role_is_another_shape() -> None:
    assert shape_of(person(Seat(Role.ASKER, uuid4()))) != shape_of(person(Seat(Role.NURSE, uuid4())))


def test_two_roles_at_one_place_are_not_two_places() -> None:
    here = uuid4()
    at_one = person(Seat(Role.ASKER, here), Seat(Role.NURSE, here))
    assert shape_of(at_one) != shape_of(person(Seat(Role.ASKER, here), Seat(Role.NURSE, uuid4())))


def test_an_id_that_is_given_twice_is_compared_as_itself() -> None:
    here = uuid4()
    actor, place, other = shape_of(person(Seat(Role.COORDINATOR, here)), here, uuid4())
    assert place in actor.institution_ids(Role.COORDINATOR)
    assert other not in actor.institution_ids(Role.COORDINATOR)


def test_a_shape_holds_no_id_no_day_and_no_name() -> None:
    actor, ids, day, word = shape_of(person(), (uuid4(), None), date(2026, 1, 1), "open")
    assert isinstance(actor.user_id, BlankId)
    assert actor.name == ""
    assert [type(one) for one in ids] == [BlankId, type(None)]
    assert isinstance(day, BlankDay)
    assert word == "open"


def test_who_looks_without_the_second_factor_has_a_shape_of_their_own() -> None:
    shown = Actor("person", uuid4(), second_factor=True)
    assert shape_of(shown) != shape_of(Actor("person", uuid4()))


def test_what_can_find_nothing_asks_nothing(asker: User) -> None:
    actor = actor_for(asker)
    with CaptureQueriesContext(connection) as captured:
        assert names(actor, ()) == []
    assert len(captured) == 0


def test_a_text_that_its_lookup_rewrites_is_refused() -> None:
    @prepared
    def careless(word: Text) -> Any:
        return unfiltered(Patient, why=WHY).filter(name__contains=word)

    with pytest.raises(ValueError, match="careless: a text is rewritten"):
        careless(Text("ann"))


@pytest.mark.parametrize("value", [uuid4(), datetime(2026, 1, 1, tzinfo=UTC)])
def test_an_id_or_a_time_that_is_written_out_is_refused(value: Any) -> None:
    @prepared
    def careless() -> Any:
        condition = Q(pk=value) if isinstance(value, UUID) else Q(created_at__gt=value)
        return unfiltered(Patient, why=WHY).filter(condition)

    with pytest.raises(ValueError, match="careless: an id or a time is written out"):
        careless()


@prepared
def locked(user_id: UUID) -> Any:
    return User.objects.filter(pk=user_id).select_for_update()


def test_a_row_is_locked_inside_a_transaction(asker: User) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert locked(asker.pk) == [asker]
    assert "FOR UPDATE" in captured.captured_queries[0]["sql"]


def test_a_row_is_not_locked_outside_of_one(asker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    locked(asker.pk)
    outside = {DEFAULT_DB_ALIAS: SimpleNamespace(in_atomic_block=False)}
    monkeypatch.setattr("consortium.kernel.prepared.connections", outside)
    with pytest.raises(TransactionManagementError):
        locked(asker.pk)


def test_what_is_prefetched_is_refused() -> None:
    @prepared
    def wide() -> Any:
        return unfiltered(Patient, why=WHY).prefetch_related("guardians")

    with pytest.raises(ValueError, match="a statement of its own"):
        wide()
