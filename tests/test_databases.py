"""How the suite makes and empties its databases."""

from __future__ import annotations

import contextlib
import subprocess

import psycopg2
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from consortium.people.models import Institution, User
from tests import databases


def test_a_worker_s_database_is_a_copy_of_the_migrated_one(db: None) -> None:
    assert connection.settings_dict["TEST"]["TEMPLATE"] == databases.migrated()


def test_another_server_s_database_is_filled_with_what_migrating_made() -> None:
    """Into one of our own server here: whether it is another's makes no difference to the programs that do it."""
    empty = databases.address("copied_for_a_test")
    with contextlib.closing(databases._server()) as server, server.cursor() as cursor:
        cursor.execute("CREATE DATABASE copied_for_a_test")
        try:
            databases.copied(empty)
            with contextlib.closing(psycopg2.connect(empty)) as there, there.cursor() as asking:
                asking.execute(
                    "SELECT (SELECT count(*) FROM django_migrations) > 40, to_regclass('casework_case')::text"
                )
                assert asking.fetchone() == (True, "casework_case")
                asking.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pgtrigger%'")
                assert (asking.fetchone() or [0])[0] > 10
        finally:
            cursor.execute("DROP DATABASE copied_for_a_test")


def test_what_cannot_be_copied_is_no_empty_database() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        databases.copied(databases.address("postgres"), source=databases.address("nothing_of_that_name"))


@pytest.mark.django_db(transaction=True)
def test_what_was_committed_is_gone_and_what_migrating_filled_stays(hospital: Institution) -> None:
    databases.emptied()
    assert not Institution.objects.exists()
    assert ContentType.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_journal_is_emptied_too_and_refuses_everybody_else_again(admin: User, specialist: User) -> None:
    from consortium.journal.models import Entry
    from consortium.people.operations import suspend_person
    from tests.cast import actor_for

    place = actor_for(specialist).seats
    suspend_person(actor=actor_for(admin), user_id=specialist.pk, institution_id=next(iter(place)).institution_id)
    assert Entry.unscoped.exists()
    databases.emptied()
    assert not Entry.unscoped.exists()
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",)
