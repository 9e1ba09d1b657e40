"""Real bytes through ffprobe and ffmpeg: what is refused and why, and what is made of the rest."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from courses.library.ladder import commands, fragments, planning, probing, running
from courses.library.ladder.faults import Refused, Stopped, VideoFault
from courses.library.ladder.tools import ffmpeg, ffprobe
from tests.courses.library.films import BUNNY, clip


@pytest.fixture
def film(tmp_path: Path) -> Callable[[bytes], Path]:
    """film(data) -> its path."""

    def write(data: bytes) -> Path:
        path = tmp_path / "film.part"
        path.write_bytes(data)
        return path

    return write


def refused(path: Path, **words: float) -> VideoFault:
    with pytest.raises(Refused) as told:
        probing.probe(path, **words)
    return told.value.fault


def _without_end() -> bytes:
    """The first third of a film whose head, which says how long it is, came first."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        words = ["-i", str(BUNNY), "-c", "copy", "-movflags", "+faststart", file.name]
        subprocess.run([ffmpeg(), "-nostdin", "-v", "error", "-y", *words], check=True)
        whole = Path(file.name).read_bytes()
    return whole[: len(whole) // 3]


def _noise() -> bytes:
    """A table of contents that is whole, and no picture behind it: only decoding tells."""
    data = bytearray(BUNNY.read_bytes())
    at = data.index(b"mdat") + 8
    end = data.find(b"moov", at) - 8 if data.find(b"moov", at) > 0 else len(data)
    data[at:end] = bytes(255 - byte for byte in data[at:end])
    return bytes(data)


#: bytes that are refused -> why
BAD: dict[str, tuple[Callable[[], bytes], VideoFault]] = {
    "empty": (lambda: b"", VideoFault.EMPTY),
    "text": (lambda: b"no film at all, " * 500, VideoFault.NOT_VIDEO),
    "a playlist of another file": (
        lambda: b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n/etc/passwd\n#EXT-X-ENDLIST\n", VideoFault.NOT_VIDEO,
    ),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, VideoFault.NOT_VIDEO),
    "head cut off": (lambda: BUNNY.read_bytes()[:4000], VideoFault.BROKEN),
    "sound alone": (lambda: clip("-map", "1:a", "-c:v", "copy", "-c:a", "aac", seconds=1), VideoFault.NO_PICTURE),
    "end missing": (_without_end, VideoFault.FALSE_LENGTH),
    "noise": (_noise, VideoFault.BROKEN),
    "too short": (lambda: clip(seconds=0.2), VideoFault.TOO_SHORT),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_film_is_refused_with_its_cause(name: str, film: Callable[[bytes], Path]) -> None:
    data, fault = BAD[name]

    assert refused(film(data())) is fault


def test_a_film_may_not_be_longer_than_said(film: Callable[[bytes], Path]) -> None:
    assert refused(film(clip()), longest=1.0) is VideoFault.TOO_LONG


def test_a_browser_s_recording_says_no_length_and_is_measured(film: Callable[[bytes], Path]) -> None:
    found = probing.probe(film(clip("-c:v", "libvpx", "-c:a", "libopus", "-live", "1", ending="webm")))

    assert (found.demuxer, found.codec) == ("matroska", "vp8")
    assert found.seconds == pytest.approx(2.0, abs=0.15)


def test_what_a_probe_found_is_read_again() -> None:
    found = probing.probe(BUNNY)

    assert probing.Probed.of_json(json.loads(json.dumps(found.as_json()))) == found


# -- making -----------------------------------------------------------------------------------------------------------


def make(
    source: Path, piece: planning.Piece, found: probing.Probed, folder: Path
) -> dict[str, list[fragments.Segment]]:
    for command in commands.commands(piece, found, source, folder):
        running.run(command)
    made = {}
    for rung in piece.rungs:
        (folder / rung).mkdir()
        made[rung] = fragments.cut(folder / f"{rung}.mp4", folder / rung, begin=piece.begin, end=piece.end)
    return made


def times(folder: Path, segments: list[fragments.Segment], tmp_path: Path) -> list[float]:
    """When each picture of these segments is shown."""
    whole = tmp_path / "whole.mp4"
    whole.write_bytes(
        (folder / fragments.INIT).read_bytes() + b"".join((folder / s.name).read_bytes() for s in segments)
    )
    command = [
        ffprobe(),
        "-v",
        "error",
        "-select_streams",
        "v",
        "-show_entries",
        "packet=pts_time",
        "-of",
        "csv=p=0",
        str(whole),
    ]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return sorted(float(line.strip(",")) for line in said.split())


def test_pieces_made_apart_follow_each_other_to_the_frame(tmp_path: Path) -> None:
    """Two workers make one half each; no picture is lost, doubled or moved."""
    found = probing.probe(BUNNY)
    shown: list[float] = []
    for number, (begin, end) in enumerate([(0.0, 2.4), (2.4, found.seconds)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        made = make(BUNNY, planning.Piece("all", number, begin, end, ("240",)), found, folder)
        shown += times(folder / "240", made["240"], tmp_path)

    assert len(shown) == 132
    assert shown == pytest.approx([number / 25 for number in range(132)], abs=0.002)


def test_all_rungs_of_a_piece_are_cut_at_the_same_moments(tmp_path: Path) -> None:
    found = probing.probe(BUNNY)

    made = make(BUNNY, planning.Piece("all", 0, 0.0, found.seconds, ("240", "480")), found, tmp_path)

    assert [[(s.begin, s.end) for s in segments] for segments in made.values()] == [[(0, 4000), (4000, 5280)]] * 2
    assert fragments.size_of(tmp_path / "480") == (854, 480)
    assert fragments.codec_of(tmp_path / "480").startswith("avc1.4d")


def test_a_film_that_fits_keeps_its_own_pictures(tmp_path: Path) -> None:
    found = probing.probe(BUNNY)

    make(BUNNY, planning.Piece("copy", 0, 0.0, found.seconds, ("720",)), found, tmp_path)

    assert fragments.size_of(tmp_path / "720") == (1280, 720)
    assert found.kbits * 5.28 * 125 == pytest.approx(
        sum(p.stat().st_size for p in (tmp_path / "720").iterdir()), rel=0.05
    )


def test_sound_and_stills(tmp_path: Path) -> None:
    found = probing.probe(BUNNY)

    made = make(BUNNY, planning.Piece("sound", 0, 0.0, found.seconds, ("sound",)), found, tmp_path)
    make(BUNNY, planning.Piece("stills", 0, 0.0, found.seconds, ()), found, tmp_path)

    assert (fragments.codec_of(tmp_path / "sound"), fragments.size_of(tmp_path / "sound")) == ("mp4a.40.2", (0, 0))
    assert sum(s.size for s in made["sound"]) * 8 / 5.28 < 1.3 * 64_000
    assert {"poster.jpg", "board-001.jpg"} <= {path.name for path in tmp_path.iterdir()}


def test_nothing_made_is_no_film(tmp_path: Path) -> None:
    (tmp_path / "240.mp4").write_bytes(b"")

    with pytest.raises(Refused):
        fragments.cut(tmp_path / "240.mp4", tmp_path, begin=0, end=1)


# -- limits -----------------------------------------------------------------------------------------------------------

_PYTHON = [sys.executable, "-c"]


def test_a_program_that_takes_too_long_is_ended() -> None:
    with pytest.raises(Refused) as told:
        running.run([*_PYTHON, "import time; time.sleep(60)"], seconds=1)

    assert told.value.fault is VideoFault.TOO_SLOW


def test_one_that_wants_too_much_memory_is_told_apart() -> None:
    with pytest.raises(Refused) as told:
        running.run([*_PYTHON, "import sys; sys.exit('Cannot allocate memory')"])

    assert told.value.fault is VideoFault.TOO_MUCH_MEMORY


def test_a_full_disk_is_the_server_s_trouble() -> None:
    with pytest.raises(OSError, match="no room") as told:
        running.run([*_PYTHON, "import sys; sys.exit('av_interleaved_write_frame(): No space left on device')"])

    assert told.value.errno == errno.ENOSPC


def test_whoever_asked_may_want_it_no_longer() -> None:
    with pytest.raises(Stopped):
        running.run([*_PYTHON, "import time; time.sleep(60)"], heard=lambda done: False)


def test_progress_is_heard_in_seconds_of_film() -> None:
    told: list[float] = []

    def heard(done: float) -> bool:
        told.append(done)
        return True

    running.run([*_PYTHON, "print('out_time_us=1500000', flush=True); import time; time.sleep(1.5)"], heard=heard)

    assert max(told) == 1.5
