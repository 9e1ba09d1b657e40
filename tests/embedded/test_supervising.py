"""Children that cannot outlive us, in small: started, ended in order, restarted, buried. Real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from consortium.embedded import stack, up
from consortium.embedded import supervisor as supervising
from consortium.embedded.adoption import Adopted, Nursery
from consortium.embedded.places import Misplaced, Place
from consortium.embedded.postgres import Postgres
from consortium.embedded.processes import (
    Child,
    Program,
    Rank,
    how_it_ended,
    is_zombie,
    raise_open_files,
    started,
    stop_together,
)
from consortium.embedded.servers import wait_until_ready
from consortium.embedded.supervisor import Supervisor
from consortium.embedded.valkey import Valkey
from tests.embedded.running import wait_until

SLEEP = "import time; time.sleep(600)"
#: deaf to SIGTERM; hears SIGINT also where whoever started us in the background had it ignored
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "signal.signal(signal.SIGINT, signal.default_int_handler); print('deaf', flush=True); time.sleep(600)"
)


def program(code: str, name: str = "child", **more: Any) -> Program:
    return Program(name, [sys.executable, "-c", code], Rank.WORK, **more)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "child.log"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path / "state")
    made.make()
    yield made
    made.sockets.rmdir()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def boss(place: Place, said: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(place, said.append)
    yield made
    made.stop_all()
    for end in (made._awake, made._waker):
        end.close()


# -- one child


def test_a_child_runs(log: Path) -> None:
    child = Child(program(SLEEP), log)
    assert child.ended() is None
    child.stop()


def test_what_it_says_stands_in_its_log(log: Path) -> None:
    child = Child(program("print('hello')"), log)
    child.process.wait(30)
    assert child.last_lines() == ["hello"]


def test_what_it_complains_of_stands_there_too(log: Path) -> None:
    child = Child(program("raise SystemExit('no')"), log)
    child.process.wait(30)
    assert child.last_lines() == ["no"]


def test_the_last_lines_are_few_and_not_empty(log: Path) -> None:
    child = Child(program("print('a\\n\\n b\\nc')"), log)
    child.process.wait(30)
    assert child.last_lines(2) == [" b", "c"]


def test_without_a_log_there_are_no_lines(log: Path) -> None:
    child = Child(program("pass"), log)
    child.process.wait(30)
    log.unlink()
    assert child.last_lines() == []


def test_a_log_is_its_owner_s_alone(log: Path) -> None:
    Child(program("pass"), log).process.wait(30)
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_child_has_a_group_of_its_own(log: Path) -> None:
    child = Child(program(SLEEP), log)
    assert os.getpgid(child.pid) == child.pid
    child.stop()


def test_a_child_is_told_its_environment(log: Path) -> None:
    child = Child(program("import os; print(os.environ['WORD'])", environ={"WORD": "said"}), log)
    child.process.wait(30)
    assert child.last_lines() == ["said"]


def test_a_child_gives_way_when_it_should(log: Path) -> None:
    child = Child(program("import os; print(os.nice(0))", nice=5), log)
    child.process.wait(30)
    assert int(child.last_lines()[0]) >= min(19, os.nice(0) + 5)


def test_a_child_ends_by_its_first_signal(log: Path) -> None:
    child = Child(program(SLEEP), log)
    child.stop()
    assert child.ended() == -signal.SIGTERM


def test_a_deaf_child_is_killed(log: Path) -> None:
    child = Child(program(DEAF, stops=((signal.SIGTERM, 0.05),)), log)
    wait_until(lambda: child.last_lines() == ["deaf"], "it listens to nothing")
    child.stop()
    assert child.ended() == -signal.SIGKILL


def test_a_deaf_child_gets_its_second_signal_first(log: Path) -> None:
    child = Child(program(DEAF, stops=((signal.SIGTERM, 0.05), (signal.SIGINT, 30.0))), log)
    wait_until(lambda: child.last_lines() == ["deaf"], "it listens to nothing")
    child.stop()
    assert child.ended() in (-signal.SIGINT, 1)


def test_what_it_started_ends_with_it(log: Path, tmp_path: Path) -> None:
    begin = f"p = subprocess.Popen([sys.executable, '-c', {SLEEP!r}])"
    child = Child(program(f"import subprocess, sys; {begin}; print(p.pid, flush=True); p.wait()"), log)
    wait_until(child.last_lines, "it says whom it started")
    grandchild = int(child.last_lines()[0])
    child.stop()
    wait_until(lambda: is_zombie(grandchild), "the grandchild is gone")


def test_stopping_what_has_ended_is_no_error(log: Path) -> None:
    child = Child(program("pass"), log)
    child.process.wait(30)
    child.stop()
    child.signal(signal.SIGTERM)
    child.kill_group()


def test_nobody_to_stop_is_no_error() -> None:
    stop_together([])


def test_waiting_has_an_end(log: Path) -> None:
    child = Child(program(SLEEP), log)
    assert not child.wait(0)
    child.stop()
    assert child.wait(0)


def test_a_long_log_is_begun_anew_and_one_is_kept(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consortium.embedded.processes._LOG_BYTES", 3)
    child = Child(program("print('hello')"), log)
    child.process.wait(30)
    child.shorten_log()
    assert (log.read_text(), log.with_suffix(".log.1").read_text()) == ("", "hello\n")


def test_a_short_log_is_left_alone(log: Path) -> None:
    child = Child(program("print('hello')"), log)
    child.process.wait(30)
    child.shorten_log()
    assert log.read_text() == "hello\n"


@pytest.mark.parametrize(("status", "words"), [(0, "exit code 0"), (3, "exit code 3"), (-9, "signal SIGKILL")])
def test_how_it_ended_in_words(status: int, words: str) -> None:
    assert how_it_ended(status) == words


def test_a_process_that_is_not_there_has_not_started() -> None:
    assert started(2**22 + 1) is None


def test_a_process_that_is_not_there_counts_as_gone() -> None:
    assert is_zombie(2**22 + 1)


def test_our_own_start_is_known_and_does_not_change() -> None:
    assert started(os.getpid()) == started(os.getpid()) is not None


def test_as_many_files_as_the_machine_allows() -> None:
    assert raise_open_files() >= 1024


# -- an adopted child


@pytest.fixture
def fork() -> Iterator[int]:
    """A child of ours that nobody started as a child."""
    pid = os.fork()
    if pid == 0:
        signal.pause()
        os.abort()
    yield pid
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def test_an_adopted_child_runs(fork: int) -> None:
    assert Adopted(fork).poll() is None


def test_waiting_for_an_adopted_child_has_an_end(fork: int) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        Adopted(fork).wait(0.05)


def test_an_adopted_child_ends_by_a_signal(fork: int) -> None:
    child = Adopted(fork)
    child.send_signal(signal.SIGKILL)
    assert child.wait(30) == -signal.SIGKILL


def test_an_adopted_child_that_ended_gets_no_signal(fork: int) -> None:
    child = Adopted(fork)
    os.kill(fork, signal.SIGKILL)
    child.wait()
    child.send_signal(signal.SIGTERM)
    assert child.returncode == -signal.SIGKILL


def test_one_that_somebody_else_buried_counts_as_killed(fork: int) -> None:
    os.kill(fork, signal.SIGKILL)
    os.waitpid(fork, 0)
    assert Adopted(fork).poll() == -signal.SIGKILL


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    made = Nursery([], {})
    yield made
    made._ours.close()
    made._theirs.close()


def test_the_nursery_is_told_where_its_orders_come(nursery: Nursery) -> None:
    made = nursery.program()
    assert str(nursery._theirs.fileno()) in made.argv
    assert nursery._theirs.fileno() in made.sockets


@pytest.mark.parametrize("argv", [["valkey-server", "--port"], [sys.executable, "manage.py"]])
def test_what_is_no_module_of_ours_is_not_forked(nursery: Nursery, argv: list[str], log: Path) -> None:
    assert nursery.fork(Program("x", argv, Rank.WORK), log) is None


def test_a_fork_is_ordered_and_its_number_read(nursery: Nursery, log: Path, fork: int) -> None:
    nursery._theirs.sendall(f"1 {fork}\n".encode())
    made = nursery.fork(Program("x", [sys.executable, "-m", "consortium.web", "--fd"], Rank.WORK), log)
    order = json.loads(nursery._theirs.recv(4096))
    assert made is not None
    assert (made.pid, order["module"], order["arguments"]) == (fork, "consortium.web", ["--fd"])


def test_an_answer_that_came_too_late_is_ended(nursery: Nursery, log: Path, fork: int) -> None:
    nursery._number = 1
    nursery._theirs.sendall(f"1 {fork}\n2 4711\n".encode())
    made = nursery.fork(Program("x", [sys.executable, "-m", "consortium.web"], Rank.WORK), log)
    assert made is not None
    assert made.pid == 4711
    assert os.waitpid(fork, 0)[1] == signal.SIGKILL


def test_a_nursery_that_does_not_answer_is_not_waited_for(
    nursery: Nursery, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consortium.embedded.adoption._PATIENCE_SECONDS", 0.05)
    assert nursery.fork(Program("x", [sys.executable, "-m", "consortium.web"], Rank.WORK), log) is None


# -- the supervisor


def test_it_starts_what_it_is_told(boss: Supervisor) -> None:
    unit = boss.start(program(SLEEP))
    assert unit.child is not None
    assert unit.child.ended() is None


def test_it_prepares_before_each_start(boss: Supervisor) -> None:
    prepared: list[int] = []
    boss.start(program(SLEEP), lambda: prepared.append(1))
    assert prepared == [1]


def test_it_writes_down_whom_it_started(boss: Supervisor, place: Place) -> None:
    unit = boss.start(program(SLEEP))
    assert unit.child is not None
    recorded = json.loads((place.state / "children.json").read_text())
    assert recorded == [["child", unit.child.pid, started(unit.child.pid)]]


def test_at_the_end_nothing_is_written_any_more(boss: Supervisor, place: Place) -> None:
    boss.start(program(SLEEP))
    boss.stop_all()
    assert not (place.state / "children.json").exists()


def crashed(boss: Supervisor, code: str = "raise SystemExit('broken')") -> Any:
    unit = boss.start(program(code))
    assert unit.child is not None
    os.waitid(os.P_PID, unit.child.pid, os.WEXITED | os.WNOWAIT)
    boss.look(0)
    return unit


def test_a_crash_is_said_with_what_it_said_itself(boss: Supervisor, said: list[str]) -> None:
    crashed(boss)
    assert said == ["child stopped (exit code 1); starting it again in 0.2 s", "  child: broken"]


def test_a_killed_child_is_said_to_be(boss: Supervisor, said: list[str]) -> None:
    crashed(boss, "import os; os.kill(os.getpid(), 9)")
    assert said == ["child stopped (signal SIGKILL); starting it again in 0.2 s"]


def test_each_crash_waits_longer(boss: Supervisor) -> None:
    unit = crashed(boss)
    waits = []
    for _ in range(7):
        boss._launch(unit)
        os.waitid(os.P_PID, unit.child.pid, os.WEXITED | os.WNOWAIT)
        boss._tend(unit)
        waits.append(round(unit.restart_at - time.monotonic()))
    assert waits == [1, 2, 5, 10, 30, 30, 30]


def test_what_lived_a_minute_waits_shortest_again(boss: Supervisor) -> None:
    unit = crashed(boss)
    unit.crashes = 5
    unit.restart_at = None
    unit.child.started_at -= 61
    boss._tend(unit)
    assert unit.crashes == 1


def test_after_its_wait_it_is_started_again(boss: Supervisor) -> None:
    unit = crashed(boss)
    before = unit.child.pid
    unit.restart_at = time.monotonic()
    boss._tend(unit)
    assert unit.child.pid != before


def test_before_its_wait_is_over_it_is_not(boss: Supervisor) -> None:
    unit = crashed(boss)
    before = unit.child.pid
    unit.restart_at = time.monotonic() + 60
    boss._tend(unit)
    assert unit.child.pid == before


def test_while_everything_ends_nothing_is_started_again(boss: Supervisor, said: list[str]) -> None:
    boss.stopping = True
    crashed(boss)
    assert said == []


def test_what_runs_once_is_done_when_it_ends_well(boss: Supervisor) -> None:
    assert boss.wait_for(boss.once(program("pass")), 30)


def test_what_runs_once_and_fails_says_why(boss: Supervisor) -> None:
    with pytest.raises(Misplaced, match="broken"):
        boss.wait_for(boss.once(program("raise SystemExit('broken')")), 30)


def test_waiting_ends_when_the_time_is_over(boss: Supervisor) -> None:
    assert not boss.wait_for(lambda: False, 0.05)


def test_waiting_ends_when_asked_to_stop(boss: Supervisor) -> None:
    boss._asked_to_stop(signal.SIGINT, None)
    assert not boss.wait_for(lambda: False, 600)


def test_asked_twice_it_kills_what_keeps_no_data(boss: Supervisor) -> None:
    unit = boss.start(program(DEAF))
    assert unit.child is not None
    boss._asked_to_stop(signal.SIGINT, None)
    boss._asked_to_stop(signal.SIGINT, None)
    assert unit.child.process.wait(30) == -signal.SIGKILL


def test_asked_twice_it_leaves_what_keeps_data_to_its_own_way(boss: Supervisor) -> None:
    unit = boss.start(Program("record", [sys.executable, "-c", SLEEP], Rank.SERVER))
    assert unit.child is not None
    boss.kill_all()
    assert unit.child.ended() is None


def test_nothing_loses_what_it_stands_on(boss: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[Rank] = []
    real = stop_together

    def noted(children: Any) -> None:
        ended.append(children[0].program.rank)
        real(children)

    monkeypatch.setattr(supervising, "stop_together", noted)
    for rank in (Rank.SERVER, Rank.WORK):
        boss.start(Program(rank.name, [sys.executable, "-c", SLEEP], rank))
    boss.stop_all()
    assert ended == [Rank.WORK, Rank.SERVER]


def test_whatever_is_deaf_all_is_over_within_five_seconds_of_ctrl_c(place: Place) -> None:
    """Reckoned, not timed: the patience with each rank's slowest program, one rank after the other; what is left of
    the five seconds is for a machine that has no time for us."""
    nursery = Nursery([], {})
    programs = [
        stack.web([]), stack.beat(), *stack.workers(), stack.manage("prepare"), nursery.program(),
        Valkey(place).program(), Postgres(place).program(),
    ]  # fmt: skip
    nursery.close()
    patience = {rank: max(sum(s for _, s in p.stops) for p in programs if p.rank == rank) for rank in Rank}
    assert sum(patience.values()) < 3.5


# -- what a killed run left


def test_without_a_record_nothing_was_left(boss: Supervisor) -> None:
    assert boss.end_leftovers() == []


def test_an_unreadable_record_is_none(boss: Supervisor, place: Place) -> None:
    (place.state / "children.json").write_text("{")
    assert boss.end_leftovers() == []


def left(place: Place, *rows: tuple[str, int, str | None]) -> None:
    (place.state / "children.json").write_text(json.dumps(rows))


def test_a_leftover_is_killed_by_name(boss: Supervisor, place: Place, log: Path) -> None:
    child = Child(program(SLEEP), log)
    left(place, ("web", child.pid, started(child.pid)))
    assert boss.end_leftovers() == ["web"]
    assert child.process.wait(30) == -signal.SIGKILL


def test_a_later_process_of_that_number_is_left_alone(boss: Supervisor, place: Place, log: Path) -> None:
    child = Child(program(SLEEP), log)
    left(place, ("web", child.pid, "1"))
    assert boss.end_leftovers() == []
    child.stop()


def test_postgresql_is_stopped_by_its_own_tool(boss: Supervisor, place: Place, log: Path) -> None:
    child = Child(program(SLEEP), log)
    left(place, ("postgres", child.pid, started(child.pid)))
    assert boss.end_leftovers() == []
    child.stop()


# -- waiting for a server


class Never:
    def ready(self) -> bool:
        return False


def test_a_server_that_ends_says_its_last_lines(log: Path) -> None:
    child = Child(program("raise SystemExit('no room')", name="valkey"), log)
    with pytest.raises(Misplaced, match=r"valkey did not start \(exit code 1\):\n  no room"):
        wait_until_ready(Never(), child)  # type: ignore[arg-type]


def test_a_server_that_does_not_answer_is_given_up(log: Path) -> None:
    child = Child(program(SLEEP), log)
    with pytest.raises(Misplaced, match="does not answer"):
        wait_until_ready(Never(), child, 0.05)  # type: ignore[arg-type]
    child.stop()


# -- the command


def test_a_place_is_held_by_one(place: Place) -> None:
    held = up._hold(place)
    with pytest.raises(Misplaced, match=rf"Already running in .* \(process {os.getpid()}\)"):
        up._hold(place)
    os.close(held)


def test_let_go_it_may_be_held_again(place: Place) -> None:
    os.close(up._hold(place))
    os.close(up._hold(place))


def test_a_taken_port_is_said_with_another_to_try() -> None:
    (taken,) = up._listen("127.0.0.1", 0)
    port = taken.getsockname()[1]
    with pytest.raises(Misplaced, match=f"try PORT={port + 1}"):
        up._listen("127.0.0.1", port)
    taken.close()


def test_few_open_files_are_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(up, "raise_open_files", lambda: 1024)
    up._limits()
    assert "only 1024 open files" in capsys.readouterr().out


def test_enough_open_files_are_not(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(up, "raise_open_files", lambda: 65_000)
    up._limits()
    assert capsys.readouterr().out == ""


def test_what_is_not_ready_in_time_says_where_to_look(boss: Supervisor) -> None:
    with pytest.raises(Misplaced, match=r"web was not ready after 0 s; see .*/logs/web\.log"):
        up._await(boss, lambda: False, "web", 0)


def test_what_is_not_ready_because_all_ends_is_no_failure(boss: Supervisor) -> None:
    boss.stopping = True
    up._await(boss, lambda: False, "web", 600)


def test_a_page_that_nobody_serves_does_not_answer() -> None:
    (listener,) = up._listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    listener.close()
    assert not up.answers(port)


@pytest.mark.parametrize(("name", "value"), [("PORT", "many"), ("HOST", "no such host.invalid")])
def test_nonsense_in_the_environment_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv(name, value)
    assert up.main() == 2
    assert capsys.readouterr().out
