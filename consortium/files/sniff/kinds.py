"""The file's kind from its first and last bytes."""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from .dicom import looks_like_dicom
from .faults import Fault, Refused
from .pdf import check_pdf
from .sound import is_sound_matroska, is_sound_mp4, is_sound_ogg

HEAD: Final = 4096
TAIL: Final = 4096


class Kind(StrEnum):
    """The kinds that can be attached; the value is the media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"
    DICOM = "application/dicom"
    WEBM = "audio/webm"
    OGG = "audio/ogg"
    M4A = "audio/mp4"

    @property
    def is_photo(self) -> bool:
        return self in (Kind.JPEG, Kind.PNG, Kind.WEBP)

    @property
    def is_sound(self) -> bool:
        return self in SOUNDS


SOUNDS: Final = (Kind.WEBM, Kind.OGG, Kind.M4A)


@dataclass(frozen=True)
class Sample:
    """The first and last few kB of a file and its size."""

    head: bytes
    tail: bytes
    size: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """Read the sample from a file on disk."""
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            head = file.read(HEAD)
            file.seek(max(0, size - TAIL))
            return cls(head, file.read(TAIL), size)

    @classmethod
    def of_bytes(cls, data: bytes) -> Self:
        return cls(data[:HEAD], data[-TAIL:], len(data))


#: Things people do send, and that we cannot take: told apart so that the answer says what to do.
_KNOWN_STRANGERS: Final[tuple[tuple[bytes, Fault], ...]] = (
    (b"PK\x03\x04", Fault.ARCHIVE),
    (b"PK\x05\x06", Fault.ARCHIVE),
    (b"\x1f\x8b", Fault.ARCHIVE),
    (b"Rar!", Fault.ARCHIVE),
    (b"7z\xbc\xaf", Fault.ARCHIVE),
    (b"\xd0\xcf\x11\xe0", Fault.DOCUMENT),
    (b"{\\rtf", Fault.DOCUMENT),
    (b"MZ", Fault.ACTIVE),
    (b"\x7fELF", Fault.ACTIVE),
    (b"#!", Fault.ACTIVE),
    (b"\x1a\x45\xdf\xa3", Fault.VIDEO),
)
_HEIC_BRANDS: Final = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")


def sniff(sample: Sample) -> Kind:
    """The kind of the file, or Refused with the cause."""
    if sample.size == 0:
        raise Refused(Fault.EMPTY)
    head = sample.head
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.WEBP
    if head.startswith(b"%PDF-"):
        check_pdf(head, sample.tail)
        return Kind.PDF
    if looks_like_dicom(head):
        return Kind.DICOM
    if spoken := _sound(sample):
        return spoken
    raise _stranger(head)


def _sound(sample: Sample) -> Kind | None:
    """A recording without a picture."""
    if is_sound_matroska(sample.head):
        return Kind.WEBM
    if is_sound_ogg(sample.head):
        return Kind.OGG
    return Kind.M4A if is_sound_mp4(sample.head, sample.tail) else None


def _stranger(head: bytes) -> Refused:
    for magic, fault in _KNOWN_STRANGERS:
        if head.startswith(magic):
            return Refused(fault)
    if head[4:8] == b"ftyp":
        return Refused(Fault.HEIC if head[8:12] in _HEIC_BRANDS else Fault.VIDEO)
    if b"%PDF-" in head[:1100]:
        return Refused(Fault.DISGUISED, "PDF behind other bytes")
    if _is_markup(head):
        return Refused(Fault.ACTIVE, "markup")
    return Refused(Fault.UNKNOWN_TYPE)


def _is_markup(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml", b"<?php", b"<body"))
