"""An answer judged by the key: every kind, every rule, every way of answering nothing or nonsense."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.assessment.items import Score, Verdict, read, score
from courses.assessment.items.scoring import RULES, normalised
from tests.factories.items import CASE, CONTENTS, MULTIPLE, NUMERIC, ORDERING, RIGHT, both, frame

NONSENSE: list[Any] = [
    None, [], "b", {}, {"option": None}, {"options": "a"}, {"order": ["a"]}, {"pairs": [1]}, {"points": [[1]]},
    {"points": [["x", "y"]]}, {"text": "   "}, {"answers": 3}, {"value": "much"},
]  # fmt: skip


def share(kind: str, answer: Any, **changes: Any) -> Fraction | None:
    return score(read(kind, CONTENTS[kind] | changes), answer).share


@pytest.mark.parametrize("kind", RIGHT)
def test_the_right_answer_earns_everything(kind: str) -> None:
    assert share(kind, RIGHT[kind]) == 1


@pytest.mark.parametrize("kind", CONTENTS)
def test_no_answer_earns_nothing(kind: str) -> None:
    assert share(kind, {}) == 0


@pytest.mark.parametrize("answer", NONSENSE, ids=repr)
@pytest.mark.parametrize("kind", [kind for kind in CONTENTS if kind != "essay"])
def test_nonsense_earns_nothing_and_never_raises(kind: str, answer: Any) -> None:
    assert share(kind, answer) == 0


def test_the_wrong_option_earns_nothing() -> None:
    assert share("single", {"option": "a"}) == 0


def test_each_option_counts_by_itself() -> None:
    assert share("multiple", {"options": ["a"]}) == Fraction(2, 3)


def test_each_option_does_not_reward_who_answers_nothing() -> None:
    assert share("multiple", {"options": []}) == 0


def test_all_or_nothing_wants_all() -> None:
    assert share("multiple", {"options": ["a"]}, rule="all") == 0


def test_right_ones_less_wrong_ones() -> None:
    assert share("multiple", {"options": ["a", "b", "c"]}, rule="less_wrong") == Fraction(1, 2)


def test_right_less_wrong_is_never_less_than_nothing() -> None:
    assert share("multiple", {"options": ["c"]}, rule="less_wrong") == 0


def test_false_to_what_is_true() -> None:
    assert share("true_false", {"option": "false"}) == 0


def test_true_to_what_is_false() -> None:
    assert share("true_false", {"option": "true"}, right=False) == 0


@pytest.mark.parametrize(("rule", "earned"), [("all", 0), ("places", Fraction(1, 3)), ("pairs", Fraction(2, 3))])
def test_an_order_with_two_changed_places(rule: str, earned: Any) -> None:
    assert share("ordering", {"order": ["a", "c", "b"]}, rule=rule) == earned


def test_an_order_upside_down_has_no_pair_right() -> None:
    assert share("ordering", {"order": ["c", "b", "a"]}, rule="pairs") == 0


def test_an_order_that_names_an_option_twice_is_none() -> None:
    assert share("ordering", {"order": ["a", "a", "b"]}) == 0


def test_half_the_pairs() -> None:
    assert share("matching", {"pairs": {"a": "a", "b": "c"}}) == Fraction(1, 2)


def test_half_the_pairs_by_all_or_nothing() -> None:
    assert share("matching", {"pairs": {"a": "a", "b": "c"}}, rule="all") == 0


def test_the_same_match_twice_is_right_for_both() -> None:
    pairs = [{"id": one, "text": both(one), "match": both("Red")} for one in ("a", "b")]

    assert share("matching", {"pairs": {"a": "a", "b": "a"}}, pairs=pairs, extra=[]) == 1


@pytest.mark.parametrize(
    ("value", "right"), [("2.4", 1), ("2.6", 1), ("2,5", 1), ("２．５", 1), ("2.61", 0), ("-2.5", 0)]
)
def test_a_number_within_its_tolerance(value: str, right: int) -> None:
    assert share("numeric", {"value": value, "unit": "mmol/L"}) == right


def test_a_number_in_another_unit_is_converted() -> None:
    assert share("numeric", {"value": "45", "unit": "mg/dL"}) == 1


def test_a_number_without_its_unit_is_wrong() -> None:
    assert share("numeric", {"value": "2.5"}) == 0


def test_a_unit_of_something_else_is_wrong() -> None:
    assert share("numeric", {"value": "2.5", "unit": "kg"}) == 0


def test_a_tolerance_in_per_cent() -> None:
    assert share("numeric", {"value": "110"}, value="100", tolerance="10", relative=True, quantity="", unit="mg") == 1


def test_a_tolerance_of_a_negative_number_in_per_cent() -> None:
    assert share("numeric", {"value": "-9"}, value="-10", tolerance="10", relative=True, quantity="", unit="") == 1


@pytest.mark.parametrize("said", ["口服补液盐", " 口服 补液盐。", "ORAL  Rehydration", "ｏral rehydration"])
def test_a_short_answer_in_either_language(said: str) -> None:
    assert share("short", {"text": said}) == 1


def test_another_short_answer_is_wrong() -> None:
    assert share("short", {"text": "oral"}) == 0


def test_blanks_between_han_characters_do_not_count_and_those_between_words_do() -> None:
    assert normalised("口 服 oral  salts!") == "口服 oral salts"


def test_one_of_two_places() -> None:
    assert share("hotspot", {"points": [[200, 150]]}, rule="less_wrong") == Fraction(1, 2)


def test_a_point_too_many_is_wrong() -> None:
    assert share("hotspot", {"points": [[200, 150], [600, 550], [10, 10]]}) == 0


def test_two_points_in_one_place_find_one() -> None:
    assert share("hotspot", {"points": [[200, 150], [210, 150]]}, rule="less_wrong") == 0


@pytest.mark.parametrize(
    ("x", "y", "inside"), [(500, 550, 1), (600, 500, 1), (505, 505, 0), (700, 550, 1), (699, 501, 0)]
)
def test_an_ellipse_ends_at_its_edge(x: int, y: int, inside: int) -> None:
    areas = [{"shape": "ellipse", "x": 500, "y": 500, "w": 200, "h": 100}]

    assert share("hotspot", {"points": [[x, y]]}, areas=areas) == inside


@pytest.mark.parametrize(("x", "inside"), [(100, 1), (300, 1), (301, 0), (99, 0)])
def test_a_box_holds_its_edge(x: int, inside: int) -> None:
    areas = [{"shape": "box", "x": 100, "y": 100, "w": 200, "h": 100}]

    assert share("hotspot", {"points": [[x, 150]]}, areas=areas) == inside


def test_an_essay_is_marked_by_people() -> None:
    assert share("essay", {"text": "Come back when he cannot drink."}) is None


def test_a_case_weighs_its_questions() -> None:
    assert share("case_set", {"answers": {"q1": {"option": "b"}}}) == Fraction(2, 3)


def test_a_case_with_an_essay_waits_for_people() -> None:
    parts = [*CASE["parts"], {"id": "q3", "kind": "essay", "points": "1", "content": CONTENTS["essay"]}]
    answer = {"answers": {"q1": {"option": "b"}, "q3": {"text": "So."}}}

    assert share("case_set", answer, parts=parts) is None


def test_a_case_without_questions_earns_nothing() -> None:
    assert share("case_set", {"answers": {}}, parts=[]) == 0


def test_a_case_keeps_the_score_of_each_question() -> None:
    found = score(read("case_set", CASE), {"answers": {"q1": {"option": "a"}, "q2": {"option": "true"}}})

    assert [(one, part.share) for one, part in found.parts] == [("q1", Fraction(0)), ("q2", Fraction(1))]


def test_marks_say_what_was_right_wrong_missed_and_left() -> None:
    found = score(read("multiple", MULTIPLE), {"options": ["a", "c"]})

    assert [(mark.what, mark.verdict) for mark in found.marks] == [
        ("a", Verdict.RIGHT), ("b", Verdict.MISSED), ("c", Verdict.WRONG),
    ]  # fmt: skip


def test_an_option_rightly_left_is_told() -> None:
    assert score(read("multiple", MULTIPLE), {"options": ["a"]}).marks[2].verdict == Verdict.LEFT


def test_points_are_a_share_of_the_most() -> None:
    assert Score(Fraction(2, 3), "each").points(Decimal(2)) == Decimal("1.3333")


def test_there_are_no_points_before_people_marked() -> None:
    assert Score(None, "all").points(Decimal(2)) is None


def test_a_trace_can_be_kept_as_json() -> None:
    trace = score(read("case_set", CASE), RIGHT["case_set"]).trace()

    assert trace["share"] == "1"
    assert trace["parts"]["q1"]["marks"] == [["a", "left"], ["b", "right"], ["c", "left"]]


def test_right_is_everything() -> None:
    assert score(read("numeric", NUMERIC), RIGHT["numeric"]).right


def test_partly_right_is_not_right() -> None:
    assert not score(read("multiple", MULTIPLE), {"options": ["a"]}).right


def _choices(count: int, right: frozenset[int]) -> dict[str, Any]:
    options = [{"id": f"o{n}", "text": both(str(n)), "right": n in right} for n in range(count)]
    return frame(options=options)


@given(
    right=st.frozensets(st.integers(0, 5), min_size=1), chosen=st.frozensets(st.integers(0, 5)),
    rule=st.sampled_from(RULES["multiple"]),
)  # fmt: skip
def test_any_choice_earns_between_nothing_and_everything_and_everything_only_if_right(
    right: frozenset[int], chosen: frozenset[int], rule: str
) -> None:
    question = read("multiple", _choices(6, right) | {"rule": rule})
    found = score(question, {"options": [f"o{n}" for n in chosen]}).share

    assert found is not None
    assert 0 <= found <= 1
    assert (found == 1) == (chosen == right)


@given(order=st.permutations(["a", "b", "c"]), rule=st.sampled_from(RULES["ordering"]))
def test_only_the_right_order_earns_everything(order: list[str], rule: str) -> None:
    assert (score(read("ordering", ORDERING | {"rule": rule}), {"order": order}).share == 1) == (
        order == ["a", "b", "c"]
    )


@given(answer=st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["option", "options", "order", "pairs", "points", "text", "value", "unit", "answers", "q1"]), inner, max_size=4)))  # fmt: skip  # noqa: E501
def test_whatever_is_sent_is_scored(answer: Any) -> None:
    for kind, content in CONTENTS.items():
        found = score(read(kind, content), answer).share
        assert found is None or 0 <= found <= 1
