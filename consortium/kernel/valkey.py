"""The bell's client: one pool a process, keys under our prefix, and a breaker so that a dead server costs nothing.

Redis may be away at any time; nothing that was said to be saved depends on it. Callers catch ``Away`` or use
``ForgivingCache``, which counts in this process's own memory meanwhile.
"""

from __future__ import annotations

import os
import threading
import time
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.retry import Retry

Away = (redis.RedisError, OSError)
_PAUSE_SECONDS = 0.5


class Breaker:
    """After a failure the server is left alone until it answers a thread that does nothing but ask.

    So an outage costs only those a time-out who were speaking to it as it began, also when it hangs and refuses nobody.
    """

    def __init__(self) -> None:
        self._tripped_in = 0

    @property
    def open(self) -> bool:
        """Whether the server is being left alone. A fork takes the mark along and leaves the asking thread behind."""
        return self._tripped_in == os.getpid()

    def trip(self) -> None:
        if not self.open:
            self._tripped_in = os.getpid()
            threading.Thread(target=self._ask_on, name="redis-away", daemon=True).start()

    def close(self) -> None:
        self._tripped_in = 0

    def _ask_on(self) -> None:
        while self.open:
            time.sleep(_PAUSE_SECONDS)
            if answers():
                self.close()


breaker = Breaker()


@cache
def client() -> redis.Redis:
    """This process's client; safe between threads."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=settings.REDIS_TIMEOUT,
        socket_connect_timeout=settings.REDIS_TIMEOUT,
        # once more on a connection that a restart has cut, never after a time-out
        retry=Retry(NoBackoff(), 1, (redis.ConnectionError,)),
        decode_responses=True,
    )


def answers() -> bool:
    """Whether the server is there; takes no longer than one time-out."""
    try:
        client().ping()
    except Away:
        return False
    return True


def key(*parts: str) -> str:
    """``key("lock", "beat")`` -> ``consortium:lock:beat``."""
    return settings.REDIS_PREFIX + ":".join(parts)


class OneClient(RedisCacheClient):
    """Django's, which makes the library's client anew for each command."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._made:
            self._made[write] = super().get_client(key, write=write)
        return self._made[write]


class ForgivingCache(RedisCache):
    """Django's Redis cache that, while the server is away, remembers in this process instead of failing the request.

    So sign-in limits keep counting (per process) during an outage, and no page breaks for want of a cache.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = OneClient
        self._spare = LocMemCache(f"spare-{server}", {"TIMEOUT": 300, "OPTIONS": {"MAX_ENTRIES": 10_000}})

    def _either(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if not breaker.open:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except Away:
                breaker.trip()
        return getattr(self._spare, name)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("delete", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("get_many", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("has_key", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("incr", *args, **kwargs)

    def count(self, key: str, timeout: int) -> int:
        """How often this was asked of the key since it was made, this time included; it is forgotten after `timeout`
        seconds. One trip to the server."""
        if not breaker.open:
            try:
                return self._counted(self.make_and_validate_key(key), timeout)
            except Away:
                breaker.trip()
        return 1 if self._spare.add(key, 1, timeout) else self._spare.incr(key)

    def _counted(self, key: str, timeout: int) -> int:
        with self._cache.get_client(key, write=True).pipeline(transaction=False) as pipe:
            pipe.set(key, 0, ex=timeout, nx=True)
            pipe.incr(key)
            return int(pipe.execute()[1])

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("delete_many", *args, **kwargs)

    def clear(self) -> None:
        """Forget what this cache holds, by its prefix: the server's own way empties all, task queues included."""
        self._spare.clear()
        if breaker.open:
            return
        try:
            held = list(client().scan_iter(f"{self.key_prefix}:*", count=1000))
            if held:
                client().delete(*held)
        except Away:
            breaker.trip()
