"""A fragmented MP4 read while it is written."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.live.broadcast.boxes import MOST_BOX, Fragment, Head, Malformed, Splitter


def box(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(data), kind) + data


def head(timescale: int = 1000, version: int = 0) -> bytes:
    times = struct.pack(">QQIQ" if version else ">IIII", 0, 0, timescale, 0)
    return box(b"ftyp", b"iso5") + box(b"moov", box(b"mdhd", bytes((version, 0, 0, 0)) + times))


def tfhd(bits: int = 0, *words: int) -> bytes:
    return box(b"tfhd", struct.pack(">II", bits, 1) + b"".join(struct.pack(">I", each) for each in words))


def tfdt(ticks: int, version: int = 1) -> bytes:
    return box(b"tfdt", bytes((version, 0, 0, 0)) + struct.pack(">Q" if version else ">I", ticks))


def trun(bits: int, count: int, *words: int) -> bytes:
    return box(b"trun", struct.pack(">II", bits, count) + b"".join(struct.pack(">I", each) for each in words))


def fragment(*boxes: bytes) -> bytes:
    return box(b"moof", b"".join(boxes)) + box(b"mdat", b"pictures")


def only(data: bytes, timescale: int = 1000) -> Fragment:
    found = Splitter().feed(head(timescale) + data)[-1]
    assert isinstance(found, Fragment)
    return found


def test_the_head_comes_first_and_whole() -> None:
    assert Splitter().feed(head()) == [Head(head())]


def test_a_fragment_is_both_of_its_boxes() -> None:
    data = fragment(tfhd(), tfdt(0), trun(0x100, 1, 40))
    assert only(data).data == data


def test_its_time_is_in_microseconds() -> None:
    found = only(fragment(tfhd(), tfdt(45_000), trun(0x100, 2, 3000, 3000)), 90_000)
    assert (found.begin, found.duration) == (500_000, 66_667)


def test_a_short_time_is_read_too() -> None:
    assert only(fragment(tfhd(), tfdt(2000, version=0), trun(0x100, 1, 40))).begin == 2_000_000


def test_a_long_clock_is_read_too() -> None:
    data = head(500, version=1) + fragment(tfhd(), tfdt(500), trun(0x100, 1, 5))
    assert Splitter().feed(data)[-1].begin == 1_000_000  # type: ignore[union-attr]


def test_samples_may_all_last_as_long_as_the_track_says() -> None:
    assert only(fragment(tfhd(0x8, 40), tfdt(0), trun(0, 5))).duration == 200_000


def test_what_stands_before_the_default_is_passed_over() -> None:
    assert only(fragment(tfhd(0x1 | 0x2 | 0x8, 0, 7, 9, 40), tfdt(0), trun(0, 5))).duration == 200_000


def test_a_keyframe_is_told_by_the_first_samples_flags() -> None:
    assert only(fragment(tfhd(0x20, 0x1010000), tfdt(0), trun(0x4, 1, 0x2000000))).key


def test_no_keyframe_by_the_tracks_default() -> None:
    assert not only(fragment(tfhd(0x20, 0x1010000), tfdt(0), trun(0, 1))).key


def test_flags_of_each_sample_count_more_than_the_default() -> None:
    rows = (40, 9, 0x10000)  # duration, size, flags
    assert not only(fragment(tfhd(), tfdt(0), trun(0x100 | 0x200 | 0x400, 1, *rows))).key


def test_the_offset_of_the_data_is_no_sample() -> None:
    assert only(fragment(tfhd(), tfdt(0), trun(0x1 | 0x100, 1, 99, 40))).duration == 40_000


def test_other_boxes_are_nothing_to_a_player() -> None:
    assert len(Splitter().feed(head() + box(b"sidx", b"x") + box(b"mdat", b"lost"))) == 1


def test_a_box_of_no_size_ends_it() -> None:
    with pytest.raises(Malformed, match="3 bytes"):
        Splitter().feed(struct.pack(">I4s", 3, b"moof"))


def test_a_box_of_enormous_size_ends_it() -> None:
    with pytest.raises(Malformed):
        Splitter().feed(struct.pack(">I4s", MOST_BOX + 1, b"moof"))


def test_a_fragment_before_the_head_ends_it() -> None:
    with pytest.raises(Malformed, match="before the head"):
        Splitter().feed(fragment(tfhd(), tfdt(0), trun(0, 1)))


def test_a_fragment_without_its_time_ends_it() -> None:
    with pytest.raises(Malformed, match="without its time"):
        only(fragment(tfhd(), trun(0, 1)))


def test_a_head_without_its_clock_ends_it() -> None:
    with pytest.raises(Malformed, match="clock"):
        Splitter().feed(box(b"moov", b"nothing"))


@given(st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_it_does_not_matter_how_the_bytes_come(sizes: list[int]) -> None:
    data = head() + fragment(tfhd(), tfdt(0), trun(0x100, 1, 40)) * 3
    splitter, found, at = Splitter(), [], 0
    while at < len(data):
        size = sizes[at % len(sizes)]
        found += splitter.feed(data[at : at + size])
        at += size
    assert found == Splitter().feed(data)


@given(st.binary(max_size=200))
def test_bytes_that_are_none_never_break_it_otherwise(data: bytes) -> None:
    try:
        Splitter().feed(head() + data)
    except Malformed:
        return
