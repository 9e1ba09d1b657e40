"""Which rungs a film gets, in which pieces, and where it is cut."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.library.ladder.planning import (
    PIECE,
    SOUND,
    STILLS,
    Piece,
    complete_rungs,
    copied_rung,
    cuts,
    plan,
    rungs_of,
)
from courses.library.ladder.probing import Probed

#: a film as a phone makes it, ten minutes long
FILM = Probed("mov", 600.0, 1280, 720, "h264", "yuv420p", 25.0, 1500, True, tuple(map(float, range(0, 600, 2))), True)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [(1080, (240, 480, 720, 1080)), (720, (240, 480, 720)), (700, (240, 480, 720)), (480, (240, 480)), (144, (240,))],
)
def test_no_rung_lies_above_the_film(lines: int, expected: tuple[int, ...]) -> None:
    assert rungs_of(replace(FILM, width=lines * 2, height=lines)) == expected


def test_a_film_held_upright_is_measured_by_its_shorter_side() -> None:
    assert rungs_of(replace(FILM, width=720, height=1280)) == (240, 480, 720)


def test_a_film_that_fits_is_taken_over() -> None:
    assert copied_rung(FILM) == 720


@pytest.mark.parametrize(
    "changed",
    [
        {"codec": "hevc"}, {"pixels": "yuv422p10le"}, {"plain": False}, {"frames_per_second": 60.0}, {"kbits": 9000},
        {"keyframes": (0.0, 300.0)}, {"keyframes": ()}, {"keyframes": (1.0, 2.0)}, {"width": 1600, "height": 900},
    ],
    ids=lambda changed: next(iter(changed)),
)  # fmt: skip
def test_one_that_does_not_fit_is_made_anew(changed: dict[str, object]) -> None:
    assert copied_rung(replace(FILM, **changed)) is None  # type: ignore[arg-type]


def test_sound_and_what_is_taken_over_come_first() -> None:
    assert [each.profile for each in plan(FILM)][:3] == [SOUND, "copy", "all"]


def test_a_long_film_that_plays_as_it_came_is_read_once() -> None:
    made = [each for each in plan(FILM) if each.profile == "all"]

    assert {each.profile for each in plan(FILM)} == {SOUND, "copy", "all", STILLS}
    assert sum(each.end - each.begin for each in made) == FILM.seconds


def test_a_long_film_can_be_watched_before_its_higher_rungs_are_made() -> None:
    order = [each.profile for each in plan(FILM, copy=False)]

    assert order.index("high") > max(place for place, profile in enumerate(order) if profile == "low")


def test_a_short_film_is_made_in_one_pass() -> None:
    short = replace(FILM, seconds=60.0, keyframes=FILM.keyframes[:30])

    assert {each.profile for each in plan(short, copy=False)} == {SOUND, "all", STILLS}


def test_a_film_without_sound_has_no_piece_of_it() -> None:
    assert SOUND not in {each.profile for each in plan(replace(FILM, has_sound=False))}


def test_the_largest_rung_is_made_in_smaller_pieces() -> None:
    large = plan(replace(FILM, width=1920, height=1080), copy=False)

    assert max(each.end - each.begin for each in large if each.profile == "high") < PIECE


def test_pieces_weigh_what_they_cost() -> None:
    assert Piece("all", 0, 0.0, 10.0, ("240",)).weight > Piece("copy", 0, 0.0, 10.0, ("240",)).weight


@given(seconds=st.floats(0.5, 20_000), size=st.floats(1, 600), every=st.floats(0.2, 30))
def test_cuts_cover_the_film_once(seconds: float, size: float, every: float) -> None:
    keyframes = [number * every for number in range(int(min(seconds, 2000) / every) + 1)]

    found = cuts(keyframes, seconds, size)

    assert (found[0], found[-1]) == (0.0, seconds)
    assert all(0 < later - earlier <= 1.5 * size + 1e-9 for earlier, later in pairwise(found))


def test_cuts_fall_on_keyframes_that_are_near() -> None:
    assert cuts((0.0, 23.0, 47.5), 70.0, 24.0) == (0.0, 23.0, 47.5, 70.0)


def test_cuts_do_without_keyframes() -> None:
    assert cuts((), 70.0, 24.0) == (0.0, 24.0, 48.0, 70.0)


def test_a_rung_is_whole_when_all_its_pieces_are() -> None:
    pieces = [(("sound",), True), (("240", "480"), True), (("240", "480"), True), (("720",), True), (("720",), False)]

    assert complete_rungs(pieces) == ("sound", "240", "480")
