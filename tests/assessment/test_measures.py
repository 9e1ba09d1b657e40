"""Classical test theory, against figures counted by hand and against another way of computing them (statistics)."""

from __future__ import annotations

import math
import random
import statistics

import pytest

from courses.assessment import measures
from courses.assessment.measures import LEAST, Observed

#: ten people, three questions: sums 3 3 2 2 2 1 1 1 0 0
RIGHTS = [
    (1, 1, 1), (1, 1, 1), (1, 1, 0), (1, 0, 1), (1, 1, 0), (1, 0, 0), (0, 1, 0), (1, 0, 0), (0, 0, 0), (0, 0, 0),
]  # fmt: skip


def made(people: int = 60, questions: int = 8) -> list[list[float]]:
    chance = random.Random(3)
    ability = [chance.gauss(0, 1) for _ in range(people)]
    return [[float(chance.gauss(one, 1.2) > n / 4 - 1) for n in range(questions)] for one in ability]


def test_alpha_counted_by_hand() -> None:
    """Variances 7/30, 5/18, 7/30 of the questions and 19/18 of the sums: 3/2 x (1 - 134/190)."""
    by_hand = 1.5 * (1 - (7 / 30 + 5 / 18 + 7 / 30) / (10.5 / 9))

    assert measures.alpha(RIGHTS) == pytest.approx(by_hand)


def test_alpha_is_kr_20_where_points_are_0_or_1() -> None:
    table = made()
    k, people = len(table[0]), len(table)
    pq = sum((p := sum(column) / people) * (1 - p) for column in zip(*table, strict=True))
    kr20 = k / (k - 1) * (1 - pq / statistics.pvariance([sum(row) for row in table]))

    assert measures.alpha(table) == pytest.approx(kr20)


def test_alpha_of_questions_that_say_the_same_is_one() -> None:
    assert measures.alpha([(n % 3, n % 3) for n in range(12)]) == pytest.approx(1)


@pytest.mark.parametrize("points", [[], RIGHTS[:9], [(1,)] * 12, [(1, 0)] * 12])
def test_alpha_of_too_little_is_not_said(points: list[tuple[int, ...]]) -> None:
    assert measures.alpha(points) is None


def test_the_correlation_with_the_rest_leaves_the_question_out() -> None:
    table = made()
    column = [row[2] for row in table]
    rest = [sum(row) - row[2] for row in table]

    assert measures.rest_correlation(table, 2) == pytest.approx(statistics.correlation(column, rest))


def test_what_does_not_vary_correlates_with_nothing() -> None:
    assert measures.correlation([1.0] * LEAST, [float(n) for n in range(LEAST)]) is None


def test_too_few_correlate_with_nothing() -> None:
    assert measures.correlation([0.0, 1.0], [0.0, 1.0]) is None


def test_the_error_of_measurement() -> None:
    table = made()
    found = measures.form_figures(table)
    totals = [sum(row) for row in table]

    assert found.mean == pytest.approx(statistics.mean(totals))
    assert found.deviation == pytest.approx(statistics.stdev(totals))
    assert found.alpha is not None
    assert found.error == pytest.approx(statistics.stdev(totals) * math.sqrt(1 - found.alpha))


def test_a_form_of_one_person_has_no_figures() -> None:
    assert measures.form_figures([(1, 0)]) == measures.FormFigures(1, 2)


def test_a_form_of_nobody() -> None:
    assert measures.form_figures([]) == measures.FormFigures(0, 0)


def test_few_people_have_a_mean_and_no_alpha() -> None:
    found = measures.form_figures(RIGHTS[:5])

    assert (found.mean, found.alpha, found.error) == (2.4, None, None)


def observed(count: int = 11) -> list[Observed]:
    """The better half is right and chose b; n-th person's rest is n / count."""
    return [Observed(float(n >= count / 2), n / count, ["b" if n >= count / 2 else "a"]) for n in range(count)]


def test_groups_are_the_best_and_the_weakest_27_per_cent() -> None:
    upper, lower = measures.groups(observed())

    assert [one.rest for one in lower] == [0, 1 / 11, 2 / 11]
    assert [one.rest for one in upper] == [8 / 11, 9 / 11, 10 / 11]


def test_answers_that_stood_alone_are_in_no_group() -> None:
    assert measures.groups([Observed(1.0) for _ in range(30)]) == ([], [])


def test_the_figures_of_a_question() -> None:
    found = measures.item_figures(observed(10))

    assert (found.answers, found.facility, found.upper, found.lower, found.index) == (10, 0.5, 1.0, 0.0, 1.0)
    assert found.discrimination == pytest.approx(
        statistics.correlation([float(n >= 5) for n in range(10)], [n / 10 for n in range(10)])
    )


def test_a_question_nobody_answered() -> None:
    found = measures.item_figures([])

    assert (found.answers, found.facility, found.discrimination, found.index) == (0, None, None, None)


def test_what_stood_alone_counts_for_the_facility() -> None:
    found = measures.item_figures([*observed(10), Observed(1.0), Observed(1.0)])

    assert found.answers == 12
    assert found.facility == pytest.approx(7 / 12)


def test_what_was_chosen_by_whom() -> None:
    table = measures.choices(observed(10), ("a", "b", "c"))

    assert [(one.word, one.count, one.share, one.upper, one.lower) for one in table] == [
        ("a", 5, 0.5, 0, 3), ("b", 5, 0.5, 3, 0), ("c", 0, 0.0, 0, 0),
    ]  # fmt: skip


def test_what_was_not_offered_follows_by_its_count() -> None:
    said = [Observed(0.0, None, [word]) for word in ("x", "y", "y")]

    assert [one.word for one in measures.choices(said, ("a",))] == ["a", "y", "x"]


def test_a_wrong_option_that_nobody_takes_is_idle() -> None:
    table = measures.choices(observed(10), ("a", "b", "c"))

    assert measures.idle(table, {"a": False, "b": True, "c": False}) == ["c"]
