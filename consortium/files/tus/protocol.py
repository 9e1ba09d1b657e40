"""What the headers of the tus protocol mean. No I/O: every function takes header text and answers or raises."""

import base64
import binascii
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,termination,checksum,expiration"
CHECKSUMS: Final = ("sha1", "sha256")
BYTES_TYPE: Final = "application/offset+octet-stream"
CHECKSUM_MISMATCH: Final = 460

_NAME_LIMIT: Final = 120
_METADATA_LIMIT: Final = 4096
_KEY: Final = re.compile(r"^[\x21-\x2b\x2d-\x7e]+$")


class TusRefusal(Exception):
    """The request cannot be carried out; `status` is the HTTP status the protocol asks for."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True)
class Checksum:
    """The digest that the client computed over one PATCH body."""

    algorithm: str
    digest: bytes


def require_version(value: str | None) -> None:
    """Refuse (412) a client that speaks another version of the protocol."""
    if value != VERSION:
        raise TusRefusal(412, f"Tus-Resumable must be {VERSION}.")


def parse_size(value: str | None, *, header: str) -> int:
    """A whole number of bytes from a header (400 when it is missing, negative or not plain ASCII digits)."""
    if value is None or not value.isascii() or not value.isdigit() or len(value) > 18:
        raise TusRefusal(400, f"{header} must be a whole number of bytes.")
    return int(value)


def parse_checksum(value: str | None) -> Checksum | None:
    """`sha1 <base64>` -> Checksum; None when the header is missing; 400 for what we do not know."""
    if value is None:
        return None
    algorithm, _, encoded = value.strip().partition(" ")
    if algorithm not in CHECKSUMS:
        raise TusRefusal(400, "Upload-Checksum names an algorithm that this server does not have.")
    try:
        return Checksum(algorithm, base64.b64decode(encoded.strip(), validate=True))
    except (binascii.Error, ValueError) as error:
        raise TusRefusal(400, "Upload-Checksum is not base64.") from error


def parse_metadata(value: str | None) -> dict[str, str]:
    """`key base64,key base64` -> text by key; 400 for doubled keys, bad base64 and absurd lengths.

    Bytes that are not UTF-8 become replacement characters: a name is for people to read, never a path.
    """
    if not value or not value.strip():
        return {}
    if len(value) > _METADATA_LIMIT:
        raise TusRefusal(400, "Upload-Metadata is too long.")
    found: dict[str, str] = {}
    for pair in value.split(","):
        key, _, encoded = pair.strip().partition(" ")
        if not _KEY.match(key) or key in found:
            raise TusRefusal(400, "Upload-Metadata has an empty or doubled key.")
        found[key] = _decoded(encoded)
    return found


def _decoded(encoded: str) -> str:
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError) as error:
        raise TusRefusal(400, "Upload-Metadata is not base64.") from error


def safe_name(name: str) -> str:
    """A file name fit to be shown and downloaded: no path, no control, bidirectional or invisible characters.

    `../../etc/passwd` -> `passwd`; `photo<RLO>gpj.exe` -> `photogpj.exe`; nothing left -> "".
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(char for char in last if unicodedata.category(char)[0] != "C" and char not in '<>:"|?*;')
    tidy = " ".join(shown.split()).strip(". ")
    if len(tidy) <= _NAME_LIMIT:
        return tidy
    stem, dot, ending = tidy.rpartition(".")
    return tidy[:_NAME_LIMIT] if not dot or len(ending) > 8 else f"{stem[: _NAME_LIMIT - len(ending) - 1]}.{ending}"


def expires_header(moment: datetime) -> str:
    """An aware moment as the Upload-Expires header wants it (RFC 9110 date)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
