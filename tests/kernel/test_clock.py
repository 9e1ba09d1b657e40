"""The one clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from consortium.kernel import clock

DAY = timedelta(days=1)


def test_now_is_in_utc() -> None:
    assert clock.now().tzinfo is UTC


def test_inside_the_block_it_runs_ahead() -> None:
    with clock.moved(DAY):
        assert clock.now() - datetime.now(UTC) > timedelta(hours=23)


def test_after_the_block_it_runs_as_before() -> None:
    with clock.moved(DAY):
        pass
    assert clock.now() - datetime.now(UTC) < timedelta(hours=1)


def test_an_error_in_the_block_sets_it_back_too() -> None:
    with pytest.raises(ZeroDivisionError), clock.moved(DAY):
        raise ZeroDivisionError
    assert clock.now() - datetime.now(UTC) < timedelta(hours=1)


def test_blocks_add_up() -> None:
    with clock.moved(DAY), clock.moved(DAY):
        assert clock.now() - datetime.now(UTC) > timedelta(hours=47)


def test_it_may_run_behind() -> None:
    with clock.moved(-DAY):
        assert clock.now() < datetime.now(UTC)


def test_the_day_is_that_of_the_consortium(monkeypatch: pytest.MonkeyPatch) -> None:
    """17:00 in UTC is 01:00 of the next day in Shanghai."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 6, 15, 17, 0, tzinfo=UTC))
    assert clock.today() == date(2026, 6, 16)
