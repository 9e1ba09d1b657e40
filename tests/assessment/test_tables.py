"""Questions in a spreadsheet: every kind there and back, and each fault told beside its row."""

from __future__ import annotations

from typing import Any

import pytest

from consortium.casework.sheets import Line, csv_lines, lines_of, meant, plain, workbook
from courses.assessment import tables
from courses.assessment.items import read, written
from courses.assessment.items.drafted import Drafted
from courses.assessment.tables.columns import line_of, text_of
from tests.factories.items import CONTENTS, both, frame, option

TAGS = {"age_band": "infant", "system": "breathing", "task": "know", "danger": "pink", "manual_branch": "cough-2-59m"}


def there_and_back(drafts: list[Drafted], form: str) -> list[Drafted]:
    rows = list(tables.rows_of(drafts))
    data = workbook({"q": (tables.HEADING, rows)}) if form == "xlsx" else csv_lines([tables.HEADING, *rows])
    return tables.drafted(lines_of(data, tables.COLUMNS))


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_every_kind_comes_back_the_same(form: str) -> None:
    drafts = [
        Drafted(0, f"Q{n}", kind, written(read(kind, content)), TAGS, "2.5", "IMCI 2014")
        for n, (kind, content) in enumerate(CONTENTS.items())
    ]
    again = there_and_back(drafts, form)

    assert [one.faults for one in again] == [{}] * len(drafts)
    assert [(one.code, one.kind, one.content, one.tags, one.points, one.source) for one in again] == [
        (one.code, one.kind, one.content, one.tags, one.points, one.source) for one in drafts
    ]


@pytest.mark.parametrize("text", ["=1+1", "-5 °C", "+1", "@x", "'=x", "a\nb", "a\\nb", "a => b", "50 %", "''-"])
def test_difficult_texts_come_back_the_same(text: str) -> None:
    options = [option("a", "x", right=True) | {"text": both(text, text)}, option("b", "other")]
    content = written(read("single", frame(options=options) | {"stem": {"en": text, "zh": text}}))

    assert there_and_back([Drafted(0, "Q", "single", content)], "xlsx")[0].content == content


@pytest.mark.parametrize("text", ["=1+1", "-5", "+1", "@x", "'=x"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert plain(text).startswith("'")
    assert meant(plain(text)) == text


@pytest.mark.parametrize("text", ["it's", "'tis", "", "a=b"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert (plain(text), meant(text)) == (text, text)


@pytest.mark.parametrize("text", ["a\nb", "a\\b", "a => b", "\\", "\\n", ""])
def test_a_text_is_one_line(text: str) -> None:
    assert "\n" not in line_of(text)
    assert text_of(line_of(text)) == text


def row(**cells: str) -> Drafted:
    (found,) = tables.drafted([Line(2, {"stem_en": "Which?", "kind": "single", **cells})])
    return found


def test_the_template_has_no_fault() -> None:
    lines = lines_of(workbook({"q": (tables.HEADING, tables.template_rows())}), tables.COLUMNS)

    assert [(one.code, dict(one.faults)) for one in tables.drafted(lines)] == [(f"EX-{n}", {}) for n in range(1, 6)]


@pytest.mark.parametrize("right", ["2", "B", "b"])
def test_the_right_option_by_number_or_letter(right: str) -> None:
    found = row(options_en="A\nB", right=right)

    assert [one["right"] for one in found.content["options"]] == [False, True]


@pytest.mark.parametrize("right", ["1, 3", "A,C", "AC", "1；3", "1、3"])
def test_several_right_options(right: str) -> None:
    found = row(kind="多选", options_en="A\nB\nC", right=right)

    assert [one["right"] for one in found.content["options"]] == [True, False, True]


@pytest.mark.parametrize("right", ["", "0", "4", "x!", "中"])
def test_a_right_option_that_is_none_is_told(right: str) -> None:
    assert "right" in row(options_en="A\nB", right=right).faults


@pytest.mark.parametrize("kind", ["", "riddle"])
def test_an_unknown_kind_is_told(kind: str) -> None:
    assert "kind" in row(kind=kind).faults


def test_languages_with_another_number_of_lines_are_told() -> None:
    assert "options" in row(options_en="A\nB", options_zh="甲", right="1").faults


def test_sides_with_another_number_of_lines_are_told() -> None:
    assert "options" in row(kind="matching", options_en="A => B\nC => D", options_zh="甲 => 乙").faults


def test_a_pair_without_its_arrow_is_told() -> None:
    assert "pairs" in row(kind="matching", options_en="A => B\nC").faults


@pytest.mark.parametrize(("said", "right"), [("true", True), ("对", True), ("√", True), ("F", False), ("错误", False)])
def test_true_and_false_in_both_languages(said: str, right: bool) -> None:
    assert row(kind="true/false", right=said).content["right"] is right


def test_neither_true_nor_false_is_told() -> None:
    assert "right" in row(kind="判断题", right="maybe").faults


def test_a_tolerance_in_per_cent_and_a_quantity() -> None:
    content = row(kind="numeric", right="5", tolerance="10%", unit="glucose:mmol/L").content

    assert (content["relative"], content["tolerance"], content["quantity"]) == (True, "10", "glucose")


def test_an_area_that_is_none_is_told() -> None:
    assert "right" in row(kind="hotspot", right="circle 1 2 3").faults


def test_rubric_lines_without_points_are_worth_one() -> None:
    content = row(kind="essay", options_en="A\nB", right="2").content

    assert [line["points"] for line in content["rubric"]] == ["2", "1"]


def lines(*rows: dict[str, str]) -> list[Drafted]:
    return tables.drafted([Line(n, cells) for n, cells in enumerate(rows, 2)])


def test_a_case_gathers_its_rows() -> None:
    found = lines(
        {"code": "C1", "kind": "case_set", "stem_en": "A boy."},
        {"case": "C1", "kind": "true_false", "stem_en": "Ill.", "right": "t"},
    )

    assert [(one.code, [part["id"] for part in one.content["parts"]]) for one in found] == [("C1", ["q1"])]


def test_a_fault_of_a_case_s_row_is_told_by_its_row() -> None:
    (found,) = lines(
        {"code": "C1", "kind": "case_set", "stem_en": "A boy."},
        {"case": "C1", "kind": "true_false", "stem_en": "Ill.", "right": "?"},
    )

    assert "3.right" in found.faults


def test_a_row_whose_case_is_not_there_is_told() -> None:
    (found,) = lines({"case": "C9", "kind": "true_false", "stem_en": "Ill.", "right": "t"})

    assert list(found.faults) == ["case"]


def test_heads_may_be_chinese() -> None:
    data = csv_lines([["题型", "题干", "选项", "正确答案"], ["单选题", "哪个？", "甲\n乙", "B"]])
    (found,) = tables.drafted(lines_of(data, tables.COLUMNS, needed=("kind",)))
    options: Any = found.content["options"]

    assert (found.faults, [one["right"] for one in options]) == ({}, [False, True])
