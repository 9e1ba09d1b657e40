"""Until when an answer counts: by the server's clock, and what an interrupted connection can prove."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.assessment.sitting import GRACE, Given, Stamps, Verdict, deadline, judge

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
STAMPS = Stamps(b"k" * 32, UUID(int=1), UUID(int=2))


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_without_a_limit_and_a_window_nothing_ends() -> None:
    assert deadline(NOON, None) is None


def test_the_time_runs_from_the_beginning() -> None:
    assert deadline(NOON, 30) == NOON + minutes(30)


def test_a_window_cuts_the_time_of_who_begins_late() -> None:
    assert deadline(NOON, 30, closes=NOON + minutes(10)) == NOON + minutes(10)


def test_a_window_alone_is_a_limit() -> None:
    assert deadline(NOON, None, closes=NOON + minutes(10)) == NOON + minutes(10)


def test_a_window_that_closes_later_cuts_nothing() -> None:
    assert deadline(NOON, 30, closes=NOON + minutes(40)) == NOON + minutes(30)


def test_extra_time_is_on_top_of_the_limit() -> None:
    assert deadline(NOON, 30, extra=15) == NOON + minutes(45)


def test_extra_time_is_on_top_of_the_window_too() -> None:
    assert deadline(NOON, 30, extra=15, closes=NOON + minutes(10)) == NOON + minutes(25)


def test_extra_time_without_a_limit_makes_none() -> None:
    assert deadline(NOON, None, extra=15) is None


def test_at_the_very_end_an_answer_is_in_time() -> None:
    assert judge(NOON, NOON, None) is Verdict.IN_TIME


def test_without_an_end_every_answer_is_in_time() -> None:
    assert judge(NOON, None, None) is Verdict.IN_TIME


def test_after_the_end_an_answer_without_a_stamp_is_too_late() -> None:
    assert judge(NOON + SECOND, NOON, None) is Verdict.OVER


def test_an_answer_given_before_the_end_is_taken_in_its_grace() -> None:
    held = Given(NOON - minutes(1), minutes(0.5))

    assert judge(NOON + SECOND, NOON, held) is Verdict.LATE


def test_at_the_end_of_the_grace_it_is_still_taken() -> None:
    assert judge(NOON + GRACE, NOON, Given(NOON - SECOND, SECOND)) is Verdict.LATE


def test_after_the_grace_nothing_is_taken() -> None:
    assert judge(NOON + GRACE + SECOND, NOON, Given(NOON - minutes(1), SECOND)) is Verdict.OVER


def test_a_stamp_of_after_the_end_proves_that_the_answer_was_given_after_it() -> None:
    assert judge(NOON + 2 * SECOND, NOON, Given(NOON + SECOND, timedelta())) is Verdict.OVER


def test_an_answer_given_after_the_end_by_its_own_word_is_refused() -> None:
    assert judge(NOON + 5 * SECOND, NOON, Given(NOON - SECOND, 2 * SECOND)) is Verdict.OVER


def test_a_negative_waiting_time_moves_no_stamp_back() -> None:
    assert Given(NOON + SECOND, -minutes(5)).at == NOON + SECOND


def test_a_stamp_is_read_back_as_it_was_made() -> None:
    assert STAMPS.read(STAMPS.make(NOON)) == NOON


@pytest.mark.parametrize("stamps", [
    Stamps(b"x" * 32, UUID(int=1), UUID(int=2)), Stamps(b"k" * 32, UUID(int=9), UUID(int=2)),
    Stamps(b"k" * 32, UUID(int=1), UUID(int=9)),
], ids=["another key", "another attempt", "another device"])  # fmt: skip
def test_a_stamp_of_elsewhere_is_none(stamps: Stamps) -> None:
    assert STAMPS.read(stamps.make(NOON)) is None


@pytest.mark.parametrize("text", ["", "AAAA", "not base64!", "\u4e2d\u6587", "A" * 40])
def test_an_invented_stamp_is_none(text: str) -> None:
    assert STAMPS.read(text) is None


def test_a_stamp_whose_time_was_changed_is_none() -> None:
    stamp = STAMPS.make(NOON)

    assert STAMPS.read("B" + stamp[1:]) is None


_SPAN = st.timedeltas(min_value=timedelta(hours=-2), max_value=timedelta(hours=2))


@given(after=_SPAN, stamped=_SPAN, held=_SPAN)
def test_nothing_stamped_after_the_end_and_nothing_after_the_grace_ever_counts(
    after: timedelta, stamped: timedelta, held: timedelta
) -> None:
    verdict = judge(NOON + after, NOON, Given(NOON + stamped, held))

    if after > timedelta() and (stamped > timedelta() or after > GRACE):
        assert verdict is Verdict.OVER
    if after <= timedelta():
        assert verdict is Verdict.IN_TIME
