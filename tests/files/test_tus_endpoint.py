"""The PATCH mover: the inner application decides, the endpoint moves bytes, and its own headers cannot be forged."""

import hashlib
import json
import uuid
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from consortium.files.tus.endpoint import Receive, Scope, Send, TusEndpoint
from consortium.files.tus.staging import Staging

from .asgi import DISCONNECT, Reply, call


class Inner:
    """Stands where Django stands: allows or refuses, and remembers what it was asked."""

    def __init__(self, length: int, refuse: int = 0) -> None:
        self.length = length
        self.refuse = refuse
        self.asked: list[tuple[str, dict[bytes, bytes], bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        self.asked.append((scope["method"], headers, (await receive()).get("body", b"")))
        status = self.refuse or 204
        start: Any = {"type": "http.response.start", "status": status}
        await send({**start, "headers": [(b"upload-length", str(self.length).encode())]})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    return Staging(tmp_path)


class Case:
    def __init__(self, staging: Staging, length: int, refuse: int = 0) -> None:
        self.upload_id = str(uuid.uuid4())
        staging.create(self.upload_id, length)
        self.staging, self.inner = staging, Inner(length, refuse)
        self.app = TusEndpoint(self.inner, lambda: staging, lambda path: path.rsplit("/", 1)[1], idle_seconds=1)

    def patch(self, *pieces: Any, offset: Any = 0, **headers: str) -> Reply | None:
        every = {"upload-offset": str(offset), "content-type": "application/offset+octet-stream", **headers}
        return call(self.app, "PATCH", f"/u/{self.upload_id}", headers=every, body=pieces)

    @property
    def kept(self) -> bytes:
        return self.staging.path(self.upload_id).read_bytes()


def test_it_asks_before_and_after_with_an_empty_body(staging: Staging) -> None:
    case = Case(staging, 6)
    reply = case.patch(b"abc", b"def", cookie="session=1", **{"content-length": "6"})
    assert reply is not None
    assert reply.status == 204
    assert case.kept == b"abcdef"
    assert [asked[1][b"upload-phase"] for asked in case.inner.asked] == [b"before", b"after"]
    for _, headers, body in case.inner.asked:
        assert body == b""
        assert headers[b"content-length"] == b"0"
        assert headers[b"upload-body-length"] == b"6"
        assert headers[b"cookie"] == b"session=1"


def test_a_refusal_is_passed_on_and_no_byte_is_kept(staging: Staging) -> None:
    case = Case(staging, 6, refuse=404)
    reply = case.patch(b"abc", b"def")
    assert reply is not None
    assert reply.status == 404
    assert case.kept == b""
    assert len(case.inner.asked) == 1


@pytest.mark.parametrize("method", ["HEAD", "POST", "PATCH"])
def test_our_own_headers_cannot_be_sent_from_outside(staging: Staging, method: str) -> None:
    case = Case(staging, 3)
    headers = {"upload-phase": "after", "upload-body-length": "9", "upload-offset": "0"}
    call(case.app, method, f"/u/{case.upload_id}", headers=headers, body=[b"abc"])
    phases = [asked[1].get(b"upload-phase") for asked in case.inner.asked]
    assert phases == ([b"before", b"after"] if method == "PATCH" else [None])


def test_a_connection_that_breaks_keeps_what_came(staging: Staging) -> None:
    case = Case(staging, 9)
    assert case.patch(b"abc", b"def", DISCONNECT) is None
    assert case.kept == b"abcdef"
    reply = case.patch(b"ghi", offset=6)
    assert reply is not None
    assert reply.status == 204
    assert case.kept == b"abcdefghi"


@pytest.mark.parametrize(
    ("pieces", "offset", "headers", "status", "kept"),
    [
        ((b"abc",), 2, {}, 409, b""),
        ((b"abcdefghijk",), 0, {}, 413, b"abcdef"),
        ((b"abc",), 0, {"upload-checksum": "sha1 AAAA"}, 460, b""),
        ((b"abc",), 0, {"upload-checksum": "crc32 AAAA"}, 400, b""),
    ],
)
def test_refusals_say_where_the_upload_stands(
    staging: Staging, pieces: tuple[bytes], offset: int, headers: dict[str, str], status: int, kept: bytes
) -> None:
    case = Case(staging, 6)
    reply = case.patch(*pieces, offset=offset, **headers)
    assert reply is not None
    assert (reply.status, case.kept) == (status, kept)
    assert reply.headers["upload-offset"] == str(len(kept))
    assert reply.headers["tus-resumable"] == "1.0.0"
    assert json.loads(reply.body)["status"] == status


def test_a_right_checksum_is_kept(staging: Staging) -> None:
    case = Case(staging, 3)
    digest = b64encode(hashlib.sha256(b"abc").digest()).decode()
    reply = case.patch(b"abc", **{"upload-checksum": f"sha256 {digest}"})
    assert reply is not None
    assert (reply.status, case.kept) == (204, b"abc")


def test_a_writer_that_holds_the_file_makes_the_other_wait(staging: Staging) -> None:
    case = Case(staging, 3)
    held = staging.patch(case.upload_id, offset=0, length=3)
    reply = case.patch(b"abc")
    held.release()
    assert reply is not None
    assert reply.status == 423


def test_what_is_gone_is_410(staging: Staging) -> None:
    case = Case(staging, 3)
    staging.remove(case.upload_id)
    reply = case.patch(b"abc")
    assert reply is not None
    assert reply.status == 410
