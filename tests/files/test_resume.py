"""Real clients against the real web process: killed uploads go on where they stopped, and every byte is the same."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.test import Client

from consortium.casework.models import Case
from consortium.files.models import Attachment
from consortium.files.operations.uploading import staging
from consortium.files.tus.staging import digest_of
from consortium.journal.models import Entry
from consortium.people.models import User
from tests.cast import client_for

from . import makers
from .conftest import Attach, inspected
from .site import ROOT, Site, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = 3 * 1024 * 1024 + 17
CLIENTS = {
    "tuspy": [sys.executable, str(ROOT / "tests/files/resume_tuspy.py")],
    "tus-js-client": ["node", str(ROOT / "tests/files/resume_tus_js.cjs")],
}


@pytest.fixture(scope="module")
def running(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One web process for this module; it is killed and started anew by some tests."""
    made = Site(tmp_path_factory.mktemp("site") / "media")
    yield made
    made.kill()


@pytest.fixture
def site(running: Site, transactional_db: None, settings: Any) -> Site:
    settings.MEDIA_ROOT = running.media
    running.start()
    return running


@pytest.fixture
def browser(asker: User) -> Client:
    client = client_for(asker)
    client.get("/accounts/login/")
    return client


@pytest.fixture
def big_file(tmp_path: Path) -> Path:
    path = tmp_path / "Lin Xiaoyu 胸片.bin"
    path.write_bytes(os.urandom(SIZE))
    return path


def cookies(client: Client) -> tuple[str, str]:
    """(session cookie, CSRF cookie) as a Cookie header spells them."""
    names = (site_settings.SESSION_COOKIE_NAME, site_settings.CSRF_COOKIE_NAME)
    if names[1] not in client.cookies:
        client.cookies[names[1]] = "a" * 32
    session, csrf = (f"{name}={client.cookies[name].value}" for name in names)
    return session, csrf


Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture(params=CLIENTS)
def start(
    request: pytest.FixtureRequest, site: Site, browser: Client, draft_case: Case, big_file: Path, tmp_path: Path
) -> Start:
    """start() -> a client process that uploads `big_file`, resuming what an earlier one began."""
    session, csrf = cookies(browser)
    (tmp_path / "urls").write_text("{}")
    if request.param == "tuspy":
        (tmp_path / "urls").unlink()
        given = [session, csrf]
    else:
        given = [f"{session}; {csrf}", csrf.partition("=")[2]]
    command = [*CLIENTS[request.param], site.url, *given, str(draft_case.pk), str(big_file), str(tmp_path / "urls")]
    environ = {**os.environ, "NODE_PATH": str(ROOT / "node_modules")}

    def begin() -> "subprocess.Popen[str]":
        return subprocess.Popen(
            command, cwd=ROOT, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    return begin


def read_until(process: "subprocess.Popen[str]", word: str) -> str:
    """The client's next line that starts with `word`; fails with everything it said when there is none."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith(word):
            return line
    raise AssertionError("".join(said))


def assert_whole(big_file: Path) -> None:
    """One attachment, every byte the same, one entry in the journal."""
    row = Attachment.unscoped.get()
    assert row.received_at is not None
    assert digest_of(staging().path(str(row.pk))) == hashlib.sha256(big_file.read_bytes()).hexdigest()
    assert Entry.unscoped.filter(verb="attach").count() == 1


def test_a_killed_client_goes_on_where_it_stopped(start: Start, big_file: Path, site: Site) -> None:
    first = start()
    read_until(first, "at ")
    first.send_signal(signal.SIGKILL)
    first.communicate()
    kept = staging().offset(str(Attachment.unscoped.get().pk))
    assert 0 < kept < SIZE
    second = start()
    read_until(second, "resumed at ")
    read_until(second, "done ")
    second.communicate()
    assert second.returncode == 0
    assert_whole(big_file)


def test_a_killed_server_loses_nothing(start: Start, big_file: Path, site: Site) -> None:
    client = start()
    read_until(client, "at ")
    site.restart()
    read_until(client, "done ")
    client.communicate()
    assert_whole(big_file)
    assert "Traceback" not in site.log.read_text()


def raw_request(site: Site, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> socket.socket:
    """A connection on which a request with (a part of) its body has been sent."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in {"Host": f"localhost:{site.port}", **headers}.items())
    line = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    line.sendall(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
    return line


def test_a_body_cut_in_the_middle_is_kept_as_far_as_it_came(site: Site, browser: Client, draft_case: Case) -> None:
    from .test_api import create

    create(browser, draft_case, size=1000)
    row = Attachment.unscoped.get()
    session, csrf = cookies(browser)
    headers = {
        "Cookie": f"{session}; {csrf}", "X-CSRFToken": csrf.partition("=")[2], "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream", "Content-Length": "1000",
    }  # fmt: skip
    line = raw_request(site, "PATCH", f"/api/v1/uploads/{row.pk}/", headers, b"x" * 400)
    wait_until(lambda: staging().offset(str(row.pk)) == 400, "the bytes on the disk")
    line.close()
    path = f"/api/v1/uploads/{row.pk}/"
    head = raw_request(site, "HEAD", path, {**headers, "Content-Length": "0", "Connection": "close"})
    reply = head.recv(4000).decode()
    head.close()
    assert " 200 " in reply.splitlines()[0]
    assert "upload-offset: 400" in reply.lower()
    rest = raw_request(site, "PATCH", path, {**headers, "Upload-Offset": "400", "Content-Length": "600"}, b"y" * 600)
    assert b" 204 " in rest.recv(4000)
    rest.close()
    assert staging().path(str(row.pk)).read_bytes() == b"x" * 400 + b"y" * 600
    row.refresh_from_db()
    assert row.received_at is not None


def test_bytes_are_delivered_beside_the_pool(
    site: Site, browser: Client, asked_case: Case, attach: Attach, stranger: User
) -> None:
    row = inspected(attach(asked_case, makers.CT.read_bytes(), name="scan.dcm"))
    session, _ = cookies(browser)
    path = f"/files/{row.pk}/original/"
    headers = {"Cookie": session, "Connection": "close", "Range": "bytes=128-131"}
    reply = everything(raw_request(site, "GET", path, headers))
    head, _, body = reply.partition(b"\r\n\r\n")
    assert b" 206 " in head.splitlines()[0]
    assert body == b"DICM"
    assert b"x-accel-redirect" not in head.lower()
    assert b"sandbox" in head
    theirs, _ = cookies(client_for(stranger))
    refused = everything(raw_request(site, "GET", path, {**headers, "Cookie": theirs}))
    assert b" 404 " in refused.splitlines()[0]
    frame = everything(raw_request(site, "GET", f"/files/{row.pk}/frames/1/lung/", {**headers, "Range": ""}))
    assert b"\x89PNG" in frame


def everything(line: socket.socket) -> bytes:
    pieces = []
    while piece := line.recv(65536):
        pieces.append(piece)
    line.close()
    return b"".join(pieces)


def test_refusals_on_the_way_are_problems_with_the_offset(site: Site, browser: Client, draft_case: Case) -> None:
    from .test_api import create

    create(browser, draft_case, size=10)
    row = Attachment.unscoped.get()
    session, csrf = cookies(browser)
    headers = {
        "Cookie": f"{session}; {csrf}", "X-CSRFToken": csrf.partition("=")[2], "Tus-Resumable": "1.0.0",
        "Upload-Offset": "5", "Content-Type": "application/offset+octet-stream", "Content-Length": "5",
        "Connection": "close",
    }  # fmt: skip
    reply = everything(raw_request(site, "PATCH", f"/api/v1/uploads/{row.pk}/", headers, b"12345"))
    head, _, body = reply.partition(b"\r\n\r\n")
    assert b" 409 " in head.splitlines()[0]
    assert b"upload-offset: 0" in head.lower()
    assert json.loads(body)["code"] == "upload-409"
