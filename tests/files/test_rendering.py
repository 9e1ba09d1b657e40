"""Small pictures made ahead, exact ones, and the stored codes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.urls import reverse
from PIL import Image

from consortium.casework.models import Case
from consortium.files import tasks
from consortium.files.dicom.frames import write_frames
from consortium.files.dicom.render import FEW, SMALL_EDGE, render, render_codes, render_small
from consortium.files.models import Attachment
from consortium.files.operations import rendering, sweep
from consortium.files.operations.inspecting import LOST_AFTER
from consortium.files.sandbox import render_ahead
from consortium.files.sandbox.ahead import made_until
from consortium.kernel import clock
from consortium.kernel.actors import acting_as, system
from consortium.people.models import User
from tests.cast import client_for

from . import makers
from .conftest import Attach, fresh, inspected


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "source").write_bytes(makers.dicom(frames=6))
    write_frames(tmp_path / "source", tmp_path)
    return tmp_path


def test_a_small_picture_fits_a_phone(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(makers.stack(1, edge=1500))
    write_frames(tmp_path / "source", tmp_path)
    with Image.open(render_small(tmp_path, 1, "default")) as small:
        assert (small.format, max(small.size)) == ("JPEG", SMALL_EDGE)


def test_a_small_picture_is_never_larger_than_the_frame(folder: Path) -> None:
    with Image.open(render_small(folder, 1, "lung")) as small:
        assert small.size == (21, 16)


def test_a_small_colour_picture_has_its_colours(tmp_path: Path) -> None:
    write_frames(makers.CORPUS / "SC_rgb_rle.dcm", tmp_path)
    with Image.open(render_small(tmp_path, 1, "")) as small:
        assert small.mode == "RGB"


def test_codes_are_the_stored_values_in_two_channels(folder: Path) -> None:
    with Image.open(render_codes(folder, 2)) as codes:
        channels = np.asarray(codes).astype(int)
    values = channels[..., 0] * 256 + channels[..., 1]
    assert list(values[0]) == [34 + 100 * column for column in range(21)]
    assert not channels[..., 2].any()


def test_the_line_through_the_codes_tells_hounsfield_units(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(makers.dicom())
    found = write_frames(tmp_path / "source", tmp_path)
    assert found.values == [1.0, -1024.0]
    assert found.window == [40.0, 400.0]


def test_colour_has_no_codes(tmp_path: Path) -> None:
    write_frames(makers.CORPUS / "SC_rgb_rle.dcm", tmp_path)
    with pytest.raises(FileNotFoundError):
        render_codes(tmp_path, 1)


@pytest.mark.parametrize(("number", "preset"), [(7, "lung"), (1, "nope"), (1, "../x"), (7, "")])
def test_a_small_picture_that_is_not_there(folder: Path, number: int, preset: str) -> None:
    with pytest.raises(FileNotFoundError):
        render_small(folder, number, preset)


def test_a_full_disk_leaves_no_half_picture(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Any, *given: Any, **named: Any) -> None:
        Path(given[0]).write_bytes(b"half")
        raise OSError(28, "full")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(OSError, match="full"):
        render(folder, 1, "bone")
    monkeypatch.undo()
    assert not list(folder.glob("*bone*.part"))
    assert render(folder, 1, "bone").stat().st_size > 4


# -- ahead ------------------------------------------------------------------------------------------------------------


def test_the_child_makes_all_of_them(folder: Path) -> None:
    assert render_ahead(folder, "default") == 6
    assert len(list(folder.glob("small-default-*.jpg"))) == 6


def test_it_stops_when_its_time_is_spent(folder: Path) -> None:
    assert made_until(folder, "default", time.monotonic() - 1) == 0


def test_a_child_that_dies_has_made_none(folder: Path) -> None:
    assert render_ahead(folder, "default", memory=1 << 20) == 0


def test_a_short_file_is_ready_when_it_is_available(draft_case: Case, attach: Attach) -> None:
    row = inspected(attach(draft_case, makers.dicom(frames=FEW)))
    assert row.rendered_at is not None
    assert len(list(row.folder.glob("small-*.jpg"))) == FEW


def rendered(row: Attachment) -> int:
    return tasks.render(str(row.pk))


@pytest.fixture
def long(draft_case: Case, attach: Attach) -> Attachment:
    return inspected(attach(draft_case, makers.dicom(frames=FEW + 2)))


def test_a_long_one_is_made_by_the_worker(long: Attachment) -> None:
    assert long.rendered_at is None
    assert rendered(long) == FEW + 2
    assert fresh(long).rendered_at is not None


def test_once_made_it_is_not_made_again(long: Attachment) -> None:
    rendered(long)
    assert rendered(long) == 0


def test_what_was_not_finished_is_asked_for_again(long: Attachment, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(rendering, "render_soon", asked.append)
    monkeypatch.setattr(rendering, "render_ahead", lambda folder, preset: 1)
    assert rendered(long) == 1
    assert asked == [long.pk]
    assert fresh(long).rendered_at is None


def test_what_fails_again_and_again_is_left_to_whoever_looks(long: Attachment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "render_ahead", lambda folder, preset: 0)
    for _ in range(rendering.MOST_ATTEMPTS + 1):
        rendered(long)
    assert fresh(long).render_attempts == rendering.MOST_ATTEMPTS


def test_the_sweeper_finds_what_was_lost(long: Attachment, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("consortium.files.operations.sweeping.render_soon", asked.append)
    with acting_as(system("test")) as actor:
        assert sweep(actor=actor)["unrendered"] == 0
        with clock.moved(LOST_AFTER * 2):
            assert sweep(actor=actor)["unrendered"] == 1
    assert asked == [long.pk]


# -- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "kind"), [("small", "image/jpeg"), ("full", "image/png"), ("codes", "image/png")])
def test_each_size_has_an_address(long: Attachment, asker: User, size: str, kind: str) -> None:
    reply = client_for(asker).get(reverse("files:sized_frame", args=[long.pk, 1, "default", size]))
    assert (reply.status_code, reply["Content-Type"]) == (200, kind)


@pytest.mark.parametrize(
    ("number", "preset", "size"), [(1, "default", "huge"), (99, "default", "small"), (1, "x", "small")]
)
def test_other_frames_are_not_there(long: Attachment, asker: User, number: int, preset: str, size: str) -> None:
    url = reverse("files:sized_frame", args=[long.pk, number, preset, size])
    assert client_for(asker).get(url).status_code == 404


def test_a_photo_has_no_frames(draft_case: Case, attach: Attach, asker: User) -> None:
    row = inspected(attach(draft_case, makers.jpeg()))
    assert client_for(asker).get(reverse("files:sized_frame", args=[row.pk, 1, "x", "small"])).status_code == 404
