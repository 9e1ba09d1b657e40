"""R11: a full disk, an upload cut at any byte, a file too large: said clearly, nothing lost, nothing left over."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
import requests

from tests.embedded.running import wait_until
from tests.faults.stack import Stack, rounds
from tests.faults.table import Figure, Outcome, server_errors, show
from tests.faults.ward import Caller, Ward

TUS = {"Tus-Resumable": "1.0.0"}
DISK = 4 << 20


class Disk:
    """The media folder of the stack on a file system of 4 MB, whose files are put by between two rounds."""

    def __init__(self, media: Path) -> None:
        self.media, self.kept = media, media.with_name("media-kept")
        self.kept.mkdir()

    def fill(self, leave: int) -> Path:
        """Leave so many bytes."""
        ballast = self.media / "ballast"
        ballast.write_bytes(b"\0" * max(0, shutil.disk_usage(self.media).free - leave))
        return ballast

    def put_by(self) -> None:
        shutil.copytree(self.media, self.kept, dirs_exist_ok=True)
        for path in [path for path in self.media.rglob("*") if path.is_file()]:
            path.unlink()

    def files(self) -> list[str]:
        return sorted(path.name for path in self.media.rglob("*") if path.is_file())


@contextmanager
def small_disk(stack: Stack) -> Iterator[Disk]:
    """Inside, the stack's files go to 4 MB (needs root); afterwards all of them lie where they belong."""
    media = stack.place.state / "media"
    media.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(media)]
    if os.geteuid() != 0 or subprocess.run(command, check=False).returncode:
        pytest.skip("mounting a tmpfs needs root")
    small = Disk(media)
    try:
        yield small
    finally:
        small.put_by()
        subprocess.run(["umount", str(media)], check=True)
        shutil.copytree(small.kept, media, dirs_exist_ok=True)
        shutil.rmtree(small.kept)


def document() -> bytes:
    """A PDF of half a megabyte, unlike any other."""
    noise = "\n".join(f"% {os.urandom(30).hex()}" for _ in range(8000))
    rest = b"\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    return b"%PDF-1.4\n" + noise.encode() + rest + b"trailer<</Root 1 0 R>>\n%%EOF\n"


class Upload:
    """One file on its way, as a tus client sends it, `to` an address of the API with what is told about it."""

    def __init__(self, caller: Caller, case_id: str, to: str = "uploads/", **told: str) -> None:
        self.caller, self.case_id, self.url, self.to = caller, case_id, "", to
        self.told = told or {"case": case_id, "filename": "report.pdf"}

    def begin(self, length: int) -> requests.Response:
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in self.told.items())
        headers = {**self.caller.headers, **TUS, "Upload-Length": str(length), "Upload-Metadata": metadata}
        answer = requests.post(f"{self.caller.stack.url}/api/v1/{self.to}", headers=headers, timeout=60)
        self.url = urljoin(answer.url, answer.headers.get("Location", ""))
        return answer

    def offset(self) -> int:
        answer = requests.head(self.url, headers={**self.caller.headers, **TUS}, timeout=60)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["Upload-Offset"])

    def _headers(self, offset: int) -> dict[str, str]:
        more = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        return {**self.caller.headers, **TUS, **more}

    def send(self, data: bytes, offset: int) -> requests.Response:
        return requests.patch(self.url, data=data[offset:], headers=self._headers(offset), timeout=60)

    def send_cut(self, data: bytes, at: int) -> None:
        """Announce all of it, and break the connection off after `at` bytes."""
        place = urlsplit(self.url)
        said = {**self._headers(0), "Host": place.netloc, "Content-Length": str(len(data))}
        head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        with socket.create_connection((place.hostname or "", place.port or 80), 30) as line:
            line.sendall(f"PATCH {place.path} HTTP/1.1\r\n{head}\r\n".encode() + data[:at])

    def resumed(self, data: bytes) -> requests.Response:
        """Once the server has noticed the cut: from where it says."""
        return self.send(data, self.offset())


def _stored(stack: Stack, case_id: str) -> list[tuple[Any, ...]]:
    return stack.sql("SELECT step, sha256 FROM files_attachment WHERE case_id = %s", case_id)


def _upload(ward: Ward, data: bytes) -> Upload:
    """Begun by somebody of the clinic for a question of theirs."""
    caller = ward.caller()
    upload = Upload(caller, str(ward.asked(caller.user)))
    assert upload.begin(len(data)).status_code == 201
    return upload


def _lost(stack: Stack, upload: Upload, data: bytes) -> bool:
    """Whether the file that was looked at is another than the one that was sent."""
    wait_until(lambda: _stored(stack, upload.case_id)[0][0] == "available", "looked at", 90)
    # it leaves the quarantine only after the commit that says so
    uploads = stack.place.state / "media" / "uploads"
    wait_until(lambda: not list(uploads.glob("*/*.part")), "out of quarantine", 30)
    return _stored(stack, upload.case_id) != [("available", hashlib.sha256(data).hexdigest())]


def test_a_cut_upload_goes_on_and_every_byte_is_the_same(stack: Stack, ward: Ward, figure: Figure) -> None:
    lost, slowest = 0, 0.0
    statuses: list[int] = []
    with small_disk(stack) as disk:
        for _ in range(rounds()):
            data = document()
            upload = _upload(ward, data)
            upload.send_cut(data, random.randrange(1, len(data)))
            began = time.monotonic()
            answer = wait_until(lambda u=upload, d=data: _goes_on(u, d, statuses), "it goes on", 60)  # type: ignore[misc]
            slowest = max(slowest, time.monotonic() - began)
            assert answer.status_code == 204
            lost += _lost(stack, upload, data)
            disk.put_by()
    note = "cut at a random byte, sha256 equal"
    outcome = Outcome(rounds(), rounds(), lost, 0, server_errors(statuses), slowest, note)
    show(figure, "R11 cut and resumed", outcome)
    assert (lost, outcome.errors) == (0, 0)


def _goes_on(upload: Upload, data: bytes, statuses: list[int]) -> requests.Response | None:
    """The answer to the rest; None while the server still holds the line that was cut (423), to be asked again."""
    answer = upload.resumed(data)
    statuses.append(answer.status_code)
    return None if answer.status_code in (409, 423) else answer


def test_a_disk_that_fills_up_says_so_and_the_upload_goes_on(stack: Stack, ward: Ward, figure: Figure) -> None:
    lost = 0
    with small_disk(stack) as disk:
        for _ in range(rounds()):
            data = document()
            upload = _upload(ward, data)
            ballast = disk.fill(leave=random.randrange(8 << 10, len(data) // 2))
            refused = upload.send(data, 0)
            assert refused.status_code == 507, refused.text
            assert "disk of the server is full. What was sent is kept" in refused.json()["title"]
            kept = upload.offset()
            assert 0 <= kept < len(data)
            ballast.unlink()
            assert upload.send(data, kept).status_code == 204
            lost += _lost(stack, upload, data)
            disk.put_by()
    note = "507 while full, resumed when there was room, sha256 equal"
    show(figure, "R11 disk full in the middle", Outcome(rounds(), rounds(), lost, note=note))
    assert lost == 0


@pytest.mark.parametrize(("length", "status"), [(2 << 30, 413), (100 << 20, 507)], ids=["2 GB", "more than the disk"])
def test_what_cannot_fit_is_refused_before_a_byte_and_leaves_nothing(
    stack: Stack, ward: Ward, figure: Figure, length: int, status: int
) -> None:
    with small_disk(stack) as disk:
        for _ in range(rounds()):
            caller = ward.caller()
            upload = Upload(caller, str(ward.asked(caller.user)))
            refused = upload.begin(length)
            assert refused.status_code == status, refused.text
            assert len(refused.json()["detail"]) > 20, "a sentence that somebody can act on"
            assert _stored(stack, upload.case_id) == []
        assert disk.files() == []
    note = f"{length >> 20} MB declared, no row, no file"
    show(figure, f"R11 refused with {status}", Outcome(rounds(), rounds(), note=note))
