"""Rules that the database keeps for the tables of insight."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction

from consortium.insight.models import Cell, Export, Mark, Measured, Month
from consortium.insight.states import ExportStep
from consortium.kernel import clock
from tests.insight.conftest import Consortium

pytestmark = pytest.mark.django_db
OCTOBER = date(2026, 10, 1)


def refused(rule: str, make: Any) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        make()


def export(world: Consortium, **fields: Any) -> Export:
    plain = {"kind": "csv", "created_by": world.people["manager"], "created_at": clock.now()}
    made: Export = Export.unscoped.create(**{**plain, **fields})
    return made


def test_a_month_is_named_by_its_first_day() -> None:
    refused("insight_month_first_day", lambda: Month.objects.create(month=date(2026, 10, 2)))


def test_a_row_s_month_too(told: Consortium) -> None:
    refused("insight_measured_month", lambda: Measured.unscoped.update(month=date(2026, 10, 2)))


def test_a_rating_is_1_to_5(told: Consortium) -> None:
    refused("insight_measured_usefulness", lambda: Measured.unscoped.update(usefulness=6))


def test_there_is_one_mark() -> None:
    refused("insight_mark_one", lambda: Mark.objects.create(id=2))


def test_what_is_settled_was_heard() -> None:
    Mark.objects.get_or_create(pk=1)
    refused("insight_mark_order", lambda: Mark.objects.update(settled=2, newest=1))


def test_a_cell_stands_once_also_where_it_is_of_all(told: Consortium) -> None:
    refused("insight_cell_once", lambda: Cell.unscoped.create(month=OCTOBER))


def test_a_cell_is_of_one_kind_of_place(told: Consortium) -> None:
    place = told.places["willow"]
    refused(
        "insight_cell_one_place",
        lambda: Cell.unscoped.create(month=OCTOBER, institution=place, region=place.region),
    )


def test_a_kind_of_file_is_known(told: Consortium) -> None:
    refused("insight_export_kind", lambda: export(told, kind="pdf"))


def test_a_ready_file_says_until_when(told: Consortium) -> None:
    made = export(told)
    refused("insight_export_ready_whole", lambda: Export.unscoped.filter(pk=made.pk).update(step=ExportStep.READY))


def test_one_export_at_a_time_for_each_person(told: Consortium) -> None:
    export(told)
    refused("insight_export_one_at_a_time", lambda: export(told))


def test_an_export_begins_waiting(told: Consortium) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        export(told, step=ExportStep.READY, finished_at=clock.now(), expires_at=clock.now())


def test_what_was_cancelled_is_never_ready(told: Consortium) -> None:
    made = export(told)
    Export.unscoped.filter(pk=made.pk).update(step=ExportStep.CANCELLED)
    with pytest.raises(InternalError), transaction.atomic():
        Export.unscoped.filter(pk=made.pk).update(step=ExportStep.RUNNING)


def test_rows_name_themselves(told: Consortium) -> None:
    measured = Measured.unscoped.first()
    assert measured is not None
    assert str(measured).endswith(f"{measured.month:%Y-%m}")
    assert str(Month(month=OCTOBER)) == "2026-10"
    assert str(Mark(newest=7)) == "heard to 7"
    assert "2026-10" in str(Cell(month=OCTOBER))
    assert "waiting" in str(export(told))
