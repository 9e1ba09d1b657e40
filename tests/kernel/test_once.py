"""Created once: the same key by the same person makes one row."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from consortium.casework.models import Case
from consortium.kernel.errors import DomainError
from consortium.kernel.once import once
from consortium.patients.models import Patient
from consortium.people.models import User
from tests.cast import actor_for
from tests.factories.cases import make_case

KEY = UUID("8f1f6f2e-0a54-4f0e-9a3c-6b1f0a8f5f11")
Make = Callable[..., Case]


@pytest.fixture
def make(patient: Patient, asker: User) -> Make:
    def made(by: User = asker, key: UUID = KEY) -> Case:
        return make_case(patient, by, patient.registered_at, request_key=key)

    return made


def ask(user: User, make: Any, key: UUID | None = KEY) -> tuple[Case, bool]:
    return once(Case, actor=actor_for(user), key=key, make=make)


def never() -> Case:
    raise AssertionError("made a second one")


def test_the_first_time_it_is_made(asker: User, make: Make) -> None:
    assert ask(asker, make)[1]


def test_the_second_time_the_first_one_comes(asker: User, make: Make) -> None:
    first, _ = ask(asker, make)
    assert ask(asker, never) == (first, False)


def test_another_key_makes_another(asker: User, make: Make) -> None:
    first, _ = ask(asker, make)
    other = uuid4()
    second, fresh = ask(asker, lambda: make(key=other), other)
    assert fresh
    assert second != first


def test_the_same_key_of_another_person_is_another(asker: User, colleague: User, make: Make) -> None:
    first, _ = ask(asker, make)
    second, fresh = ask(colleague, lambda: make(by=colleague))
    assert fresh
    assert second != first


def test_without_a_key_each_call_makes_one(asker: User, make: Make) -> None:
    first, _ = ask(asker, lambda: make(key=uuid4()), None)
    second, fresh = ask(asker, lambda: make(key=uuid4()), None)
    assert fresh
    assert second != first


@pytest.mark.django_db(transaction=True)
def test_who_comes_second_to_the_index_gets_the_first_one_s_row(asker: User, make: Make) -> None:
    """Another request commits between our look and our insert."""
    winners: list[Case] = []

    def late() -> Case:
        with ThreadPoolExecutor(1) as other:
            winners.append(other.submit(_in_its_own_transaction, make).result())
        return make()

    assert ask(asker, late) == (winners[0], False)


def _in_its_own_transaction(make: Make) -> Case:
    try:
        return make()
    finally:
        connection.close()


def test_a_broken_rule_that_is_not_the_key_s_passes_on(asker: User) -> None:
    def broken() -> Case:
        raise IntegrityError("another rule")

    with pytest.raises(IntegrityError):
        ask(asker, broken)


def test_a_refusal_passes_on(asker: User) -> None:
    def refused() -> Case:
        raise DomainError("not today")

    with pytest.raises(DomainError, match="not today"):
        ask(asker, refused)


def test_a_failed_attempt_leaves_nothing_behind(asker: User, make: Make) -> None:
    def half() -> Case:
        make()
        raise DomainError("not today")

    with pytest.raises(DomainError):
        ask(asker, half)
    assert not Case.unscoped.filter(request_key=KEY).exists()


def test_the_database_holds_one_row_for_each_author_and_key(make: Make) -> None:
    make()
    with pytest.raises(IntegrityError, match="created_once"), transaction.atomic():
        make()
