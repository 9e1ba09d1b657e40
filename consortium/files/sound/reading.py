"""From a recording to `sound.mp3`. Runs inside `files.sandbox`; the container is named by the sniffed kind, the
decoders are a short list, and what is written comes of bare samples, so that no metadata can come along."""

import subprocess  # nosec B404 - one fixed program
from pathlib import Path
from typing import Any, Final

import imageio_ffmpeg
import numpy as np

from consortium.files.sniff.faults import Fault, Refused
from consortium.files.sniff.kinds import Kind
from consortium.files.sound import NAME

#: How long a voice note may be, and how much later than that a browser's recorder may have stopped, in seconds.
MOST_SECONDS: Final = 60
GRACE: Final = 1.0
#: A minute of the largest honest recording (PCM at 48 kHz in two channels), in bytes.
MOST_BYTES: Final = 12 << 20
#: Samples a second of what is kept: speech has nothing above 12 kHz that is missed.
RATE: Final = 24_000
#: Of 32,768: a microphone that is switched off gives less.
SILENCE: Final = 8

_CONTAINERS: Final = {Kind.WEBM: "matroska", Kind.OGG: "ogg", Kind.M4A: "mov"}
_DECODERS: Final = "opus,libopus,vorbis,libvorbis,aac,mp3float,mp3,pcm_s16le,pcm_f32le"


def rewrite(source: Path, kind: Kind, folder: Path) -> dict[str, Any]:
    """Write `sound.mp3` (mono, 48 kbit/s) into `folder`: {"seconds": 12.3}; Refused when it is too
    long, silent or broken."""
    if source.stat().st_size > MOST_BYTES:
        raise Refused(Fault.TOO_LARGE)
    samples = _samples(source, kind)
    seconds = len(samples) / RATE
    if seconds > MOST_SECONDS + GRACE:
        raise Refused(Fault.TOO_LONG)
    if int(np.abs(samples.astype(np.int32)).max()) < SILENCE:
        raise Refused(Fault.SILENT)
    _write(samples, folder / NAME)
    return {"seconds": round(seconds, 1)}


def _samples(source: Path, kind: Kind) -> Any:
    """The first sound track as 16-bit samples; a second more than may be is read, to know that it is too long."""
    limits = ["-protocol_whitelist", "file", "-codec_whitelist", _DECODERS, "-f", _CONTAINERS[kind]]
    shape = ["-map", "0:a:0", "-t", str(MOST_SECONDS + 2), "-ac", "1", "-ar", str(RATE), "-f", "s16le", "pipe:1"]
    ended = _ffmpeg([*limits, "-i", f"file:{source}", *shape])
    samples = np.frombuffer(ended.stdout[: len(ended.stdout) // 2 * 2], dtype="<i2")
    if ended.returncode or not len(samples):
        raise Refused(Fault.BROKEN, ended.stderr[-200:].decode("utf-8", "replace"))
    return samples


def _write(samples: Any, target: Path) -> None:
    plain = ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "pipe:0"]
    bare = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-id3v2_version", "0"]
    ended = _ffmpeg([*plain, *bare, "-codec:a", "libmp3lame", "-b:a", "48k", "-f", "mp3", f"file:{target}"],
                    said=samples.tobytes())  # fmt: skip
    if ended.returncode:
        raise OSError(28, ended.stderr[-200:].decode("utf-8", "replace"))


def _ffmpeg(words: list[str], said: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    """With the limits of the child that starts it; it ends with its input and output at the latest."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-threads", "1", "-y", *words]
    return subprocess.run(command, input=said, capture_output=True, check=False)  # nosec B603
