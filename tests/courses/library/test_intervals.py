"""The pure rules of watching: unions of spans, and how much of a player's word can be true."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.library.intervals import (
    MOST_SAVED,
    SLACK,
    BadBeat,
    Beat,
    Purse,
    Span,
    admit,
    common,
    length,
    mark_of,
    reached,
    read_beat,
    shortened,
    union,
    without,
)

FILM = 60_000
#: a busy machine is no fault of what is tested
steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ALL = [(0, FILM)]
SPANS = st.lists(
    st.tuples(st.integers(0, FILM), st.integers(1, 20_000)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=8
)


def beat(*played: Span, seq: int = 1, speed: int = 100) -> Beat:
    return Beat(seq, 0, speed, played)


def moments(spans: list[Span]) -> set[int]:
    return {at for begin, end in spans for at in range(begin, end)}


SMALL = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda p: (p[0], p[0] + p[1])), max_size=6)


@steady
@given(SMALL)
def test_a_union_covers_the_same_moments_once(spans: list[Span]) -> None:
    found = union(spans)
    assert moments(found) == moments(spans)
    assert length(found) == len(moments(spans))


@steady
@given(SMALL)
def test_a_union_is_its_own_union(spans: list[Span]) -> None:
    assert union(union(spans)) == union(spans)


@steady
@given(SMALL, SMALL)
def test_a_span_falls_apart_into_what_is_common_and_what_is_not(spans: list[Span], others: list[Span]) -> None:
    among = union(others)
    assert moments(common(spans, among)) == moments(spans) & moments(among)
    assert moments(without(spans, among)) == moments(spans) - moments(among)
    assert length(common(spans, among)) + length(without(spans, among)) == length(spans)


@steady
@given(SPANS, st.integers(0, 60_000))
def test_what_is_shortened_is_as_long_as_it_may_be(spans: list[Span], most: int) -> None:
    assert length(shortened(spans, most)) == min(most, length(spans))


def test_an_empty_span_covers_nothing() -> None:
    assert union([(5, 5)]) == []


@steady
@given(st.lists(st.tuples(st.integers(0, 30_000), st.sampled_from([50, 75, 100, 125, 150, 200]), SPANS), max_size=12))
def test_nobody_is_credited_more_than_the_clock_times_the_speed(steps: list[tuple[int, int, list[Span]]]) -> None:
    left, wall, credited = 0, 0, 0.0
    for passed, speed, played in steps:
        wall += passed
        verdict = admit(Beat(1, 0, speed, tuple(played)), Purse(left, passed), ALL, FILM)
        left, credited = verdict.left, credited + length(verdict.counted) * 100 / speed
    assert credited <= wall


@steady
@given(SPANS, SPANS)
def test_nothing_is_counted_that_was_not_fetched(played: list[Span], served: list[Span]) -> None:
    verdict = admit(beat(*played), Purse(0, 10_000_000), union(served), FILM)
    assert without(verdict.counted, union(served)) == []


@steady
@given(st.lists(st.integers(1, 20_000), min_size=1, max_size=10), st.sampled_from([75, 100, 125, 200]))
def test_an_honest_player_is_credited_all(pieces: list[int], speed: int) -> None:
    at, left, watched = 0, 0, []
    for piece in pieces:
        step = min(piece, FILM - at)
        if step:
            verdict = admit(beat((at, at + step), speed=speed), Purse(left, -(-step * 100 // speed)), ALL, FILM)
            left, at = verdict.left, at + step
            watched += verdict.counted
    assert union(watched) == ([(0, at)] if at else [])


def test_what_was_played_without_a_connection_is_credited_when_it_comes() -> None:
    first = admit(beat((0, 10_000)), Purse(0, 30_000), ALL, FILM)
    second = admit(beat((10_000, 30_000), seq=2), Purse(first.left, 10), ALL, FILM)
    assert second.counted == [(10_000, 30_000)]


def test_a_little_more_than_the_clock_is_cut_and_not_refused() -> None:
    verdict = admit(beat((0, 10_000 + SLACK)), Purse(0, 10_000), ALL, FILM)
    assert (verdict.counted, verdict.refused, verdict.left) == ([(0, 10_000)], False, 0)


def test_more_than_the_slack_is_refused_whole() -> None:
    verdict = admit(beat((0, 10_001 + SLACK)), Purse(0, 10_000), ALL, FILM)
    assert (verdict.counted, verdict.refused, verdict.left) == ([], True, 0)


def test_of_a_closed_session_the_part_before_it_closed_counts() -> None:
    verdict = admit(beat((0, 20_000)), Purse(0, 7_000, closed=True), ALL, FILM)
    assert (verdict.counted, verdict.refused) == ([(0, 7_000)], False)


def test_a_long_pause_is_not_saved_up() -> None:
    assert admit(beat(), Purse(0, 10 * MOST_SAVED), ALL, FILM).left == MOST_SAVED


def test_a_clock_that_runs_back_takes_nothing() -> None:
    assert Purse(500, -1000).whole == 500


def test_what_lies_after_the_end_is_not_there() -> None:
    assert admit(beat((FILM - 1000, FILM + 1000)), Purse(0, 9000), [(0, 2 * FILM)], FILM).counted == [(59_000, 60_000)]


def test_of_a_film_without_a_length_nothing_counts() -> None:
    assert admit(beat((0, 1000)), Purse(0, 9000), ALL, 0).counted == []


def test_what_was_not_fetched_yet_may_be_told_again() -> None:
    verdict = admit(beat((0, 8000)), Purse(0, 9000), [(0, 4000)], FILM)
    assert (verdict.counted, verdict.again, verdict.left) == ([(0, 4000)], [(4000, 8000)], 5000)


@pytest.mark.parametrize(
    ("watched", "share", "is_reached"),
    [(54_000, 90, True), (52_000, 90, True), (51_999, 90, False), (58_000, 100, True), (57_999, 100, False)],
)
def test_a_share_is_reached_but_for_the_last_moment(watched: int, share: int, is_reached: bool) -> None:
    assert reached(watched, FILM, share) is is_reached


def test_of_a_short_film_the_last_moment_is_short() -> None:
    assert (reached(950, 1000, 100), reached(949, 1000, 100)) == (True, False)


def test_a_film_without_a_length_is_not_watched() -> None:
    assert not reached(0, 0, 1)


def test_a_beat_is_read() -> None:
    assert read_beat("7|15000|125|0-10000,12000-15000") == Beat(7, 15_000, 125, ((0, 10_000), (12_000, 15_000)))


def test_a_beat_may_tell_only_where_one_is() -> None:
    assert read_beat("1|5|100|").played == ()


@pytest.mark.parametrize(
    "text",
    [
        "", "1|2|100", "0|0|100|", "1|0|49|", "1|0|201|", "1|0|100|5-5", "1|0|100|9-5", "1|0|100|-5", "1|0|100|1-2,",
        "x|0|100|", "1|0|100|1-9999999999", "1|0|100|" + ",".join(["1-2"] * 201), "1|0|100|1-2\n",
    ],
)  # fmt: skip
def test_what_is_no_beat_is_not_read(text: str) -> None:
    with pytest.raises(BadBeat):
        read_beat(text)


def test_a_mark_is_an_hmac_that_others_can_make_too() -> None:
    # RFC 4231, test case 2
    said = mark_of("Jefe", "what do ya want for nothing?")
    assert said == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
