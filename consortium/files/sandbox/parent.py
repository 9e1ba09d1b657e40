"""The parent's side: start the child, wait within limits, and turn every possible end into a verdict."""

import errno
import json
import os
import subprocess  # nosec B404 - a fixed command of our own
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from consortium.files.sniff.faults import Fault

MEMORY: Final = 2 << 30
SECONDS: Final = 50
_ROOT: Final = Path(__file__).resolve().parents[3]
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True)
class Inspected:
    """`kind` is a media type ("" when unknown); `fault` is None for a file that can be shown.

    `pictures`: name, width, height of each file written; `frames`: count, width, height, modality, colour, presets.
    """

    kind: str
    fault: Fault | None
    note: str = ""
    pictures: list[dict[str, Any]] = field(default_factory=list)
    frames: dict[str, Any] | None = None


def inspect_file(source: Path, folder: Path, *, memory: int = MEMORY, seconds: int = SECONDS) -> Inspected:
    """Sniff, open and rewrite `source` into the existing `folder`. OSError when the disk is full; nothing else."""
    command = [sys.executable, "-s", "-E", "-B", "-m", "consortium.files.sandbox.child", str(source), str(folder)]
    try:
        ended = subprocess.run(  # nosec B603
            [*command, str(memory), str(seconds)],
            cwd=_ROOT,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds + 5,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Inspected("", Fault.TOO_SLOW)
    return _verdict(ended)


def _verdict(ended: "subprocess.CompletedProcess[bytes]") -> Inspected:
    if ended.returncode == 0:
        told = json.loads(ended.stdout.splitlines()[-1])
        _raise_disk_error(told)
        fault = Fault(told["fault"]) if told["fault"] else None
        return Inspected(told["kind"], fault, told["note"], told["pictures"], told["frames"])
    words = ended.stderr[-400:].decode("utf-8", "replace")
    if ended.returncode in (-24, -9):  # SIGXCPU, or killed for its memory
        return Inspected("", Fault.TOO_SLOW if ended.returncode == -24 else Fault.TOO_MUCH_MEMORY)
    if "MemoryError" in words or "bad_alloc" in words:
        return Inspected("", Fault.TOO_MUCH_MEMORY)
    return Inspected("", Fault.BROKEN, f"the reader ended with {ended.returncode}")


def _raise_disk_error(told: dict[str, Any]) -> None:
    if "errno" in told:
        raise OSError(told["errno"] if told["errno"] in _FULL else errno.EIO, told["note"])
