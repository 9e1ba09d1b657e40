"""GIFT: what others write is read; what we write is read again exactly; nothing in a file raises."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.assessment import gift
from courses.assessment.items import read, written
from courses.assessment.items.drafted import Drafted
from tests.factories.items import CONTENTS, SINGLE, both, frame, option

SAYABLE = [kind for kind in CONTENTS if gift.sayable(kind)]


def only(text: str) -> Drafted:
    (found,) = gift.parse(text)
    return found


def rights(content: Any) -> list[tuple[str, bool]]:
    return [(one["text"]["en"], one["right"]) for one in content["options"]]


@pytest.mark.parametrize("kind", SAYABLE)
def test_what_is_written_is_read_the_same(kind: str) -> None:
    content = written(read(kind, CONTENTS[kind]))
    tags = {"age_band": "infant", "system": "breathing", "task": "know", "danger": "pink", "manual_branch": "cough"}
    draft = Drafted(1, "Q:1", kind, content, tags, "2.5", "IMCI [2014], p. 3\\4")
    again = only(gift.write([draft]))

    assert (again.code, again.kind, again.content, again.tags) == (draft.code, kind, content, tags)
    assert (again.points, again.source, again.faults) == ("2.5", draft.source, {})


def test_what_gift_cannot_say_is_left_out() -> None:
    drafts = [Drafted(1, "", kind, CONTENTS[kind]) for kind in ("hotspot", "case_set", "essay")]

    assert gift.write(drafts) == ""


def test_one_right_answer_with_feedback() -> None:
    found = only("::Q1:: Who is buried? {=Grant#Yes ~nobody#No ~Lee ####He is.}")

    assert (found.code, found.kind, found.faults) == ("Q1", "single", {})
    assert rights(found.content) == [("Grant", True), ("nobody", False), ("Lee", False)]
    assert found.content["options"][0]["feedback"]["en"] == "Yes"
    assert found.content["feedback"]["en"] == "He is."


def test_several_right_answers_by_weights() -> None:
    found = only("Two of these {~%50%A ~%50%B ~%-100%C}")

    assert (found.kind, rights(found.content)) == ("multiple", [("A", True), ("B", True), ("C", False)])


@pytest.mark.parametrize(("said", "right"), [("T", True), ("TRUE", True), ("F", False), ("false#No", False)])
def test_true_and_false(said: str, right: bool) -> None:
    found = only(f"The sun rises in the east.{{{said}}}")

    assert (found.kind, found.content["right"]) == ("true_false", right)


def test_a_short_answer() -> None:
    found = only("Two plus two is {=four =4}.")

    assert (found.kind, found.content["accepted"]) == ("short", ["four", "4"])
    assert found.content["stem"]["en"] == "Two plus two is _____ ."


def test_a_partly_right_short_answer_is_told() -> None:
    assert list(only("Two plus two {=four =%50%4}").faults) == ["accepted"]


def test_pairs_with_a_match_too_many() -> None:
    found = only("Match {=cat -> food =dog -> bone = -> hay}")

    assert found.kind == "matching"
    assert [(one["text"]["en"], one["match"]["en"]) for one in found.content["pairs"]] == [
        ("cat", "food"),
        ("dog", "bone"),
    ]
    assert [one["text"]["en"] for one in found.content["extra"]] == ["hay"]


@pytest.mark.parametrize(
    ("said", "value", "tolerance"), [("#3.14:0.01", "3.14", "0.01"), ("#1..5", "3", "2"), ("#=7:0#good", "7", "0"),
                                     ("#-2", "-2", "0"), ("#-1.5..-0.5", "-1", "0.5")],
)  # fmt: skip
def test_a_number_with_its_tolerance(said: str, value: str, tolerance: str) -> None:
    found = only(f"How many? {{{said}}}")

    assert (found.kind, found.content["value"], found.content["tolerance"]) == ("numeric", value, tolerance)


@pytest.mark.parametrize("said", ["#5..1", "#many", "#1...2..3", "#"])
def test_a_number_that_is_none_is_told(said: str) -> None:
    assert "value" in only(f"How many? {{{said}}}").faults


def test_an_essay_gets_a_rubric_to_begin_with() -> None:
    found = only("Write about cough. {}")

    assert (found.kind, len(found.content["rubric"]), found.faults) == ("essay", 1, {})


def test_an_order() -> None:
    found = only("In order: {>\nfirst\nsecond\n\nthird\n}")

    assert (found.kind, [one["text"]["en"] for one in found.content["options"]]) == (
        "ordering",
        ["first", "second", "third"],
    )


def test_escaped_signs_are_of_the_text() -> None:
    found = only(r"What is 2 \= 2 \{x\}? {=a\~b\#c ~d\:e}")

    assert found.content["stem"]["en"] == "What is 2 = 2 {x}?"
    assert rights(found.content) == [("a~b#c", True), ("d:e", False)]


def test_html_becomes_plain_text() -> None:
    assert only("[html]<p>A &amp; B<br>C</p> {T}").content["stem"]["en"] == "A & B\nC"


def test_a_plain_format_is_not_of_the_text() -> None:
    assert only("[plain]A {T}").content["stem"]["en"] == "A"


def test_both_languages_in_one_text() -> None:
    found = only(r"\{mlang en\}Cough\{mlang\}\{mlang zh\}咳嗽\{mlang\} {T}")

    assert found.content["stem"] == {"en": "Cough", "zh": "咳嗽"}


def test_one_language_of_two() -> None:
    assert only(r"\{mlang zh_cn\}咳嗽\{mlang\} {T}").content["stem"] == {"en": "", "zh": "咳嗽"}


def test_questions_are_set_apart_by_empty_lines_outside_of_braces() -> None:
    found = gift.parse("$CATEGORY: x\n\n// one\nA {T}\n\n\nB {\n=a\n\n~b\n}\nstill B\n\nC {F}\n")

    assert [(one.number, one.kind) for one in found] == [(4, "true_false"), (7, "single"), (14, "true_false")]


@pytest.mark.parametrize("text", ["", "\n\n", "// only a comment", "$CATEGORY: x"])
def test_a_file_without_questions(text: str) -> None:
    assert gift.parse(text) == []


@pytest.mark.parametrize("text", ["No braces at all", "Two {T} pairs {F}", "Open { =a", "Closed } only"])
def test_a_question_without_its_pair_of_braces_is_told(text: str) -> None:
    assert "stem" in only(text).faults


def test_braces_without_an_answer_are_told() -> None:
    assert "options" in only("What? { nothing }").faults


def test_what_is_wrong_stays_readable() -> None:
    found = only("What? {=a =b -> c ~}")

    assert found.faults
    assert found.content["stem"]["en"] == "What?"


def test_notes_of_a_comment() -> None:
    found = only("// [id:Q-7] [danger:pink] [points:3] [source:Page \\[3\\]]\nA {T}")

    assert (found.code, found.tags, found.points, found.source) == ("Q-7", {"danger": "pink"}, "3", "Page [3]")


TEXT = st.text(alphabet="ab ~=#{}:\\%[]->中\n.", min_size=1, max_size=12).map(str.strip).filter(bool)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXT, min_size=4, max_size=4, unique=True))
def test_any_text_survives(texts: list[str]) -> None:
    stem, *words = texts
    options = [
        option(one, "x", right=one == "a") | {"text": both(word, word)} for one, word in zip("abc", words, strict=True)
    ]
    content = written(read("single", frame(options=options) | {"stem": {"en": stem, "zh": stem}}))

    assert only(gift.write([Drafted(1, "Q", "single", content)])).content == content


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="a{}=~#%>:-T\n\\/ [1.", max_size=40))
def test_no_file_raises(text: str) -> None:
    assert all(isinstance(found, Drafted) for found in gift.parse(text))


def test_an_id_that_was_kept_stays() -> None:
    content = written(read("single", SINGLE | {"options": [option("a", "A", right=True), option("d", "D")]}))

    assert only(gift.write([Drafted(1, "Q", "single", content)])).content == content
