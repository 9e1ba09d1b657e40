"""Recordings as browsers make them, without a browser: a tone of so many seconds in one of their containers."""

from __future__ import annotations

import subprocess
from functools import cache

import imageio_ffmpeg

FORMATS = {"webm": ("libopus", "webm"), "ogg": ("libopus", "ogg"), "m4a": ("aac", "ipod"), "mp4": ("aac", "mp4")}


@cache
def recording(kind: str = "webm", seconds: float = 1.0, source: str = "sine=frequency=440", *extra: str) -> bytes:
    """A mono recording with a title and a comment in its metadata."""
    codec, container = FORMATS[kind]
    said = ["-metadata", "title=Lin Xiaoyu", "-metadata", "comment=Secret"]
    movable = ["-movflags", "frag_keyframe+empty_moov"] if container in ("ipod", "mp4") else []
    return _made([
        "-f", "lavfi", "-i", f"{source}:duration={seconds}", *extra, "-c:a", codec, "-ar", "48000", *said, *movable,
        "-f", container, "pipe:1",
    ])  # fmt: skip


@cache
def video() -> bytes:
    """A film with sound, as a telephone makes it."""
    return _made([
        "-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:duration=0.4", "-f", "lavfi", "-i", "sine=duration=0.4",
        "-c:v", "libvpx", "-c:a", "libopus", "-f", "webm", "pipe:1",
    ])  # fmt: skip


@cache
def film_mp4() -> bytes:
    return _made([
        "-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:duration=0.4", "-f", "lavfi", "-i", "sine=duration=0.4",
        "-c:v", "mpeg4", "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "pipe:1",
    ])  # fmt: skip


def _made(words: list[str]) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *words]
    return subprocess.run(command, capture_output=True, check=True).stdout
