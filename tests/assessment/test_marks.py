"""Two markers, a third where they are far apart, and the pass mark."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.assessment.sitting import Settled, outcome_of, settle
from courses.assessment.sitting.marking import check_marks

TEN = Decimal(10)


def marks(*points: str) -> list[Decimal]:
    return [Decimal(text) for text in points]


def test_without_a_mark_two_are_awaited() -> None:
    assert settle([], TEN, 20) == Settled(None, 2)


def test_after_one_mark_another_is_awaited() -> None:
    assert settle(marks("7"), TEN, 20) == Settled(None, 1)


def test_two_that_agree_make_their_mean() -> None:
    assert settle(marks("7", "8"), TEN, 20) == Settled(Decimal("7.5"))


def test_exactly_at_the_limit_they_agree() -> None:
    assert settle(marks("6", "8"), TEN, 20).points == Decimal("7.00")


def test_beyond_the_limit_a_third_is_called() -> None:
    assert settle(marks("5", "8"), TEN, 20) == Settled(None, 1, disputed=True)


def test_the_third_marker_decides_with_whom_they_are_nearest() -> None:
    assert settle(marks("3", "8", "7"), TEN, 20) == Settled(Decimal("7.50"), disputed=True)
    assert settle(marks("3", "8", "4"), TEN, 20) == Settled(Decimal("3.50"), disputed=True)


def test_a_third_in_the_very_middle_leaves_the_doubt_to_the_learner() -> None:
    assert settle(marks("4", "8", "6"), TEN, 20).points == Decimal("7.00")


def test_with_a_limit_of_nothing_any_difference_is_one() -> None:
    assert settle(marks("7", "7.5"), TEN, 0).disputed


@given(st.lists(st.decimals(0, 10, places=1), min_size=3, max_size=3))
def test_a_settled_mark_lies_between_the_lowest_and_the_highest(points: list[Decimal]) -> None:
    settled = settle(points, TEN, 20)

    assert settled.points is not None
    assert min(points) <= settled.points <= max(points)


def test_the_pass_mark_itself_passes() -> None:
    assert outcome_of(Decimal(6), TEN, 60) == (Decimal("60.00"), True)


def test_what_only_rounds_up_to_the_pass_mark_fails() -> None:
    assert outcome_of(Decimal("599.96"), Decimal(1000), 60) == (Decimal("60.00"), False)


def test_an_exam_worth_nothing_is_not_passed() -> None:
    assert outcome_of(Decimal(0), Decimal(0), 0) == (Decimal(0), False)


RUBRIC = {"facts": Decimal(4), "plan": Decimal(6)}


def test_marks_for_each_criterion_within_its_points_are_taken() -> None:
    assert check_marks({"facts": Decimal(0), "plan": Decimal(6)}, RUBRIC) is None


@pytest.mark.parametrize("points", ["4.5", "-1"])
def test_more_than_a_criterion_gives_or_less_than_nothing_is_named(points: str) -> None:
    assert check_marks({"facts": Decimal(points), "plan": Decimal(1)}, RUBRIC) == "facts"


@pytest.mark.parametrize("names", [["facts"], ["facts", "plan", "style"], []])
def test_each_criterion_is_marked_and_no_other(names: list[str]) -> None:
    assert check_marks({name: Decimal(1) for name in names}, RUBRIC) == ""
