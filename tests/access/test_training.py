"""The training admin's column: they have no part in cases, so only the routes of courses are asked."""

from __future__ import annotations

import pytest

from tests.access.conftest import address, ask
from tests.access.test_matrix import names_in
from tests.access.training_rows import OTHERWISE, ROWS, expected
from tests.access.world import World

pytestmark = pytest.mark.django_db


def test_a_training_admin_is_told_what_the_table_says(world: World) -> None:
    told = {row.id: ask(world, row, "trainer", address(world, row, names_in(row.route))) for row in ROWS}
    assert told == {row.id: expected(row) for row in ROWS}


def test_the_table_speaks_of_no_row_that_is_gone() -> None:
    assert set(OTHERWISE) <= {row.id for row in ROWS}
