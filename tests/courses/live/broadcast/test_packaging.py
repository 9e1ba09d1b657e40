"""The real ffmpeg: what a recorder writes becomes parts on disk while it runs."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from courses.live.broadcast.intake import Intake, intake_of
from courses.live.broadcast.keeping import SOUND, VIDEO, Part, Run
from courses.live.broadcast.packaging import Packager
from courses.live.broadcast.playlists import PART_TARGET
from tests.courses.live.broadcast.streams import recorded

H264, VP8 = Intake("matroska", copied=True), Intake("matroska", copied=False)


def packed(folder: Path, intake: Intake, pieces: Sequence[bytes]) -> Run:
    """A run of these pieces, one after another, to its end."""

    async def run() -> None:
        packager = Packager(folder / "1", intake, lambda rung, part: None)
        await packager.start()
        for piece in pieces:
            await packager.feed(piece)
        await packager.finish()

    asyncio.run(run())
    made = Run.at(folder / "1")
    made.more()
    return made


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return packed(tmp_path_factory.mktemp("copied"), H264, [recorded()])


@pytest.fixture(scope="module")
def encoded(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """VP8 whose pictures begin half a second after its sound."""
    return packed(tmp_path_factory.mktemp("encoded"), VP8, [recorded("vp8", late=0.52)])


def span(parts: Sequence[Part]) -> tuple[float, float]:
    return parts[0].begin / 1e6, parts[-1].end / 1e6


def test_all_of_it_is_kept(copied: Run) -> None:
    assert span(copied.rungs[VIDEO].parts) == pytest.approx((0, 3), abs=0.05)


def test_its_sound_is_kept_beside_it(copied: Run) -> None:
    assert span(copied.rungs[SOUND].parts) == pytest.approx((0, 3), abs=0.1)


def test_each_second_can_be_entered(copied: Run) -> None:
    keys = [part.begin / 1e6 for part in copied.rungs[VIDEO].parts if part.key]
    assert keys == pytest.approx([0, 1, 2], abs=0.01)


@pytest.mark.parametrize("rung", [VIDEO, SOUND])
def test_no_part_is_longer_than_players_are_told(copied: Run, encoded: Run, rung: str) -> None:
    parts = [*copied.rungs[rung].parts, *encoded.rungs[rung].parts]
    assert max(part.duration for part in parts) <= PART_TARGET * 1e6


def test_parts_follow_without_a_gap(copied: Run) -> None:
    parts = copied.rungs[VIDEO].parts
    assert [part.end for part in parts[:-1]] == [part.begin for part in parts[1:]]


def test_pictures_in_another_form_are_encoded_anew(encoded: Run) -> None:
    head = encoded.rungs[VIDEO].bytes_of(0, encoded.rungs[VIDEO].head_length)
    assert b"avcC" in head


def test_pictures_that_begin_later_keep_their_time(encoded: Run) -> None:
    assert encoded.rungs[VIDEO].parts[0].begin / 1e6 == pytest.approx(0.52, abs=0.06)


def test_encoded_anew_each_second_can_be_entered_too(encoded: Run) -> None:
    assert sum(part.key for part in encoded.rungs[VIDEO].parts) >= 3


def test_what_is_no_film_makes_nothing(tmp_path: Path) -> None:
    assert not packed(tmp_path, H264, [b"no film at all"]).whole


def test_without_a_sound_there_is_nothing_to_show(tmp_path: Path) -> None:
    """The studio always sends sound, if only silence."""
    assert not packed(tmp_path, H264, []).whole


def test_killed_ffmpeg_ends_the_run_and_what_came_stays(tmp_path: Path) -> None:
    async def run() -> tuple[bool, bool]:
        packager, came = Packager(tmp_path / "1", H264, heard), asyncio.Event()
        told.append(came.set)
        await packager.start()
        first = await packager.feed(recorded())
        await asyncio.wait_for(came.wait(), 20)
        os.kill(packager.pid, signal.SIGKILL)
        await asyncio.wait_for(packager.over or asyncio.sleep(0), 20)
        return first, await packager.feed(b"more")

    told: list[object] = []

    def heard(rung: str, part: Part) -> None:
        if rung == VIDEO:
            told[0]()  # type: ignore[operator]

    assert asyncio.run(run()) == (True, False)
    made = Run.at(tmp_path / "1")
    assert made.more()
    assert made.rungs[VIDEO].parts


def test_a_program_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("courses.live.broadcast.packaging._FINISH", 0.1)
    monkeypatch.setattr("courses.live.broadcast.packaging.command", lambda *_given, **_more: ["/bin/sleep", "60"])
    assert not packed(tmp_path, H264, [b"x"]).whole


def test_its_last_words_are_told(tmp_path: Path) -> None:
    async def run() -> str:
        packager = Packager(tmp_path / "1", H264, lambda rung, part: None)
        await packager.start()
        await packager.feed(b"no film at all")
        await packager.finish()
        return packager.said

    assert "pipe:0" in asyncio.run(run())


def test_before_its_start_it_takes_nothing(tmp_path: Path) -> None:
    async def run() -> bool:
        packager = Packager(tmp_path / "1", H264, lambda rung, part: None)
        await packager.finish()
        return await packager.feed(b"x")

    assert asyncio.run(run()) is False


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("video/webm;codecs=h264,opus", H264),
        ('video/webm; codecs="avc1.42E01E, opus"', H264),
        ("video/x-matroska;codecs=avc1,opus", H264),
        ("video/webm;codecs=vp8,opus", VP8),
        ("video/webm", VP8),
        ("video/mp4;codecs=avc1.42E01E,mp4a.40.2", Intake("mov", copied=True)),
        ("VIDEO/MP4", Intake("mov", copied=False)),
        ("text/html", None),
        ("video/webm;codecs=$(reboot)", None),
        ("", None),
    ],
)
def test_what_a_browser_says_it_records(said: str, meant: Intake | None) -> None:
    assert intake_of(said) == meant
