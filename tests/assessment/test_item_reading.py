"""Content read and written: the same again, and everything that is wrong at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from courses.assessment.items import Text, Unreadable, answer_from, chosen_in, is_empty, read, texts, written
from courses.assessment.items.reading import MOST_OPTIONS
from tests.factories.items import CASE, CONTENTS, ESSAY, HOTSPOT, MATCHING, RIGHT, SINGLE, both, frame, option


def faults(kind: str, content: Any) -> list[str]:
    with pytest.raises(Unreadable) as found:
        read(kind, content)
    return sorted(found.value.faults)


@pytest.mark.parametrize("kind", CONTENTS)
def test_what_was_read_is_written_the_same_again(kind: str) -> None:
    once = written(read(kind, CONTENTS[kind]))

    assert written(read(kind, once)) == once


@pytest.mark.parametrize("kind", CONTENTS)
def test_every_kind_needs_its_question(kind: str) -> None:
    assert "stem" in faults(kind, CONTENTS[kind] | {"stem": {}})


@pytest.mark.parametrize("content", [None, [], "x", 3])
def test_what_is_no_object_has_no_question(content: Any) -> None:
    assert "stem" in faults("short", content)


def test_an_unknown_kind() -> None:
    assert faults("riddle", {}) == ["kind"]


def test_one_right_option_and_no_more() -> None:
    assert faults("single", frame(options=[option("a", "A", right=True), option("b", "B", right=True)])) == ["options"]


def test_several_need_one_at_least() -> None:
    assert faults("multiple", frame(options=[option("a", "A"), option("b", "B")])) == ["options"]


def test_one_option_is_no_choice() -> None:
    assert faults("single", frame(options=[option("a", "A", right=True)])) == ["options"]


def test_too_many_options() -> None:
    options = [option(f"o{n}", str(n), right=not n) for n in range(MOST_OPTIONS + 1)]

    assert faults("single", frame(options=options)) == ["options"]


def test_an_option_without_a_text() -> None:
    assert faults("single", frame(options=[option("a", "A", right=True), {"id": "b", "text": {}}])) == ["options"]


def test_an_option_that_is_too_long() -> None:
    assert faults("single", frame(options=[option("a", "A" * 1001, right=True), option("b", "B")])) == ["options"]


@pytest.mark.parametrize("ids", [("a", "a"), ("a", "b c"), ("a", "<x>")])
def test_ids_are_words_of_their_own(ids: tuple[str, str]) -> None:
    assert faults("single", frame(options=[option(ids[0], "A", right=True), option(ids[1], "B")])) == ["options"]


def test_options_without_ids_are_lettered() -> None:
    question: Any = read("single", frame(options=[{"text": "A", "right": True}, {"text": "B"}]))

    assert [one.id for one in question.options] == ["a", "b"]


def test_a_rule_of_another_kind() -> None:
    assert faults("single", SINGLE | {"rule": "pairs"}) == ["rule"]


def test_a_statement_is_true_or_false() -> None:
    assert faults("true_false", frame(right="yes")) == ["right"]


def test_an_order_of_two_equal_options() -> None:
    assert faults("ordering", frame(options=[{"id": "a", "text": both("A")}, {"id": "b", "text": both("A")}])) == [
        "options"
    ]


def test_a_pair_has_two_sides() -> None:
    pairs = [{"id": "a", "text": both("A"), "match": {}}, {"id": "b", "text": both("B"), "match": both("C")}]

    assert faults("matching", frame(pairs=pairs)) == ["pairs"]


def test_a_match_too_many_has_an_id_of_its_own() -> None:
    assert faults("matching", MATCHING | {"extra": [{"id": "a", "text": both("Blue")}]}) == ["extra"]


@pytest.mark.parametrize("value", ["", "much", "NaN", "Infinity", "1e12", None])
def test_a_number_is_a_number(value: Any) -> None:
    assert faults("numeric", frame(value=value)) == ["value"]


def test_a_tolerance_is_not_negative() -> None:
    assert faults("numeric", frame(value="1", tolerance="-1")) == ["tolerance"]


def test_an_unknown_quantity() -> None:
    assert faults("numeric", frame(value="1", quantity="hope", unit="kg")) == ["quantity"]


def test_a_unit_of_another_quantity() -> None:
    assert faults("numeric", frame(value="1", quantity="glucose", unit="kg")) == ["unit"]


@pytest.mark.parametrize("accepted", [None, [], ["  "], "x"])
def test_a_short_answer_has_one_that_is_right(accepted: Any) -> None:
    assert faults("short", frame(accepted=accepted)) == ["accepted"]


@pytest.mark.parametrize("picture", ["", "nothing", "../../etc"])
def test_a_place_needs_a_picture(picture: str) -> None:
    assert faults("hotspot", HOTSPOT | {"picture": picture}) == ["picture"]


@pytest.mark.parametrize(
    "area",
    [{}, {"shape": "star", "x": 1, "y": 1, "w": 1, "h": 1}, {"shape": "box", "x": 900, "y": 0, "w": 200, "h": 5},
             {"shape": "box", "x": "1", "y": 1, "w": 1, "h": 1}, {"shape": "box", "x": 1, "y": 1, "w": 0, "h": 1},
             {"shape": "box", "x": 1, "y": True, "w": 3, "h": 1}],
)  # fmt: skip
def test_an_area_lies_inside_the_picture(area: dict[str, Any]) -> None:
    assert faults("hotspot", HOTSPOT | {"areas": [area]}) == ["areas"]


def test_a_rubric_line_has_points() -> None:
    assert faults("essay", ESSAY | {"rubric": [{"id": "a", "text": both("A"), "points": "0"}]}) == ["rubric"]


def test_a_case_tells_the_faults_of_its_questions_by_their_place() -> None:
    parts = [CASE["parts"][0], {"id": "q2", "kind": "short", "content": {"stem": {}}}]

    assert faults("case_set", CASE | {"parts": parts}) == ["parts.2.accepted", "parts.2.stem"]


def test_a_case_holds_no_case() -> None:
    assert faults("case_set", CASE | {"parts": [{"id": "q1", "kind": "case_set", "content": CASE}]}) == ["parts.1.kind"]


def test_a_question_of_a_case_weighs_something() -> None:
    parts = [{**CASE["parts"][0], "points": "0"}]

    assert faults("case_set", CASE | {"parts": parts}) == ["parts.1.points"]


def test_all_faults_are_told_at_once() -> None:
    assert faults("numeric", {"value": "x", "tolerance": "y"}) == ["stem", "tolerance", "value"]


def test_a_text_that_is_too_long() -> None:
    assert faults("true_false", {"stem": {"en": "x" * 4001}, "right": True}) == ["stem"]


def test_signs_that_no_file_can_hold_are_left_out() -> None:
    assert read("true_false", {"stem": "a\x00b\x07c\r\nd", "right": True}).stem.en == "abc\nd"


def test_an_essay_and_a_case_with_one_are_marked_by_hand() -> None:
    case = CASE | {"parts": [{"id": "q1", "kind": "essay", "content": ESSAY}]}

    assert read("essay", ESSAY).by_hand
    assert read("case_set", case).by_hand
    assert not read("case_set", CASE).by_hand


@pytest.mark.parametrize(("language", "said"), [("en", "E"), ("zh-hans", "中"), ("fr", "E")])
def test_a_text_is_said_in_the_reader_s_language(language: str, said: str) -> None:
    assert Text("E", "中").said(language) == said


@pytest.mark.parametrize(("text", "language"), [(Text("E", ""), "zh-hans"), (Text("", "E"), "en")])
def test_a_text_falls_back_to_the_other_language(text: Text, language: str) -> None:
    assert text.said(language) == "E"


@pytest.mark.parametrize(
    ("kind", "count"), [("single", 4), ("matching", 6), ("hotspot", 2), ("case_set", 6), ("essay", 1)]
)
def test_all_texts_that_are_shown(kind: str, count: int) -> None:
    assert len(list(texts(read(kind, CONTENTS[kind])))) == count


#: what the fields of the form send for the right answer of each kind
SENT = {
    "single": "a-option=b", "multiple": "a-option=a&a-option=b", "true_false": "a-option=true",
    "ordering": "a-order-a=1&a-order-b=2&a-order-c=3", "matching": "a-pair-a=a&a-pair-b=b",
    "numeric": "a-value=2.5&a-unit=mmol/L", "short": "a-text=oral  REHYDRATION.", "hotspot": "a-points=200,150 600,550",
    "case_set": "a-q1-option=b&a-q2-option=true",
}  # fmt: skip


@pytest.mark.parametrize("kind", SENT)
def test_a_form_s_fields_are_the_answer(kind: str) -> None:
    assert answer_from(read(kind, CONTENTS[kind]), QueryDict(SENT[kind]), "a") == RIGHT[kind]


@pytest.mark.parametrize("kind", CONTENTS)
def test_an_empty_form_is_no_answer(kind: str) -> None:
    assert answer_from(read(kind, CONTENTS[kind]), QueryDict(""), "a") == {}


def test_an_essay_s_text() -> None:
    assert answer_from(read("essay", ESSAY), QueryDict("a-text= So. "), "a") == {"text": "So."}


def test_an_order_with_a_place_that_is_no_number_is_no_answer() -> None:
    assert (
        answer_from(read("ordering", CONTENTS["ordering"]), QueryDict("a-order-a=1&a-order-b=x&a-order-c=3"), "a") == {}
    )


@pytest.mark.parametrize("points", ["x,y", "1", "1001,5", "-1,5", "1,2,3"])
def test_points_outside_of_a_picture_are_none(points: str) -> None:
    assert answer_from(read("hotspot", HOTSPOT), QueryDict(f"a-points={points}"), "a") == {}


@pytest.mark.parametrize(
    ("kind", "words"),
    [("single", ["b"]), ("multiple", ["a", "b"]), ("ordering", ["a>b>c"]), ("matching", ["a=a", "b=b"]),
     ("numeric", ["2.5 mmol/L"]), ("short", ["oral rehydration"]), ("hotspot", ["2,1", "6,5"]), ("case_set", [])],
)  # fmt: skip
def test_what_was_chosen_can_be_counted(kind: str, words: list[str]) -> None:
    assert chosen_in(read(kind, CONTENTS[kind]), RIGHT[kind]) == words


@pytest.mark.parametrize("kind", CONTENTS)
def test_nothing_chosen_counts_nothing(kind: str) -> None:
    assert chosen_in(read(kind, CONTENTS[kind]), None) == []


@pytest.mark.parametrize(
    ("answer", "empty"), [({}, True), (None, True), ({"text": ""}, True), ({"option": "a"}, False)]
)
def test_whether_there_is_an_answer(answer: Any, empty: bool) -> None:
    assert is_empty(answer) is empty
