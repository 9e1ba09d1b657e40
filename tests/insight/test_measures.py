"""Arithmetic of measures: rounding, quantiles, shares; and that every measure says what it counts, and its sources."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consortium.insight.measures import (
    MEASURES,
    PUBLISHED,
    SUBJECTS,
    Kind,
    Measure,
    Subject,
    Tally,
    minutes_of,
    nearest_rank,
    subject_of,
)
from consortium.insight.states import Span

#: what `rolling` adds to the conditions: of those that declined, and of the places in clinics
SUMS = {"declined", "disputed", "quota", "taken"}


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [(0, 0), (59, 0), (60, 1), (7199, 119), (7200, 120), (8099, 120), (8100, 135), (172799, 2865), (172800, 2880),
     (194399, 2880), (194400, 3240), (864000, 14400)],
)  # fmt: skip
def test_times_are_told_in_steps(seconds: int, minutes: int) -> None:
    assert minutes_of(seconds) == minutes


@given(st.integers(0, 10_000_000), st.integers(0, 10_000_000))
def test_rounding_keeps_the_order(one: int, other: int) -> None:
    assert (minutes_of(one) <= minutes_of(other)) or one > other


@given(st.lists(st.integers(0, 1_000_000), min_size=1, max_size=60), st.sampled_from([0.5, 0.9]))
def test_the_quantile_of_the_rounded_is_the_rounded_quantile(values: list[int], share: float) -> None:
    exact = sorted(values)[max(0, -(-int(share * 100) * len(values) // 100) - 1)]
    assert nearest_rank(Counter(map(minutes_of, values)), share) == minutes_of(exact)


def test_nothing_has_no_quantile() -> None:
    assert nearest_rank({}, 0.5) is None


def test_one_value_is_every_quantile() -> None:
    assert (nearest_rank({7: 1}, 0.5), nearest_rank({7: 1}, 0.9)) == (7, 7)


def test_the_middle_of_two_is_the_smaller() -> None:
    assert nearest_rank({1: 1, 9: 1}, 0.5) == 1


def tally(times: dict[str, dict[str, int]] | None = None, **counts: int) -> Tally:
    return Tally.of([{"counts": counts, "times": times or {}}])


def test_a_share_in_percent_of_its_whole() -> None:
    value = tally(avoided=3, closed=4).value(MEASURES["avoided"])
    assert (value.value, value.n, value.part) == (75, 4, 3)


def test_a_share_of_none_is_none() -> None:
    assert tally(sent=4).value(MEASURES["avoided"]).value is None


def test_a_count_is_itself() -> None:
    assert tally(sent=4).value(MEASURES["sent"]).value == 4


def test_a_mean() -> None:
    assert tally(usefulness=9, rated=2).value(MEASURES["usefulness"]).value == 4.5


def test_a_time_has_a_middle_and_a_tenth() -> None:
    value = tally({Span.TO_ANSWER: {"5": 5, "60": 4, "600": 1}}).value(MEASURES["answer"])
    assert (value.value, value.tenth, value.n) == (5, 60, 10)


def test_months_add_up() -> None:
    both = Tally.of(
        [
            {"counts": {"sent": 2}, "times": {"to_answer": {"5": 2}}},
            {"counts": {"sent": 1}, "times": {"to_answer": {"9": 1}}},
        ]
    )
    assert both.sent == 3
    assert both.times["to_answer"] == {5: 2, 9: 1}


def test_merging_two_is_adding_their_cells() -> None:
    one, other = tally({"to_answer": {"5": 2}}, sent=2), tally({"to_answer": {"5": 1}}, sent=1)
    one.merge(other)
    assert (one.sent, one.times["to_answer"][5]) == (3, 3)


def test_fewer_than_twenty_are_a_small_number() -> None:
    assert [tally(sent=n).value(MEASURES["sent"]).small for n in (0, 1, 19, 20)] == [False, True, True, False]


def test_fewer_than_five_are_few_and_none_are_not() -> None:
    assert [tally(sent=n).few for n in (0, 1, 4, 5)] == [False, True, True, False]


def test_declines_alone_may_be_few_too() -> None:
    assert tally(sent=0, declined=2).few


def test_what_is_hidden_tells_nothing() -> None:
    hidden = tally(sent=3)
    hidden.hidden = True
    value = hidden.value(MEASURES["sent"])
    assert (value.value, value.n, value.hidden, value.small) == (None, 0, True, False)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=lambda measure: measure.key)
def test_each_measure_is_made_of_what_is_counted(measure: Measure) -> None:
    subject = subject_of(measure)
    if measure.kind == Kind.TIME:
        assert measure.span in subject.spans
    else:
        assert {measure.part, measure.whole} <= {*subject.counts, *subject.sums, *SUMS}


def test_each_measure_says_in_a_sentence_what_is_counted() -> None:
    assert [m.key for m in MEASURES.values() if not str(m.words).endswith(".") or m.version < 1] == []


def test_published_figures_belong_to_a_measure_and_name_their_source() -> None:
    assert set(PUBLISHED) <= set(MEASURES)
    assert [p for figures in PUBLISHED.values() for p in figures if not p.source or not str(p.figure)] == []


def test_what_the_design_page_marks_is_not_passed_off_as_verified() -> None:
    ottawa = next(p for p in PUBLISHED["useful"] if "Ottawa" in str(p.figure))
    assert not ottawa.verified


def test_video_stands_beside_the_figure_to_beat() -> None:
    assert PUBLISHED["video"][0].value == 46.7


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS.keys())
def test_the_legs_are_times_of_their_own(subject: Subject) -> None:
    assert [subject.measures[key].span for key in subject.legs] == list(subject.legs)


def test_no_two_subjects_share_a_measure_s_address() -> None:
    assert len(MEASURES) == sum(len(subject.measures) for subject in SUBJECTS.values())


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS.keys())
def test_each_measure_stands_once_on_its_page(subject: Subject) -> None:
    shown = [m.key for m in subject.headlines] + list(subject.legs) + [m.key for m in subject.others]
    assert sorted(shown) == sorted(subject.measures)


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS.keys())
def test_everything_that_is_counted_is_told_by_a_measure(subject: Subject) -> None:
    told = {name for m in subject.measures.values() for name in (m.part, m.whole)}
    assert set(subject.counts) - told <= {"rows", "sent"}


def test_a_referral_s_figures_stand_beside_what_children_s_care_has_published() -> None:
    assert PUBLISHED["attended_90"][0].value == 51
    assert PUBLISHED["loop_closed"][0].value == 34.8
    assert PUBLISHED["outcome_returned"][0].value == 71.8


def test_what_is_told_at_second_hand_is_not_passed_off_as_verified() -> None:
    assert [p.source for p in PUBLISHED["loop_closed"] if not p.verified] == ["linear.health", "chsupdate.com"]


def test_back_referrals_alone_may_be_few_too() -> None:
    assert tally(sent=0, rows=3).few
