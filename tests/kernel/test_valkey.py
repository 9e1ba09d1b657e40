"""The bell's client: names of keys, the breaker, and the cache that forgives."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings as site
from django.core.cache import cache

from consortium.kernel import limits, queue, valkey
from consortium.kernel.valkey import Breaker, ForgivingCache
from tests.embedded.running import wait_until

NOWHERE = "unix:///tmp/nobody-listens-here.sock"


@pytest.fixture
def spare() -> Iterator[ForgivingCache]:
    """A cache whose server is not there; the breaker is closed before and after."""
    valkey.breaker.close()
    held = ForgivingCache(NOWHERE, {})
    held._spare.clear()
    yield held
    valkey.breaker.close()


@pytest.fixture
def left_alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The server failed a moment ago, and has not answered since."""
    monkeypatch.setattr(valkey, "answers", lambda: False)
    valkey.breaker.trip()
    yield
    valkey.breaker.close()


def test_every_key_carries_our_prefix(settings: Any) -> None:
    settings.REDIS_PREFIX = "consortium:"
    assert valkey.key("lock", "beat") == "consortium:lock:beat"


def test_each_process_has_one_client() -> None:
    assert valkey.client() is valkey.client()


def test_the_server_answers() -> None:
    assert valkey.answers()


def test_a_server_that_is_away_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "client", lambda: redis.Redis.from_url(NOWHERE))
    assert not valkey.answers()


def test_keys_and_values_are_text() -> None:
    valkey.client().set(valkey.key("text"), "儿科", ex=10)
    assert valkey.client().get(valkey.key("text")) == "儿科"


def test_a_breaker_begins_closed() -> None:
    assert not Breaker().open


def test_a_tripped_breaker_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "answers", lambda: False)
    breaker = Breaker()
    breaker.trip()
    assert breaker.open
    breaker.close()


def test_a_breaker_closes_when_the_server_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(valkey, "answers", lambda: True)
    breaker = Breaker()
    breaker.trip()
    wait_until(lambda: not breaker.open, "the breaker closes")


def test_a_breaker_asks_on_until_the_server_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    replies = iter([False, False, True])
    monkeypatch.setattr(valkey, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(valkey, "answers", lambda: next(replies))
    breaker = Breaker()
    breaker.trip()
    wait_until(lambda: not breaker.open, "the breaker closes")
    assert next(replies, "asked three times") == "asked three times"


def test_tripping_twice_asks_with_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("threading.Thread", lambda **words: _Silent(asked))
    breaker = Breaker()
    breaker.trip()
    breaker.trip()
    assert asked == [1]


class _Silent:
    """A thread that counts its start and asks nobody."""

    def __init__(self, asked: list[int]) -> None:
        self.asked = asked

    def start(self) -> None:
        self.asked.append(1)


def test_the_cache_makes_the_library_s_client_once(settings: Any) -> None:
    cache = ForgivingCache(settings.REDIS_URL, {})._cache
    assert cache.get_client("a", write=True) is cache.get_client("b", write=True)


def test_the_first_failure_trips_the_breaker(spare: ForgivingCache) -> None:
    spare.get("word")
    assert valkey.breaker.open


def test_away_what_was_set_is_got(spare: ForgivingCache) -> None:
    spare.set("word", "kept")
    assert spare.get("word") == "kept"


def test_away_what_was_added_stays(spare: ForgivingCache) -> None:
    assert spare.add("word", 1)
    assert not spare.add("word", 2)


def test_away_many_are_set_and_got(spare: ForgivingCache) -> None:
    spare.set_many({"a": 1, "b": 2})
    assert spare.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}


def test_away_many_are_deleted(spare: ForgivingCache) -> None:
    spare.set_many({"a": 1, "b": 2})
    spare.delete_many(["a"])
    assert spare.get_many(["a", "b"]) == {"b": 2}


def test_away_a_count_goes_on(spare: ForgivingCache) -> None:
    spare.set("count", 1)
    assert spare.incr("count") == 2


def test_away_a_word_is_known_to_be_there(spare: ForgivingCache) -> None:
    spare.set("word", 1)
    assert spare.has_key("word")


def test_away_a_word_is_kept_longer(spare: ForgivingCache) -> None:
    spare.set("word", 1, 60)
    assert spare.touch("word", 120)


def test_away_a_word_is_deleted(spare: ForgivingCache) -> None:
    spare.set("word", 1)
    spare.delete("word")
    assert spare.get("word") is None


def test_away_clearing_forgets_what_this_process_remembers(spare: ForgivingCache) -> None:
    spare.set("word", 1)
    spare.clear()
    assert spare.get("word") is None


@pytest.mark.usefixtures("left_alone")
def test_while_the_server_is_left_alone_clearing_does_not_ask_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "client", lambda: pytest.fail("asked"))
    cache.clear()


def test_a_server_that_fails_while_it_is_cleared_is_left_alone(
    spare: ForgivingCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(valkey, "client", lambda: redis.Redis.from_url(NOWHERE))
    spare.clear()
    assert valkey.breaker.open


def test_clearing_an_empty_cache_deletes_nothing(valkey: redis.Redis) -> None:
    cache.clear()
    cache.clear()
    assert not list(valkey.scan_iter(f"{site.CACHES['default']['KEY_PREFIX']}:*"))


@pytest.mark.usefixtures("valkey")
@pytest.mark.parametrize(
    ("name", "arguments", "found"),
    [("touch", ("word", 60), True), ("has_key", ("word",), True), ("delete", ("word",), True),
     ("get_many", (["word"],), {"word": 1}), ("set_many", ({"a": 1},), [])],
)  # fmt: skip
def test_while_the_server_is_there_it_is_asked(name: str, arguments: Any, found: Any) -> None:
    cache.set("word", 1)
    assert getattr(cache, name)(*arguments) == found


@pytest.mark.usefixtures("left_alone")
def test_a_queue_that_is_left_alone_is_not_even_greeted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "answers", lambda: pytest.fail("greeted"))
    assert not queue.ask_worker("journal.relay")


def test_a_queue_that_does_not_answer_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "answers", lambda: False)
    monkeypatch.setattr(valkey, "answers", lambda: False)
    assert not queue.ask_worker("journal.relay")
    assert valkey.breaker.open
    valkey.breaker.close()


def test_a_queue_that_breaks_while_it_is_asked_costs_the_asker_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise ConnectionResetError

    monkeypatch.setattr("consortium.kernel.queue.current_app.send_task", broken)
    monkeypatch.setattr(valkey, "answers", lambda: False)
    with caplog.at_level(logging.WARNING):
        assert not queue.ask_worker("journal.relay")
    assert "journal.relay is left to its relay" in caplog.text
    valkey.breaker.close()


def test_a_queue_that_is_there_takes_the_task(valkey: redis.Redis) -> None:
    assert queue.ask_worker("runtime.nothing", queue="nobody-reads-this")
    assert valkey.llen(f"{site.REDIS_PREFIX}nobody-reads-this") == 1


# -- limits that such a cache counts


@pytest.fixture
def one_a_day(settings: Any, valkey: redis.Redis) -> None:
    settings.RATE_LIMITS = {"try": (1, 86_400)}


@pytest.mark.usefixtures("one_a_day")
def test_a_counter_that_ran_out_begins_anew(valkey: redis.Redis) -> None:
    limits.spend("try", "user:1")
    counters = list(valkey.scan_iter("*limit:try:*"))
    valkey.delete(*counters)
    limits.spend("try", "user:1")
    assert len(counters) == 1


@pytest.mark.usefixtures("one_a_day")
def test_in_the_next_window_one_may_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    limits.spend("try", "user:1")
    later = time.time() + 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    limits.spend("try", "user:1")


def test_a_limit_that_nobody_set_is_a_slip_of_ours() -> None:
    with pytest.raises(KeyError):
        limits.spend("no-such-limit", "user:1")


def test_who_is_signed_in_is_counted_by_name(rf: Any, asker: Any) -> None:
    request = rf.get("/")
    request.user = asker
    assert limits.spender(request) == f"user:{asker.pk}"


def test_a_request_without_anybody_is_counted_by_address(rf: Any) -> None:
    assert limits.spender(rf.get("/", REMOTE_ADDR="10.0.0.9")) == "address:10.0.0.9"
