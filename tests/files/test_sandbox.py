"""The child process: whatever a file does to it, the parent gets a verdict."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consortium.files.sandbox import parent
from consortium.files.sandbox.parent import inspect_file
from consortium.files.sniff import Fault

from . import makers


def inspected(tmp_path: Path, data: bytes, **limits: int) -> parent.Inspected:
    (tmp_path / "source").write_bytes(data)
    (tmp_path / "out").mkdir(exist_ok=True)
    return inspect_file(tmp_path / "source", tmp_path / "out", **limits)


def test_a_photo(tmp_path: Path) -> None:
    found = inspected(tmp_path, makers.jpeg())
    assert (found.kind, found.fault) == ("image/jpeg", None)
    assert [picture["name"] for picture in found.pictures] == ["full.jpg", "screen.jpg", "thumb.jpg"]


def test_a_ct(tmp_path: Path) -> None:
    found = inspected(tmp_path, makers.dicom(frames=3))
    assert (found.kind, found.fault) == ("application/dicom", None)
    assert found.frames is not None
    assert (found.frames["count"], found.frames["modality"], found.frames["width"]) == (3, "CT", 21)


def test_a_pdf(tmp_path: Path) -> None:
    assert inspected(tmp_path, makers.PDF).fault is None
    assert inspected(tmp_path, makers.PDF.replace(b"/Pages 2", b"/JS 2")).fault is Fault.ACTIVE


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", Fault.EMPTY),
        (makers.bomb, Fault.ARCHIVE),
        (makers.huge_png, Fault.TOO_MANY_PIXELS),
        (b"<html>", Fault.ACTIVE),
    ],
)
def test_refusals_carry_their_cause(tmp_path: Path, data: bytes | Callable[[], bytes], fault: Fault) -> None:
    assert inspected(tmp_path, data() if callable(data) else data).fault is fault


def test_a_file_that_unpacks_to_gigabytes_stops_at_the_memory_limit(tmp_path: Path) -> None:
    found = inspected(tmp_path, makers.deflated_bomb(1500), memory=1 << 30)
    assert found.fault in (Fault.TOO_MUCH_MEMORY, Fault.BROKEN)


def test_a_reader_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(command: list[str], **given: Any) -> None:
        raise subprocess.TimeoutExpired(command, given["timeout"])

    monkeypatch.setattr(subprocess, "run", hangs)
    assert inspected(tmp_path, b"x").fault is Fault.TOO_SLOW


@pytest.mark.parametrize(
    ("code", "stderr", "fault"),
    [
        (-24, b"", Fault.TOO_SLOW),
        (-9, b"", Fault.TOO_MUCH_MEMORY),
        (1, b"MemoryError", Fault.TOO_MUCH_MEMORY),
        (-11, b"", Fault.BROKEN),
        (1, b"whatever", Fault.BROKEN),
    ],
)
def test_every_end_of_the_child_is_a_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, stderr: bytes, fault: Fault
) -> None:
    ended = subprocess.CompletedProcess(["x"], code, b"", stderr)
    monkeypatch.setattr(subprocess, "run", lambda *given, **named: ended)
    assert inspected(tmp_path, b"x").fault is fault


def test_the_child_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    real = subprocess.run

    def watched(*given: Any, **named: Any) -> Any:
        seen.update(named)
        return real(*given, **named)

    monkeypatch.setenv("SECRET_KEY", "do not tell")
    monkeypatch.setattr(subprocess, "run", watched)
    inspected(tmp_path, makers.png())
    assert set(seen["env"]) == {"PATH", "LANG", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"}


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a tmpfs needs root")
def test_a_full_disk_is_not_the_files_fault(tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], check=True)
    try:
        with pytest.raises(OSError, match="No space left"):
            inspected(tmp_path, makers.jpeg((3000, 3000)) + b"\0" * 100)
    finally:
        subprocess.run(["umount", str(place)], check=True)
