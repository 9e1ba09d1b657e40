"""The suite's databases: migrated once and copied, emptied by what they hold.

Migrating takes longer than a whole file of tests. So the first run makes a database that nobody tests in, named after
what the migrations say; every worker's own is a copy of it, which PostgreSQL makes in a fraction of a second. What was
made is kept as a dump beside the states of all runs: a run with servers of its own, as that of the faults, reads it in.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import psycopg2
from django.apps import apps as apps_registry
from django.db import connection
from psycopg2 import sql

from consortium.embedded.places import ROOT, Place
from consortium.embedded.postgres import binaries

_PREFIX = "migrated_"
#: filled by `migrate`, and by nothing else
_KEPT = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def _written() -> str:
    """A digest of all migrations, and of the libraries that bring others."""
    apps = [Path(app.path) for app in apps_registry.get_app_configs() if ROOT in Path(app.path).parents]
    digest = hashlib.sha256((ROOT / "uv.lock").read_bytes())
    for path in sorted(path for app in apps for path in app.glob("migrations/*.py")):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _shared() -> Path:
    """The folder in which each run has its state (tests/servers.py)."""
    return Place.of().state.parent


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Runs wait for each other too: of two that begin at once, one migrates."""
    with Path(_shared() / "databases.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def migrated() -> str:
    """The name of the database to copy, made now when there is none of these migrations."""
    name = _PREFIX + _written()
    with _one_at_a_time(), contextlib.closing(_server()) as server, server.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_PREFIX])
        there = {row[0] for row in cursor.fetchall()}
        if name not in there:
            for stale in sorted(there):
                cursor.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(stale)))
            _make(name, cursor)
    return name


def _make(name: str, cursor: psycopg2.extensions.cursor) -> None:
    """Under another name while it is made, so that one left half done is never copied."""
    making, made, to = sql.Identifier(f"{_PREFIX}unfinished"), sql.Identifier(name), address(f"{_PREFIX}unfinished")
    cursor.execute(sql.SQL("CREATE DATABASE {}").format(making))
    kept = _shared() / f"{name}.sql"
    if kept.exists():
        with kept.open("rb") as written:
            _read_in(to, written)
    else:
        environ = {**os.environ, "DATABASE_URL": to}
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environ, check=True)
        _keep(to, kept)
    cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(making, made))


def _keep(source: str, kept: Path) -> None:
    """Dump what was migrated, in place of what older migrations made."""
    for stale in kept.parent.glob(f"{_PREFIX}*.sql"):
        stale.unlink()
    writing = kept.with_suffix(".unfinished")
    subprocess.run([*_dumping(source), "--file", str(writing)], check=True)
    writing.rename(kept)


def _server() -> psycopg2.extensions.connection:
    server = psycopg2.connect(address("postgres"))
    server.autocommit = True
    return server


def address(name: str) -> str:
    url = os.environ.get("DATABASE_URL") or Place.of().database_url
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def copied(to: str, *, source: str = "") -> None:
    """Fill the empty database at the address `to`, of another server, with the migrated one (or with `source`).

    A stack that migrates anew takes twenty times as long. Whoever tests migrating itself does not ask for this.
    """
    dump = _dumping(source or address(migrated()))
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumped:
        assert dumped.stdout is not None
        _read_in(to, dumped.stdout)
    if dumped.returncode:
        raise subprocess.CalledProcessError(dumped.returncode, dump)


def _dumping(source: str) -> list[str]:
    return [str(binaries() / "pg_dump"), "--no-owner", source]


def _read_in(to: str, dumped: IO[bytes]) -> None:
    told = [str(binaries() / "psql"), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--output", os.devnull]
    subprocess.run([*told, "--single-transaction", to], stdin=dumped, check=True)


def emptied() -> None:
    """Delete what a test committed: of the few tables that hold anything, in place of truncating all.

    As a replica, for which neither foreign keys nor the journal's refusals are asked.
    """
    tables = sorted(set(connection.introspection.django_table_names()) - _KEPT)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables))
        filled = [row[0] for row in cursor.fetchall()]
        cursor.execute("SET session_replication_role = replica")
        try:
            for table in filled:
                cursor.execute(f"DELETE FROM {table}")
        finally:
            cursor.execute("SET session_replication_role = DEFAULT")


def dropped(name: str) -> None:
    """Gone, whoever still has a line to it: a server of the last test may not have let go of its connections yet."""
    with contextlib.closing(_server()) as server, server.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
