"""Cut what ffmpeg wrote (one fragmented MP4 for each rung) into segments, each named after the film's time it holds.

ffmpeg's clock begins at zero in every piece; here each fragment gets the film's own time, so that pieces made by
different workers follow each other without a seam. Source: ISO/IEC 14496-12, boxes `mdhd`, `moof`, `tfdt`.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, Final

from courses.library.ladder.faults import Refused, VideoFault
from courses.library.ladder.planning import SEGMENT_SECONDS

INIT: Final = "init.mp4"
#: a fragment that begins so much earlier than a segment's length still begins a new one: frames do not fall on seconds
_EARLY: Final = 0.3
_MOST_HEAD: Final = 1 << 20


@dataclass(frozen=True)
class Fragment:
    """`at`: seconds from the beginning of the film; `data`: its boxes, with that time in them."""

    at: float
    data: bytes


@dataclass(frozen=True)
class Segment:
    """Milliseconds of the film, and bytes."""

    begin: int
    end: int
    size: int

    @property
    def name(self) -> str:
        return f"{self.begin}-{self.end}.m4s"


def cut(source: Path, folder: Path, *, begin: float, end: float) -> list[Segment]:
    """Write `init.mp4` and the segments of one piece into the existing `folder`; Refused when it holds none."""
    with source.open("rb") as file:
        head, boxes = b"", _boxes(file)
        for kind, data in boxes:
            head += data if kind in (b"ftyp", b"moov") else b""
            if kind == b"moov":
                break
        if b"mdhd" not in head:
            raise Refused(VideoFault.BROKEN, "nothing was made of it")
        (folder / INIT).write_bytes(head)
        inside = [each for each in _fragments(boxes, timescale_in(head), begin) if each.at < end - 0.001]
    return _written(inside, folder, begin, end)


def _boxes(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    while len(head := file.read(8)) == 8:
        size, kind = struct.unpack(">I4s", head)
        if size < 8:
            raise Refused(VideoFault.BROKEN, "a box of no size")
        yield kind, head + file.read(size - 8)


def timescale_in(head: bytes) -> int:
    """Ticks a second of the one track."""
    place = head.index(b"mdhd") + 4
    found: tuple[int] = struct.unpack_from(">I", head, place + (20 if head[place] else 12))
    return found[0]


def _fragments(boxes: Iterator[tuple[bytes, bytes]], timescale: int, begin: float) -> Iterator[Fragment]:
    moof: bytearray | None = None
    for kind, data in boxes:
        if kind == b"moof":
            moof = bytearray(data)
        elif kind == b"mdat" and moof is not None:
            yield Fragment(begin + moved(moof, round(begin * timescale)) / timescale, bytes(moof) + data)
            moof = None


def moved(moof: bytearray, ticks: int) -> int:
    """Add a piece's beginning, in ticks, to the fragment's time; the time before."""
    place = moof.index(b"tfdt") + 4
    form = ">Q" if moof[place] else ">I"
    old: tuple[int] = struct.unpack_from(form, moof, place + 4)
    struct.pack_into(form, moof, place + 4, old[0] + ticks)
    return old[0]


def _written(fragments: list[Fragment], folder: Path, begin: float, end: float) -> list[Segment]:
    groups: list[list[Fragment]] = []
    for each in fragments:
        if not groups or each.at - groups[-1][0].at >= SEGMENT_SECONDS - _EARLY:
            groups.append([])
        groups[-1].append(each)
    if not groups:
        raise Refused(VideoFault.BROKEN, "nothing was made of it")
    starts = [round(begin * 1000), *(round(group[0].at * 1000) for group in groups[1:]), round(end * 1000)]
    made = []
    for group, (first, last) in zip(groups, pairwise(starts), strict=True):
        data = b"".join(each.data for each in group)
        made.append(Segment(first, last, len(data)))
        (folder / made[-1].name).write_bytes(data)
    return made


def codec_of(folder: Path) -> str:
    """What a playlist calls the codec of a rung: `avc1.64001f`, `mp4a.40.2`."""
    return codec_in((folder / INIT).read_bytes())


def codec_in(head: bytes) -> str:
    """As `codec_of`, of a rung's head."""
    place = head.find(b"avcC", 0, _MOST_HEAD)
    return f"avc1.{head[place + 5 : place + 8].hex()}" if place >= 0 else "mp4a.40.2"


def size_of(folder: Path) -> tuple[int, int]:
    """Width and height of a rung, of its `avc1` entry; (0, 0) for sound."""
    return size_in((folder / INIT).read_bytes())


def size_in(head: bytes) -> tuple[int, int]:
    """As `size_of`, of a rung's head."""
    place = head.find(b"avc1", head.find(b"stsd"), _MOST_HEAD)
    if place < 0:
        return 0, 0
    found: tuple[int, int] = struct.unpack_from(">HH", head, place + 28)
    return found
