"""Hours, caps, periods and numbers: pure arithmetic."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from courses.assessment.crediting import (
    CODE_LENGTH,
    Limit,
    counted,
    credits_of,
    grouped,
    new_code,
    period_of,
    read_code,
)

D = Decimal


@pytest.mark.parametrize(
    ("hours", "each", "wanted"),
    [("1", "1", "1"), ("3", "2", "1.5"), ("1", "3", "0.33"), ("2", "3", "0.66"), ("0", "3", "0"), ("10", "0.5", "20")],
)
def test_credits_are_never_rounded_up(hours: str, each: str, wanted: str) -> None:
    assert credits_of(D(hours), D(each)) == D(wanted)


@pytest.mark.parametrize(
    ("earned", "limits", "counts", "cap"),
    [
        ("5", [], "5", ""),
        ("5", [("day", None, "90")], "5", ""),
        ("5", [("day", "6", "0")], "5", ""),
        ("5", [("day", "6", "1")], "5", ""),
        ("5", [("day", "6", "2")], "4", "day"),
        ("5", [("day", "6", "9")], "0", "day"),
        ("5", [("day", "6", "3"), ("scheme", "6", "4")], "2", "scheme"),
        ("5", [("day", "6", "4"), ("scheme", "6", "3")], "2", "day"),
        ("5", [("day", "6", "4"), ("scheme", "6", "4")], "2", "day"),
        ("0", [("day", "0", "0")], "0", ""),
        ("5", [("day", "6", "-1")], "5", ""),
    ],
)
def test_the_tightest_cap_cuts_and_is_named(
    earned: str, limits: list[tuple[str, str | None, str]], counts: str, cap: str
) -> None:
    known = [Limit(name, D(most) if most else None, D(already)) for name, most, already in limits]
    assert counted(D(earned), known) == (D(counts), cap)


@pytest.mark.parametrize(
    ("day", "years", "first", "since", "until", "words"),
    [
        (date(2026, 1, 1), 1, 2024, 2026, 2026, "2026"),
        (date(2026, 12, 31), 1, 2024, 2026, 2026, "2026"),
        (date(2026, 6, 1), 2, 2024, 2026, 2027, "2026\u20132027"),
        (date(2025, 6, 1), 2, 2024, 2024, 2025, "2024\u20132025"),
        (date(2023, 6, 1), 2, 2024, 2022, 2023, "2022\u20132023"),
        (date(2026, 6, 1), 5, 2023, 2023, 2027, "2023\u20132027"),
    ],
)
def test_a_period_is_whole_years(day: date, years: int, first: int, since: int, until: int, words: str) -> None:
    period = period_of(day, years, first)
    assert (period.since, period.until) == (date(since, 1, 1), date(until, 12, 31))
    assert period.words == words


def test_a_number_reads_back_as_it_is_printed() -> None:
    code = new_code()
    assert read_code(grouped(code)) == code


def test_numbers_are_long_and_never_twice_the_same() -> None:
    made = {new_code() for _ in range(200)}
    assert len(made) == 200
    assert {len(code) for code in made} == {CODE_LENGTH}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("ab12-cd34-ef56-gh78", "AB12CD34EF56GH78"),
        (" AB12 CD34 EF56 GH78 ", "AB12CD34EF56GH78"),
        ("ilo0-ilo0-ilo0-ilo0", "1100110011001100"),
        ("AB12-CD34-EF56-GH7", ""),
        ("AB12-CD34-EF56-GH788", ""),
        ("AB12-CD34-EF56-GH7U", ""),
        ("", ""),
        ("\u4e2d" * 16, ""),
    ],
)
def test_what_people_type_is_read_as_they_mean_it(said: str, code: str) -> None:
    assert read_code(said) == code
