"""Which branches of a page say something else than in the version before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from decision_manual.library import Pathway, load
from decision_manual.queries.comparing import differing


@pytest.fixture(scope="module")
def page() -> Pathway:
    return load().pathways["diarrhoea-2-59m"]


def every(page: Pathway) -> list[str]:
    return sorted(f"n-{row.id}" for table in page.tables for row in table.rows)


def with_first_row(page: Pathway, **changed: object) -> tuple[Pathway, str]:
    """The page with another first row; and the node of that row."""
    table = page.tables[0]
    row = replace(table.rows[0], **changed)  # type: ignore[arg-type]
    tables = (replace(table, rows=(row, *table.rows[1:])), *page.tables[1:])
    return replace(page, tables=tables), f"n-{row.id}"


def test_the_same_page_changes_nothing(page: Pathway) -> None:
    assert differing(page, page) == []


def test_a_first_version_changes_every_branch(page: Pathway) -> None:
    assert differing(None, page) == every(page)


def test_another_severity_changes_its_branch_alone(page: Pathway) -> None:
    other, node = with_first_row(page, severity="yellow")
    assert differing(page, other) == [node]


def test_other_actions_change_their_branch_alone(page: Pathway) -> None:
    other, node = with_first_row(page, actions=())
    assert differing(page, other) == [node]


def test_what_an_action_says_changes_the_branches_that_order_it(page: Pathway) -> None:
    row = page.tables[0].rows[0]
    code = row.actions[0]
    said = next(action for name, action in page.actions.items() if name != code)
    other = replace(page, actions={**page.actions, code: said})
    ordering = [f"n-{one.id}" for table in page.tables for one in table.rows if code in one.actions]
    assert differing(page, other) == sorted(ordering)


def test_a_row_that_is_gone_is_named(page: Pathway) -> None:
    table = page.tables[0]
    other = replace(page, tables=(replace(table, rows=table.rows[1:]), *page.tables[1:]))
    assert differing(page, other) == [f"n-{table.rows[0].id}"]


def test_other_ages_change_every_branch(page: Pathway) -> None:
    assert differing(page, replace(page, age_days=(60, 1000))) == every(page)
