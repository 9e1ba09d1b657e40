"""Pictures and PDFs of a course: looked at, re-encoded, under no name; shown to who sees the course."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from consortium.kernel.errors import DomainError, InvalidInput, NotPermitted, NotVisible, StorageFull, TooLarge
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.library.models import CourseVersion, Material
from courses.library.operations import materials
from courses.library.operations.materials import MOST_BYTES, add_material
from tests.cast import client_for
from tests.courses.library.films import as_
from tests.courses.library.making import chapter, publish, reading
from tests.factories.people import make_staff
from tests.files.makers import archive, dicom, jpeg, png

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def added(trainer: User, begun: CourseVersion, data: bytes, name: str = "chart.jpg", **words: Any) -> Material:
    made: Material = as_(trainer, add_material, course_id=begun.course_id, name=name, data=data, **words)
    return made


def on_disk() -> list[str]:
    shelf = Path(settings.MEDIA_ROOT) / "materials"
    return sorted(path.name for path in shelf.iterdir()) if shelf.exists() else []


# -- adding -----------------------------------------------------------------------------------------------------------


def test_a_picture_is_kept_in_sizes_and_not_as_it_came(trainer: User, begun: CourseVersion) -> None:
    data = jpeg(gps=True)
    made = added(trainer, begun, data)

    assert (made.kind, made.name, made.size) == ("picture", "chart.jpg", len(data))
    kept = [made.folder / one["name"] for one in made.pictures]
    assert kept
    assert sorted(path.name for path in made.folder.iterdir()) == sorted(path.name for path in kept)
    assert all(b"GPS" not in path.read_bytes() and path.read_bytes() != data for path in kept)


def test_a_pdf_is_kept_whole(trainer: User, begun: CourseVersion) -> None:
    made = added(trainer, begun, PDF, "plan.pdf")

    assert (made.kind, (made.folder / "file.pdf").read_bytes()) == ("pdf", PDF)


@pytest.mark.parametrize(
    "data", [b"words", archive(), dicom(), jpeg()[:200]], ids=["text", "archive", "dicom", "half a picture"]
)
def test_what_is_neither_is_refused_and_leaves_nothing(trainer: User, begun: CourseVersion, data: bytes) -> None:
    before = on_disk()
    with pytest.raises(InvalidInput) as told:
        added(trainer, begun, data)

    assert "file" in told.value.fields
    assert (on_disk(), Material.unscoped.count()) == (before, 0)


def test_a_file_that_is_too_large_is_not_even_looked_at(trainer: User, begun: CourseVersion) -> None:
    with pytest.raises(TooLarge, match="10 MB"):
        added(trainer, begun, b"\0" * (MOST_BYTES + 1))


def test_a_file_without_a_name_is_refused_and_leaves_nothing(trainer: User, begun: CourseVersion) -> None:
    before = on_disk()
    with pytest.raises(DomainError, match="has no name"):
        added(trainer, begun, png(), "  ")

    assert on_disk() == before


def test_a_long_name_is_cut(trainer: User, begun: CourseVersion) -> None:
    assert len(added(trainer, begun, png(), "n" * 300).name) == 120


def test_a_full_disk_is_said_and_leaves_nothing(
    trainer: User, begun: CourseVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, look = on_disk(), materials._look

    def full(row: Material, data: bytes) -> None:
        look(row, data)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(materials, "_look", full)
    with pytest.raises(StorageFull):
        added(trainer, begun, png())

    assert on_disk() == before


def test_a_double_click_adds_one(trainer: User, begun: CourseVersion) -> None:
    key, before = uuid4(), len(on_disk())
    first, second = (added(trainer, begun, png(), key=key) for _time in range(2))

    assert first == second
    assert (Material.unscoped.count(), len(on_disk())) == (1, before + 1)


def test_another_hospital_s_trainer_finds_no_draft_to_add_to(other_trainer: User, begun: CourseVersion) -> None:
    with pytest.raises(NotVisible):
        added(other_trainer, begun, png())


def test_a_colleague_who_does_not_build_may_not_add(hospital: Institution, trainer: User, begun: CourseVersion) -> None:
    reading(trainer, chapter(trainer, begun))
    publish(trainer, begun)
    with pytest.raises(NotPermitted):
        added(make_staff("colleague", hospital, Role.SPECIALIST), begun, png())


def test_a_picture_is_no_file_of_a_lesson(trainer: User, begun: CourseVersion) -> None:
    made = added(trainer, begun, png())
    with pytest.raises(DomainError):
        reading(trainer, chapter(trainer, begun), kind="file", material_id=made.pk)


# -- the page ---------------------------------------------------------------------------------------------------------


def at(version: CourseVersion) -> str:
    return f"/courses/build/versions/{version.pk}/materials/"


def test_the_page_takes_one_and_shows_it(trainer: User, begun: CourseVersion) -> None:
    client = client_for(trainer)
    sent = {"file": SimpleUploadedFile("chart.png", png()), "request_key": str(uuid4())}

    assert client.post(at(begun), sent).status_code == 302
    made = Material.unscoped.get()
    assert str(made.pk) in client.get(at(begun)).content.decode()


def test_the_page_says_what_is_wrong(trainer: User, begun: CourseVersion) -> None:
    sent = {"file": SimpleUploadedFile("chart.png", b"words"), "request_key": str(uuid4())}
    answer = client_for(trainer).post(at(begun), sent)

    assert answer.status_code == 422
    assert not Material.unscoped.exists()


# -- showing ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def shown(trainer: User, begun: CourseVersion) -> tuple[Material, Material]:
    """A picture and a PDF of a published course."""
    made = added(trainer, begun, png()), added(trainer, begun, PDF, "plan")
    reading(trainer, chapter(trainer, begun), kind="file", material_id=made[1].pk)
    publish(trainer, begun)
    return made


@pytest.fixture
def viewer(learner: User) -> Client:
    return client_for(learner)


def test_a_learner_is_sent_each_size_once(viewer: Client, shown: tuple[Material, Material]) -> None:
    picture = shown[0]
    for one in picture.pictures:
        answer = viewer.get(f"/courses/materials/{picture.pk}/{one['name'].partition('.')[0]}/")
        assert answer["X-Accel-Redirect"].endswith(f"/materials/{picture.pk}/{one['name']}")
        assert "immutable" in answer["Cache-Control"]


def test_a_pdf_is_saved_under_its_name_with_its_ending(viewer: Client, shown: tuple[Material, Material]) -> None:
    answer = viewer.get(f"/courses/materials/{shown[1].pk}/")

    assert (answer["Content-Type"], answer["Content-Disposition"]) == ("application/pdf",
                                                                      'attachment; filename="plan.pdf"')  # fmt: skip


@pytest.mark.parametrize("size", ["huge", "file"])
def test_a_size_that_is_not_made_is_not_found(viewer: Client, shown: tuple[Material, Material], size: str) -> None:
    assert viewer.get(f"/courses/materials/{shown[0].pk}/{size}/").status_code == 404


def test_a_picture_is_no_file_and_a_file_no_picture(viewer: Client, shown: tuple[Material, Material]) -> None:
    assert viewer.get(f"/courses/materials/{shown[0].pk}/").status_code == 404
    assert viewer.get(f"/courses/materials/{shown[1].pk}/full/").status_code == 404


def test_what_belongs_to_a_draft_is_not_there_for_learners(viewer: Client, trainer: User, begun: CourseVersion) -> None:
    picture = added(trainer, begun, png())

    assert viewer.get(f"/courses/materials/{picture.pk}/full/").status_code == 404
    assert client_for(trainer).get(f"/courses/materials/{picture.pk}/full/").status_code == 200
