"""Ids are read as Python reads them, on every connection, and quicker."""

from __future__ import annotations

import copy
import pickle
from uuid import UUID, uuid4

import pytest
from django.db import connection

from consortium.kernel.ids import read_id


def asked(statement: str, *values: str | UUID) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def test_it_is_the_id_that_python_reads() -> None:
    one = uuid4()
    read = read_id(str(one))
    assert (read, hash(read), str(read), repr(read), read < one) == (one, hash(one), str(one), repr(one), False)  # type: ignore[operator]


def test_the_id_of_nothing_is_an_id() -> None:
    assert read_id("00000000-0000-0000-0000-000000000000") == UUID(int=0)


def test_null_stays_none() -> None:
    assert read_id(None) is None


def test_it_is_copied_and_kept_as_any_other() -> None:
    one = read_id(str(uuid4()))
    assert copy.deepcopy(one) == one == pickle.loads(pickle.dumps(one))


def test_what_is_no_id_is_refused() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        read_id("not an id")


@pytest.mark.django_db
def test_a_connection_reads_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UUID, "__init__", lambda *_: pytest.fail("read by Python's own way"))
    assert str(asked("SELECT %s::uuid", "12345678-1234-5678-1234-567812345678")).startswith("12345678-")


@pytest.mark.django_db
def test_arrays_are_read_too() -> None:
    one = uuid4()
    assert asked("SELECT ARRAY[%s::uuid, NULL]", str(one)) == [one, None]
