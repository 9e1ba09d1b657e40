"""Every route and method against every role, as the table says; and the table against the routes that there are."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path

from tests.access.conftest import address, ask
from tests.access.matrix import ROWS, gone, missing, routes
from tests.access.rows import SIGN_IN, Row
from tests.access.world import ROLES, World

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def names_in(route: str) -> list[str]:
    pattern: Any = next(pattern for name, pattern in routes() if name == route)
    return list(pattern.pattern.regex.groupindex)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_each_role_is_told_what_the_table_says(world: World, row: Row) -> None:
    url = address(world, row, names_in(row.route))
    told = {role: ask(world, row, role, url) for role in ("anonymous", *ROLES)}
    assert told == {role: row.expected(role) for role in told}


def test_no_route_is_missing() -> None:
    assert missing() == []


def test_no_row_speaks_of_a_route_that_is_gone() -> None:
    assert gone() == []


def test_a_route_that_is_added_without_a_row_is_found() -> None:
    def added(request: HttpRequest) -> HttpResponse:
        raise AssertionError

    assert missing(patterns=[path("added/", added, name="added")]) == ["added"]
    assert missing(patterns=[path("added/", added)]) == ["<added/>"]


def test_no_two_rows_are_the_same() -> None:
    ids = [row.id for row in ROWS]
    assert sorted({name for name in ids if ids.count(name) > 1}) == []


@pytest.mark.parametrize("route", sorted({row.route for row in ROWS}))
def test_a_method_without_a_row_is_not_served(world: World, route: str) -> None:
    """405, or what the right to the address says before it; never an answer."""
    rows = [row for row in ROWS if row.route == route]
    url = address(world, rows[0], names_in(route))
    role = next((role for row in rows for role in row.may.split()), "anonymous")
    for method in METHODS:
        if method not in {row.method for row in rows}:
            assert ask(world, rows[0], role, url, method) in ("405", "403", "404", SIGN_IN), method
