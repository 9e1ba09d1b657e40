"""The parent's side: start the child, wait within limits, and turn every possible end into a verdict."""

import errno
import json
import os
import subprocess  # nosec B404 - fixed commands of our own
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from consortium.files.sniff.faults import Fault

MEMORY: Final = 2 << 30
SECONDS: Final = 50
_ROOT: Final = Path(__file__).resolve().parents[3]
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CPU, _KILLED, _TIMED_OUT = -24, -9, -1000  # SIGXCPU, SIGKILL, and no end of a process at all

#: (what came, where to put what is made of it)
Pairs = Sequence[tuple[Path, Path]]


@dataclass(frozen=True)
class Inspected:
    """`kind` is a media type ("" when unknown); `fault` is None for a file that can be shown.

    `pictures`: name, width, height of each file written; `frames`: `dicom.frames.Frames` as JSON; `sound`: what
    `sound.reading.rewrite` says.
    """

    kind: str
    fault: Fault | None
    note: str = ""
    pictures: list[dict[str, Any]] = field(default_factory=list)
    frames: dict[str, Any] | None = None
    sound: dict[str, Any] | None = None


@dataclass(frozen=True)
class Cleaned:
    """One file of a de-identified copy: why a person has to look at it, or why it could not be made."""

    flags: list[str]
    fault: Fault | None = None
    note: str = ""


@dataclass(frozen=True)
class _Ended:
    """How a child ended, and the objects it printed until then."""

    code: int
    told: list[dict[str, Any]]
    words: str = ""


def inspect_file(source: Path, folder: Path, *, memory: int = MEMORY, seconds: int = SECONDS) -> Inspected:
    """Sniff, open and rewrite `source` into the existing `folder`. OSError when the disk is full; nothing else."""
    return inspect_files([(source, folder)], memory=memory, seconds=seconds)[0]


def inspect_files(pairs: Pairs, *, memory: int = MEMORY, seconds: int = SECONDS) -> list[Inspected]:
    """The same for several in one child. A child that ends early answers for the first ones only, at least for one."""
    ended = _run("child", pairs, memory, seconds)
    found = [_inspected(told) for told in ended.told]
    if not found:
        fault, note = _fate(ended)
        return [Inspected("", fault, note)]
    return found


def clean_files(pairs: Pairs, key: bytes, *, memory: int = MEMORY, seconds: int = SECONDS) -> list[Cleaned]:
    """De-identify `pairs` of source and target, with the copy's `key`; the first ones, at least one."""
    ended = _run("cleaner", pairs, memory, seconds, said=key.hex().encode() + b"\n")
    for told in ended.told:
        _raise_disk_error(told)
    if not ended.told:
        fault, note = _fate(ended)
        return [Cleaned([], fault, note)]
    return [
        Cleaned(told["flags"], Fault(told["fault"]) if told["fault"] else None, told["note"]) for told in ended.told
    ]


def render_ahead(folder: Path, preset: str, *, memory: int = MEMORY, seconds: int = SECONDS) -> int:
    """Small pictures of a folder's frames in their order: how many are there now. 0 when the child did not end well."""
    ended = _started([f"{__package__}.ahead", str(folder), preset, str(memory), str(seconds)], seconds)
    return int(ended.stdout) if ended.returncode == 0 else 0


def _run(name: str, pairs: Pairs, memory: int, seconds: int, said: bytes = b"") -> _Ended:
    named = [str(path) for pair in pairs for path in pair]
    ended = _started([f"{__package__}.{name}", str(memory), str(seconds), *named], seconds, said)
    lines = [line for line in ended.stdout.splitlines(keepends=True) if line.endswith(b"\n")]
    return _Ended(
        ended.returncode, [json.loads(line) for line in lines], ended.stderr[-400:].decode("utf-8", "replace")
    )


def _started(command: list[str], seconds: int, said: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(  # nosec B603
            [sys.executable, "-s", "-E", "-B", "-m", *command],
            cwd=_ROOT,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            input=said,
            capture_output=True,
            timeout=seconds + 5,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        return subprocess.CompletedProcess(command, _TIMED_OUT, error.stdout or b"", b"")


def _inspected(told: dict[str, Any]) -> Inspected:
    _raise_disk_error(told)
    fault = Fault(told["fault"]) if told["fault"] else None
    return Inspected(told["kind"], fault, told["note"], told["pictures"], told["frames"], told["sound"])


def _fate(ended: _Ended) -> tuple[Fault, str]:
    """What the end of a child says about the file it had in hand."""
    if ended.code in (_CPU, _TIMED_OUT):
        return Fault.TOO_SLOW, ""
    if ended.code == _KILLED or "MemoryError" in ended.words or "bad_alloc" in ended.words:
        return Fault.TOO_MUCH_MEMORY, ""
    return Fault.BROKEN, f"the reader ended with {ended.code}"


def _raise_disk_error(told: dict[str, Any]) -> None:
    if "errno" in told:
        raise OSError(told["errno"] if told["errno"] in _FULL else errno.EIO, told["note"])
