"""Streams as a browser's recorder writes them, made by ffmpeg; and runs on disk as the packager leaves them."""

from __future__ import annotations

import struct
import subprocess
from functools import cache
from pathlib import Path

from courses.library.ladder.tools import ffmpeg
from courses.live.broadcast.boxes import Fragment, Head
from courses.live.broadcast.keeping import SOUND, VIDEO, Run, Writer

_ENCODERS = {
    "h264": ["libx264", "-preset", "ultrafast", "-tune", "zerolatency"],
    "vp8": ["libvpx", "-deadline", "realtime", "-cpu-used", "8"],
}
#: microseconds since 1970
BEGAN = 1_780_000_000_000_000


@cache
def recorded(codec: str = "h264", seconds: int = 3, late: float = 0.0, size: str = "320x180") -> bytes:
    """A WebM with a keyframe each second; its pictures begin `late` seconds after the sound."""
    words = [
        "-itsoffset", str(late), "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=25:d={seconds}",
        "-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:d={seconds}", "-c:v", *_ENCODERS[codec],
        "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "libopus", "-f", "matroska", "-live", "1", "pipe:1",
    ]  # fmt: skip
    return subprocess.run([ffmpeg(), "-nostdin", "-v", "error", *words], check=True, capture_output=True).stdout


def kept(
    folder: Path, number: int = 1, *, parts: int = 8, keys: int = 4, began: int = BEGAN, boxes: bool = False
) -> Run:
    """A run of `parts` quarters of a second, each `keys`-th of its pictures standing by itself; bytes tell which. With
    `boxes` they have a clock, as those of a film."""
    for rung in (VIDEO, SOUND):
        writer = Writer(folder / str(number), rung, began)
        writer.add(
            Head(f"{rung} head {number} ".encode() + (avc() if rung == VIDEO else b"") + (_CLOCK if boxes else b""))
        )
        for n in range(parts):
            key = rung == SOUND or n % keys == 0
            writer.add(
                Fragment(n * 250_000, 250_000, key, f"{rung}{number}.{n} ".encode() + (_time(n) if boxes else b""))
            )
        writer.close()
    run = Run.at(folder / str(number))
    run.more()
    return run


#: a thousand ticks a second
_CLOCK = b"mdhd" + struct.pack(">IIII", 0, 0, 0, 1000)


def _time(n: int) -> bytes:
    return b"tfdt" + struct.pack(">IQ", 1 << 24, n * 250)


def avc() -> bytes:
    """The entry of a head that says which H.264, and how large."""
    return b"stsd----avc1" + bytes(24) + struct.pack(">HH", 640, 360) + b"avcC\x01\x42\xc0\x1e"
