"""Ages as paediatricians say them, at the edges where the unit changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from consortium.kernel import clock
from consortium.kernel.templatetags.when import age, months_between


def test_on_the_day_of_birth() -> None:
    assert age(date(2026, 3, 1), date(2026, 3, 1)) == "0 days"


def test_one_day_is_singular() -> None:
    assert age(date(2026, 3, 1), date(2026, 3, 2)) == "1 day"


def test_the_last_day_of_a_newborn() -> None:
    assert age(date(2026, 3, 1), date(2026, 3, 28)) == "27 days"


def test_four_weeks_without_a_calendar_month_stay_days() -> None:
    assert age(date(2026, 3, 1), date(2026, 3, 29)) == "28 days"


def test_the_first_month() -> None:
    assert age(date(2026, 3, 1), date(2026, 4, 1)) == "1 month"


def test_the_day_before_a_month_is_full() -> None:
    assert age(date(2026, 3, 15), date(2026, 5, 14)) == "1 month"


def test_months_go_on_through_the_second_year() -> None:
    assert age(date(2024, 5, 10), date(2026, 5, 9)) == "23 months"


def test_two_years_begin_on_the_birthday() -> None:
    assert age(date(2024, 5, 10), date(2026, 5, 10)) == "2 years"


def test_small_children_have_years_and_months() -> None:
    assert age(date(2022, 2, 1), date(2026, 5, 1)) == "4 years 3 months"


def test_a_single_month_is_singular() -> None:
    assert age(date(2023, 4, 1), date(2026, 5, 1)) == "3 years 1 month"


def test_the_last_age_with_months() -> None:
    assert age(date(2020, 6, 1), date(2026, 5, 31)) == "5 years 11 months"


def test_older_children_have_years_only() -> None:
    assert age(date(2020, 1, 1), date(2026, 5, 31)) == "6 years"


def test_born_on_a_leap_day() -> None:
    assert age(date(2024, 2, 29), date(2026, 2, 28)) == "23 months"


def test_a_leap_day_child_is_two_on_the_first_of_march() -> None:
    assert age(date(2024, 2, 29), date(2026, 3, 1)) == "2 years"


def test_born_on_the_31st_in_a_short_month() -> None:
    assert age(date(2026, 1, 31), date(2026, 2, 28)) == "28 days"


def test_a_birth_in_the_future_counts_as_today() -> None:
    assert age(date(2026, 3, 2), date(2026, 3, 1)) == "0 days"


def test_an_unknown_birth() -> None:
    assert age(None) == "age unknown"


def test_a_time_of_birth_is_taken_as_its_day() -> None:
    assert age(datetime(2026, 3, 1, 23, 0, tzinfo=UTC), date(2026, 3, 3)) == "2 days"


def test_without_a_day_it_is_today_by_the_one_clock() -> None:
    born = clock.today()
    with clock.moved(timedelta(days=10)):
        assert age(born) == "10 days"


@pytest.mark.parametrize(
    ("born", "on", "months"),
    [
        (date(2025, 12, 31), date(2026, 1, 1), 0),
        (date(2025, 12, 1), date(2026, 1, 1), 1),
        (date(2025, 1, 31), date(2026, 1, 31), 12),
        (date(2025, 1, 31), date(2026, 1, 30), 11),
    ],
)
def test_months_between(born: date, on: date, months: int) -> None:
    assert months_between(born, on) == months


def test_every_day_of_six_years_is_never_younger_than_the_day_before() -> None:
    born = date(2020, 1, 31)
    counts = [months_between(born, born + timedelta(days=n)) for n in range(6 * 366)]
    assert counts == sorted(counts)


def test_no_age_is_empty_in_chinese() -> None:
    with translation.override("zh-hans"):
        assert age(date(2025, 3, 1), date(2026, 3, 1))
