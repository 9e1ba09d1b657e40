"""The linter finds each flaw in the language in which it stands, and nothing in a question that is well written."""

from __future__ import annotations

from typing import Any

import pytest

from courses.assessment.items import flaws, read
from tests.factories.items import CASE, CONTENTS, MULTIPLE, SINGLE, both, frame, option


def found(kind: str, content: Any) -> set[tuple[str, str]]:
    return {(flaw.code, flaw.language) for flaw in flaws(read(kind, content))}


def three(
    first: str, second: str, third: str, zh: tuple[str, str, str] = ("甲", "乙", "丙"), **more: Any
) -> dict[str, Any]:
    """The first is right."""
    texts = [{"en": en, "zh": chinese} for en, chinese in zip((first, second, third), zh, strict=True)]
    return frame(options=[{"id": "abc"[n], "text": text, "right": not n} for n, text in enumerate(texts)]) | more


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_well_written_question_has_no_flaw(kind: str) -> None:
    assert found(kind, CONTENTS[kind]) == set()


@pytest.mark.parametrize("last", ["All of the above", "None of the options", "all of the following"])
def test_all_of_the_above(last: str) -> None:
    assert found("single", three("Red", "Blue", last)) == {("all_of_the_above", "en")}


def test_all_of_the_above_in_chinese() -> None:
    assert found("single", three("Red", "Blue", "Both", ("红", "蓝", "以上都是"))) == {("all_of_the_above", "zh")}


def test_the_longest_is_right() -> None:
    assert found("single", three("Red, which is an emergency", "Blue", "Green")) == {("longest_is_right", "en")}


def test_a_short_right_option_is_never_too_long() -> None:
    assert found("single", three("Yellow", "Red", "Blue")) == set()


@pytest.mark.parametrize("stem", ["Which is not a sign?", "All are right except which?", "Which is the least likely?"])
def test_a_negative_question(stem: str) -> None:
    assert found("single", three("Red", "Blue", "Tan", stem=both(stem, "哪个？"))) == {("negative_stem", "en")}


@pytest.mark.parametrize("stem", ["Which is NOT a sign?", "A child does not drink. What is it?"])
def test_a_marked_negation_or_one_of_the_story_is_none(stem: str) -> None:
    assert found("single", three("Red", "Blue", "Tan", stem=both(stem, "哪个？"))) == set()


def test_a_negative_question_in_chinese() -> None:
    assert found("single", three("Red", "Blue", "Tan", stem=both("Which?", "下列哪项不正确？"))) == {
        ("negative_stem", "zh")
    }


def test_a_marked_negative_question_in_chinese() -> None:
    assert found("single", three("Red", "Blue", "Tan", stem=both("Which?", "下列哪项【不】正确？"))) == set()


def test_a_negative_statement() -> None:
    assert found("true_false", frame(right=True) | {"stem": both("It is not dangerous.", "危险。")}) == {
        ("negative_statement", "en")
    }


def test_two_options_that_say_the_same_stop_a_review() -> None:
    same = flaws(read("single", three("Red", "Blue", "blue.")))

    assert [(flaw.code, flaw.blocks) for flaw in same] == [("same_twice", True)]


def test_overlapping_ranges() -> None:
    assert found("single", three("2 to 11 months", "11 to 59 months", "60-90 months")) == {("overlapping", "en")}


def test_ranges_that_end_before_the_next_begin() -> None:
    assert found("single", three("2 to 11 months", "12 to 59 months", "60-90 months")) == set()


def test_ranges_may_overlap_where_several_are_right() -> None:
    options = [option("a", "2 to 11 days", right=True), option("b", "11 to 20 days")]

    assert found("multiple", frame(options=options)) == set()


def test_always_stands_in_wrong_options_only() -> None:
    assert found("single", three("Red", "Always blue", "Tan")) == {("absolute_words", "en")}


def test_always_may_stand_in_the_right_one() -> None:
    assert found("single", three("Always red", "Always tan", "Tan")) == set()


def test_usually_stands_in_the_right_option_only() -> None:
    assert found("single", three("Usually red", "Plain blue", "Tan")) == {("vague_words", "en")}


def test_a_word_of_the_question_again_in_the_right_option() -> None:
    content = three("Pneumonia", "Influenza", "Asthma", stem=both("What is pneumonia?", "这是什么？"))

    assert found("single", content) == {("echo", "en")}


def test_two_options_are_few() -> None:
    assert found("single", frame(options=[option("a", "A", right=True), option("b", "B")])) == {("few_options", "")}


def test_everything_right() -> None:
    options = [{**one, "right": True} for one in MULTIPLE["options"]]

    assert found("multiple", MULTIPLE | {"options": options}) == {("everything_right", "")}


def test_numbers_out_of_order() -> None:
    assert found("single", three("50", "40", "60")) == {("out_of_order", "")}


def test_numbers_may_fall() -> None:
    assert found("single", three("60", "50", "40")) == set()


def test_a_broken_number_without_tolerance() -> None:
    assert found("numeric", frame(value="2.5")) == {("no_tolerance", "")}


def test_a_whole_number_needs_none() -> None:
    assert found("numeric", frame(value="2")) == set()


def test_answers_of_one_language_only() -> None:
    assert found("short", frame(accepted=["ORS"])) == {("accepted_language", "")}


def test_a_missing_translation_stops_a_review() -> None:
    one = flaws(read("single", SINGLE | {"stem": {"en": "Which?"}}))

    assert [(flaw.code, flaw.blocks) for flaw in one] == [("one_language", True)]


def test_an_empty_case_stops_a_review() -> None:
    assert [(flaw.code, flaw.blocks) for flaw in flaws(read("case_set", CASE | {"parts": []}))] == [("no_parts", True)]


def test_a_case_has_the_flaws_of_its_questions() -> None:
    part = {"id": "q1", "kind": "numeric", "content": frame(value="2.5")}

    assert found("case_set", CASE | {"parts": [part]}) == {("no_tolerance", "")}


def test_every_flaw_says_what_to_do() -> None:
    assert all(str(flaw.advice) for flaw in flaws(read("single", three("Red", "Always blue", "All of the above"))))
