"""Passwords are hashed one after another, by a thread that gives way to everything else."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

P = ParamSpec("P")
T = TypeVar("T")


class GivingWay(Argon2PasswordHasher):
    """Argon2, which takes every core for a tenth of a second: eight lanes, each a thread of its own.

    Two at once would be no quicker than one after the other, and hold twice the memory. Only the hash itself is niced:
    a niced thread that runs Python would keep the interpreter's lock from all pages whenever it is put off.
    """

    def encode(self, password: str, salt: str) -> str:
        return _apart(super().encode, password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        return _apart(super().verify, password, encoded)


def _apart(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return _pool().submit(work, *args, **kwargs).result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="hashing", initializer=_give_way)


def _give_way() -> None:
    """Linux counts niceness for each thread, and threads that it starts inherit it."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), settings.HASHING_NICE)


# A fork takes the pool along and leaves its thread behind.
os.register_at_fork(after_in_child=_pool.cache_clear)
