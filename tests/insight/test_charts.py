"""Geometry of the pictures, and values in words."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from consortium.insight.measures import MEASURES, Kind, Tally, Value
from consortium.insight.queries.charts import BOTTOM, LEFT, RIGHT, TOP, bars, published, round_up, trend
from consortium.insight.queries.reading import Line
from consortium.insight.queries.words import minutes_in_words, number_in_words, shown, value_in_words


def line(number: int, **counts: int) -> Line:
    return Line(date(2026, number, 1), f"2026-{number:02}", Tally(Counter(counts)))


def timed(number: int, **times: int) -> Line:
    """`m5=9`: nine that took five minutes."""
    counted = Counter({int(name[1:]): often for name, often in times.items()})
    return Line(date(2026, number, 1), f"2026-{number:02}", Tally(times={"to_answer": counted}))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 min"), (119, "119 min"), (120, "2 h"), (330, "5.5 h"), (2865, "47.8 h"), (2880, "2 d"), (5400, "3.8 d")],
)
def test_minutes_as_people_say_them(minutes: int, words: str) -> None:
    assert minutes_in_words(minutes) == words


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [(Kind.SHARE, 3.4, "3.4 %"), (Kind.SHARE, 85.4, "85 %"), (Kind.MEAN, 4.26, "4.3"), (Kind.COUNT, 1234, "1,234"),
     (Kind.TIME, 11, "11 min")],
)  # fmt: skip
def test_numbers_in_their_unit(kind: Kind, value: float, words: str) -> None:
    with translation.override("en"):
        assert number_in_words(kind, value) == words


def test_nothing_is_a_dash() -> None:
    assert value_in_words(MEASURES["avoided"], Value(None, 0)) == "–"


def test_what_is_hidden_says_only_that_it_is_few() -> None:
    assert value_in_words(MEASURES["avoided"], Value(None, 0, hidden=True)) == "fewer than 5"


def test_a_time_is_shown_with_its_tenth() -> None:
    assert shown(MEASURES["answer"], Value(5, 10, tenth=60))["tenth"] == "60 min"


@pytest.mark.parametrize(
    ("value", "kind", "top"),
    [(80, Kind.SHARE, 100), (30, Kind.SHARE, 50), (3, Kind.SHARE, 20), (3, Kind.MEAN, 5), (7, Kind.COUNT, 8),
     (0, Kind.COUNT, 1), (90, Kind.TIME, 90), (400, Kind.TIME, 480), (10**9, Kind.TIME, 1_000_036_800)],
)  # fmt: skip
def test_an_axis_ends_at_a_round_number(value: float, kind: Kind, top: float) -> None:
    found, step = round_up(value, kind)
    assert found == top
    assert found % step == 0


def test_counts_are_columns() -> None:
    picture = trend(MEASURES["sent"], [line(1, sent=4), line(2, sent=8)])
    assert [column["height"] for column in picture.columns] == sorted(column["height"] for column in picture.columns)
    assert (picture.dots, picture.paths) == ([], [])


def test_shares_are_dots_on_a_line_and_a_month_without_breaks_it() -> None:
    months = [line(1, avoided=1, closed=2), line(2), line(3, avoided=1, closed=2), line(4, avoided=1, closed=2)]
    picture = trend(MEASURES["avoided"], months)
    assert len(picture.dots) == 3
    assert len(picture.paths) == 1


def test_a_time_has_two_lines() -> None:
    picture = trend(MEASURES["answer"], [timed(1, m5=9, m60=2), timed(2, m5=9, m60=2)])
    assert (len(picture.paths), len(picture.tenths)) == (1, 1)


def test_nothing_leaves_the_picture() -> None:
    picture = trend(MEASURES["answer"], [timed(n, m5=9, m6000=2) for n in range(1, 13)])
    assert all(LEFT <= dot["x"] <= RIGHT and TOP <= dot["y"] <= BOTTOM for dot in picture.dots)


def test_small_numbers_are_hollow() -> None:
    picture = trend(MEASURES["avoided"], [line(1, avoided=1, closed=2), line(2, avoided=30, closed=40)])
    assert [dot["small"] for dot in picture.dots] == [True, False]


def test_labels_of_many_months_leave_room() -> None:
    picture = trend(MEASURES["sent"], [line(n, sent=1) for n in range(1, 13)])
    assert len(picture.x_ticks) <= 7


def test_published_values_that_fit_are_dashed_lines() -> None:
    picture = trend(MEASURES["avoided"], [line(1, avoided=30, closed=40)])
    assert [each["number"] for each in picture.references] == [1, 2, 3, 4, 5]


def test_counts_have_no_published_line_for_they_are_of_other_sizes() -> None:
    assert trend(MEASURES["sent"], [line(1, sent=900)]).references == []


def test_what_is_hidden_is_not_drawn() -> None:
    hidden = line(1, avoided=1, closed=2)
    hidden.tally.hidden = True
    assert trend(MEASURES["avoided"], [hidden]).dots == []


def test_bars_are_as_long_as_their_share() -> None:
    rows = bars(MEASURES["avoided"], [line(1, avoided=1, closed=4), line(2)])
    assert [row["wide"] for row in rows] == [25.0, 0.0]


def test_the_longest_count_fills_its_row() -> None:
    assert [row["wide"] for row in bars(MEASURES["sent"], [line(1, sent=2), line(2, sent=8)])] == [25.0, 100.0]


def test_bars_of_nothing() -> None:
    assert bars(MEASURES["sent"], [line(1)])[0]["wide"] == 0


def test_means_are_of_five() -> None:
    assert bars(MEASURES["usefulness"], [line(1, usefulness=8, rated=2)])[0]["wide"] == 80.0


def test_published_figures_are_numbered_as_in_the_picture() -> None:
    figures: Any = published(MEASURES["avoided"])
    assert [each["number"] for each in figures] == [1, 2, 3, 4, 5]
    assert published(MEASURES["withdrawn"]) == []
