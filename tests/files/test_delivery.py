"""Protected delivery: ranges, and nothing but what a view has released."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consortium.files.delivery.endpoint import ProtectedDelivery
from consortium.files.delivery.ranges import Span, span_of
from consortium.files.tus.endpoint import Receive, Scope, Send

from .asgi import Reply, call


@pytest.mark.parametrize(
    ("header", "span"),
    [
        (None, (0, 9, False)),
        ("bytes=0-3", (0, 3, True)),
        ("bytes=4-", (4, 9, True)),
        ("bytes=-3", (7, 9, True)),
        ("bytes=-99", (0, 9, True)),
        ("bytes=2-99", (2, 9, True)),
        ("bytes=5-2", (0, 9, False)),
        ("bytes=0-1,3-4", (0, 9, False)),
        ("chars=0-1", (0, 9, False)),
        ("bytes=-", (0, 9, False)),
        ("bytes=10-", None),
        ("bytes=-0", None),
    ],
)
def test_ranges(header: str | None, span: tuple[int, int, bool] | None) -> None:
    assert span_of(header, 10) == (Span(span[0], span[1], 10, span[2]) if span else None)


@given(st.text(max_size=30), st.integers(0, 1000))
def test_no_header_makes_an_impossible_span(header: str, size: int) -> None:
    span = span_of(header, size)
    assert span is None or 0 <= span.length <= size


class View:
    """A view that releases one file."""

    def __init__(self, named: str | None) -> None:
        self.named = named

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: list[Any] = [(b"content-type", b"image/png"), (b"etag", b'"v1"'), (b"content-length", b"0")]
        if self.named is not None:
            headers.append((b"x-accel-redirect", self.named.encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"plain" if self.named is None else b""})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "f").write_bytes(bytes(range(256)) * 4096)
    (tmp_path / "secret").write_bytes(b"secret")
    return tmp_path / "media"


def fetched(root: Path, named: str | None, method: str = "GET", **headers: str) -> Reply:
    app = ProtectedDelivery(View(named), lambda: root, "/protected/")
    reply = call(app, method, "/x", headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert reply is not None
    return reply


def test_the_whole_file_with_the_views_headers(root: Path) -> None:
    reply = fetched(root, "/protected/f")
    assert (reply.status, reply.body) == (200, (root / "f").read_bytes())
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["content-length"] == str(1 << 20)
    assert "x-accel-redirect" not in reply.headers


def test_a_part(root: Path) -> None:
    reply = fetched(root, "/protected/f", range="bytes=256-259")
    assert (reply.status, reply.body) == (206, bytes([0, 1, 2, 3]))
    assert reply.headers["content-range"] == "bytes 256-259/1048576"


def test_if_range_of_another_version_sends_all(root: Path) -> None:
    assert fetched(root, "/protected/f", range="bytes=0-3", if_range='"old"').status == 200
    assert fetched(root, "/protected/f", range="bytes=0-3", if_range='"v1"').status == 206


def test_outside_the_file(root: Path) -> None:
    reply = fetched(root, "/protected/f", range="bytes=9999999-")
    assert (reply.status, reply.headers["content-range"]) == (416, "bytes */1048576")


def test_head_sends_no_body(root: Path) -> None:
    reply = fetched(root, "/protected/f", "HEAD")
    assert (reply.status, reply.body, reply.headers["content-length"]) == (200, b"", str(1 << 20))


def test_other_responses_pass(root: Path) -> None:
    assert fetched(root, None).body == b"plain"


@pytest.mark.parametrize("named", ["/protected/../secret", "/elsewhere/f", "/protected/missing", "/protected/"])
def test_nothing_outside_the_folder(root: Path, named: str) -> None:
    reply = fetched(root, named)
    assert (reply.status, reply.body) == (404, b"")
