"""Frames and window presets; every file that pydicom ships ends in frames or in one plain cause."""

from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from consortium.files.dicom import frames as engine
from consortium.files.dicom.frames import Frames, write_frames
from consortium.files.dicom.names import frame_name, table_name
from consortium.files.dicom.render import render
from consortium.files.sniff import Fault, Kind, Refused, Sample, sniff
from consortium.files.states import REASONS

from . import makers

FILES = sorted(path for path in makers.CORPUS.rglob("*") if path.is_file() and path.suffix != ".pyc")

#: What each unreadable file of the corpus is told. Anything else must show its frames.
CAUSES: dict[str, Fault] = {
    "ExplVR_BigEndNoMeta.dcm": Fault.NO_PICTURE,
    "ExplVR_LitEndNoMeta.dcm": Fault.NO_PICTURE,
    "JPEG-lossy.dcm": Fault.COMPRESSION,
    "JPGExtended.dcm": Fault.COMPRESSION,
    "JPEG2000-embedded-sequence-delimiter.dcm": Fault.COMPRESSION,
    "MR_truncated.dcm": Fault.TRUNCATED,
    "UN_sequence.dcm": Fault.NO_PICTURE,
    "badVR.dcm": Fault.BROKEN,
    "empty_charset_LEI.dcm": Fault.NO_PICTURE,
    "meta_missing_tsyntax.dcm": Fault.BROKEN,
    "nested_priv_SQ.dcm": Fault.BROKEN,
    "no_meta.dcm": Fault.UNKNOWN_TYPE,
    "no_meta_group_length.dcm": Fault.NO_PICTURE,
    "priv_SQ.dcm": Fault.NO_PICTURE,
    "reportsi.dcm": Fault.NO_PICTURE,
    "reportsi_with_empty_number_tags.dcm": Fault.NO_PICTURE,
    "rtplan.dcm": Fault.NO_PICTURE,
    "rtplan_truncated.dcm": Fault.NO_PICTURE,
    "rtstruct.dcm": Fault.NO_PICTURE,
    "test-SR.dcm": Fault.NO_PICTURE,
    "waveform_ecg.dcm": Fault.NO_PICTURE,
    "zipMR.gz": Fault.ARCHIVE,
}


def expected(path: Path) -> Fault | None:
    if path.name.startswith("DICOMDIR"):
        return Fault.DICOMDIR
    if path.suffix in (".txt", ".icc", ".json", ".dump") or path.name == "README":
        return Fault.UNKNOWN_TYPE
    if "TINY_ALPHA" in path.parts:
        return Fault.NO_PICTURE
    return CAUSES.get(path.name)


def shown(path: Path, folder: Path) -> Frames:
    assert sniff(Sample.of(path)) is Kind.DICOM
    return write_frames(path, folder)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(makers.CORPUS)))
@pytest.mark.filterwarnings("ignore")
def test_every_file_of_the_corpus(path: Path, tmp_path: Path) -> None:
    cause = expected(path)
    if cause:
        with pytest.raises(Refused) as refused:
            shown(path, tmp_path)
        assert refused.value.fault is cause
        return
    found = shown(path, tmp_path)
    for number in range(1, found.count + 1):
        for preset in found.presets or [""]:
            with Image.open(render(tmp_path, number, preset)) as picture:
                assert picture.size == (found.width, found.height)
                assert picture.mode == ("RGB" if found.colour else "L")
    assert (tmp_path / "thumb.jpg").stat().st_size > 0


def test_the_corpus_in_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    """How many files show their frames (the table above proves each), and what the others say."""
    causes = Counter(cause.value for cause in map(expected, FILES) if cause)
    shown_count = len(FILES) - causes.total()
    with capsys.disabled():
        told = ", ".join(f"{count} {cause}" for cause, count in causes.most_common())
        print(f"\n{len(FILES)} files: {shown_count} show their frames; {told}")
    assert all(str(REASONS[cause]) for cause in causes)
    assert shown_count == 88


def made(tmp_path: Path, **about: object) -> tuple[Path, Frames]:
    source = tmp_path / "source"
    source.write_bytes(makers.dicom(**about))  # type: ignore[arg-type]
    return tmp_path, write_frames(source, tmp_path)


def greys(folder: Path, preset: str, number: int = 1) -> list[int]:
    """The 21 columns of the test CT, -1000 to 1000 HU in steps of 100."""
    with Image.open(render(folder, number, preset)) as picture:
        return list(picture.tobytes()[:21])


def test_hounsfield_presets(tmp_path: Path) -> None:
    folder, found = made(tmp_path)
    assert found.presets == ["default", "lung", "bone", "soft", "brain", "full"]
    lung, bone, soft, brain = (greys(folder, name) for name in ("lung", "bone", "soft", "brain"))
    # lung: -600 +/- 750 HU. At -600 middle grey, at -1000 dark, at 200 and above white.
    assert lung[4] == pytest.approx(128, abs=1)
    assert 40 < lung[0] < 80
    assert lung[12:] == [255] * 9
    # bone: 400 +/- 900
    assert bone[14] == pytest.approx(128, abs=1)
    assert bone[0] == bone[5] == 0
    # soft tissue: 40 +/- 200
    assert soft[8] == 0
    assert 0 < soft[10] < 128 < soft[11] < 255
    assert soft[13] == 255
    # brain: 40 +/- 40
    assert (brain[9], brain[11]) == (0, 255)
    assert greys(folder, "default") == soft
    assert greys(folder, "full")[0] == 0
    assert greys(folder, "full")[-1] == 255


def test_a_window_in_the_file_is_the_default(tmp_path: Path) -> None:
    found = write_frames(makers.CORPUS / "JPEG2000.dcm", tmp_path)
    assert found.presets == ["default", "full"]


def test_frames_differ_and_are_counted(tmp_path: Path) -> None:
    folder, found = made(tmp_path, frames=5)
    assert found.count == 5
    assert greys(folder, "brain", 1)[10] < greys(folder, "brain", 5)[10]


def test_monochrome1_is_shown_inverted(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    plain, _ = made(tmp_path / "a")
    inverted, _ = made(tmp_path / "b", photometric="MONOCHROME1")
    assert greys(inverted, "soft") == [255 - grey for grey in greys(plain, "soft")]


def test_nothing_written_names_the_child(tmp_path: Path) -> None:
    folder, _ = made(tmp_path)
    (folder / "source").unlink()
    assert not any(b"Secret" in file.read_bytes() for file in folder.iterdir())


def test_too_many_frames_are_refused_before_decoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consortium.files.dicom.reading.MAX_FRAMES", 3)
    monkeypatch.setattr(engine, "iter_pixels", None)
    with pytest.raises(Refused) as refused:
        made(tmp_path, frames=4)
    assert refused.value.fault is Fault.TOO_MANY_PIXELS


def test_rendered_pictures_are_kept(tmp_path: Path) -> None:
    folder, _ = made(tmp_path)
    first = render(folder, 1, "lung")
    changed_at = first.stat().st_mtime_ns
    assert render(folder, 1, "lung") == first
    assert first.stat().st_mtime_ns == changed_at


@pytest.mark.parametrize(("number", "preset"), [(2, "lung"), (0, "lung"), (1, "nope"), (1, "../../x")])
def test_what_is_not_there_is_not_found(tmp_path: Path, number: int, preset: str) -> None:
    folder, _ = made(tmp_path)
    with pytest.raises(FileNotFoundError):
        render(folder, number, preset)


def test_names() -> None:
    assert frame_name(7) == "frame-00007.png"
    assert table_name("lung") == "table-lung.lut"
