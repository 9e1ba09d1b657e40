"""Logs say what happened and never to whom."""

from __future__ import annotations

import logging
import sys

import pytest
from django.db import DatabaseError, connection

from consortium.logs import Plain

NAME = "Zhang Xiaoming"


def line(error: BaseException | None = None, message: str = "something happened") -> str:
    try:
        raise error or ValueError
    except BaseException:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, message, None, sys.exc_info() if error else None)
    return Plain().format(record)


def test_queries_of_addresses_are_cut() -> None:
    assert NAME not in line(message=f"Not Found: /patients/?name={NAME}".replace(" X", "%20X")).replace("%20", " ")


def test_words_of_foreign_errors_are_left_out() -> None:
    told = line(ValueError(f"cannot parse {NAME}"))

    assert NAME not in told
    assert "ValueError" in told
    assert "test_logs.py" in told


@pytest.mark.django_db
def test_values_of_rows_are_cut_from_database_errors() -> None:
    with pytest.raises(DatabaseError) as failed, connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE t (name text PRIMARY KEY)")
        cursor.execute("INSERT INTO t VALUES (%s), (%s)", [NAME, NAME])
    told = line(failed.value)

    assert NAME not in told
    assert "duplicate key" in told


def test_our_own_errors_keep_their_words() -> None:
    from consortium.embedded.places import Misplaced

    assert "postgres did not start" in line(Misplaced("postgres did not start"))
