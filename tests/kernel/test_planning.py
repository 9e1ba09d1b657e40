"""A statement that a connection runs often is planned there once; it finds the same, and whoever looks on sees it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from consortium.kernel import clock, planning
from consortium.kernel.actors import Actor, acting_as
from consortium.kernel.prepared import Text, prepared
from consortium.kernel.scoping import Present, unfiltered
from consortium.patients.models import AccessGrant, Patient
from consortium.people.models import Institution, Membership, User
from tests.cast import actor_for
from tests.factories.patients import make_grant

WHY = "a test"


def known() -> set[str]:
    """What PostgreSQL has planned on this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE from_sql")
        return {row[0] for row in cursor.fetchall()}


@pytest.fixture(autouse=True)
def _fresh(db: None) -> Iterator[None]:
    """A connection that has run nothing."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    planning._plans.pop(connection.connection, None)
    yield
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    planning._plans.pop(connection.connection, None)


def seats() -> Any:
    """A statement of its own, with an id, a day, and an id that stands in it twice."""

    @prepared
    def asked(user_id: UUID, day: date, also: UUID) -> Any:
        rows = unfiltered(Membership, why=WHY).filter(user_id=user_id).active(day)
        return rows.exclude(institution_id=also).exclude(pk=also).select_related("institution").order_by("pk")

    return asked


def test_it_is_named_at_its_third_run_and_finds_the_same(asker: User, specialist: User) -> None:
    ask, before = seats(), known()
    for run in range(1, 12):
        for user in (asker, specialist):
            found = ask(user.pk, clock.today(), uuid4())
            assert [(seat.user_id, seat.institution.name_en) for seat in found] == [
                (user.pk, seat.institution.name_en) for seat in Membership.unscoped.filter(user=user).order_by("pk")
            ]
        assert len(known() - before) == (1 if run * 2 >= planning.FROM_RUN else 0)


def test_whoever_looks_on_sees_it_whole(asker: User) -> None:
    ask = seats()
    for _ in range(5):
        ask(asker.pk, clock.today(), uuid4())
    with CaptureQueriesContext(connection) as captured:
        assert ask(asker.pk, clock.today(), uuid4())
    assert captured.captured_queries[0]["sql"].startswith('SELECT "people_membership"')


def test_behind_a_pooler_nothing_is_named(asker: User, settings: LazySettings) -> None:
    settings.DATABASE_POOLED = True
    ask = seats()
    for _ in range(5):
        assert ask(asker.pk, clock.today(), uuid4())
    assert not known()


def test_its_day_its_present_its_text_and_its_actor_are_those_of_the_run(
    asker: User, stranger: User, patient: Patient, unrelated: Institution
) -> None:
    @prepared
    def named(actor: Actor, word: Text, sex: str) -> Any:
        with acting_as(actor):
            return Patient.objects.filter(name=word, sex=sex).values_list("name", flat=True)

    @prepared
    def running(user_id: UUID) -> Any:
        return unfiltered(AccessGrant, why=WHY).filter(user_id=user_id, expires_at__gt=Present()).values("id")

    for _ in range(7):
        assert named(actor_for(asker), Text(patient.name), patient.sex) == [patient.name]
        assert named(actor_for(asker), Text("100% 'nobody' \\ $1"), patient.sex) == []
        assert named(actor_for(stranger), Text(patient.name), patient.sex) == []
    make_grant(patient, stranger, unrelated)
    for _ in range(7):
        assert len(running(stranger.pk)) == 1
        with clock.moved(timedelta(days=2)):
            assert running(stranger.pk) == []
    assert len(known()) >= 2


def test_the_least_lately_run_is_forgotten(asker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "MOST", 4)
    asked = [seats() for _ in range(6)]
    for ask in asked * 2:
        for _ in range(planning.FROM_RUN):
            assert ask(asker.pk, clock.today(), uuid4())
        assert len(known()) <= 4


@pytest.mark.django_db(transaction=True)
def test_it_outlives_a_rollback_and_a_connection_does_not_keep_it(asker: User) -> None:
    ask = seats()
    with transaction.atomic():
        for _ in range(planning.FROM_RUN):
            ask(asker.pk, clock.today(), uuid4())
        transaction.set_rollback(True)
    assert known()
    assert ask(asker.pk, clock.today(), uuid4())
    connection.close()
    assert ask(asker.pk, clock.today(), uuid4())
    assert not known()


@pytest.mark.django_db(transaction=True)
def test_a_locked_row_is_locked_by_a_call_too(asker: User) -> None:
    @prepared
    def locked(user_id: UUID) -> Any:
        return unfiltered(Membership, why=WHY).filter(user_id=user_id).select_for_update()

    with transaction.atomic():
        for _ in range(planning.FROM_RUN + 1):
            assert locked(asker.pk)
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT 1 FROM people_membership WHERE user_id = %s FOR UPDATE SKIP LOCKED", [asker.pk])
                assert cursor.fetchall() == []
        finally:
            other.close()
