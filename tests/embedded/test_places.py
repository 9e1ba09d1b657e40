"""Where the embedded servers live (design: The supervisor): folders, sockets, the passage for PostgreSQL's user."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from consortium.embedded import postgres, valkey
from consortium.embedded.freshness import Stamp
from consortium.embedded.places import ROOT, Misplaced, Place, make_private
from consortium.embedded.postgres import Postgres, lesser_user, passage
from consortium.embedded.processes import Rank
from consortium.embedded.sockets import listen
from consortium.embedded.translations import compile_stale
from consortium.embedded.valkey import Valkey

# -- the state directory


def test_a_place_may_be_told(tmp_path: Path) -> None:
    assert Place.of(tmp_path).state == tmp_path


def test_else_it_is_what_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATE_DIR", str(tmp_path))
    assert Place.of().state == tmp_path


def test_else_it_lies_in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STATE_DIR")
    assert Place.of().state == ROOT / ".state"


def test_a_home_directory_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/doctor")
    assert Place.of("~/state").state == Path("/home/doctor/state")


def test_a_place_is_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert Place.of("state").state == tmp_path / "state"


def test_sockets_have_short_names_however_deep_the_place_lies(tmp_path: Path) -> None:
    """A unix socket's path may have 107 bytes."""
    deep = Place(tmp_path / ("x" * 200))
    assert len(str(deep.postgres_sockets / ".s.PGSQL.5432")) < 107


def test_each_place_has_sockets_of_its_own(tmp_path: Path) -> None:
    assert Place(tmp_path / "a").sockets != Place(tmp_path / "b").sockets


def test_every_process_of_a_place_finds_the_same_sockets(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert Place(tmp_path / "real").sockets == Place(tmp_path / "link").sockets


def test_another_user_s_sockets_are_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Place(tmp_path).sockets
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert Place(tmp_path).sockets != mine


def test_the_servers_are_reached_over_sockets(tmp_path: Path) -> None:
    place = Place(tmp_path)
    assert "?host=%2Ftmp%2Fconsortium-" in place.database_url or "host=/tmp/consortium-" in place.database_url
    assert place.redis_url.startswith("unix:///tmp/consortium-")


@pytest.fixture
def made(tmp_path: Path) -> Any:
    place = Place(tmp_path / "state")
    place.make()
    yield place
    place.sockets.rmdir()


def test_the_state_can_be_passed_and_not_read(made: Place) -> None:
    assert made.state.stat().st_mode & 0o777 == 0o711


def test_logs_are_our_own_alone(made: Place) -> None:
    assert made.logs.stat().st_mode & 0o777 == 0o700


def test_making_a_place_again_keeps_it(made: Place) -> None:
    (made.state / "kept").touch()
    made.make()
    assert (made.state / "kept").exists()


def test_a_folder_of_ours_is_taken_again(tmp_path: Path) -> None:
    make_private(tmp_path / "sockets")
    make_private(tmp_path / "sockets")


def test_a_folder_that_others_can_write_to_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "sockets"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(Misplaced, match="set another STATE_DIR"):
        make_private(folder)


def test_somebody_else_s_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "sockets"
    folder.mkdir()
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    with pytest.raises(Misplaced):
        make_private(folder)


def test_a_link_to_a_folder_of_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "sockets").symlink_to(tmp_path / "real")
    with pytest.raises(Misplaced):
        make_private(tmp_path / "sockets")


# -- PostgreSQL


def test_root_runs_postgresql_as_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)
    user = lesser_user()
    assert user is not None
    assert user.pw_name == "nobody"


def test_anybody_else_runs_it_as_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    assert lesser_user() is None


NOBODY: Any = SimpleNamespace(pw_name="nobody", pw_uid=65534, pw_gid=65534)


def test_without_another_user_no_passage_is_needed(tmp_path: Path) -> None:
    assert passage([tmp_path], None) == []


def test_where_every_parent_can_be_passed_no_passage_is_needed() -> None:
    assert passage([Path("/usr/bin/env")], NOBODY) == []


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    return folder / "data"


def test_through_a_closed_parent_one_capability_is_kept(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/setpriv")
    assert passage([closed], NOBODY)[0] == "/usr/bin/setpriv"


def test_a_closed_parent_of_the_user_s_own_is_open_to_them(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir(mode=0o700)
    me: Any = pwd.getpwuid(os.getuid())
    assert postgres._reachable(folder / "data", me) == all(
        p.stat().st_mode & (0o100 if p.stat().st_uid == me.pw_uid else 0o001) for p in folder.parents
    )


def test_without_the_tool_the_way_out_is_said(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(Misplaced, match="set STATE_DIR to an open folder"):
        passage([closed], NOBODY)


def test_the_modes_of_parents_are_left_alone(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/setpriv")
    passage([closed], NOBODY)
    assert closed.parent.stat().st_mode & 0o777 == 0o700


def test_the_binaries_are_there() -> None:
    assert (postgres.binaries() / "postgres").exists()


@pytest.mark.parametrize(("module", "name"), [(postgres.binaries, "DATABASE_URL"), (valkey.binary, "REDIS_URL")])
def test_without_its_package_the_way_out_is_said(module: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda package: None)
    with pytest.raises(Misplaced, match=name):
        module()


def test_postgresql_takes_no_port(tmp_path: Path) -> None:
    assert "listen_addresses=" in Postgres(Place(tmp_path)).program().argv


def test_the_suite_s_postgresql_may_lose_its_cluster(tmp_path: Path) -> None:
    assert "fsync=off" in Postgres(Place(tmp_path), hasty=True).program().argv


def test_production_s_keeps_what_it_wrote(tmp_path: Path) -> None:
    assert "fsync=off" not in Postgres(Place(tmp_path)).program().argv


def test_statements_are_not_written_to_its_log(tmp_path: Path) -> None:
    """An error's statement would carry what was typed."""
    assert "log_min_error_statement=panic" in Postgres(Place(tmp_path)).program().argv


def test_where_nothing_runs_there_is_no_leftover(tmp_path: Path) -> None:
    assert not Postgres(Place(tmp_path)).stop_leftover()


@pytest.mark.parametrize(
    "content", ["", "no number", "999999999\n", f"{os.getpid()}\n"], ids=["empty", "words", "nobody", "ourselves"]
)
def test_a_number_in_the_file_may_be_somebody_else_s_by_now(tmp_path: Path, content: str) -> None:
    server = Postgres(Place(tmp_path))
    server.place.postgres_data.mkdir()
    (server.place.postgres_data / "postmaster.pid").write_text(content)
    assert server._leftover() is None


def test_a_server_that_is_not_there_is_not_ready(tmp_path: Path) -> None:
    assert not Postgres(Place(tmp_path)).ready()


def test_a_tool_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(Misplaced, match="pg_ctl failed: "):
        Postgres(Place(tmp_path))._run("pg_ctl", "status", "-D", str(tmp_path / "nothing"))


# -- Valkey


def test_valkey_takes_no_port(tmp_path: Path) -> None:
    argv = list(Valkey(Place(tmp_path)).program().argv)
    assert argv[argv.index("--port") + 1] == "0"


def test_valkey_forgets_nothing_to_make_room(tmp_path: Path) -> None:
    argv = list(Valkey(Place(tmp_path)).program().argv)
    assert argv[argv.index("--maxmemory-policy") + 1] == "noeviction"


def test_a_bell_that_is_not_there_is_not_ready(tmp_path: Path) -> None:
    assert not Valkey(Place(tmp_path)).ready()


def test_its_folder_is_its_owner_s_alone(tmp_path: Path) -> None:
    server = Valkey(Place(tmp_path))
    server.prepare()
    assert server.place.valkey_data.stat().st_mode & 0o777 == 0o700


def test_what_keeps_data_ends_last(tmp_path: Path) -> None:
    ranks = [Valkey(Place(tmp_path)).program().rank, Postgres(Place(tmp_path)).program().rank]
    assert ranks == [Rank.SERVER, Rank.SERVER]


# -- listening


def test_localhost_is_both_loopback_addresses() -> None:
    opened = listen("localhost", 0)
    families = {one.family for one in opened}
    for one in opened:
        one.close()
    assert socket.AF_INET in families


def test_both_have_the_same_port() -> None:
    opened = listen("localhost", 0)
    ports = {one.getsockname()[1] for one in opened}
    for one in opened:
        one.close()
    assert len(ports) == 1


def test_without_ipv6_one_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "AF_INET6", -1)
    opened = listen("localhost", 0)
    assert len(opened) == 1
    opened[0].close()


def test_an_address_is_listened_on_as_it_is() -> None:
    (opened,) = listen("127.0.0.1", 0)
    assert opened.getsockname()[0] == "127.0.0.1"
    opened.close()


def test_a_port_that_is_taken_is_an_error() -> None:
    (first,) = listen("127.0.0.1", 0)
    with pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", first.getsockname()[1])
    first.close()


# -- what was made of files


def fresh(stamp: Stamp, *sources: Path) -> bool:
    with stamp.unless_fresh(sources) as stale:
        return not stale


def test_the_first_time_nothing_is_fresh(tmp_path: Path) -> None:
    assert not fresh(Stamp(tmp_path / "stamp"), tmp_path / "a")


def test_unchanged_files_are_fresh(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    assert not fresh(Stamp(tmp_path / "stamp"), tmp_path / "a")
    assert fresh(Stamp(tmp_path / "stamp"), tmp_path / "a")


def test_a_changed_file_is_not(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    fresh(Stamp(tmp_path / "stamp"), tmp_path / "a")
    (tmp_path / "a").write_text("22")
    assert not fresh(Stamp(tmp_path / "stamp"), tmp_path / "a")


def test_a_file_added_deep_in_a_folder_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "f" / "g"
    folder.mkdir(parents=True)
    fresh(Stamp(tmp_path / "stamp"), tmp_path / "f")
    (folder / "new").touch()
    assert not fresh(Stamp(tmp_path / "stamp"), tmp_path / "f")


def test_what_failed_is_done_again(tmp_path: Path) -> None:
    stamp = Stamp(tmp_path / "stamp")
    with pytest.raises(ZeroDivisionError), stamp.unless_fresh([tmp_path / "a"]):
        raise ZeroDivisionError
    assert not stamp.path.exists()


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n', "utf-8")
    return tmp_path


def test_translations_are_compiled(catalogue: Path) -> None:
    assert [path.name for path in compile_stale([catalogue])] == ["django.mo"]


def test_several_that_begin_at_once_all_compile_them(catalogue: Path) -> None:
    asked = "compile_stale([pathlib.Path(sys.argv[1])])"
    program = f"import sys, pathlib; from consortium.embedded.translations import compile_stale; {asked}"
    begun = [subprocess.Popen([sys.executable, "-c", program, str(catalogue)], cwd=ROOT) for _ in range(4)]
    assert [process.wait(60) for process in begun] == [0] * 4
    assert compile_stale([catalogue]) == []


def test_compiled_translations_are_left_alone(catalogue: Path) -> None:
    compile_stale([catalogue])
    assert compile_stale([catalogue]) == []


def test_changed_translations_are_compiled_again(catalogue: Path) -> None:
    (made,) = compile_stale([catalogue])
    os.utime(made, (0, 0))
    assert compile_stale([catalogue]) == [made]
