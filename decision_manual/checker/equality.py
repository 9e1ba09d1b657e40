"""Whether two pathways say the same of every child: classes, severities, actions and referrals."""

from typing import Any

import z3

from decision_manual.checker.solver import Child, example
from decision_manual.library import Pathway, Row, Table


def equal(one: Pathway, other: Pathway) -> bool:
    """No child for whom a row holds in one and none that says the same holds in the other; ages and doses alike."""
    if (one.age_days, one.actions, one.indications, one.review) != (
        other.age_days, other.actions, other.indications, other.review,
    ):  # fmt: skip
        return False
    if one.findings != other.findings or one.title != other.title:
        return False
    return _covers(one, other) and _covers(other, one)


def _covers(one: Pathway, other: Pathway) -> bool:
    """Whatever holds in `one` holds, said the same, in `other`."""
    here, there = Child(one, "a"), Child(other, "a")
    for table in one.tables:
        for row in table.rows:
            same = [_shown(there, t, r) for t in other.tables for r in t.rows if _said(r) == _said(row)]
            if example(here, [*there.possible(), _shown(here, table, row), z3.Not(z3.Or(same))]) is not None:
                return False
    return True


def _said(row: Row) -> tuple[Any, ...]:
    return row.class_code, row.title, row.severity, row.actions, row.referral


def _shown(child: Child, table: Table, row: Row) -> Any:
    """The row holds, and the table's policy lets it be shown."""
    before: list[Row] = []
    if table.hit == "first":
        before = list(table.rows[: table.rows.index(row)])
    if table.hit == "worst":
        before = [o for o in table.rows if o.severity != row.severity and _worse(o, row)]
    return z3.And(child.entered(table), child.true(row.when), *(z3.Not(child.true(o.when)) for o in before))


def _worse(one: Row, other: Row) -> bool:
    order = ("pink", "yellow", "green", "info")
    return order.index(one.severity) < order.index(other.severity)
