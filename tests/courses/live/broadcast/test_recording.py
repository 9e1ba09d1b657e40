"""Runs one after another in the shape in which the library keeps films."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from courses.library.ladder.tools import ffmpeg
from courses.live.broadcast.intake import Intake
from courses.live.broadcast.keeping import SOUND, VIDEO, Run
from courses.live.broadcast.packaging import Packager
from courses.live.broadcast.recording import film_time, recorded, rung_name, spans
from tests.courses.live.broadcast.streams import BEGAN, kept
from tests.courses.live.broadcast.streams import recorded as webm


def test_runs_follow_without_the_gap_between_them(tmp_path: Path) -> None:
    line = spans([kept(tmp_path, 1, parts=20), kept(tmp_path, 2, parts=4, began=BEGAN + 60_000_000)])
    assert [(span.begin, span.end) for span in line] == [(0, 5000), (5000, 6000)]


@pytest.mark.parametrize(("after", "film"), [(-5, 0), (0, 0), (2.5, 2500), (30, 5000), (60.5, 5500), (90, 6000)])
def test_a_moment_of_the_lecture_is_a_place_in_the_film(tmp_path: Path, after: float, film: int) -> None:
    line = spans([kept(tmp_path, 1, parts=20), kept(tmp_path, 2, parts=4, began=BEGAN + 60_000_000)])
    assert film_time(line, BEGAN + round(after * 1e6)) == film


def test_of_nothing_there_is_no_place() -> None:
    assert film_time([], BEGAN) == 0


@pytest.mark.parametrize(("height", "name"), [(720, "720"), (700, "720"), (360, "240"), (100, "240"), (2160, "1080")])
def test_pictures_are_called_by_the_ladder_s_name(height: int, name: str) -> None:
    assert rung_name(height) == name


def test_segments_are_named_after_the_films_time(tmp_path: Path) -> None:
    first, second = kept(tmp_path, 1, parts=20, boxes=True), kept(tmp_path, 2, parts=20, boxes=True)
    made = recorded(spans([first, second])[1], VIDEO, tmp_path)
    assert [each[:2] for each in made["segments"]] == [[5000, 9000], [9000, 10000]]
    assert (tmp_path / "5000-9000.m4s").stat().st_size == made["segments"][0][2]


def test_each_part_gets_the_films_time(tmp_path: Path) -> None:
    first, second = kept(tmp_path, 1, parts=20, boxes=True), kept(tmp_path, 2, parts=4, boxes=True)
    recorded(spans([first, second])[1], SOUND, tmp_path)
    data = (tmp_path / "5000-6000.m4s").read_bytes()
    assert int.from_bytes(data[data.index(b"tfdt") + 8 :][:8], "big") == 5000


def test_what_was_made_of_a_real_stream_is_a_film(tmp_path: Path) -> None:
    """All its seconds can be decoded, head and segments together, as a player puts them."""

    async def run() -> None:
        packager = Packager(tmp_path / "1", Intake("matroska", copied=True), lambda rung, part: None)
        await packager.start()
        await packager.feed(webm(seconds=5))
        await packager.finish()

    asyncio.run(run())
    made = Run.at(tmp_path / "1")
    made.more()
    about = recorded(spans([made])[0], VIDEO, tmp_path)
    names = ["init.mp4", *(f"{begin}-{end}.m4s" for begin, end, _size in about["segments"])]
    film = b"".join((tmp_path / name).read_bytes() for name in names)
    words = [ffmpeg(), "-nostdin", "-v", "error", "-i", "pipe:0", "-f", "null", "-progress", "pipe:1", "-"]
    told = subprocess.run(words, input=film, check=True, capture_output=True).stdout.decode()
    assert told.rpartition("frame=")[2].split("\n")[0] == "125"
    assert (about["width"], about["height"]) == (320, 180)
