"""The wiring: heartbeats, the workers' start, what the environment may say, how the web process listens."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis

from consortium import asgi, celery, environment, web
from consortium.kernel import valkey as bell

# -- heartbeats


def test_a_heart_says_when_it_beat(valkey: redis.Redis) -> None:
    celery.beat_heart("worker")
    assert valkey.exists(bell.key("heartbeat", "worker"))


def test_a_heart_that_stops_is_forgotten(valkey: redis.Redis) -> None:
    celery.beat_heart("worker")
    assert 0 < int(str(valkey.ttl(bell.key("heartbeat", "worker")))) <= celery.HEARTBEAT_LASTS


def test_it_beats_more_often_than_it_is_forgotten() -> None:
    assert celery.HEARTBEAT_EVERY * 2 < celery.HEARTBEAT_LASTS


class Timer:
    """What a worker offers its steps."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.cancelled = False

    def call_repeatedly(self, seconds: float, function: Any, arguments: Any) -> Any:
        self.asked.append((seconds, function, arguments))
        return SimpleNamespace(cancel=lambda: setattr(self, "cancelled", True))


@pytest.fixture
def worker() -> Any:
    return SimpleNamespace(timer=Timer())


def test_a_worker_s_heart_beats_at_once(worker: Any, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROCESS_NAME", "media")
    celery.Heart(worker).start(worker)
    assert valkey.exists(bell.key("heartbeat", "media"))


def test_a_worker_s_heart_goes_on_under_its_name(worker: Any, valkey: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROCESS_NAME", "media")
    celery.Heart(worker).start(worker)
    assert worker.timer.asked == [(celery.HEARTBEAT_EVERY, celery.beat_heart, ("media",))]


def test_a_worker_without_a_name_is_the_worker(worker: Any, valkey: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROCESS_NAME", raising=False)
    celery.Heart(worker).start(worker)
    assert worker.timer.asked[0][2] == ("worker",)


def test_a_stopped_worker_s_heart_stops(worker: Any, valkey: Any) -> None:
    heart = celery.Heart(worker)
    heart.start(worker)
    heart.stop(worker)
    assert worker.timer.cancelled


def test_a_heart_that_never_beat_may_stop(worker: Any) -> None:
    celery.Heart(worker).stop(worker)
    assert not worker.timer.cancelled


# -- the workers' start


def test_everything_is_imported_before_anybody_acts() -> None:
    celery.import_everything()
    assert "consultations.views" in sys.modules


def test_an_insecure_worker_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> None:
        raise RuntimeError("insecure")

    monkeypatch.setattr("consortium.kernel.checks.refuse_insecure", refused)
    with pytest.raises(RuntimeError, match="insecure"):
        celery.import_everything()


def test_what_is_loaded_before_the_fork_stays_shared() -> None:
    celery.share_memory()
    frozen = gc.get_freeze_count()
    gc.unfreeze()
    assert frozen > 0


def test_our_own_logging_stands(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    monkeypatch.setattr("logging.config.dictConfig", given.append)
    celery.keep_our_logging()
    assert given == [settings.LOGGING]


def test_a_pool_process_ends_with_its_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("consortium.embedded.processes.die_with_parent", asked.append)
    celery.end_with_worker()
    assert asked == [signal.SIGKILL]


def test_beat_imports_no_code_of_ours() -> None:
    assert celery.BareLoader(app=celery.app).import_default_modules() == []


# -- beat


@pytest.fixture
def beat() -> celery.LedScheduler:
    return celery.LedScheduler(app=celery.app, lazy=True)


def test_beat_has_the_settings_schedule(beat: celery.LedScheduler, settings: Any) -> None:
    beat.setup_schedule()
    assert set(settings.CELERY_BEAT_SCHEDULE) <= set(beat.schedule)


def test_beat_s_own_heart_beats(beat: celery.LedScheduler, valkey: redis.Redis) -> None:
    beat.tick()
    assert valkey.exists(bell.key("heartbeat", "beat"))


def test_beat_s_heart_does_not_beat_at_each_look(beat: celery.LedScheduler, valkey: redis.Redis) -> None:
    beat.tick()
    valkey.delete(bell.key("heartbeat", "beat"))
    beat.tick()
    assert not valkey.exists(bell.key("heartbeat", "beat"))


def test_beat_looks_again_within_a_second(beat: celery.LedScheduler, valkey: Any) -> None:
    assert beat.tick() <= 1.0


def asks(beat: celery.LedScheduler, monkeypatch: pytest.MonkeyPatch, *, leads: bool) -> list[Any]:
    asked: list[Any] = []
    monkeypatch.setattr("celery.beat.Scheduler.apply_entry", lambda self, entry, producer=None: asked.append(entry))
    monkeypatch.setattr(beat, "leads", lambda: leads)
    beat.apply_entry("entry")  # type: ignore[arg-type]
    return asked


def test_the_beat_that_leads_asks(beat: celery.LedScheduler, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asks(beat, monkeypatch, leads=True) == ["entry"]


def test_a_beat_that_does_not_lead_asks_nobody(beat: celery.LedScheduler, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asks(beat, monkeypatch, leads=False) == []


def test_two_beats_have_two_names(beat: celery.LedScheduler) -> None:
    assert celery.LedScheduler(app=celery.app, lazy=True).token != beat.token


# -- the environment


def test_a_variable_that_is_not_set_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORD", raising=False)
    assert environment.text("WORD", "default") == "default"


def test_spaces_around_a_value_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORD", "  said \n")
    assert environment.text("WORD") == "said"


def test_a_file_goes_before_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "word").write_text("from a file\n")
    monkeypatch.setenv("WORD", "from the variable")
    monkeypatch.setenv("WORD_FILE", str(tmp_path / "word"))
    assert environment.text("WORD") == "from a file"


def test_a_file_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORD_FILE", "/nowhere/word")
    with pytest.raises(FileNotFoundError, match="/nowhere/word"):
        environment.text("WORD")


@pytest.mark.parametrize("said", ["1", "true", "TRUE", "yes", "on", " On "])
def test_every_way_to_say_yes(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("FLAG", said)
    assert environment.flag("FLAG", False)


@pytest.mark.parametrize("said", ["0", "false", "No", "OFF"])
def test_every_way_to_say_no(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("FLAG", said)
    assert not environment.flag("FLAG", True)


def test_a_number_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNT", "17")
    assert environment.number("COUNT", 1) == 17


def test_no_number_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNT", "")
    assert environment.number("COUNT", 1) == 1


def test_a_list_loses_its_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSTS", " a.example, ,b.example,")
    assert environment.words("HOSTS") == ["a.example", "b.example"]


def test_a_secret_that_is_told_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEY", "told")
    assert environment.secret("KEY", tmp_path) == "told"


def test_a_secret_that_is_told_is_not_written_down(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEY", "told")
    environment.secret("KEY", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_of_two_who_make_a_secret_at_once_the_first_s_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key"
    real = os.link

    def late(source: Any, target: Any) -> None:
        Path(target).write_text("the first")
        real(source, target)

    monkeypatch.setattr(os, "link", late)
    assert environment.kept_secret(path) == "the first"


def test_of_a_secret_s_draft_nothing_is_left(tmp_path: Path) -> None:
    environment.kept_secret(tmp_path / "key")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_user_may_stand_in_the_query() -> None:
    found = environment.database("postgresql:///consortium?host=/run/pg&user=app&password=word&port=6432")
    assert (found["USER"], found["PASSWORD"], found["PORT"]) == ("app", "word", "6432")


# -- listening


def test_the_web_process_takes_over_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        monkeypatch.setattr(sys, "argv", ["web", "--fd", str(os.dup(listener.fileno()))])
        monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: served.extend(sockets))
        web.main()
        assert [one.getsockname() for one in served] == [listener.getsockname()]
    served[0].close()


def test_else_it_listens_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []
    monkeypatch.setattr(sys, "argv", ["web"])
    monkeypatch.setenv("HOST", "127.0.0.1")
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: served.extend(sockets))
    web.main()
    assert [one.getsockname()[0] for one in served] == ["127.0.0.1"]
    served[0].close()


# -- threads of the web process


def test_no_thread_of_the_web_process_waits_long_for_the_interpreter() -> None:
    router = object.__new__(asgi.Router)
    router.starts = router.stops = []
    told: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {}

    async def send(message: Any) -> None:
        told.append(message["type"])

    before = sys.getswitchinterval()
    try:
        asyncio.run(router.lifespan({}, receive, send))
        assert sys.getswitchinterval() == pytest.approx(asgi.PAGES_WAIT, abs=1e-6)
    finally:
        sys.setswitchinterval(before)
    assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
