"""The geometry of growth charts: everything lies in its box, lines in their order, ticks at round numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consortium.clinical.growth.chart import HEIGHT, WIDTH, Chart, Dot, Lines, draw
from consortium.clinical.growth.tables import Index


def chart(index: Index = Index.WEIGHT, x: float = 200, y: float = 7, **more: object) -> Chart:
    found = draw(index, "female", [Dot(x, y, "a note")], **more)  # type: ignore[arg-type]
    assert found is not None
    return found


def pairs(points: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in points.split())]


@pytest.mark.parametrize("lines", Lines)
@pytest.mark.parametrize(
    ("index", "x", "y"),
    [
        (Index.WEIGHT, 200, 7), (Index.WEIGHT, 1000, 13), (Index.WEIGHT, 2500, 22), (Index.LENGTH, 5000, 160),
        (Index.WEIGHT_FOR_LENGTH, 70, 8), (Index.BMI, 6000, 21), (Index.HEAD, 100, 40), (Index.MUAC, 400, 14),
    ],
)  # fmt: skip
def test_everything_lies_in_the_box(index: Index, x: float, y: float, lines: Lines) -> None:
    found = chart(index, x, y, lines_are=lines)
    for drawn in (*found.lines, *found.bands):
        assert all(found.left <= a <= found.right and found.top <= b <= found.bottom for a, b in pairs(drawn.points))
    assert found.right < WIDTH and found.bottom < HEIGHT


@settings(deadline=None)
@given(st.floats(0, 730), st.floats(1, 30))
def test_a_dot_lies_in_the_box_wherever_it_was_measured(x: float, y: float) -> None:
    found = chart(x=x, y=y)
    (dot,) = found.dots
    assert found.left <= float(dot.x) <= found.right and found.top <= float(dot.y) <= found.bottom


@pytest.mark.parametrize(("lines", "labels"), [(Lines.Z, "−3 −2 0 +2 +3"), (Lines.PERCENTILE, "P3 P15 P50 P85 P97")])
def test_five_lines_carry_their_labels(lines: Lines, labels: str) -> None:
    assert " ".join(line.label for line in chart(lines_are=lines).lines) == labels


def test_a_higher_line_lies_higher() -> None:
    ends = [float(line.label_y) for line in chart().lines]
    assert ends == sorted(ends, reverse=True)


def test_the_median_goes_through_the_who_s_median() -> None:
    day, kilograms = chart().curves["0"][0]
    assert day == 0 and kilograms == pytest.approx(3.2322)


@pytest.mark.parametrize(
    ("index", "x", "first", "last"),
    [
        (Index.WEIGHT, 100, "0", "24"), (Index.WEIGHT, 730, "0", "24"), (Index.WEIGHT, 731, "0", "5"),
        (Index.WEIGHT, 1856, "0", "5"), (Index.WEIGHT, 1857, "6", "10"), (Index.LENGTH, 5000, "6", "19"),
        (Index.MUAC, 100, "3", "24"), (Index.WEIGHT_FOR_LENGTH, 60, "45", "110"),
    ],
)  # fmt: skip
def test_the_ages_shown_follow_the_newest_dot(index: Index, x: float, first: str, last: str) -> None:
    ticks = [tick.label for tick in chart(index, x, 10).x_ticks]
    assert (ticks[0], ticks[-1]) == (first, last)


def test_standing_children_have_the_chart_by_height() -> None:
    assert chart(Index.WEIGHT_FOR_LENGTH, 90, 13, lying=False).domain == (65, 120)


def test_dots_of_another_span_are_left_out() -> None:
    found = draw(Index.WEIGHT, "male", [Dot(100, 6), Dot(2500, 22)])
    assert found is not None and len(found.dots) == 1


def test_dots_are_joined_in_their_order() -> None:
    found = draw(Index.WEIGHT, "male", [Dot(100, 6), Dot(200, 7.5)])
    assert found is not None and len(pairs(found.path)) == 2


def test_a_doubted_dot_is_shown_and_not_joined() -> None:
    found = draw(Index.WEIGHT, "male", [Dot(100, 6), Dot(200, 25, believed=False)])
    assert found is not None and (len(found.dots), len(pairs(found.path))) == (2, 1)


def test_by_length_nothing_is_joined() -> None:
    assert chart(Index.WEIGHT_FOR_LENGTH, 70, 8).path == ""


def test_a_dot_keeps_its_note() -> None:
    assert chart().dots[0].note == "a note"


def test_without_dots_there_are_still_the_lines() -> None:
    found = draw(Index.WEIGHT, "male", [])
    assert found is not None and len(found.lines) == 5


@pytest.mark.parametrize(("index", "x"), [(Index.WEIGHT, 4000), (Index.HEAD, 2000), (Index.MUAC, 1857)])
def test_beyond_the_standard_there_is_no_chart(index: Index, x: float) -> None:
    assert draw(index, "male", [Dot(x, 30)]) is None


def test_without_a_known_sex_there_is_no_chart() -> None:
    assert draw(Index.WEIGHT, "unknown", [Dot(100, 6)]) is None


@pytest.mark.parametrize("index", Index)
def test_each_chart_has_a_title_and_a_unit(index: Index) -> None:
    found = chart(index, 70 if index == Index.WEIGHT_FOR_LENGTH else 200, 10)
    assert found.title and found.unit


def test_ticks_are_few_and_round() -> None:
    labels = [float(tick.label) for tick in chart().y_ticks]
    assert 3 <= len(labels) <= 10 and labels == [2, 4, 6, 8, 10, 12, 14, 16]
