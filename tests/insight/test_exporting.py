"""Exports: asked for once, written in pieces, continued after a death, without anybody's identity."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from consortium.casework.sheets import csv_lines
from consortium.insight import tasks
from consortium.insight.measures import CONSULTATIONS
from consortium.insight.models import Export
from consortium.insight.operations import begin_export, cancel_export, exporting, write_piece
from consortium.insight.operations.exporting import expire_exports, forsaken_exports
from consortium.insight.queries import asked_of, columns_of
from consortium.insight.queries.rows import age_band
from consortium.insight.spreadsheet import pack, sheet_lines
from consortium.insight.states import ExportStep
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, WrongStep
from consortium.people.models import Membership
from tests.cast import actor_for
from tests.insight.conftest import Consortium

pytestmark = pytest.mark.django_db
ROW_COLUMNS = columns_of(CONSULTATIONS)


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What was asked of the workers."""
    asked: list[tuple[str, ...]] = []
    for module in (exporting, tasks):
        monkeypatch.setattr(module, "ask_worker", lambda *words: asked.append(words))
    return asked


def begun(world: Consortium, who: str = "manager", **words: Any) -> Export:
    actor = actor_for(world.people[who])
    with acting_as(actor):
        asked = asked_of(actor, {"period": "always", **words.pop("narrowed", {})})
        return begin_export(actor=actor, asked=asked, **{"kind": "csv", "proven": True, **words})


def written(world: Consortium, who: str = "manager", **words: Any) -> Export:
    export = begun(world, who, **words)
    while write_piece(export.pk):
        continue
    export.refresh_from_db()
    return export


def rows(export: Export) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(export.file.read_text(encoding="utf-8-sig"))))


def test_one_line_a_question(told: Consortium) -> None:
    export = written(told)
    assert (export.step, export.written, export.rows, len(rows(export))) == (ExportStep.READY, 7, 7, 7)


def test_the_columns_are_those_that_are_promised(told: Consortium) -> None:
    assert tuple(rows(written(told))[0]) == ROW_COLUMNS


def test_times_and_outcomes_stand_in_it(told: Consortium) -> None:
    first = rows(written(told))[0]
    assert (first["month"], first["urgency"], first["to_answer_minutes"]) == ("2026-08", "urgent", "70")
    assert (first["referral_avoided"], first["usefulness"], first["answered_on_time"]) == ("1", "5", "1")


def test_nothing_that_tells_who_the_child_is(told: Consortium) -> None:
    """No id of a case or child, no name, no day, no text, no exact age."""
    text = written(told).file.read_text(encoding="utf-8-sig")
    secrets = [str(case.pk) for case in told.cases] + [str(child.pk) for child in told.children.values()]
    secrets += [person.full_name for person in told.people.values()] + ["Can she wait", "2026-10-0", "2026-10-1", "210"]
    assert [secret for secret in secrets if secret in text] == []


def test_a_place_with_fewer_than_five_is_not_named(told: Consortium) -> None:
    places = {row["institution"] for row in rows(written(told))}
    assert places == {"Willow", ""}


def test_one_s_own_place_is_named_however_few(told: Consortium) -> None:
    narrowed = {"institution": None}
    assert {row["institution"] for row in rows(written(told, "willow_admin", narrowed=narrowed))} == {"Willow"}


def test_a_lead_gets_the_own_service(told: Consortium) -> None:
    assert {row["service"] for row in rows(written(told, "lead"))} == {"Lungs"}


def test_a_spreadsheet_opens_and_says_the_same(told: Consortium) -> None:
    export = written(told, kind="xlsx")
    sheet = openpyxl.load_workbook(export.file).active
    assert sheet is not None
    lines = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert tuple(lines[0]) == ROW_COLUMNS
    assert len(lines) == 8
    assert lines[1][ROW_COLUMNS.index("to_answer_minutes")] == 70
    assert not export.part.exists()


def test_nothing_to_export_is_a_heading(told: Consortium) -> None:
    export = written(told, narrowed={"period": "last-year"})
    assert export.step == ExportStep.READY
    assert rows(export) == []


def test_it_is_written_in_pieces(told: Consortium, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "EXPORT_PIECE", 3)
    export = begun(told)
    assert write_piece(export.pk)
    export.refresh_from_db()
    assert (export.step, export.written, export.percent) == (ExportStep.RUNNING, 3, 43)
    while write_piece(export.pk):
        continue
    export.refresh_from_db()
    assert len(rows(export)) == 7


def test_a_piece_half_written_by_a_dead_worker_is_written_once(
    told: Consortium, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "EXPORT_PIECE", 3)
    export = begun(told)
    write_piece(export.pk)
    with export.part.open("ab") as file:
        file.write(b"half a li")
    while write_piece(export.pk):
        continue
    export.refresh_from_db()
    assert len(rows(export)) == 7
    assert "half" not in export.file.read_text()


def test_without_showing_who_one_is_there_is_no_file(told: Consortium) -> None:
    with pytest.raises(NotPermitted):
        begun(told, proven=False)


def test_a_kind_that_nobody_knows(told: Consortium) -> None:
    with pytest.raises(InvalidInput):
        begun(told, kind="pdf")


def test_the_same_request_twice_is_one_export(told: Consortium) -> None:
    key = uuid4()
    assert begun(told, key=key).pk == begun(told, key=key).pk


def test_a_second_one_waits_for_the_first(told: Consortium) -> None:
    begun(told)
    with pytest.raises(DomainError, match="still being written"):
        begun(told)


def test_asking_and_finishing_stand_in_the_journal(told: Consortium) -> None:
    export = written(told)
    entries = Entry.unscoped.filter(subject_id=str(export.pk)).order_by("seq")
    assert list(entries.values_list("verb", flat=True)) == ["export", "export-finish"]
    assert entries[0].facts["kind"] == "csv"


def test_a_worker_is_asked_after_the_commit(
    told: Consortium, asking: list[tuple[str, ...]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        export = begun(told)
    assert asking == [("insight.write_export", str(export.pk))]


def test_cancelled_it_is_written_no_further(told: Consortium, django_capture_on_commit_callbacks: Any) -> None:
    export = begun(told)
    write_piece(export.pk)
    actor = actor_for(told.people["manager"])
    with acting_as(actor), django_capture_on_commit_callbacks(execute=True):
        cancel_export(actor=actor, export_id=export.pk)
        cancel_export(actor=actor, export_id=export.pk)
    assert not export.part.exists()
    assert write_piece(export.pk) is False


def test_what_is_ready_is_not_cancelled(told: Consortium) -> None:
    export = written(told)
    actor = actor_for(told.people["manager"])
    with acting_as(actor), pytest.raises(WrongStep):
        cancel_export(actor=actor, export_id=export.pk)


def test_another_s_export_does_not_exist(told: Consortium) -> None:
    export = begun(told)
    actor = actor_for(told.people["admin"])
    with acting_as(actor), pytest.raises(NotVisible):
        cancel_export(actor=actor, export_id=export.pk)


def test_a_right_that_ended_ends_the_export(told: Consortium) -> None:
    export = begun(told)
    Membership.unscoped.filter(user=told.people["manager"]).update(ends_on=clock.today())
    assert write_piece(export.pk) is False
    export.refresh_from_db()
    assert export.step == ExportStep.FAILED


def test_a_file_is_kept_for_a_day(told: Consortium) -> None:
    export = written(told)
    assert expire_exports() == 0
    with clock.moved(timedelta(hours=25)):
        assert expire_exports() == 1
    export.refresh_from_db()
    assert export.step == ExportStep.EXPIRED
    assert not export.file.exists()


def test_what_nobody_writes_is_asked_for_again(told: Consortium, asking: list[tuple[str, ...]]) -> None:
    export = begun(told)
    assert tasks.relay() == 1
    assert ("insight.write_export", str(export.pk)) in asking


def test_what_somebody_writes_is_left_to_them(told: Consortium, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "EXPORT_PIECE", 3)
    export = begun(told)
    write_piece(export.pk)
    assert forsaken_exports() == []
    with clock.moved(timedelta(minutes=2)):
        assert forsaken_exports() == [export.pk]


def test_the_task_writes_to_the_end(told: Consortium) -> None:
    export = begun(told)
    tasks.write_export(str(export.pk))
    export.refresh_from_db()
    assert export.step == ExportStep.READY


def test_the_task_lets_others_have_the_worker(
    told: Consortium, asking: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "EXPORT_PIECE", 3)
    monkeypatch.setattr(tasks, "RUN_SECONDS", -1)
    export = begun(told)
    tasks.write_export(str(export.pk))
    export.refresh_from_db()
    assert export.written == 3
    assert asking[-1] == ("insight.write_export", str(export.pk))


def test_a_piece_that_another_worker_writes_is_passed_over(told: Consortium) -> None:
    assert write_piece(uuid4()) is False


def test_the_file_is_nobody_else_s(told: Consortium) -> None:
    export = written(told)
    assert export.file.stat().st_mode & 0o077 == 0


def test_a_refused_export_leaves_no_entry(told: Consortium) -> None:
    begun(told)
    before = Entry.unscoped.filter(verb="export").count()
    with pytest.raises(DomainError), transaction.atomic():
        begun(told)
    assert Entry.unscoped.filter(verb="export").count() == before


# -- the writers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert csv_lines([[text]]).decode().lstrip('"').startswith("'")


def test_numbers_and_nothing_stay_what_they_are() -> None:
    assert csv_lines([[-1, None, 2.5, "a,b"]]) == b'-1,,2.5,"a,b"\r\n'


def packed(tmp_path: Path, lines: list[list[Any]], sheet_rows: int = 100) -> Any:
    source, target = tmp_path / "lines", tmp_path / "book.xlsx"
    source.write_bytes(sheet_lines(lines))
    pack(source, target, ["a", "b"], sheet_rows=sheet_rows)
    return openpyxl.load_workbook(target)


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path: Path) -> None:
    book = packed(tmp_path, [[n, "x"] for n in range(5)], sheet_rows=2)
    assert [sheet.max_row for sheet in book.worksheets] == [3, 3, 2]
    assert [sheet["A1"].value for sheet in book.worksheets] == ["a", "a", "a"]


def test_just_as_many_as_a_sheet_holds_need_no_other(tmp_path: Path) -> None:
    assert len(packed(tmp_path, [[1, 2], [3, 4]], sheet_rows=2).worksheets) == 1


def test_no_rows_are_a_sheet_with_its_heading(tmp_path: Path) -> None:
    assert [sheet.max_row for sheet in packed(tmp_path, []).worksheets] == [1]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30), st.integers(-(10**9), 10**9))
def test_every_text_comes_back_as_it_went(tmp_path_factory: pytest.TempPathFactory, text: str, number: int) -> None:
    if text in ("\ufffe", "\uffff") or any(c in text for c in "\ufffe\uffff"):
        return
    sheet = packed(tmp_path_factory.mktemp("book"), [[text, number]]).active
    assert (sheet["A2"].value, sheet["B2"].value) == (text, number)


def test_control_characters_break_no_sheet(tmp_path: Path) -> None:
    assert packed(tmp_path, [["a\x00b\x1fc\nd", None]]).active["A2"].value == "abcd"


@pytest.mark.parametrize(
    ("days", "band"),
    [(None, ""), (0, "0-27 d"), (27, "0-27 d"), (28, "1-11 mo"), (366, "1-4 y"), (1827, "5-9 y"), (3653, "10-18 y")],
)
def test_ages_are_bands(days: int | None, band: str) -> None:
    assert age_band(days) == band
