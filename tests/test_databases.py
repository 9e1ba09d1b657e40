"""How the suite makes and empties its databases."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path

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


def test_a_server_without_it_reads_in_what_another_run_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "read_in_for_a_test"
    databases._keep(databases.address(databases.migrated()), tmp_path / f"{name}.sql")
    with databases._one_at_a_time(), contextlib.closing(databases._server()) as server, server.cursor() as cursor:
        monkeypatch.setattr(databases, "_shared", lambda: tmp_path)
        monkeypatch.setattr("sys.executable", "/bin/false")  # whoever migrates fails
        databases._make(name, cursor)
        try:
            assert _known(databases.address(name)) == _known(databases.address(databases.migrated()))
        finally:
            cursor.execute(f"DROP DATABASE {name}")


def _known(database: str) -> list[tuple[str, ...]]:
    """Everything that has a name there: tables, columns, rules, triggers, functions; and which migrations ran."""
    with contextlib.closing(psycopg2.connect(database)) as there, there.cursor() as asking:
        asking.execute(
            "SELECT 'column', attrelid::regclass::text, attname, atttypid::regtype::text FROM pg_attribute"
            " JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0"
            " AND NOT attisdropped"
            " UNION ALL SELECT 'rule', conrelid::regclass::text, conname, contype::text FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace"
            " UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, tgtype::text FROM pg_trigger"
            " WHERE NOT tgisinternal"
            " UNION ALL SELECT 'function', proname, pronargs::text, md5(prosrc) FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace"
            " UNION ALL SELECT 'migration', app, name, '' FROM django_migrations ORDER BY 1, 2, 3, 4"
        )
        return list(asking.fetchall())


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
