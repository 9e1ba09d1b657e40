"""S8: every page and call that shows who a child is leaves exactly one journal entry of the read; none is silent."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from consortium.journal.models import Entry
from tests.access.conftest import address
from tests.access.matrix import ROWS
from tests.access.rows import Row
from tests.access.test_matrix import names_in
from tests.access.world import World

pytestmark = pytest.mark.django_db
READS = ("read", "list-read", "read-audit")
NAME = "Lin Xiaoyu"
LOOKED_AT = [row for row in ROWS if row.method == "GET" and row.may]
#: who may know the child looks first, then whoever else may see the page
KNOWING = ("asker", "specialist", "privacy", "auditor")


def reader_of(row: Row) -> str:
    may = row.may.split()
    return next((role for role in KNOWING if role in may), may[0])


def look(world: World, row: Row) -> tuple[bool, list[Any]]:
    """(whether the child's name was shown, whose reads were written: None for a list)"""
    url = address(world, row, names_in(row.route))
    with transaction.atomic():
        before = list(Entry.unscoped.values_list("pk", flat=True))
        reply: Any = world.clients[reader_of(row)].get(url, headers=dict(row.headers(world)))
        fresh = Entry.unscoped.exclude(pk__in=before).filter(verb__in=READS)
        written = list(fresh.values_list("patient_id", flat=True))
        transaction.set_rollback(True)
    shown = NAME in reply.content.decode(errors="replace") if not reply.streaming else False
    return shown, written


@pytest.mark.parametrize("row", LOOKED_AT, ids=lambda row: row.id)
def test_who_is_shown_a_child_leaves_one_entry(world: World, row: Row) -> None:
    shown, written = look(world, row)
    assert len(written) == len(set(written)), "one look at one child is one read"
    if shown:
        assert written, "a silent read"


@pytest.mark.parametrize("route", ["consultations:show", "api:consultation", "patients:show", "api:patient"])
def test_the_name_is_shown_at_all(world: World, route: str) -> None:
    """So that the test above can fail: it looks at pages that do show the child."""
    shown, _written = look(world, next(row for row in LOOKED_AT if row.route == route))
    assert shown
