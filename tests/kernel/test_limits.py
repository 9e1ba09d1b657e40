"""Rate limits count by person or address, and never stand in the way because Redis is away."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache, caches
from django.test import RequestFactory

from consortium.kernel import limits, queue, valkey
from consortium.kernel.errors import TooMany
from tests.embedded.running import wait_until


@pytest.fixture
def two_a_minute(settings: Any, valkey: redis.Redis) -> None:
    settings.RATE_LIMITS = {"try": (2, 86_400)}


def times_until_refused(who: str, most: int = 10) -> int:
    for count in range(most):
        try:
            limits.spend("try", who)
        except TooMany:
            return count
    return most


@pytest.mark.usefixtures("two_a_minute")
def test_the_third_of_two_is_refused_with_the_time_to_wait() -> None:
    limits.spend("try", "user:1")
    limits.spend("try", "user:1")
    with pytest.raises(TooMany) as refused:
        limits.spend("try", "user:1")

    assert 0 < refused.value.detail["retry_after"] <= 86_400
    assert refused.value.status == 429


@pytest.mark.usefixtures("two_a_minute")
def test_one_person_does_not_use_up_anothers() -> None:
    assert times_until_refused("user:1") == 2
    assert times_until_refused("user:2") == 2


@pytest.fixture
def redis_away() -> Iterator[None]:
    """Nobody listens where Redis should be."""
    caches["default"] = valkey.ForgivingCache("unix:///tmp/nobody-listens-here.sock", {})
    yield
    del caches["default"]
    valkey.breaker.close()


@pytest.mark.usefixtures("two_a_minute", "redis_away")
def test_while_redis_is_away_the_process_counts_alone() -> None:
    assert times_until_refused("user:1") == 2


@pytest.mark.usefixtures("redis_away")
def test_while_redis_is_away_the_cache_remembers_in_this_process() -> None:
    cache.set("word", "kept", 60)

    assert cache.get("word") == "kept"
    assert cache.get_many(["word", "other"]) == {"word": "kept"}
    assert cache.incr("count", 1) if cache.add("count", 1) else False
    cache.delete("word")
    assert cache.get("word") is None


def test_after_a_failure_the_server_is_left_alone_until_it_answers(
    redis_away: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = threading.Event()
    monkeypatch.setattr(valkey, "answers", there.is_set)
    cache.get("word")
    assert valkey.breaker.open
    assert not queue.ask_worker("journal.relay"), "nobody is kept waiting meanwhile"
    there.set()
    wait_until(lambda: not valkey.breaker.open, "the server is spoken to again")


def test_a_fork_asks_for_itself(redis_away: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "answers", lambda: False)
    valkey.breaker.trip()
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert not valkey.breaker.open


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "6.6.6.6, 7.7.7.7", "7.7.7.7"),
        (2, "6.6.6.6, 7.7.7.7", "6.6.6.6"),
        (2, "7.7.7.7", "10.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(settings: Any, hops: int, forwarded: str, address: str) -> None:
    settings.TRUSTED_PROXY_COUNT = hops
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded})
    request.user = AnonymousUser()

    assert limits.spender(request) == f"address:{address}"


def test_clearing_the_cache_leaves_what_others_keep(valkey: redis.Redis) -> None:
    """Task queues, heartbeats and other workers' counters live on the same server."""
    valkey.set(f"{settings.REDIS_PREFIX}heartbeat:worker", "1")
    cache.set("seen", 1)
    cache.clear()
    assert cache.get("seen") is None
    assert valkey.get(f"{settings.REDIS_PREFIX}heartbeat:worker") == b"1"


@pytest.mark.usefixtures("valkey")
def test_counting_is_one_trip_and_ends_with_its_window() -> None:
    assert [limits._count("tries", 59) for _ in range(3)] == [1, 2, 3]
    assert 0 < valkey.client().ttl(cache.make_key("tries")) <= 60


def test_while_redis_is_away_a_count_goes_on_here(redis_away: None) -> None:
    assert [limits._count("tries", 59) for _ in range(2)] == [1, 2]
    assert valkey.breaker.open
    assert limits._count("tries", 59) == 3
