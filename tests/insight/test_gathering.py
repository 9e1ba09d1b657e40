"""One row of numbers out of a case's clocks and its ledger."""

from __future__ import annotations

import pytest

from consortium.insight.models import Measured
from tests.insight.conftest import Consortium

pytestmark = pytest.mark.django_db


def row(world: Consortium, number: int) -> Measured:
    found: Measured = Measured.unscoped.get(case=world.cases[number])
    return found


def minutes(seconds: int | None) -> int | None:
    return None if seconds is None else seconds // 60


def test_the_way_to_an_answer_in_minutes(told: Consortium) -> None:
    first = row(told, 0)
    assert (minutes(first.to_allocation), minutes(first.to_answer)) == (6, 70)
    assert minutes(first.to_close) == 1440
