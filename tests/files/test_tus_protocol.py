"""Headers of the tus protocol, and the names people give their files."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consortium.files.tus.protocol import (
    TusRefusal,
    parse_checksum,
    parse_metadata,
    parse_size,
    require_version,
    safe_name,
)


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\x00b.jpg", "ab.jpg"),
        ("line\r\nContent-Type: x.jpg", "lineContent-Type x.jpg"),
        ('quo"te<script>.jpg', "quotescript.jpg"),
        ("\u200b\u2066hidden\u2069.png", "hidden.png"),
        ("..", ""),
        ("", ""),
        ("胸片 2026.dcm", "胸片 2026.dcm"),
        (".hidden", "hidden"),
        ("x" * 300 + ".dcm", "x" * 116 + ".dcm"),
    ],
)
def test_names_lose_what_could_mislead(given_name: str, shown: str) -> None:
    assert safe_name(given_name) == shown


@given(st.text(max_size=400))
def test_no_name_holds_a_path_or_control_character(name: str) -> None:
    shown = safe_name(name)
    assert len(shown) <= 120
    assert not set(shown) & set('/\\\x00\r\n"<>\u202e\u2066')
    assert shown not in (".", "..")


def test_metadata_is_decoded_by_key() -> None:
    assert parse_metadata(f"filename {encoded('胸片.dcm')},empty, type {encoded('x')}") == {
        "filename": "胸片.dcm",
        "empty": "",
        "type": "x",
    }
    assert parse_metadata(None) == parse_metadata("  ") == {}


def test_metadata_that_is_not_utf8_is_still_read() -> None:
    raw = encoded(b"\xff\xfe")
    assert parse_metadata(f"filename {raw}") == {"filename": "\ufffd\ufffd"}


@pytest.mark.parametrize("header", ["filename !!!", "a YQ==,a YQ==", "a YQ==,,b YQ==", "k " + "A" * 5000])
def test_bad_metadata_is_refused(header: str) -> None:
    with pytest.raises(TusRefusal) as refusal:
        parse_metadata(header)
    assert refusal.value.status == 400


@pytest.mark.parametrize("value", [None, "", "-1", "1.5", "１２", "9" * 19, " 1"])
def test_sizes_are_plain_digits(value: str | None) -> None:
    with pytest.raises(TusRefusal):
        parse_size(value, header="Upload-Length")


def test_other_versions_are_told_412() -> None:
    require_version("1.0.0")
    with pytest.raises(TusRefusal) as refusal:
        require_version("0.2.2")
    assert refusal.value.status == 412


def test_checksums() -> None:
    found = parse_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=")
    assert found is not None
    assert found.algorithm == "sha1"
    assert parse_checksum(None) is None
    for bad in ("crc32 AAAA", "sha1 ???", "sha1"):
        if bad == "sha1":
            assert parse_checksum(bad) is not None  # an empty digest matches nothing
        else:
            with pytest.raises(TusRefusal):
                parse_checksum(bad)
