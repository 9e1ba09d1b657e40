"""Forms drawn by a blueprint: every row served where the bank can serve it, and the same again by the same seed."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from courses.assessment.sitting import Candidate, Drawn, Need, NotEnough, coverage, draw


def one(number: int, *tags: str, kind: str = "single") -> Candidate:
    return Candidate(UUID(int=number), UUID(int=1000 + number), kind, frozenset(tags))


INFANTS = [one(n, "infant") for n in range(1, 6)]
DANGERS = [one(n, "danger") for n in range(6, 11)]
BOTH = [one(11, "infant", "danger")]


def ids(drawn: list[Drawn]) -> list[int]:
    return [row.candidate.id.int for row in drawn]


def test_each_row_gets_its_count_of_questions_that_fit() -> None:
    needs = [Need(3, frozenset({"infant"})), Need(2, frozenset({"danger"}))]

    drawn = draw(needs, [*INFANTS, *DANGERS], "seed")

    assert Counter(row.row for row in drawn) == {0: 3, 1: 2}
    assert all(needs[row.row].takes(row.candidate) for row in drawn)


def test_the_questions_stand_in_the_order_of_the_rows() -> None:
    drawn = draw([Need(1, frozenset({"danger"})), Need(2)], [*INFANTS, *DANGERS], "seed")

    assert [row.row for row in drawn] == [0, 1, 1]


def test_no_question_stands_twice() -> None:
    drawn = draw([Need(4), Need(4)], [*INFANTS, *DANGERS], "seed")

    assert len(set(ids(drawn))) == 8


def test_the_same_seed_draws_the_same_form_whatever_the_order_of_the_bank() -> None:
    pool = [*INFANTS, *DANGERS]

    assert draw([Need(4)], pool, "seed") == draw([Need(4)], pool[::-1], "seed")


def test_another_seed_draws_another_form() -> None:
    pool = [one(n) for n in range(1, 60)]

    assert ids(draw([Need(10)], pool, "one")) != ids(draw([Need(10)], pool, "two"))


def test_a_question_that_fits_two_rows_is_left_to_the_row_that_needs_it() -> None:
    """Taken first come, first served, it would be spent on the row that has others."""
    needs = [Need(1, frozenset({"infant"})), Need(1, frozenset({"infant", "danger"}))]

    for seed in "abcdefgh":
        drawn = draw(needs, [*INFANTS, *BOTH], seed)
        assert drawn[1].candidate == BOTH[0]


def test_a_row_may_ask_for_a_kind_of_question() -> None:
    essay = one(20, "infant", kind="essay")

    drawn = draw([Need(1, frozenset({"infant"}), frozenset({"essay"}))], [*INFANTS, essay], "seed")

    assert drawn[0].candidate == essay


def test_a_row_that_is_short_is_named_with_how_many_are_missing() -> None:
    with pytest.raises(NotEnough) as short:
        draw([Need(2, frozenset({"infant"})), Need(8, frozenset({"danger"}))], [*INFANTS, *DANGERS], "seed")

    assert short.value.shortages == {1: 3}


def test_an_empty_bank_fills_nothing() -> None:
    with pytest.raises(NotEnough) as short:
        draw([Need(1)], [], "seed")

    assert short.value.shortages == {0: 1}


def test_what_other_forms_have_comes_last() -> None:
    used = {candidate.item: 1 for candidate in INFANTS[:4]}

    drawn = draw([Need(1, frozenset({"infant"}))], INFANTS, "seed", used=used)

    assert drawn[0].candidate == INFANTS[4]


def test_what_is_used_is_drawn_again_where_nothing_else_is_left() -> None:
    used = {candidate.item: 1 for candidate in INFANTS}

    assert len(draw([Need(5, frozenset({"infant"}))], INFANTS, "seed", used=used)) == 5


def test_coverage_tells_what_fits_and_what_is_served() -> None:
    rows = coverage([Need(1, frozenset({"infant"})), Need(2, frozenset({"danger"}))], BOTH)

    assert [(row.wanted, row.fitting) for row in rows] == [(1, 1), (2, 1)]
    assert sum(row.served for row in rows) == 1
    assert sum(row.short for row in rows) == 2


def test_coverage_of_a_full_bank_is_short_of_nothing() -> None:
    assert [row.short for row in coverage([Need(5, frozenset({"infant"}))], INFANTS)] == [0]


_TAGS = st.frozensets(st.sampled_from("abc"))


@given(
    pool=st.lists(_TAGS, max_size=12),
    needs=st.lists(st.tuples(st.integers(1, 3), _TAGS), min_size=1, max_size=4),
    seed=st.text(max_size=4),
)
def test_a_draw_succeeds_exactly_when_coverage_is_whole(
    pool: list[frozenset[str]], needs: list[tuple[int, frozenset[str]]], seed: str
) -> None:
    bank = [one(n, *tags) for n, tags in enumerate(pool, 1)]
    wanted = [Need(count, tags) for count, tags in needs]
    missing = sum(row.short for row in coverage(wanted, bank))
    if missing:
        with pytest.raises(NotEnough) as short:
            draw(wanted, bank, seed)
        assert sum(short.value.shortages.values()) == missing
    else:
        drawn = draw(wanted, bank, seed)
        assert len(set(ids(drawn))) == sum(need.count for need in wanted)
        assert all(wanted[row.row].takes(row.candidate) for row in drawn)


# -- without what somebody was asked already --------------------------------------------------------------------------

TAGS = st.sets(st.sampled_from(["infant", "danger", "breathing"]), max_size=3)
POOLS = st.lists(TAGS, max_size=9).map(lambda rows: [one(n, *tags) for n, tags in enumerate(rows, 1)])
NEEDS = st.lists(st.builds(lambda count, tags: Need(count, frozenset(tags)), st.integers(1, 2), TAGS), max_size=3)


def fewest_met_again(needs: list[Need], pool: list[Candidate], avoid: set[UUID]) -> int | None:
    """By trying all ways to fill the places; None where there is none."""
    rows = [need for need in needs for _ in range(need.count)]
    ways = [
        sum(candidate.item in avoid for candidate in way)
        for way in permutations(pool, len(rows))
        if all(need.takes(candidate) for need, candidate in zip(rows, way, strict=True))
    ]
    return min(ways, default=None)


@given(NEEDS.filter(lambda needs: sum(need.count for need in needs) <= 4), POOLS, st.sets(st.integers(1, 9)))
@settings(deadline=None)
def test_as_few_as_can_be_are_asked_again(needs: list[Need], pool: list[Candidate], asked: set[int]) -> None:
    avoid = {UUID(int=1000 + number) for number in asked}
    fewest = fewest_met_again(needs, pool, avoid)

    if fewest is None:
        with pytest.raises(NotEnough):
            draw(needs, pool, "seed", avoid=avoid)
    else:
        assert sum(row.candidate.item in avoid for row in draw(needs, pool, "seed", avoid=avoid)) == fewest


@given(NEEDS, POOLS)
def test_a_second_form_shares_with_the_first_what_nothing_else_can_fill(
    needs: list[Need], pool: list[Candidate]
) -> None:
    assume(not any(row.short for row in coverage(needs, pool)))
    first = {row.candidate.item for row in draw(needs, pool, "first")}

    second = {row.candidate.item for row in draw(needs, pool, "second", avoid=first)}

    left = coverage(needs, [one for one in pool if one.item not in first])
    assert len(first & second) == sum(row.short for row in left)
