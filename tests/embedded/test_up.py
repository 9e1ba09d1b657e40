"""One command to a running consortium, and back to nothing."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from consortium.embedded import servers
from consortium.embedded.places import Place
from consortium.embedded.postgres import Postgres
from consortium.embedded.processes import stop_together
from tests import databases
from tests.embedded.running import Up, free_port, own_folder, processes_of, up, wait_until

# static files are the same in every place: one collection of them serves all but the first run
SHARED = {"STATIC_ROOT": str(Place.of().state / "static")}
ALL = {"postgres", "valkey", "nursery", "web", "worker", "media", "beat"}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A place for the runs of this module."""
    with own_folder("up") as made:
        yield made / "state"


@pytest.fixture(scope="module")
def run(folder: Path) -> Iterator[Up]:
    """A healthy run, shared by the tests that leave it healthy."""
    with up(folder) as running:
        running.says("Ready after")
        running.healthy()
        yield running


@pytest.fixture(scope="module")
def another(folder: Path) -> Path:
    """A second place, its tables made already: what uses it is about ends and beginnings."""
    state = folder.with_name("another")
    place = Place(state)
    place.make()
    server = Postgres(place)
    running = servers.start(server, place)
    try:
        servers.wait_until_ready(server, running)
        databases.copied(place.database_url)
    finally:
        stop_together([running])
    return state


def test_it_says_where_it_is_and_every_part_is_well(run: Up) -> None:
    assert f"http://localhost:{run.port}" in run.says("Ready after")
    assert set(run.children()) == ALL
    status, body = run.health()
    assert (status, body["status"]) == (200, "ok")
    assert set(body["parts"]) == {"database", "redis", "worker", "media", "beat", "migrations"}


def test_both_loopback_addresses_answer(run: Up) -> None:
    with socket.create_connection(("127.0.0.1", run.port), 5):
        pass


def test_servers_listen_on_sockets_only(run: Up) -> None:
    """No port is taken but the web's own."""
    for name in ("postgres", "valkey"):
        assert _listening_ports(run.children()[name]) == set()
    assert _listening_ports(run.children()["web"]) == {run.port}


def _listening_ports(pid: int) -> set[int]:
    links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    inodes = {link[8:-1] for link in links if link.startswith("socket:[")}
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()
    ]
    return {int(line[1].rpartition(":")[2], 16) for line in lines if line[3] == "0A" and line[9] in inodes}


def test_postgres_never_runs_as_root(run: Up) -> None:
    assert Path(f"/proc/{run.children()['postgres']}").stat().st_uid != 0


def test_a_second_run_in_the_same_place_is_refused(run: Up, folder: Path) -> None:
    with up(folder) as second:
        assert second.process.wait(30) == 2
        assert "Already running" in second.says("Already running")
    assert run.health()[0] == 200


def test_a_taken_port_is_refused_with_another_one_to_try(run: Up, folder: Path) -> None:
    with up(folder.with_name("other"), PORT=str(run.port)) as second:
        assert second.process.wait(30) == 2
        assert f"PORT={run.port + 1}" in second.says("cannot be used")


@pytest.mark.parametrize(
    ("name", "part"),
    [("worker", "worker"), ("media", "media"), ("beat", "beat"), ("valkey", "redis"), ("postgres", "database")],
)
def test_a_killed_child_shows_in_health_is_reported_and_comes_back(run: Up, name: str, part: str) -> None:
    before = run.children()[name]
    _stop_for_a_look(run, name, lambda: run.part(part) not in ("ok", "no answer"))
    os.kill(before, signal.SIGKILL)
    run.says(f"{name} stopped (signal SIGKILL)")
    wait_until(lambda: run.children().get(name) not in (None, before), f"{name} again")
    run.healthy()


def _stop_for_a_look(run: Up, name: str, shows: Callable[[], bool]) -> None:
    """Freeze the process until health tells, as a hang would show; then let it be."""
    pid = run.children()[name]
    os.kill(pid, signal.SIGSTOP)
    if name != "postgres":  # the backends of a frozen postmaster go on serving
        wait_until(shows, f"{name} missed by health")
    os.kill(pid, signal.SIGCONT)


def test_a_killed_web_process_comes_back_and_refuses_nobody(run: Up) -> None:
    before = run.children()["web"]
    os.kill(before, signal.SIGKILL)
    run.says("web stopped (signal SIGKILL)")
    with socket.create_connection(("127.0.0.1", run.port), 5) as waiting:
        waiting.settimeout(60)
        waiting.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert waiting.recv(12).startswith(b"HTTP/1.1 ")
    run.healthy()


def test_without_its_nursery_everything_goes_on_and_can_start_again(run: Up) -> None:
    """Forks outlive the process they were forked from; while it is away, a program is started anew."""
    before = run.children()
    os.kill(before["nursery"], signal.SIGKILL)
    run.says("nursery stopped (signal SIGKILL)")
    assert run.health()[0] == 200
    os.kill(before["beat"], signal.SIGKILL)
    wait_until(lambda: run.children().get("beat") not in (None, before["beat"]), "beat again")
    run.healthy()


def test_processes_of_a_killed_worker_leave_no_zombies(run: Up) -> None:
    worker = run.children()["worker"]
    forks = [int(pid) for pid in Path(f"/proc/{worker}/task/{worker}/children").read_text().split()]
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: run.children().get("worker") not in (None, worker), "worker again")

    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in forks), "zombies of the worker")
    run.healthy()


def test_pending_migrations_show_in_health(run: Up) -> None:
    with psycopg2.connect(run.place.database_url) as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'mfa' RETURNING app, name, applied")
        rows = cursor.fetchall()
    connection.close()
    os.kill(run.children()["web"], signal.SIGKILL)
    wait_until(lambda: "pending" in run.part("migrations"), "pending migrations")
    assert run.health()[0] == 503
    with psycopg2.connect(run.place.database_url) as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", rows)
    connection.close()
    run.healthy()


def test_ctrl_c_ends_all_and_the_next_run_resumes_with_the_data(
    another: Path, figure: Callable[[str, str], None]
) -> None:
    with up(another, **SHARED) as first:
        first.says("Ready after")
        first.healthy()
        _write_a_mark(first)
        began = time.monotonic()
        assert first.interrupt() == 0
        figure("up: from Ctrl-C to the end", f"{time.monotonic() - began:.1f} s")
        assert first.everybody() == []
        assert first.says("Stopped.")
    with up(another, **SHARED) as second:
        began = time.monotonic()
        second.says("Ready after")
        figure("up: second start to first page", f"{time.monotonic() - began:.1f} s")
        assert _mark(second) == [("kept",)]


def _write_a_mark(run: Up) -> None:
    with psycopg2.connect(run.place.database_url) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS mark")
        cursor.execute("CREATE TABLE mark AS SELECT 'kept'::text AS word")
    connection.close()


def _mark(run: Up) -> list[tuple[str]]:
    with psycopg2.connect(run.place.database_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT word FROM mark")
        found: list[tuple[str]] = cursor.fetchall()
    connection.close()
    return found


def test_a_killed_supervisor_leaves_no_orphans_and_the_next_run_recovers(another: Path) -> None:
    with up(another, **SHARED) as first:
        first.says("Ready after")
        first.healthy()
        _write_a_mark(first)
        first.process.kill()
        wait_until(lambda: not list(processes_of(another)), "orphans")
    with up(another, **SHARED) as second:
        second.says("Ready after")
        second.healthy()
        assert _mark(second) == [("kept",)]


def test_leftovers_that_did_not_hear_the_kill_are_ended_by_the_next_run(another: Path) -> None:
    """Frozen children cannot act on their parent's death; the next run ends them."""
    with up(another, **SHARED) as first:
        first.says("Ready after")
        first.healthy()
        left = {name: pid for name, pid in first.children().items() if name in ("valkey", "beat")}
        for pid in left.values():
            os.kill(pid, signal.SIGSTOP)
        first.process.kill()
        first.process.wait()
        with up(another, **SHARED) as second:
            second.says("left by a run that was killed")
            second.says("Ready after")
            second.healthy()
            assert not set(left.values()) & set(second.children().values())


def test_given_servers_are_used_and_not_started(run: Up, folder: Path) -> None:
    given = {"DATABASE_URL": run.place.database_url, "REDIS_URL": run.place.redis_url, "REDIS_PREFIX": "second:"}
    with up(folder.with_name("given"), PORT=str(free_port()), **SHARED, **given) as second:
        second.says("Ready after")
        second.healthy()
        assert set(second.children()) == ALL - {"postgres", "valkey"}
        assert second.interrupt() == 0
    assert run.health()[0] == 200
