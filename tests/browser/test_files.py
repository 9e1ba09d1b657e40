"""Uploading and looking at images as people do: on a phone, with a mouse, with the keyboard, without script."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

from consortium.casework.models import Case, Service
from consortium.files.models import Attachment
from consortium.files.operations.uploading import staging
from consortium.files.tus.staging import digest_of
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.browser.conftest import DESK, PHONE, OpenPage, problems
from tests.factories.cases import make_asked
from tests.files import makers
from tests.live.server import WebProcess

CHUNK = 16 << 20
#: ms; a worker imports everything before its first task
WORKER_STARTS = 60_000
Picture = Callable[[Page, str], None]


@pytest.fixture
def case(web: WebProcess, patient: Patient, asker: User, community: Institution, service: Service) -> Case:
    made: Case = make_asked(patient, asker, community, service).case
    return made


@pytest.fixture
def files_page(case: Case) -> str:
    return f"/files/cases/{case.pk}/"


def choose(page: Page, *paths: Path) -> None:
    more = page.locator("details.more-files:not([open]) > summary")
    if more.count():
        more.click()
    page.locator("[data-drop] input[type=file]").set_input_files([str(path) for path in paths])


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of a little more than one part."""
    path = tmp_path / "Lin Xiaoyu.bin"
    path.write_bytes(os.urandom(CHUNK + 4096))
    return path


# -- uploading --------------------------------------------------------------------------------------------------------


def test_a_photo_and_a_ct_from_a_phone(
    worker: None, open_page: OpenPage, asker: User, files_page: str, tmp_path: Path, picture: Picture,
    accessible: Callable[[Page], None],
) -> None:  # fmt: skip
    photo, ct = tmp_path / "Lin Xiaoyu.jpg", tmp_path / "scan.dcm"
    photo.write_bytes(makers.jpeg((1200, 800), gps=True))
    ct.write_bytes(makers.CT.read_bytes())
    page = open_page(asker, PHONE, files_page)
    choose(page, photo, ct)
    expect(page.locator(".file-pic img")).to_have_count(2, timeout=WORKER_STARTS)
    expect(page.locator(".file-name").first).to_be_visible()
    accessible(page)
    picture(page, "files-phone")
    assert page.evaluate("JSON.stringify(localStorage)").count("Xiaoyu") == 0


def test_a_file_that_cannot_be_used_says_what_to_do(
    worker: None, open_page: OpenPage, asker: User, files_page: str, tmp_path: Path
) -> None:
    (tmp_path / "photo.jpg").write_bytes(makers.archive())
    page = open_page(asker, PHONE, files_page)
    choose(page, tmp_path / "photo.jpg")
    told = page.get_by_text("This is an archive. Unpack it and send the files in it.")
    expect(told).to_be_visible(timeout=WORKER_STARTS)


def test_a_series_is_sent_in_one_act_and_becomes_one_tile(
    worker: None, open_page: OpenPage, asker: User, files_page: str, tmp_path: Path
) -> None:
    """Thirty slices: one line tells how far they are, a few are under way at a time, and one tile shows them all."""
    slices = makers.series(30)
    for number, data in enumerate(slices):
        (tmp_path / f"{number}.dcm").write_bytes(data)
    page = open_page(asker, DESK, files_page)
    under_way: list[int] = [0, 0]

    def began(request: Request) -> None:
        if "/api/v1/uploads/" in request.url:
            under_way[0] += 1
            under_way[1] = max(under_way)

    def ended(request: Request) -> None:
        under_way[0] -= "/api/v1/uploads/" in request.url

    page.on("request", began)
    page.on("requestfinished", ended)
    choose(page, *sorted(tmp_path.glob("*.dcm")))
    expect(page.locator(".upload:visible")).to_have_count(1)
    expect(page.get_by_text("30 of 30 sent")).to_be_visible(timeout=WORKER_STARTS)
    assert under_way[1] < 8
    expect(page.get_by_role("link", name="Series CT")).to_be_visible(timeout=WORKER_STARTS)
    expect(page.get_by_text("30 pictures")).to_be_visible(timeout=WORKER_STARTS)
    expect(page.locator(".file")).to_have_count(1)


def test_of_many_files_the_bad_one_says_so(open_page: OpenPage, asker: User, files_page: str, tmp_path: Path) -> None:
    for number in range(14):
        (tmp_path / f"{number:02}.jpg").write_bytes(b"" if number == 5 else makers.jpeg())
    page = open_page(asker, DESK, files_page)
    choose(page, *sorted(tmp_path.glob("*.jpg")))
    expect(page.get_by_text("14 of 14 sent")).to_be_visible()
    expect(page.get_by_text("This file is empty. Choose the file again.")).to_be_visible()


def test_an_empty_file_is_not_sent(open_page: OpenPage, asker: User, files_page: str, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"")
    page = open_page(asker, PHONE, files_page)
    choose(page, tmp_path / "photo.jpg")
    expect(page.get_by_text("This file is empty. Choose the file again.")).to_be_visible()
    assert not Attachment.unscoped.exists()


def test_a_lost_connection_is_told_and_the_upload_goes_on(
    open_page: OpenPage, asker: User, files_page: str, large: Path
) -> None:
    page = open_page(asker, PHONE, files_page)
    lost: list[str] = []

    def second_part_is_lost(route: Route) -> None:
        if route.request.method == "PATCH" and len(lost) < 2 and route.request.headers["upload-offset"] != "0":
            lost.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/api/v1/uploads/*/", second_part_is_lost)
    choose(page, large)
    expect(page.get_by_text("Sent. It is being checked.")).to_be_visible()
    assert len(lost) == 2
    problems(page).clear()
    _assert_kept_whole(large)


def _assert_kept_whole(large: Path) -> None:
    row = Attachment.unscoped.get()
    assert row.received_at is not None
    assert digest_of(staging().path(str(row.pk))) == hashlib.sha256(large.read_bytes()).hexdigest()


def test_after_a_reload_the_same_file_goes_on_where_it_stopped(
    open_page: OpenPage, asker: User, files_page: str, large: Path
) -> None:
    page = open_page(asker, PHONE, files_page)
    made: list[str] = []

    def note(request: Request) -> None:
        if "/api/v1/uploads/" in request.url:
            made.append(f"{request.method} {request.headers.get('upload-offset', '')}".strip())

    page.on("request", note)
    page.route("**/api/v1/uploads/*/", _hold_back_the_second_part)
    choose(page, large)
    expect(page.locator(".upload progress")).to_have_js_property("value", 100 * CHUNK / large.stat().st_size)
    page.reload()
    page.unroute_all(behavior="ignoreErrors")  # not before: what is held back would go on
    choose(page, large)
    expect(page.get_by_text("Sent. It is being checked.")).to_be_visible()
    assert [request for request in made if request.startswith("POST")] == ["POST"]
    assert f"PATCH {CHUNK}" in made
    problems(page).clear()
    _assert_kept_whole(large)


def _hold_back_the_second_part(route: Route) -> None:
    if route.request.method == "PATCH" and route.request.headers["upload-offset"] != "0":
        return  # never answered
    route.continue_()


def test_pause_go_on_and_cancel(open_page: OpenPage, asker: User, files_page: str, large: Path) -> None:
    page = open_page(asker, PHONE, files_page)
    page.route("**/api/v1/uploads/*/", _hold_back_the_second_part)
    choose(page, large)
    expect(page.locator(".upload progress")).to_have_js_property("value", 100 * CHUNK / large.stat().st_size)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused at 99 %")).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")
    with page.expect_response(lambda reply: reply.request.method == "DELETE") as gone:
        page.get_by_role("button", name="Cancel").click()
    assert gone.value.status == 204
    expect(page.locator(".upload")).to_have_count(0)
    assert not Attachment.unscoped.exists()
    problems(page).clear()


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (403, "You may not add files to this case any more."),
        (401, "You are signed out. Sign in again in another tab, then press Try again."),
        (413, "This file is too large. Send a smaller export."),
        (507, "The server has no room just now. What was sent is kept: try again later."),
    ],
)
def test_what_the_server_refuses_is_put_into_words(
    open_page: OpenPage, asker: User, files_page: str, tmp_path: Path, status: int, told: str
) -> None:
    (tmp_path / "photo.jpg").write_bytes(makers.jpeg())
    page = open_page(asker, PHONE, files_page)
    page.route("**/api/v1/uploads/", lambda route: route.fulfill(status=status, body="{}"))
    choose(page, tmp_path / "photo.jpg")
    expect(page.get_by_text(told)).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Sent. It is being checked.")).to_be_visible()
    problems(page).clear()


def test_without_script_a_plain_form_takes_files(
    open_page: OpenPage, asker: User, files_page: str, tmp_path: Path
) -> None:
    (tmp_path / "photo.jpg").write_bytes(makers.jpeg())
    page = open_page(asker, PHONE, files_page, java_script_enabled=False)
    choose(page, tmp_path / "photo.jpg")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("The file has come and is being checked.")).to_be_visible()
    assert Attachment.unscoped.get().received_at is not None
