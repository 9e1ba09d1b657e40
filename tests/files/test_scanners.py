"""ClamAV over its socket. A contract test: a server in the test speaks the protocol as clamd(8) describes it."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from consortium.casework.models import Case
from consortium.files.models import Attachment
from consortium.files.operations import inspecting
from consortium.files.scanners import ScannerAway, clamd
from consortium.files.sniff import Fault
from consortium.files.states import Hold, Step
from consortium.kernel import clock
from consortium.people.models import User
from tests.cast import client_for

from . import makers
from .conftest import Attach, fresh, inspected

FOUND = "stream: Eicar-Test-Signature FOUND"


class Clamd:
    """Answers PING and INSTREAM. `most` is its StreamMaxLength in bytes; `says` overrides its verdict."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.received: list[bytes] = []
        self.says = ""
        self.most = 1 << 30
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                wire, _address = self.listener.accept()
            except OSError:
                return
            with wire:
                self._talk(wire)

    def _talk(self, wire: socket.socket) -> None:
        command = self._until_zero(wire)
        if command == b"zPING":
            wire.sendall((self.says or "PONG").encode() + b"\0")
        elif command == b"zINSTREAM":
            wire.sendall(self._verdict(wire).encode() + b"\0")

    def _until_zero(self, wire: socket.socket) -> bytes:
        said = b""
        while not said.endswith(b"\0"):
            piece = wire.recv(1)
            if not piece:
                return said
            said += piece
        return said[:-1]

    def _verdict(self, wire: socket.socket) -> str:
        data = b""
        while True:
            (length,) = struct.unpack("!I", self._exactly(wire, 4))
            if not length:
                break
            if len(data) + length > self.most:
                return "INSTREAM size limit exceeded. ERROR"
            data += self._exactly(wire, length)
        self.received.append(data)
        return self.says or (FOUND if makers.EICAR in data else "stream: OK")

    def _exactly(self, wire: socket.socket, length: int) -> bytes:
        data = b""
        while len(data) < length:
            data += wire.recv(length - len(data))
        return data


@pytest.fixture(params=["unix", "tcp"])
def daemon(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[Clamd]:
    if request.param == "unix":
        path = Path("/tmp") / f"clamd-{tmp_path_factory.getbasetemp().name}-{id(request)}.ctl"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(path))
        settings.CLAMD = f"unix:{path}"
    else:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        settings.CLAMD = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    listener.listen()
    settings.FILE_SCANNERS = {"clamav": "consortium.files.scanners.clamd.scan"}
    yield Clamd(listener)
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    if request.param == "unix":
        path.unlink()


@pytest.fixture
def away(settings: Any, tmp_path: Path) -> None:
    """Configured, and nobody is there."""
    settings.CLAMD = f"unix:{tmp_path}/nobody.ctl"
    settings.FILE_SCANNERS = {"clamav": "consortium.files.scanners.clamd.scan"}


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    def make(data: bytes) -> Path:
        (tmp_path / "file").write_bytes(data)
        return tmp_path / "file"

    return make


# -- the client -------------------------------------------------------------------------------------------------------


def test_a_clean_file_is_clean_and_all_of_it_was_seen(daemon: Clamd, file: Callable[[bytes], Path]) -> None:
    data = b"x" * 700_001
    assert clamd.scan(file(data)) == ""
    assert daemon.received == [data]


def test_an_empty_file_is_asked_about_too(daemon: Clamd, file: Callable[[bytes], Path]) -> None:
    assert clamd.scan(file(b"")) == ""
    assert daemon.received == [b""]


def test_eicar_is_found_by_name(daemon: Clamd, file: Callable[[bytes], Path]) -> None:
    assert clamd.scan(file(makers.EICAR)) == "Eicar-Test-Signature"


def test_a_file_beyond_its_limit_is_not_passed(daemon: Clamd, file: Callable[[bytes], Path]) -> None:
    daemon.most = 1000
    with pytest.raises(ScannerAway):
        clamd.scan(file(b"x" * 3_000_000))


@pytest.mark.parametrize("answer", ["", "stream: ERROR", "UNKNOWN COMMAND", "OK"])
def test_whatever_is_no_verdict_passes_nothing(answer: str) -> None:
    with pytest.raises(ScannerAway):
        clamd.threat_in(answer)


def test_nobody_there_is_no_verdict(away: None, file: Callable[[bytes], Path]) -> None:
    with pytest.raises(ScannerAway):
        clamd.scan(file(b"x"))


def test_health_of_a_living_one(daemon: Clamd) -> None:
    assert clamd.health() == "ok"


def test_health_of_a_confused_one(daemon: Clamd) -> None:
    daemon.says = "BOO"
    assert clamd.health() == "answers amiss"


def test_health_of_an_absent_one(away: None) -> None:
    assert clamd.health().startswith("unreachable")


def test_the_health_page_tells_of_it_where_it_is_configured(away: None, db: None) -> None:
    assert Client().get("/healthz").json()["parts"]["scanner"].startswith("unreachable")


def test_the_health_page_is_silent_where_it_is_not(db: None, settings: Any) -> None:
    settings.CLAMD = ""
    assert "scanner" not in Client().get("/healthz").json()["parts"]


# -- what becomes of files --------------------------------------------------------------------------------------------


def test_eicar_is_blocked_with_its_reason(daemon: Clamd, draft_case: Case, attach: Attach) -> None:
    row = inspected(attach(draft_case, makers.EICAR, name="photo.jpg"))
    assert (row.step, row.fault) == (Step.THREATS_FOUND, Fault.SCANNER)
    assert row.note == "clamav: Eicar-Test-Signature"


def test_a_photo_with_eicar_inside_is_blocked_before_it_is_opened(
    daemon: Clamd, draft_case: Case, attach: Attach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspecting, "inspect_files", None)
    assert inspected(attach(draft_case, makers.jpeg() + makers.EICAR)).step == Step.THREATS_FOUND


def test_a_clean_photo_becomes_available(daemon: Clamd, draft_case: Case, attach: Attach) -> None:
    assert inspected(attach(draft_case, makers.jpeg())).step == Step.AVAILABLE


def test_while_the_scanner_is_away_a_file_waits_and_says_why(away: None, draft_case: Case, attach: Attach) -> None:
    row = inspected(attach(draft_case, makers.jpeg()))
    assert (row.step, row.held_up) == (Step.PENDING, Hold.SCANNER)
    assert not row.folder.exists()


def test_the_uploader_reads_what_it_waits_for(away: None, draft_case: Case, attach: Attach, asker: User) -> None:
    row = inspected(attach(draft_case, makers.jpeg()))
    page = client_for(asker).get(f"/files/cases/{draft_case.pk}/").content.decode()
    assert "Waiting for the virus scanner" in page
    assert client_for(asker).get(f"/api/v1/attachments/{row.pk}/").json()["waiting_for"] == "scanner"


def test_however_long_it_is_away_the_file_is_not_given_up(away: None, draft_case: Case, attach: Attach) -> None:
    row = attach(draft_case, makers.jpeg())
    for hour in range(inspecting.MOST_ATTEMPTS + 3):
        with clock.moved(timedelta(hours=hour)):
            row = inspected(row)
    assert (row.step, row.attempts) == (Step.PENDING, 0)


def test_when_it_is_back_the_file_goes_on(daemon: Clamd, draft_case: Case, attach: Attach) -> None:
    daemon.says = "stream: ERROR"
    row = inspected(attach(draft_case, makers.jpeg()))
    assert row.step == Step.PENDING
    daemon.says = ""
    with clock.moved(timedelta(minutes=3)):
        row = inspected(row)
    assert (row.step, row.held_up) == (Step.AVAILABLE, "")


def test_a_scanner_that_stumbles_passes_nothing(
    draft_case: Case, attach: Attach, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbles(path: Path) -> str:
        raise KeyError("a bug")

    monkeypatch.setattr(clamd, "scan", stumbles)
    monkeypatch.setattr(inspecting, "adapters", lambda name: {"clamav": stumbles})
    assert fresh(inspected(attach(draft_case, makers.jpeg()))).step == Step.PENDING
    assert Attachment.unscoped.get().held_up == Hold.SCANNER
