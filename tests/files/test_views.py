"""Pages, released bytes and their headers; who sees what; which reads are noted."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from consortium.casework.models import Case
from consortium.files.models import Attachment
from consortium.files.states import Step
from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.people.models import User
from tests.cast import client_for

from . import makers
from .conftest import Attach, inspected


@pytest.fixture
def photo(asked_case: Case, attach: Attach) -> Attachment:
    return inspected(attach(asked_case, makers.jpeg((2000, 1000)), name="Lin Xiaoyu.jpg"))


@pytest.fixture
def ct(asked_case: Case, attach: Attach) -> Attachment:
    return inspected(attach(asked_case, makers.dicom(frames=5), name="Lin Xiaoyu.dcm"))


@pytest.fixture
def pdf(asked_case: Case, attach: Attach) -> Attachment:
    return inspected(attach(asked_case, makers.PDF, name='Lin "Xiaoyu"; 胸片.pdf'))


def address(name: str, row: Attachment, *more: Any) -> str:
    return reverse(f"files:{name}", args=[row.pk, *more])


def every_address(row: Attachment) -> list[str]:
    return [
        address("show", row),
        address("picture", row, "full"),
        address("picture", row, "thumb"),
        address("frame", row, 1, "lung"),
        address("original", row),
        f"/api/v1/attachments/{row.pk}/",
    ]


def released(response: Any) -> Path:
    """The file that a view released."""
    named = response["X-Accel-Redirect"]
    assert named.startswith("/protected/")
    return Path(django_settings.MEDIA_ROOT, str(named).removeprefix("/protected/"))


# -- who sees what ----------------------------------------------------------------------------------------------------


def test_a_stranger_finds_nothing(photo: Attachment, ct: Attachment, pdf: Attachment, stranger: User) -> None:
    client = client_for(stranger)
    for row in (photo, ct, pdf):
        for url in every_address(row):
            assert client.get(url).status_code == 404, url
        assert client.post(address("act", row, "withdraw")).status_code == 404
    for name in ("of_case", "tiles"):
        assert client.get(reverse(f"files:{name}", args=[photo.case_id])).status_code == 404
    assert client.get(f"/api/v1/cases/{photo.case_id}/attachments/").status_code == 404


def test_nobody_sees_anything_without_signing_in(photo: Attachment) -> None:
    for url in every_address(photo):
        assert Client().get(url).status_code in (302, 401), url


def test_before_the_case_is_taken_its_queue_sees_no_picture_and_no_name(
    photo: Attachment, ct: Attachment, specialist: User
) -> None:
    client = client_for(specialist)
    for url in (address("show", ct), address("frame", ct, 1, "lung"), address("original", ct)):
        answer = client.get(url)
        assert answer.status_code == 403
        assert b"Xiaoyu" not in answer.content
    listed = client.get(f"/api/v1/cases/{ct.case_id}/attachments/")
    assert b"Xiaoyu" not in listed.content
    assert [row["original"] for row in listed.json()["results"]] == ["", ""]


def test_a_withdrawn_file_is_there_for_its_uploader_alone(photo: Attachment, asker: User, colleague: User) -> None:
    client_for(asker).post(address("act", photo, "withdraw"))
    for url in (address("show", photo), address("picture", photo, "full"), f"/api/v1/attachments/{photo.pk}/"):
        assert client_for(colleague).get(url).status_code == 404
        assert client_for(asker).get(url).status_code == 200
    client_for(asker).post(address("act", photo, "restore"))
    assert client_for(colleague).get(address("show", photo)).status_code == 200


@pytest.mark.parametrize("data", [b"text", b"<svg>", makers.jpeg()])
def test_bytes_that_are_not_available_are_not_released(
    asked_case: Case, attach: Attach, asker: User, data: bytes
) -> None:
    row = attach(asked_case, data)
    if not data.startswith(b"\xff"):
        row = inspected(row)
    assert row.step != Step.AVAILABLE
    for url in every_address(row)[:-1]:
        assert client_for(asker).get(url).status_code == 404


# -- bytes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "more", "kind"),
    [("picture", ("full",), "image/jpeg"), ("picture", ("thumb",), "image/jpeg")],
)
def test_headers_of_a_photo(photo: Attachment, asker: User, name: str, more: tuple[str], kind: str) -> None:
    response = client_for(asker).get(address(name, photo, *more))
    assert response.content == b""
    assert released(response).read_bytes().startswith(b"\xff\xd8")
    assert response["Content-Type"] == kind
    _assert_dead_end(response)


def _assert_dead_end(response: Any) -> None:
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response["Cache-Control"] == "private, no-store"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


def test_frames_differ_by_number_and_window(ct: Attachment, asker: User) -> None:
    client = client_for(asker)
    seen = {
        released(client.get(address("frame", ct, number, preset))).read_bytes()
        for number in (1, 5)
        for preset in ("lung", "brain")
    }
    assert len(seen) == 4
    response = client.get(address("frame", ct, 1, "bone"))
    assert response["Content-Type"] == "image/png"
    _assert_dead_end(response)


@pytest.mark.parametrize(("number", "preset"), [(6, "lung"), (0, "lung"), (1, "nope")])
def test_frames_that_are_not_there(ct: Attachment, asker: User, number: int, preset: str) -> None:
    assert client_for(asker).get(address("frame", ct, number, preset)).status_code == 404


def test_a_colour_file_has_one_look(asked_case: Case, attach: Attach, asker: User) -> None:
    row = inspected(attach(asked_case, (makers.CORPUS / "SC_rgb_rle.dcm").read_bytes()))
    response = client_for(asker).get(address("frame", row, 1, "default"))
    assert released(response).name == "frame-00001.png"
    assert client_for(asker).get(address("show", row)).status_code == 200


def test_a_pdf_is_saved_never_shown(pdf: Attachment, asker: User) -> None:
    response = client_for(asker).get(address("original", pdf))
    assert released(response).read_bytes() == makers.PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''Lin%20Xiaoyu")
    assert response["ETag"] == f'"{pdf.sha256}"'
    _assert_dead_end(response)
    page = client_for(asker).get(address("show", pdf)).content
    assert b"<iframe" not in page
    assert b"<embed" not in page
    assert client_for(asker).get(address("picture", pdf, "thumb")).status_code == 404


def test_a_photo_has_no_original(photo: Attachment, asker: User) -> None:
    assert client_for(asker).get(address("original", photo)).status_code == 404


def test_the_names_of_dicom_downloads_end_in_dcm(asked_case: Case, attach: Attach, asker: User) -> None:
    row = inspected(attach(asked_case, makers.dicom(), name="IM0001"))
    response = client_for(asker).get(address("original", row))
    assert response["Content-Disposition"] == 'attachment; filename="IM0001.dcm"'


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_viewer_works_by_links_alone(ct: Attachment, asker: User) -> None:
    client = client_for(asker)
    page = client.get(address("show", ct)).content.decode()
    assert f'src="{address("frame", ct, 1, "default")}"' in page
    assert "frame=2&amp;window=default" in page
    second = client.get(address("show", ct), {"frame": "2", "window": "lung"}).content.decode()
    assert f'src="{address("frame", ct, 2, "lung")}"' in second
    assert "frame=3&amp;window=lung" in second
    assert "Picture 2 of 5, window Lung" in second


@pytest.mark.parametrize("query", [{"frame": "999"}, {"frame": "x"}, {"frame": "-1"}, {"window": "<script>"}])
def test_odd_questions_show_a_picture_all_the_same(ct: Attachment, asker: User, query: dict[str, str]) -> None:
    page = client_for(asker).get(address("show", ct), query)
    assert page.status_code == 200
    assert b"<script>alert" not in page.content


def test_the_title_never_holds_a_name(photo: Attachment, asker: User) -> None:
    page = client_for(asker).get(address("show", photo)).content.decode()
    assert "Lin Xiaoyu.jpg" in page
    assert "Xiaoyu" not in page.partition("<title>")[2].partition("</title>")[0]


def test_the_case_page_lists_files_and_tells_the_uploader_what_is_wrong(
    asked_case: Case, photo: Attachment, attach: Attach, asker: User, colleague: User
) -> None:
    inspected(attach(asked_case, b"just text", name="letter.doc"))
    url = reverse("files:of_case", args=[asked_case.pk])
    mine = client_for(asker).get(url).content.decode()
    assert "not a photo, PDF or DICOM file" in mine
    assert "data-uploads" in mine
    theirs = client_for(colleague).get(url).content.decode()
    assert "letter.doc" not in theirs
    assert "Lin Xiaoyu.jpg" in theirs


def test_who_may_not_add_sees_no_form(photo: Attachment, specialist: User) -> None:
    page = client_for(specialist).get(reverse("files:of_case", args=[photo.case_id])).content.decode()
    assert "data-uploads" not in page


def test_the_plain_form_takes_several_files(asked_case: Case, asker: User) -> None:
    client, url = client_for(asker), reverse("files:of_case", args=[asked_case.pk])
    files = [SimpleUploadedFile(f"{n}.jpg", data) for n, data in enumerate((makers.jpeg(), b"text", b""))]
    response = client.post(url, {"files": files}, follow=True)
    assert response.redirect_chain == [(url, 302)]
    rows = Attachment.unscoped.order_by("created_at")
    assert [inspected(row).step for row in rows] == [
        Step.AVAILABLE, Step.VALIDATION_FAILED, Step.VALIDATION_FAILED,
    ]  # fmt: skip


def test_the_plain_form_without_a_file_says_so(asked_case: Case, asker: User) -> None:
    response = client_for(asker).post(reverse("files:of_case", args=[asked_case.pk]), follow=True)
    assert "Choose one or more files first." in response.content.decode()
    assert not Attachment.unscoped.exists()


def test_one_file_too_large_does_not_stop_the_others(asked_case: Case, asker: User, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    files = [SimpleUploadedFile("a.pdf", b"x" * 2000), SimpleUploadedFile("b.pdf", makers.PDF)]
    page = client_for(asker).post(
        reverse("files:of_case", args=[asked_case.pk]), {"files": files}, follow=True
    ).content.decode()  # fmt: skip
    assert "too large" in page
    assert Attachment.unscoped.count() == 1


def test_the_plain_form_is_for_who_may_add(asked_case: Case, specialist: User) -> None:
    url = reverse("files:of_case", args=[asked_case.pk])
    assert client_for(specialist).post(url, {"files": SimpleUploadedFile("a", b"x")}).status_code == 403


def test_unknown_acts_are_not_found(photo: Attachment, asker: User) -> None:
    assert client_for(asker).post(address("act", photo, "accept")).status_code == 404


# -- the journal ------------------------------------------------------------------------------------------------------


def reads(user: User) -> list[tuple[str, str]]:
    rows = Entry.unscoped.filter(actor_id=user.pk, verb="read").order_by("id")
    return [(row.subject_type.partition(".")[2], row.facts.get("what", "")) for row in rows]


def test_one_look_is_one_entry(ct: Attachment, asker: User) -> None:
    client = client_for(asker)
    client.get(address("show", ct))
    for number in range(1, 6):
        client.get(address("frame", ct, number, "lung"))
    assert reads(asker) == [("attachment", "image")]
    client.get(address("original", ct))
    assert reads(asker) == [("attachment", "image"), ("attachment", "original")]


def test_a_later_look_is_another_entry(photo: Attachment, asker: User) -> None:
    client_for(asker).get(address("picture", photo, "full"))
    with clock.moved(timedelta(minutes=16)):
        client_for(asker).get(address("picture", photo, "full"))
    assert reads(asker) == [("attachment", "image")] * 2


def test_every_file_is_a_look_of_its_own(photo: Attachment, ct: Attachment, asker: User) -> None:
    client_for(asker).get(address("picture", photo, "screen"))
    client_for(asker).get(address("frame", ct, 1, "default"))
    assert reads(asker) == [("attachment", "image")] * 2


def test_thumbnails_are_one_read_with_their_case(photo: Attachment, ct: Attachment, asker: User) -> None:
    client = client_for(asker)
    client.get(reverse("files:of_case", args=[photo.case_id]))
    for row in (photo, ct):
        client.get(address("picture", row, "thumb"))
    assert reads(asker) == [("case", "files")]


def test_what_is_not_released_is_not_noted(ct: Attachment, stranger: User, asker: User) -> None:
    client_for(stranger).get(address("show", ct))
    client_for(asker).get(address("frame", ct, 99, "lung"))
    assert reads(stranger) == reads(asker) == []


# -- how many queries -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_a_cases_files_take_as_many_queries_however_many_they_are(
    asked_case: Case, attach: Attach, asker: User, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        inspected(attach(asked_case, makers.PDF))
    client = client_for(asker)
    url = reverse("files:tiles", args=[asked_case.pk])
    assert client.get(url).status_code == 200
    with django_assert_num_queries(TILE_QUERIES):
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_api_list_takes_as_many_queries_however_many_they_are(
    asked_case: Case, attach: Attach, asker: User, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        inspected(attach(asked_case, makers.PDF))
    client, url = client_for(asker), f"/api/v1/cases/{asked_case.pk}/attachments/"
    client.get(url)
    with django_assert_num_queries(API_QUERIES):
        assert len(client.get(url).json()["results"]) == count


TILE_QUERIES = 8
API_QUERIES = 8


def test_a_case_that_is_not_there(asker: User) -> None:
    assert client_for(asker).get(reverse("files:of_case", args=[uuid4()])).status_code == 404
