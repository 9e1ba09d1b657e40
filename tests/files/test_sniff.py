"""The kind of a file is told by its bytes; a name is never looked at."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consortium.files.sniff import Fault, Kind, Refused, Sample, sniff
from consortium.files.sniff.pdf import scan_pdf

from . import makers


def fault_of(data: bytes) -> Fault:
    with pytest.raises(Refused) as refused:
        sniff(Sample.of_bytes(data))
    return refused.value.fault


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (makers.jpeg(), Kind.JPEG),
        (makers.png(), Kind.PNG),
        (makers.webp(), Kind.WEBP),
        (makers.PDF, Kind.PDF),
        (makers.dicom(), Kind.DICOM),
        (makers.dicom()[132:], Kind.DICOM),
        (makers.CT.read_bytes(), Kind.DICOM),
        (makers.jpeg() + b"<script>alert(1)</script>", Kind.JPEG),
    ],
)
def test_kinds(data: bytes, kind: Kind) -> None:
    assert sniff(Sample.of_bytes(data)) is kind


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", Fault.EMPTY),
        (b"\0", Fault.UNKNOWN_TYPE),
        (makers.EICAR, Fault.UNKNOWN_TYPE),
        (b"GIF89a" + makers.archive(), Fault.UNKNOWN_TYPE),
        (makers.archive("../../etc/cron.d/x"), Fault.ARCHIVE),
        (b"MZ\x90\0", Fault.ACTIVE),
        (b"\x7fELF\2\1", Fault.ACTIVE),
        (b"\xef\xbb\xbf <!DOCTYPE html><script>", Fault.ACTIVE),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">', Fault.ACTIVE),
        (b"\0\0\0\x18ftypheic", Fault.HEIC),
        (b"\0\0\0\x18ftypmp42", Fault.VIDEO),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Fault.DOCUMENT),
        (b"junk\n" + makers.PDF, Fault.DISGUISED),
        (makers.PDF[:-8], Fault.TRUNCATED),
        (makers.PDF + makers.archive(), Fault.DISGUISED),
        (b"MZ" + b"\0" * 126 + makers.dicom()[128:], Fault.DISGUISED),
        (b"<html><!--" + b" " * 118 + makers.dicom()[128:], Fault.DISGUISED),
    ],
)
def test_refusals(data: bytes, fault: Fault) -> None:
    assert fault_of(data) is fault


def test_the_preamble_of_a_dual_tiff_file_is_ordinary() -> None:
    assert sniff(Sample.of_bytes(b"II*\0" + b"\x10" * 124 + makers.dicom()[128:])) is Kind.DICOM


@pytest.mark.parametrize(
    ("inside", "fault"),
    [
        (b"1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj", Fault.ACTIVE),
        (b"1 0 obj<</S/J#61vaScript>>endobj", Fault.ACTIVE),
        (b"1 0 obj<</S/Launch/F(cmd.exe)>>endobj", Fault.ACTIVE),
        (b"1 0 obj<</EmbeddedFiles 2 0 R>>endobj", Fault.ACTIVE),
        (b"trailer<</Encrypt 9 0 R>>", Fault.PASSWORD),
        (b" " * ((1 << 20) - 6) + b"/JavaScript", Fault.ACTIVE),
    ],
)
def test_pdf_contents(tmp_path: Path, inside: bytes, fault: Fault) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"%PDF-1.4\n" + inside + b"\n%%EOF")
    with pytest.raises(Refused) as refused:
        scan_pdf(file)
    assert refused.value.fault is fault


def test_a_plain_pdf_passes(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(makers.PDF)
    scan_pdf(file)


@given(st.binary(max_size=600))
def test_no_bytes_make_it_stumble(data: bytes) -> None:
    try:
        assert sniff(Sample.of_bytes(data)) in Kind
    except Refused as refused:
        assert refused.fault in Fault


def test_a_sample_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    data = bytes(range(256)) * 64
    (tmp_path / "f").write_bytes(data)
    assert Sample.of(tmp_path / "f") == Sample.of_bytes(data)
