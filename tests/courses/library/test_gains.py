"""What a course changed, held to other computations of the same."""

from __future__ import annotations

import itertools
import math
import statistics
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from courses.library.gains import Sat, gain_of, matched, wilcoxon

BEGAN = datetime(2026, 3, 2, 8, tzinfo=UTC)
SHARES = st.integers(0, 40).map(lambda n: n * 2.5)
PAIRS = st.lists(st.tuples(SHARES, SHARES), min_size=2, max_size=30)
LEARNT = [(40.0, 60.0), (55.0, 70.0), (30.0, 65.0), (70.0, 75.0), (50.0, 45.0), (60.0, 90.0), (20.0, 40.0)]


def sat(day: int, percent: float = 50.0, *, days: float = 0.01) -> Sat:
    began = BEGAN + timedelta(days=day)
    return Sat(UUID(int=day), began, began + timedelta(days=days), percent)


# -- which two results are a pair -------------------------------------------------------------------------------------


def test_a_pair_is_the_first_before_and_the_first_that_follows_it() -> None:
    assert matched([sat(3), sat(1)], [sat(9), sat(7)]) == (sat(1), sat(7))


def test_what_began_before_the_first_was_handed_in_is_no_second() -> None:
    assert matched([sat(5)], [sat(4), sat(8)]) == (sat(5), sat(8))
    assert matched([sat(1, days=3)], [sat(2)]) is None


@pytest.mark.parametrize(("before", "after"), [([], [sat(1)]), ([sat(1)], []), ([], [])])
def test_one_result_is_no_pair(before: list[Sat], after: list[Sat]) -> None:
    assert matched(before, after) is None


# -- figures ----------------------------------------------------------------------------------------------------------


@given(PAIRS)
def test_means_gain_and_d_are_those_of_the_statistics_module(pairs: list[tuple[float, float]]) -> None:
    gain = gain_of(pairs, 1)
    before, after = zip(*pairs, strict=True)

    assert gain is not None
    assert gain.n == len(pairs)
    assert math.isclose(gain.before, statistics.mean(before), abs_tol=1e-9)
    assert math.isclose(gain.after, statistics.mean(after), abs_tol=1e-9)
    moved = statistics.mean(b - a for a, b in pairs)
    assert math.isclose(gain.points.value, moved, abs_tol=1e-9)
    spread = math.sqrt((statistics.variance(before) + statistics.variance(after)) / 2)
    if spread:
        assert gain.d is not None
        assert math.isclose(gain.d.value, moved / spread, rel_tol=1e-9, abs_tol=1e-9)
    else:
        assert gain.d is None


@given(PAIRS)
def test_the_normalised_gain_is_the_share_of_what_could_be_gained(pairs: list[tuple[float, float]]) -> None:
    gain = gain_of(pairs, 1)

    assert gain is not None
    if gain.before == 100:
        assert gain.normalised is None
    else:
        assert gain.normalised == pytest.approx(gain.points.value / (100 - gain.before))


@given(PAIRS, st.integers(0, 2**128 - 1))
def test_intervals_hold_what_can_be_drawn_and_come_again(pairs: list[tuple[float, float]], seed: int) -> None:
    gain = gain_of(pairs, seed)

    assert gain == gain_of(pairs, seed)
    assert gain is not None
    moved = [after - before for before, after in pairs]
    assert min(moved) - 1e-9 <= gain.points.low <= gain.points.high <= max(moved) + 1e-9


def test_the_interval_is_that_of_all_draws_there_are() -> None:
    """Of five people 3,125 draws are possible: their percentiles are known."""
    pairs = LEARNT[:5]
    moved = [after - before for before, after in pairs]
    means = sorted(statistics.mean(draw) for draw in itertools.product(moved, repeat=5))
    low, high = means[round(len(means) * 0.025)], means[round(len(means) * 0.975)]

    gain = gain_of(pairs, 7)

    assert gain is not None
    assert gain.points.low == pytest.approx(low, abs=2)
    assert gain.points.high == pytest.approx(high, abs=2)


def test_the_interval_of_d_holds_d() -> None:
    gain = gain_of(LEARNT, 7)

    assert gain is not None
    assert gain.d is not None
    assert gain.d.low < gain.d.value < gain.d.high


def test_one_person_is_no_figure() -> None:
    assert gain_of([(10.0, 90.0)], 1) is None


def test_more_people_than_are_held_at_once_are_drawn_in_parts() -> None:
    gain = gain_of(LEARNT * 200, 7)

    assert gain is not None
    assert gain.points.high - gain.points.low < 2


# -- p ----------------------------------------------------------------------------------------------------------------


def by_hand(moved: list[float]) -> float:
    """All signs there are, one by one."""
    ranks = [float(rank) for rank in stats.rankdata([abs(one) for one in moved])]
    up = sum(rank for rank, one in zip(ranks, moved, strict=True) if one > 0)
    low = min(up, sum(ranks) - up)
    sums = [sum(itertools.compress(ranks, signs)) for signs in itertools.product((0, 1), repeat=len(ranks))]
    return min(1.0, 2 * sum(one <= low for one in sums) / len(sums))


@given(st.lists(st.integers(-8, 8).map(lambda n: n * 2.5), min_size=1, max_size=10))
def test_p_counts_all_signs_ties_and_all(moved: list[float]) -> None:
    counted = [one for one in moved if one]
    assume(counted)

    assert wilcoxon(moved) == pytest.approx(by_hand(counted))


@given(st.lists(st.floats(0.5, 90), min_size=2, max_size=60, unique_by=lambda one: round(one, 3)), st.randoms())
def test_p_without_ties_is_that_of_scipy(sizes: list[float], chance: Any) -> None:
    moved = [round(size, 3) * chance.choice((-1, 1)) for size in sizes]

    assert wilcoxon(moved) == pytest.approx(stats.wilcoxon(moved, mode="exact").pvalue)


def test_p_of_many_is_that_of_the_curve() -> None:
    moved = [(-1) ** (n % 3) * (n % 17 + 1) * 2.5 for n in range(400)]

    assert wilcoxon(moved) == pytest.approx(stats.wilcoxon(moved, correction=False, mode="approx").pvalue)


def test_nobody_moved() -> None:
    assert wilcoxon([0.0, 0.0]) is None
