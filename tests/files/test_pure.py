"""The pure engines of files, claim by claim: ranges, kinds by bytes, tus headers, windows, names and words."""

from __future__ import annotations

import errno
import hashlib
from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.utils import translation
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from consortium.files.delivery.ranges import Span, span_of
from consortium.files.dicom import names, windows
from consortium.files.sniff import Fault, Kind, Refused, Sample, sniff
from consortium.files.sniff.faults import THREATS
from consortium.files.sniff.pdf import scan_pdf
from consortium.files.states import FLAGS, REASONS, Step, step_for
from consortium.files.tus.protocol import (
    TusRefusal,
    expires_header,
    parse_checksum,
    parse_metadata,
    parse_size,
    require_version,
    safe_name,
)
from consortium.files.tus.staging import Staging, digest_of, full_disk_is_507

from . import makers

# -- one Range header


def test_without_a_range_the_whole_is_sent() -> None:
    assert span_of(None, 10) == Span(0, 9, 10)


def test_a_part_from_the_middle() -> None:
    assert span_of("bytes=2-4", 10) == Span(2, 4, 10, True)


def test_a_part_to_the_end() -> None:
    assert span_of("bytes=7-", 10) == Span(7, 9, 10, True)


def test_the_last_bytes() -> None:
    assert span_of("bytes=-3", 10) == Span(7, 9, 10, True)


def test_more_last_bytes_than_there_are() -> None:
    assert span_of("bytes=-99", 10) == Span(0, 9, 10, True)


def test_no_last_bytes_lie_outside() -> None:
    assert span_of("bytes=-0", 10) is None


def test_a_part_beyond_the_end_lies_outside() -> None:
    assert span_of("bytes=10-", 10) is None


def test_a_part_that_ends_beyond_is_cut() -> None:
    assert span_of("bytes=8-99", 10) == Span(8, 9, 10, True)


def test_a_part_that_ends_before_it_begins_is_no_range() -> None:
    assert span_of("bytes=5-4", 10) == Span(0, 9, 10)


@pytest.mark.parametrize(
    "header", ["bytes=-", "bytes=0-1,4-5", "lines=0-1", "bytes=a-b", "bytes 0-1", "bytes=" + "9" * 19 + "-"]
)
def test_what_is_no_single_range_sends_the_whole(header: str) -> None:
    assert span_of(header, 10) == Span(0, 9, 10)


def test_of_nothing_every_part_lies_outside() -> None:
    assert span_of("bytes=0-", 0) is None


def test_spaces_around_a_range_do_not_matter() -> None:
    assert span_of("  bytes=0-0 ", 10) == Span(0, 0, 10, True)


def test_a_span_says_its_length() -> None:
    assert Span(2, 4, 10).length == 3


def test_a_span_says_itself_as_a_header() -> None:
    assert Span(2, 4, 10).content_range == "bytes 2-4/10"


# -- what a file is, by its bytes


def fault_of(data: bytes) -> Fault:
    with pytest.raises(Refused) as refused:
        sniff(Sample.of_bytes(data))
    return refused.value.fault


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08", b"Rar!\x1a", b"7z\xbc\xaf\x27"])
def test_every_kind_of_archive_is_told(magic: bytes) -> None:
    assert fault_of(magic + b"\0" * 40) is Fault.ARCHIVE


@pytest.mark.parametrize("magic", [b"MZ", b"\x7fELF", b"#!/bin/sh"])
def test_every_kind_of_program_is_told(magic: bytes) -> None:
    assert fault_of(magic + b"\0" * 40) is Fault.ACTIVE


@pytest.mark.parametrize(
    "start", ["<!DOCTYPE html>", "<HTML>", " \n<svg ", "<script>", "<?xml version", "<?php", "<body>"]
)
def test_every_kind_of_page_is_told(start: str) -> None:
    assert fault_of(start.encode() + b" " * 40) is Fault.ACTIVE


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"])
def test_a_telephone_s_photo_format_is_told(brand: bytes) -> None:
    assert fault_of(b"\0\0\0\x18ftyp" + brand) is Fault.HEIC


@pytest.mark.parametrize("start", [b"\0\0\0\x18ftypisom", b"\0\0\0\x18ftypqt  ", b"\x1a\x45\xdf\xa3"])
def test_a_video_is_told(start: bytes) -> None:
    assert fault_of(start + b"\0" * 40) is Fault.VIDEO


@pytest.mark.parametrize("start", [b"\xd0\xcf\x11\xe0", b"{\\rtf1"])
def test_an_office_document_is_told(start: bytes) -> None:
    assert fault_of(start + b"\0" * 40) is Fault.DOCUMENT


def test_a_pdf_behind_other_bytes_is_hidden() -> None:
    assert fault_of(b"x" * 600 + makers.PDF) is Fault.DISGUISED


def test_a_pdf_far_behind_is_not_seen_as_one() -> None:
    assert fault_of(b"x" * 2000 + makers.PDF) is Fault.UNKNOWN_TYPE


def test_white_space_behind_a_pdf_is_no_second_file() -> None:
    assert sniff(Sample.of_bytes(makers.PDF + b"\r\n \0\n")) is Kind.PDF


@pytest.mark.parametrize("harm", [b"MZ", b"\x7fELF", b"#!", b"<html", b"PK\x03\x04", b"GIF89a", b"\xff\xd8"])
def test_a_harmful_preamble_makes_a_dicom_file_two_things(harm: bytes) -> None:
    whole = makers.dicom()
    data = harm + b"\0" * (128 - len(harm)) + whole[128:]
    assert fault_of(data) is Fault.DISGUISED


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_data_set_without_preamble_of_either_byte_order(order: str) -> None:
    import struct

    data = struct.pack(f"{order}HH", 8, 5) + b"CS" + struct.pack(f"{order}H", 10) + b"ISO_IR 192" + b"\0" * 40
    assert sniff(Sample.of_bytes(data)) is Kind.DICOM


@pytest.mark.parametrize(
    "data",
    [b"\x08\x00\x05\x00", b"\x09\x00\x05\x00" + b"\0" * 20, b"\x08\x00\xff\xff" + b"\0" * 20,
     b"\x08\x00\x05\x00\x03\0\0\0" + b"\0" * 20],
    ids=["too short", "another group", "another element", "an odd length"],
)  # fmt: skip
def test_a_data_set_that_is_not_believable(data: bytes) -> None:
    assert fault_of(data) is Fault.UNKNOWN_TYPE


@pytest.mark.parametrize("kind", [Kind.JPEG, Kind.PNG, Kind.WEBP])
def test_these_are_photos(kind: Kind) -> None:
    assert kind.is_photo


@pytest.mark.parametrize("kind", [Kind.PDF, Kind.DICOM])
def test_these_are_not(kind: Kind) -> None:
    assert not kind.is_photo


def test_a_long_file_s_sample_is_its_ends(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"a" * 5000 + b"b" * 5000)
    sample = Sample.of(path)
    assert (set(sample.head), set(sample.tail), sample.size) == ({ord("a")}, {ord("b")}, 10_000)


def scanned(tmp_path: Path, inside: bytes) -> Fault | None:
    path = tmp_path / "x.pdf"
    path.write_bytes(inside)
    try:
        scan_pdf(path)
    except Refused as refused:
        return refused.fault
    return None


@pytest.mark.parametrize("name", ["JavaScript", "JS", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia", "XFA"])
def test_a_pdf_that_acts_is_refused(tmp_path: Path, name: str) -> None:
    assert scanned(tmp_path, b"<< /" + name.encode() + b" 1 0 R >>") is Fault.ACTIVE


def test_a_name_that_merely_begins_so_is_let_pass(tmp_path: Path) -> None:
    assert scanned(tmp_path, b"<< /JSON 1 /Launcher 2 >>") is None


def test_a_name_written_with_escapes_is_read(tmp_path: Path) -> None:
    assert scanned(tmp_path, b"<< /J#61vaScript 1 0 R >>") is Fault.ACTIVE


def test_a_name_over_the_edge_of_two_windows_is_found(tmp_path: Path) -> None:
    assert scanned(tmp_path, b" " * ((1 << 20) - 4) + b"/JavaScript 1 0 R") is Fault.ACTIVE


def test_a_password_is_told(tmp_path: Path) -> None:
    assert scanned(tmp_path, b"trailer << /Encrypt 5 0 R >>") is Fault.PASSWORD


def test_a_refusal_keeps_its_note() -> None:
    assert str(Refused(Fault.ACTIVE, "markup")) == "active: markup"


def test_a_refusal_without_a_note() -> None:
    assert str(Refused(Fault.EMPTY)) == "empty"


# -- words


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_says_what_to_do(fault: Fault) -> None:
    assert str(REASONS[fault]).count(".") >= 1


@pytest.mark.parametrize("fault", [f for f in Fault if f is not Fault.SCANNER])
def test_every_fault_says_it_in_chinese(fault: Fault) -> None:
    with translation.override("zh-hans"):
        assert str(REASONS[fault]).endswith("。")


def test_every_flag_says_why_a_person_has_to_look() -> None:
    assert all(str(words) for words in FLAGS.values())


@pytest.mark.parametrize("fault", sorted(THREATS))
def test_a_threat_is_blocked(fault: Fault) -> None:
    assert step_for(fault) is Step.THREATS_FOUND


@pytest.mark.parametrize("fault", sorted(set(Fault) - THREATS))
def test_an_accident_is_refused(fault: Fault) -> None:
    assert step_for(fault) is Step.VALIDATION_FAILED


def test_without_a_fault_it_is_available() -> None:
    assert step_for(None) is Step.AVAILABLE


# -- headers of tus


def status(function: Any, *arguments: Any, **words: Any) -> int:
    with pytest.raises(TusRefusal) as refused:
        function(*arguments, **words)
    return refused.value.status


def test_our_version_is_taken() -> None:
    require_version("1.0.0")


@pytest.mark.parametrize("version", [None, "", "0.2.2", "1.0", "1.0.0 "])
def test_another_version_is_412(version: str | None) -> None:
    assert status(require_version, version) == 412


@pytest.mark.parametrize("value", [None, "", "-1", "1.5", "1e3", " 1", "٣", "9" * 19])
def test_what_is_no_size_is_400(value: str | None) -> None:
    assert status(parse_size, value, header="Upload-Length") == 400


def test_the_refusal_names_the_header() -> None:
    with pytest.raises(TusRefusal, match="Upload-Offset"):
        parse_size("x", header="Upload-Offset")


def test_no_checksum_is_none() -> None:
    assert parse_checksum(None) is None


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_checksum_is_read(algorithm: str) -> None:
    digest = hashlib.new(algorithm, b"x").digest()
    found = parse_checksum(f"{algorithm} {b64encode(digest).decode()}")
    assert found is not None
    assert found.digest == digest


@pytest.mark.parametrize("value", ["", "md5 eA==", "sha1 ???", "sha256 eA", "crc32 eA=="])
def test_a_checksum_that_is_none_is_400(value: str) -> None:
    assert status(parse_checksum, value) == 400


@pytest.mark.parametrize("value", [",", "a b64,a b64", "ключ eA==", "name ???", "x" * 5000])
def test_metadata_that_is_none_is_400(value: str) -> None:
    assert status(parse_metadata, value) == 400


def test_a_key_without_a_value_is_empty() -> None:
    assert parse_metadata("is_confidential") == {"is_confidential": ""}


def test_a_long_name_keeps_its_ending() -> None:
    assert safe_name("x" * 300 + ".jpeg").endswith("x.jpeg")


def test_a_long_name_with_an_absurd_ending_is_cut() -> None:
    assert len(safe_name("x" * 100 + "." + "y" * 100)) == 120


def test_a_name_of_exactly_the_limit_is_kept() -> None:
    assert safe_name("x" * 120) == "x" * 120


def test_an_end_is_told_in_gmt() -> None:
    shanghai = datetime(2026, 6, 1, 20, tzinfo=timezone(timedelta(hours=8)))
    assert (
        expires_header(shanghai)
        == expires_header(datetime(2026, 6, 1, 12, tzinfo=UTC))
        == "Mon, 01 Jun 2026 12:00:00 GMT"
    )


# -- bytes of unfinished uploads


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    return Staging(tmp_path)


@pytest.fixture
def begun(staging: Staging) -> str:
    upload_id = str(uuid4())
    staging.create(upload_id, 10)
    return upload_id


def test_what_was_begun_stands_at_nothing(staging: Staging, begun: str) -> None:
    assert staging.offset(begun) == 0


def test_what_was_begun_is_its_owner_s_alone(staging: Staging, begun: str) -> None:
    assert staging.path(begun).stat().st_mode & 0o077 == 0


def test_what_was_begun_is_not_begun_again(staging: Staging, begun: str) -> None:
    with pytest.raises(FileExistsError):
        staging.create(begun, 10)


def test_removing_twice_is_no_error(staging: Staging, begun: str) -> None:
    staging.remove(begun)
    staging.remove(begun)


def test_what_is_gone_is_410(staging: Staging) -> None:
    assert status(staging.offset, str(uuid4())) == 410


def test_going_on_with_what_is_gone_is_410(staging: Staging) -> None:
    assert status(staging.patch, str(uuid4()), offset=0, length=10) == 410


def test_a_disk_without_room_is_507(staging: Staging) -> None:
    assert status(staging.create, str(uuid4()), 1 << 60) == 507


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_is_507(number: int) -> None:
    with pytest.raises(TusRefusal) as refused, full_disk_is_507():
        raise OSError(number, "full")
    assert refused.value.status == 507


def test_any_other_fault_of_the_disk_passes_on() -> None:
    with pytest.raises(OSError, match="broken"), full_disk_is_507():
        raise OSError(errno.EIO, "broken")


def test_a_digest_is_that_of_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"ab" * 900_000)
    assert digest_of(path) == hashlib.sha256(b"ab" * 900_000).hexdigest()


# -- windows


VALUES = np.arange(-1000.0, 1001.0)


def test_the_middle_of_a_window_is_middle_grey() -> None:
    assert abs(int(windows.linear(np.array([39.5]), 40, 400)[0]) - 127) <= 1


def test_below_a_window_is_black() -> None:
    assert windows.linear(np.array([-1000.0]), 40, 400)[0] == 0


def test_above_a_window_is_white() -> None:
    assert windows.linear(np.array([1000.0]), 40, 400)[0] == 255


@pytest.mark.parametrize("function", [windows.linear, windows.sigmoid, windows.linear_exact])
def test_grey_never_falls_as_values_rise(function: Any) -> None:
    assert (np.diff(function(VALUES, 40, 400).astype(int)) >= 0).all()


@pytest.mark.parametrize("function", [windows.linear, windows.sigmoid, windows.linear_exact])
def test_a_window_without_width_does_not_divide_by_nothing(function: Any) -> None:
    assert np.isfinite(function(VALUES, 40, 0)).all()


def test_a_sigmoid_s_middle_is_middle_grey() -> None:
    assert windows.sigmoid(np.array([40.0]), 40, 400)[0] == 128


def test_a_file_s_own_window_is_used() -> None:
    dataset = Dataset()
    dataset.WindowCenter, dataset.WindowWidth = "40", "400"
    own = windows.own_table(VALUES.astype(int), VALUES, dataset)
    assert own is not None
    assert (own == windows.linear(VALUES, 40, 400)).all()


def test_of_several_windows_the_first_is_used() -> None:
    dataset = Dataset()
    dataset.WindowCenter, dataset.WindowWidth = ["40", "500"], ["400", "2000"]
    assert windows._first_window(dataset) == (40.0, 400.0)


@pytest.mark.parametrize("function", ["SIGMOID", "LINEAR_EXACT", "LINEAR"])
def test_a_file_s_own_function_is_used(function: str) -> None:
    dataset = Dataset()
    dataset.WindowCenter, dataset.WindowWidth, dataset.VOILUTFunction = "40", "400", function
    own = windows.own_table(VALUES.astype(int), VALUES, dataset)
    expected = windows._FUNCTIONS[function](VALUES, 40, 400)
    assert own is not None
    assert (own == expected).all()


def test_a_function_that_nobody_knows_is_taken_for_linear() -> None:
    dataset = Dataset()
    dataset.WindowCenter, dataset.WindowWidth, dataset.VOILUTFunction = "40", "400", "CUBIC"
    own = windows.own_table(VALUES.astype(int), VALUES, dataset)
    assert own is not None
    assert (own == windows.linear(VALUES, 40, 400)).all()


@pytest.mark.parametrize("width", ["0", "-5"])
def test_a_window_without_width_is_none(width: str) -> None:
    dataset = Dataset()
    dataset.WindowCenter, dataset.WindowWidth = "40", width
    assert windows._first_window(dataset) is None


def test_half_a_window_is_none() -> None:
    dataset = Dataset()
    dataset.WindowCenter = "40"
    assert windows._first_window(dataset) is None


def test_a_file_that_asks_for_nothing_has_no_look_of_its_own() -> None:
    assert windows.own_table(VALUES.astype(int), VALUES, Dataset()) is None


def test_the_window_of_an_enhanced_file_stands_in_its_groups() -> None:
    inner, outer, dataset = Dataset(), Dataset(), Dataset()
    inner.WindowCenter, inner.WindowWidth = "40", "400"
    outer.FrameVOILUTSequence = Sequence([inner])
    dataset.SharedFunctionalGroupsSequence = Sequence([outer])
    assert windows.shown_window(VALUES, np.ones(len(VALUES)), dataset, "CT") == (40.0, 400.0)


def test_a_group_without_the_element_is_passed_over() -> None:
    outer, dataset = Dataset(), Dataset()
    outer.FrameVOILUTSequence = Sequence([Dataset()])
    dataset.SharedFunctionalGroupsSequence = Sequence([outer])
    assert windows._holder(dataset, "FrameVOILUTSequence", "WindowCenter") is None


def test_a_ct_that_asks_for_nothing_is_shown_in_the_soft_window() -> None:
    assert windows.shown_window(VALUES, np.ones(len(VALUES)), Dataset(), "CT") == (40.0, 400.0)


def test_any_other_picture_that_asks_for_nothing_is_shown_over_its_middle() -> None:
    shown = windows.shown_window(VALUES, np.ones(len(VALUES)), Dataset(), "MR")
    assert shown is not None
    assert abs(shown[0]) < 5
    assert 1900 < shown[1] < 2001


def test_a_table_of_the_file_s_own_is_no_window() -> None:
    dataset = Dataset()
    dataset.VOILUTSequence = Sequence([Dataset()])
    assert windows.shown_window(VALUES, np.ones(len(VALUES)), dataset, "CT") is None


def test_a_table_that_is_broken_is_left_out() -> None:
    dataset = Dataset()
    dataset.VOILUTSequence = Sequence([Dataset()])
    assert windows.own_table(VALUES.astype(int), VALUES, dataset) is None


def test_a_broken_transformation_leaves_the_values() -> None:
    dataset = Dataset()
    dataset.ModalityLUTSequence = Sequence([Dataset()])
    assert (windows.modality_values(np.array([1, 2]), dataset) == [1.0, 2.0]).all()


def test_a_rescaled_value_means_hounsfield_units() -> None:
    dataset = Dataset()
    dataset.RescaleSlope, dataset.RescaleIntercept = "1", "-1024"
    assert windows.modality_values(np.array([1024]), dataset)[0] == 0


def looks(modality: str, *, inverted: bool = False) -> dict[str, Any]:
    made = windows.tables(
        VALUES.astype(int), VALUES, np.ones(len(VALUES)), Dataset(), modality=modality, inverted=inverted
    )
    return dict(made)


def test_a_ct_has_its_presets() -> None:
    assert list(looks("CT")) == ["default", "lung", "bone", "soft", "brain", "full"]


def test_another_picture_has_two_looks() -> None:
    assert list(looks("MR")) == ["default", "full"]


def test_an_inverted_picture_is_its_opposite() -> None:
    assert (looks("MR", inverted=True)["full"] == 255 - looks("MR")["full"]).all()


def test_the_full_look_spans_what_is_used() -> None:
    full = looks("MR")["full"]
    assert (full[0], full[-1]) == (0, 255)


def test_a_picture_without_a_pixel_has_a_look_all_the_same() -> None:
    assert windows._middle(VALUES, np.zeros(len(VALUES))) == (0.0, 2000.0)


def test_a_straight_line_is_told_by_slope_and_beginning() -> None:
    assert windows.line_through(np.array([-1024.0, -1023.0, -1022.0])) == [1.0, -1024.0]


@pytest.mark.parametrize("values", [[0.0, 1.0, 4.0], [3.0, 3.0, 3.0], [5.0]])
def test_what_is_no_straight_line(values: list[float]) -> None:
    assert windows.line_through(np.array(values)) == []


def test_files_of_one_opened_file_sort_by_number() -> None:
    made = [names.frame_name(n) for n in (2, 10, 100)]
    assert made == sorted(made)


def test_a_small_colour_picture_says_so() -> None:
    assert names.small_name(1, "") == "small-colour-00001.jpg"
