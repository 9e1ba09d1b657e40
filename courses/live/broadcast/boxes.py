"""A fragmented MP4 read while it is written: its head, then fragments with their time.

Source: ISO/IEC 14496-12, boxes `mdhd`, `moof`, `tfhd`, `tfdt`, `trun`. One track, as `commands` asks for.
"""

import struct
from dataclasses import dataclass
from typing import Final

#: nothing that ffmpeg writes for a part of a lecture is larger
MOST_BOX: Final = 32 << 20
_NOT_SYNC: Final = 0x0001_0000
#: bits of tfhd: what stands in it, in this order, and how many bytes each takes
_TFHD: Final = ((0x1, 8), (0x2, 4), (0x8, 4), (0x10, 4), (0x20, 4))
_DURATION, _SIZE, _FLAGS, _OFFSET = 0x100, 0x200, 0x400, 0x800


class Malformed(Exception):
    """These bytes are no fragmented MP4."""


@dataclass(frozen=True)
class Head:
    """What a player needs before the first fragment."""

    data: bytes


@dataclass(frozen=True)
class Fragment:
    """`begin` and `duration` in microseconds of the run; `key`: it can be shown without what came before."""

    begin: int
    duration: int
    key: bool
    data: bytes


class Splitter:
    """Takes bytes as they come and gives what is whole."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._head = b""
        self._moof = b""
        self._timescale = 0

    def feed(self, data: bytes) -> list[Head | Fragment]:
        self._waiting += data
        found: list[Head | Fragment] = []
        while (box := self._box()) is not None:
            made = self._taken(box[4:8], box)
            if made is not None:
                found.append(made)
        return found

    def _box(self) -> bytes | None:
        if len(self._waiting) < 8:
            return None
        size = int.from_bytes(self._waiting[:4], "big")
        if not 8 <= size <= MOST_BOX:
            raise Malformed(f"a box of {size} bytes")
        if len(self._waiting) < size:
            return None
        box = bytes(self._waiting[:size])
        del self._waiting[:size]
        return box

    def _taken(self, kind: bytes, box: bytes) -> Head | Fragment | None:
        if kind in (b"ftyp", b"moov"):
            self._head += box
        if kind == b"moov":
            self._timescale = _timescale(box)
            return Head(self._head)
        if kind == b"moof":
            self._moof = box
        elif kind == b"mdat" and self._moof:
            moof, self._moof = self._moof, b""
            return self._fragment(moof, box)
        return None

    def _fragment(self, moof: bytes, mdat: bytes) -> Fragment:
        if not self._timescale:
            raise Malformed("a fragment before the head")
        try:
            begin, (ticks, key) = _begin(moof), _samples(moof)
        except (ValueError, struct.error) as error:
            raise Malformed("a fragment without its time") from error
        return Fragment(self._micro(begin), self._micro(begin + ticks) - self._micro(begin), key, moof + mdat)

    def _micro(self, ticks: int) -> int:
        return round(ticks * 1_000_000 / self._timescale)


def _timescale(head: bytes) -> int:
    """Ticks a second of the one track."""
    try:
        place = head.index(b"mdhd") + 4
        return _word(head, place + (20 if head[place] else 12))
    except (ValueError, IndexError, struct.error) as error:
        raise Malformed("a head without its clock") from error


def _word(data: bytes, place: int) -> int:
    found: tuple[int] = struct.unpack_from(">I", data, place)
    return found[0]


def _begin(moof: bytes) -> int:
    place = moof.index(b"tfdt") + 4
    found: tuple[int] = struct.unpack_from(">Q" if moof[place] else ">I", moof, place + 4)
    return found[0]


def _samples(moof: bytes) -> tuple[int, bool]:
    """Ticks that the fragment's samples take, and whether its first one stands by itself."""
    duration, flags = _defaults(moof)
    place = moof.index(b"trun") + 4
    bits, count = _word(moof, place) & 0xFFFFFF, _word(moof, place + 4)
    place += 8 + (4 if bits & 0x1 else 0)
    if bits & 0x4:
        flags, place = _word(moof, place), place + 4
    columns = [bit for bit in (_DURATION, _SIZE, _FLAGS, _OFFSET) if bits & bit]
    if bits & _FLAGS and not bits & 0x4 and count:
        flags = _word(moof, place + 4 * columns.index(_FLAGS))
    ticks = count * duration
    if bits & _DURATION:
        ticks = sum(_word(moof, place + 4 * len(columns) * each) for each in range(count))
    return ticks, not flags & _NOT_SYNC


def _defaults(moof: bytes) -> tuple[int, int]:
    """Duration and flags of a sample that says none itself."""
    place = moof.index(b"tfhd") + 4
    bits, place, found = _word(moof, place) & 0xFFFFFF, place + 8, dict.fromkeys((0x8, 0x20), 0)
    for bit, size in _TFHD:
        if bits & bit:
            if bit in found:
                found[bit] = _word(moof, place)
            place += size
    return found[0x8], found[0x20]
