"""Passwords are hashed by a thread that gives way to all others, and by no more than one."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import LazySettings
from django.contrib.auth.hashers import check_password, get_hasher, identify_hasher, make_password

from consortium.people import hashers


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_new_passwords_are_hashed_so() -> None:
    assert isinstance(get_hasher(), hashers.GivingWay)


def test_it_is_argon2() -> None:
    assert identify_hasher(make_password("a sentence")).algorithm == "argon2"


@pytest.mark.parametrize(("typed", "right"), [("a sentence", True), ("another", False)])
def test_it_knows_the_right_one(typed: str, right: bool) -> None:
    assert check_password(typed, make_password("a sentence")) is right


def test_the_hash_gives_way_to_all_others(settings: LazySettings) -> None:
    settings.HASHING_NICE = 7
    hashers._pool.cache_clear()
    assert hashers._apart(niceness) == 7


def test_who_asks_for_it_does_not() -> None:
    before = niceness()
    make_password("a sentence")
    assert niceness() == before


def test_two_at_once_take_the_same_thread() -> None:
    with ThreadPoolExecutor(2) as two:
        asked = [two.submit(hashers._apart, threading.get_ident) for _ in range(4)]
        assert len({each.result() for each in asked}) == 1


def test_what_goes_wrong_reaches_who_asked() -> None:
    with pytest.raises(ZeroDivisionError):
        hashers._apart(divmod, 1, 0)


def test_a_fork_hashes_by_a_thread_of_its_own() -> None:
    make_password("a sentence")
    child = os.fork()
    if child == 0:
        os._exit(0 if check_password("a sentence", make_password("a sentence")) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
