"""Local times and clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template

from consortium.kernel import clock as kernel_clock
from consortium.kernel.templatetags import when

NOON = datetime(2026, 6, 15, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_clock, "now", lambda: NOON)


def test_today_is_a_time_only() -> None:
    assert ">11:50</time>" in when.local_time(NOON - timedelta(minutes=10))


def test_the_machine_readable_instant_is_kept() -> None:
    assert 'datetime="2026-06-15T04:00:00+00:00"' in when.local_time(NOON)


def test_yesterday_is_said() -> None:
    assert "Yesterday 23:00" in when.local_time(NOON - timedelta(hours=13))


def test_the_day_changes_at_local_midnight_not_at_utc() -> None:
    assert ">00:30<" in when.local_time(NOON - timedelta(hours=11, minutes=30))


def test_tomorrow_is_said() -> None:
    assert "Tomorrow 12:00" in when.local_time(NOON + timedelta(days=1))


def test_an_older_day_of_this_year_has_no_year() -> None:
    assert "2026</time>" not in when.local_time(NOON - timedelta(days=30))
    assert "May 16, 12:00" in when.local_time(NOON - timedelta(days=30))


def test_another_year_is_named() -> None:
    assert "2025" in when.local_time(NOON - timedelta(days=365))


def test_no_time_is_nothing() -> None:
    assert when.local_time(None) == ""


def test_the_server_says_its_time() -> None:
    assert when.server_now() == "2026-06-15T04:00:00+00:00"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=0), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=2, minutes=10), "2 h 10 min"),
        (timedelta(days=1), "1 d"),
        (timedelta(days=3, hours=4), "3 d 4 h"),
        (-timedelta(minutes=6), "6 min"),
    ],
)
def test_durations(span: timedelta, words: str) -> None:
    assert when.duration_words(span) == words


def _state(used_minutes: int, of: int, *, paused: bool = False) -> tuple[str, int]:
    started = NOON - timedelta(minutes=used_minutes)
    return when.clock_state(started + timedelta(minutes=of), started, paused, NOON)


def test_a_fresh_clock_is_well() -> None:
    assert _state(0, 60) == ("ok", 0)


def test_just_before_the_last_third() -> None:
    assert _state(39, 60) == ("ok", 65)


def test_the_last_third_is_soon() -> None:
    assert _state(40, 60)[0] == "soon"


def test_on_the_minute_it_is_late() -> None:
    assert _state(60, 60) == ("late", 100)


def test_long_late_is_not_more_than_all() -> None:
    assert _state(600, 60) == ("late", 100)


def test_paused_beats_late() -> None:
    assert _state(70, 60, paused=True)[0] == "paused"


def test_a_start_in_the_future_has_used_nothing() -> None:
    assert _state(-5, 60) == ("ok", 0)


def test_a_clock_without_length_does_not_divide_by_zero() -> None:
    assert when.clock_state(NOON, NOON, False, NOON) == ("late", 100)


def _clock(left: int, of: int, **more: object) -> str:
    due = NOON + timedelta(minutes=left)
    return when.clock(due, due - timedelta(minutes=of), **more)  # type: ignore[arg-type]


def test_the_words_of_a_running_clock() -> None:
    shown = _clock(52, 120)
    assert "52 min left" in shown
    assert "of 2 h" in shown


def test_the_words_of_a_late_clock() -> None:
    shown = _clock(-6, 15)
    assert "6 min late" in shown
    assert 'data-state="late"' in shown
    assert " of " not in shown


def test_a_pause_says_why() -> None:
    shown = _clock(500, 720, paused_at=NOON, reason="photo asked for")
    assert "Paused: photo asked for" in shown


def test_a_pause_without_a_reason() -> None:
    assert ">Paused<" in _clock(500, 720, paused_at=NOON)


def test_a_paused_clock_stands_where_it_was_paused() -> None:
    at_pause = _clock(30, 60, paused_at=NOON - timedelta(minutes=30))
    assert 'class="used" width="0"' in at_pause


def test_the_reason_is_escaped() -> None:
    assert "<b>" not in _clock(5, 10, paused_at=NOON, reason="<b>")


def test_no_clock_runs() -> None:
    assert when.clock(None, None) == ""


def test_what_a_template_does_not_find_is_no_clock_and_no_pause() -> None:
    shown = Template("{% load when %}{% clock row.due_at row.started_at row.paused_at %}").render(
        Context({"row": {"due_at": NOON + timedelta(minutes=5), "started_at": NOON - timedelta(minutes=5)}})
    )
    assert 'data-state="ok"' in shown
    assert Template("{% load when %}{% clock row.due_at row.started_at %}").render(Context({"row": {}})) == ""


def test_the_browser_is_given_both_ends() -> None:
    shown = _clock(5, 10)
    assert 'data-due-at="2026-06-15T04:05:00+00:00"' in shown
    assert 'data-started-at="2026-06-15T03:55:00+00:00"' in shown
