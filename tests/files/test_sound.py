"""Voice notes: told by their bytes, measured on the server, and written anew without anything but the sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from consortium.casework.models import Case
from consortium.files.models import Attachment
from consortium.files.queries import sound_path
from consortium.files.sandbox import inspect_file
from consortium.files.sniff import Fault, Kind, Refused, Sample, sniff
from consortium.files.sound import NAME, reading
from consortium.files.sound.reading import _write as write_sound  # the disk is not full in tests
from consortium.files.sound.reading import rewrite
from consortium.files.states import REASONS, Step
from consortium.kernel.errors import NotVisible
from tests.files.conftest import Attach, inspected
from tests.files.makers import jpeg
from tests.files.sounds import film_mp4, recording, video


def kind_of(data: bytes) -> Kind:
    return sniff(Sample.of_bytes(data))


def fault_of(data: bytes) -> Fault:
    with pytest.raises(Refused) as refused:
        kind_of(data)
    return refused.value.fault


@pytest.mark.parametrize(
    ("made", "kind"), [("webm", Kind.WEBM), ("ogg", Kind.OGG), ("m4a", Kind.M4A), ("mp4", Kind.M4A)]
)
def test_a_recording_is_told_by_its_bytes(made: str, kind: Kind) -> None:
    assert kind_of(recording(made)) is kind


def test_a_webm_with_a_picture_is_a_video() -> None:
    assert fault_of(video()) is Fault.VIDEO


def test_an_mp4_with_a_picture_is_a_video() -> None:
    assert fault_of(film_mp4()) is Fault.VIDEO


def test_a_webm_that_names_no_track_is_a_video() -> None:
    assert fault_of(b"\x1a\x45\xdf\xa3" + b"\0" * 200) is Fault.VIDEO


def test_an_ogg_of_something_else_is_unknown() -> None:
    assert fault_of(b"OggS" + b"\0" * 24 + b"\x80theora") is Fault.UNKNOWN_TYPE


def test_only_recordings_are_sound() -> None:
    assert [kind for kind in Kind if kind.is_sound] == [Kind.WEBM, Kind.OGG, Kind.M4A]


def kept(tmp_path: Path, data: bytes, kind: Kind) -> dict[str, Any]:
    source = tmp_path / "source"
    source.write_bytes(data)
    return rewrite(source, kind, tmp_path)


@pytest.mark.parametrize(("made", "kind"), [("webm", Kind.WEBM), ("ogg", Kind.OGG), ("m4a", Kind.M4A)])
def test_its_length_is_measured(tmp_path: Path, made: str, kind: Kind) -> None:
    assert kept(tmp_path, recording(made, 2.0), kind)["seconds"] == pytest.approx(2.0, abs=0.15)


def test_what_is_kept_is_an_mp3(tmp_path: Path) -> None:
    kept(tmp_path, recording(), Kind.WEBM)
    head = (tmp_path / NAME).read_bytes()[:2]
    assert (head[0], head[1] & 0xE6) == (0xFF, 0xE2), "a frame of MPEG audio, layer 3"


def test_what_is_kept_tells_nothing_of_whom_it_was_named_after(tmp_path: Path) -> None:
    assert b"Lin Xiaoyu" in recording()
    kept(tmp_path, recording(), Kind.WEBM)
    sound = (tmp_path / NAME).read_bytes()
    assert not any(word in sound for word in (b"Lin", b"Secret", b"ID3", b"TAG"))


def refusal(tmp_path: Path, data: bytes, kind: Kind = Kind.WEBM) -> Fault:
    with pytest.raises(Refused) as refused:
        kept(tmp_path, data, kind)
    return refused.value.fault


def test_the_limit_is_a_minute() -> None:
    assert (reading.MOST_SECONDS, reading.GRACE) == (60, 1.0)


def test_a_recorder_that_stopped_a_little_late_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_SECONDS", 1)
    assert kept(tmp_path, recording("webm", 1.8), Kind.WEBM)["seconds"] > 1


def test_more_than_that_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_SECONDS", 1)
    assert refusal(tmp_path, recording("webm", 2.5)) is Fault.TOO_LONG


def test_an_hour_is_refused_without_being_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seconds more than may be are decoded, whatever follows."""
    monkeypatch.setattr(reading, "MOST_SECONDS", -1)
    assert refusal(tmp_path, recording("webm", 2.5)) is Fault.TOO_LONG


def test_what_is_told_of_a_long_one_says_how_long_it_may_be() -> None:
    assert "60 seconds" in str(REASONS[Fault.TOO_LONG])


def test_silence_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, recording("webm", 0.5, "anullsrc=channel_layout=mono")) is Fault.SILENT


def test_a_broken_one_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, recording()[:300]) is Fault.BROKEN


def test_a_container_that_is_not_what_it_was_taken_for_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, recording("ogg"), Kind.M4A) is Fault.BROKEN


def test_a_codec_that_no_browser_records_is_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_DECODERS", "aac")
    assert refusal(tmp_path, recording()) is Fault.BROKEN


def test_one_that_is_too_large_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    assert refusal(tmp_path, recording()) is Fault.TOO_LARGE


def test_a_folder_that_cannot_be_written_is_the_servers_trouble(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Errno 28"):
        write_sound(np.zeros(100, dtype="<i2"), tmp_path / "missing" / NAME)


def test_the_child_does_it_within_its_limits(tmp_path: Path) -> None:
    source, folder = tmp_path / "source", tmp_path / "made"
    source.write_bytes(recording())
    folder.mkdir()
    verdict = inspect_file(source, folder)
    assert (verdict.kind, verdict.fault, (folder / NAME).exists()) == ("audio/webm", None, True)
    assert verdict.sound is not None


@pytest.fixture
def note(asked_case: Case, attach: Attach, db: None) -> Attachment:
    return inspected(attach(asked_case, recording(), name="Voice note.webm"))


def test_a_note_becomes_available(note: Attachment) -> None:
    assert (note.step, note.kind) == (Step.AVAILABLE, "audio/webm")


def test_the_row_keeps_its_length(note: Attachment) -> None:
    assert note.sound["seconds"] == pytest.approx(1.0, abs=0.15)


def test_only_what_was_written_anew_lies_on_the_shelf(note: Attachment) -> None:
    assert [path.name for path in note.folder.iterdir()] == [NAME]


def test_the_sound_of_a_note_is_found(note: Attachment) -> None:
    assert sound_path(note) == note.folder / NAME


def test_a_photo_has_no_sound(asked_case: Case, attach: Attach) -> None:
    photo = inspected(attach(asked_case, jpeg()))
    assert photo.sound == {}
    with pytest.raises(NotVisible):
        sound_path(photo)


def test_a_long_note_is_refused_with_its_reason(asked_case: Case, attach: Attach) -> None:
    long = recording("ogg", 62.0, "sine=frequency=440", "-compression_level", "0")
    refused = inspected(attach(asked_case, long, name="long.ogg"))
    assert (refused.step, refused.fault) == (Step.VALIDATION_FAILED, Fault.TOO_LONG)
