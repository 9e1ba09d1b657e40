"""Run ffmpeg or ffprobe within limits, hear how far it is, and turn every possible end into a verdict."""

import errno
import os
import selectors
import signal
import subprocess  # nosec B404 - fixed programs
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Final

from courses.library.ladder.faults import Refused, Stopped, VideoFault

MEMORY: Final = 3 << 30
#: seconds on the clock; processor time may be twice as much, for ffmpeg uses two threads
SECONDS: Final = 50
_ROOT: Final = Path(__file__).resolve().parents[3]
_BEAT: Final = 1.0
_CPU: Final = -signal.SIGXCPU
_FULL_WORDS: Final = ("No space left on device", "Disk quota exceeded", "File too large")
_MEMORY_WORDS: Final = ("Cannot allocate memory", "malloc of size", "std::bad_alloc")

#: hears how many seconds of film are done, about once a second; False stops the work
Heard = Callable[[float], bool]


def _always(done: float) -> bool:
    return True


def told(command: Sequence[str], *, seconds: int = SECONDS, memory: int = MEMORY) -> bytes:
    """What a program writes to its standard output. Refused or OSError as `run`."""
    return run(command, seconds=seconds, memory=memory)


def run(command: Sequence[str], *, seconds: int = SECONDS, memory: int = MEMORY, heard: Heard = _always) -> bytes:
    """Its standard output. Refused for a file that cannot be read, OSError(ENOSPC) for a full disk, Stopped when
    `heard` wants no more of it."""
    with tempfile.TemporaryFile() as words:
        program = _started(command, seconds, memory, words)
        try:
            out = _followed(program, seconds, heard)
        finally:
            if program.poll() is None:
                program.kill()
            program.wait()
        _judge(program.returncode, _last(words))
        return out


def _started(command: Sequence[str], seconds: int, memory: int, words: IO[bytes]) -> "subprocess.Popen[bytes]":
    bounds = [sys.executable, "-s", "-E", "-B", "-m", f"{__package__}.bounded", str(memory), str(2 * seconds)]
    return subprocess.Popen(  # nosec B603
        [*bounds, *command],
        cwd=_ROOT,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=words,
    )


def _followed(program: "subprocess.Popen[bytes]", seconds: int, heard: Heard) -> bytes:
    """Read until it ends; ask `heard` whether to go on, also while nothing is said."""
    pipe, pieces, until, said = program.stdout, [b""], time.monotonic() + seconds, 0.0
    if pipe is None:  # pragma: no cover - it was asked for
        return b""
    with pipe, selectors.DefaultSelector() as waiting:
        waiting.register(pipe, selectors.EVENT_READ)
        while True:
            if waiting.select(_BEAT):
                piece = os.read(pipe.fileno(), 1 << 16)
                if not piece:
                    return b"".join(pieces)
                pieces.append(piece)
            if time.monotonic() > until:
                raise Refused(VideoFault.TOO_SLOW)
            if time.monotonic() - said >= _BEAT:
                said = time.monotonic()
                if not heard(_done(pieces)):
                    raise Stopped


def _done(pieces: list[bytes]) -> float:
    """Seconds of film, of the last line `out_time_us=` that -progress has written."""
    found = b"".join(pieces[-2:]).rpartition(b"out_time_us=")[2].split(b"\n", 1)[0]
    return int(found) / 1e6 if found.isdigit() else 0.0


def _last(words: IO[bytes]) -> str:
    words.seek(max(0, words.seek(0, os.SEEK_END) - 2000))
    return words.read().decode("utf-8", "replace")


def _judge(code: int, words: str) -> None:
    if any(each in words for each in _FULL_WORDS):
        raise OSError(errno.ENOSPC, "no room for what is made of a film")
    if code == 0:
        return
    if code == _CPU:
        raise Refused(VideoFault.TOO_SLOW)
    if any(each in words for each in _MEMORY_WORDS):
        raise Refused(VideoFault.TOO_MUCH_MEMORY, words[-300:])
    raise Refused(VideoFault.BROKEN, words[-300:])
