"""Uploading and looking at images as people do: on a phone, with a mouse, with the keyboard, without script."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Locator, Page, Request, Route, expect

from consortium.casework.models import Case, Service
from consortium.files.models import Attachment
from consortium.files.operations import attach_small, inspect_attachment
from consortium.files.operations.uploading import staging
from consortium.files.tus.staging import digest_of
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.browser.conftest import DESK, PHONE, OpenPage, problems
from tests.cast import actor_for
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


def available(case: Case, user: User, data: bytes, name: str) -> Attachment:
    """A file that was uploaded and checked before the test begins."""
    actor = actor_for(user)
    with acting_as(actor):
        made = attach_small(actor=actor, case_id=case.pk, name=name, size=len(data), pieces=[data])
    with acting_as(system("test")) as inspector:
        inspect_attachment(actor=inspector, attachment_id=made.pk)
    row: Attachment = Attachment.unscoped.get(pk=made.pk)
    return row


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
    page.unroute_all(behavior="ignoreErrors")
    page.reload()
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


def to_the_end(page: Page) -> None:
    """Where the bar at the bottom covers nothing: axe takes a half-covered button for a small one."""
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")


# -- looking ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def ct(case: Case, asker: User) -> Attachment:
    return available(case, asker, makers.dicom(frames=12), "Lin Xiaoyu.dcm")


@pytest.fixture
def viewer(open_page: OpenPage, asker: User, ct: Attachment) -> Iterator[Page]:
    page = open_page(asker, DESK, f"/files/{ct.pk}/")
    expect(page.locator("[data-viewer][data-ready]")).to_be_visible()
    return page  # type: ignore[return-value]


def stage(page: Page) -> Locator:
    return page.locator("[data-stage]")


def showing(page: Page, frame: int, window: str = "default") -> None:
    expect(page.locator("[data-viewer]")).to_have_attribute("data-shown", f"{frame}/{window}")


def pixels(page: Page) -> str:
    """A digest of what the picture element shows, drawn at its own size."""
    drawn: str = page.evaluate(
        """async () => {
          const image = document.querySelector("[data-image]");
          await image.decode();
          const canvas = document.createElement("canvas");
          canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
          canvas.getContext("2d").drawImage(image, 0, 0);
          return canvas.toDataURL();
        }"""
    )
    return hashlib.sha256(drawn.encode()).hexdigest()


def test_windows_change_the_picture(viewer: Page, picture: Picture, accessible: Callable[[Page], None]) -> None:
    accessible(viewer)
    seen = {pixels(viewer)}
    for label, name in (("Lung", "lung"), ("Bone", "bone"), ("Brain", "brain"), ("Full range", "full")):
        viewer.get_by_role("link", name=label).click()
        showing(viewer, 1, name)
        seen.add(pixels(viewer))
        expect(viewer.locator(f"[data-preset={name}]")).to_have_attribute("aria-current", "true")
    assert len(seen) == 5
    picture(viewer, "viewer-desk")


def test_frames_by_keyboard_wheel_and_slider(viewer: Page) -> None:
    first = pixels(viewer)
    stage(viewer).focus()
    viewer.keyboard.press("ArrowDown")
    showing(viewer, 2)
    assert pixels(viewer) != first
    viewer.keyboard.press("End")
    showing(viewer, 12)
    viewer.keyboard.press("ArrowDown")
    showing(viewer, 12)
    viewer.keyboard.press("Home")
    showing(viewer, 1)
    stage(viewer).hover()
    viewer.mouse.wheel(0, 120)
    showing(viewer, 2)
    viewer.get_by_role("slider", name="Picture").fill("7")
    showing(viewer, 7)
    expect(viewer.locator("[data-number-shown]")).to_have_text("7")
    expect(viewer.get_by_alt_text("Picture 7 of 12, window As recorded")).to_be_visible()
    viewer.get_by_role("link", name="Next").click()
    showing(viewer, 8)


def drag(page: Page, dx: int, dy: int) -> None:
    box = stage(page).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y + dy, steps=10)
    page.mouse.up()


def test_dragging_scrolls_frames_and_when_zoomed_moves_the_picture(viewer: Page) -> None:
    drag(viewer, 0, 60)
    showing(viewer, 5)
    viewer.get_by_role("button", name="Larger").click()
    expect(viewer.locator("[data-viewer]")).to_have_attribute("data-scale", "1.50")
    drag(viewer, 40, 30)
    showing(viewer, 5)
    transform = viewer.locator("[data-image]").evaluate("image => image.style.transform")
    assert transform == "translate(40px, 30px) scale(1.5)"
    viewer.get_by_role("button", name="Whole picture").click()
    assert viewer.locator("[data-image]").evaluate("image => image.style.transform") == ""


def touch(fingers: CDPSession, kind: str, points: list[tuple[float, float]]) -> None:
    given = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": given})


def test_touch_scrolls_and_pinches_on_a_phone(
    open_page: OpenPage, asker: User, ct: Attachment, picture: Picture, accessible: Callable[[Page], None]
) -> None:
    page = open_page(asker, PHONE, f"/files/{ct.pk}/")
    expect(page.locator("[data-viewer][data-ready]")).to_be_visible()
    to_the_end(page)
    accessible(page)
    page.evaluate("scrollTo(0, 0)")
    box = stage(page).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers = page.context.new_cdp_session(page)
    touch(fingers, "touchStart", [(x, y)])
    for step in range(1, 8):
        touch(fingers, "touchMove", [(x, y + 10 * step)])
    touch(fingers, "touchEnd", [])
    expect(page.locator("[data-viewer]")).to_have_attribute("data-shown", re.compile(r"^[456]/default$"))
    touch(fingers, "touchStart", [(x - 20, y), (x + 20, y)])
    for step in range(1, 7):
        touch(fingers, "touchMove", [(x - 20 - 10 * step, y), (x + 20 + 10 * step, y)])
    touch(fingers, "touchEnd", [])
    assert float(page.locator("[data-viewer]").get_attribute("data-scale") or 0) > 2
    picture(page, "viewer-phone")


def test_a_photo_zooms_and_becomes_sharp(
    open_page: OpenPage, asker: User, case: Case, picture: Picture, accessible: Callable[[Page], None]
) -> None:
    row = available(case, asker, makers.jpeg((2400, 1600)), "Lin Xiaoyu.jpg")
    page = open_page(asker, PHONE, f"/files/{row.pk}/")
    to_the_end(page)
    accessible(page)
    image = page.locator("[data-image]")
    assert image.evaluate("image => image.naturalWidth") == 1600
    page.get_by_role("button", name="Larger").click()
    expect(image).to_have_js_property("naturalWidth", 2400)
    picture(page, "photo-phone")


def test_the_viewer_without_script(open_page: OpenPage, asker: User, ct: Attachment) -> None:
    page = open_page(asker, PHONE, f"/files/{ct.pk}/", java_script_enabled=False)
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_alt_text("Picture 2 of 12, window As recorded")).to_be_visible()
    page.get_by_role("link", name="Bone").click()
    expect(page.get_by_alt_text("Picture 2 of 12, window Bone")).to_be_visible()
    expect(page.locator("[data-tools]")).to_be_hidden()
