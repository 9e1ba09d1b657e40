"""Looking at images as people do: on a phone, with a mouse, with the keyboard, without script, two together."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from consortium.casework.models import Case, Service
from consortium.files.models import Attachment
from consortium.files.operations import attach_small, inspect_attachment, render_frames
from consortium.files.sandbox import parent
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.browser.conftest import DESK, PHONE, OpenPage, problems
from tests.cast import actor_for
from tests.factories.cases import make_asked
from tests.files import makers, readings
from tests.live.server import WebProcess

Picture = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def each_file_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(makers, "used", itertools.count())
    monkeypatch.setattr(parent, "_run", readings.run)


@pytest.fixture
def case(web: WebProcess, patient: Patient, asker: User, community: Institution, service: Service) -> Case:
    made: Case = make_asked(patient, asker, community, service).case
    return made


def available(case: Case, user: User, data: bytes, name: str = "Lin Xiaoyu.dcm") -> Attachment:
    """A file that was uploaded, checked and rendered before the test begins."""
    actor = actor_for(user)
    with acting_as(actor):
        made = attach_small(actor=actor, case_id=case.pk, name=name, size=len(data), pieces=[data])
    with acting_as(system("test")) as worker:
        inspect_attachment(actor=worker, attachment_id=made.pk)
        render_frames(actor=worker, attachment_id=made.pk)
    row: Attachment = Attachment.unscoped.get(pk=made.pk)
    return row


def to_the_end(page: Page) -> None:
    """Where the bar at the bottom covers nothing: axe takes a half-covered button for a small one."""
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")


@pytest.fixture
def ct(case: Case, asker: User) -> Attachment:
    return available(case, asker, makers.dicom(frames=12))


@pytest.fixture
def viewer(open_page: OpenPage, asker: User, ct: Attachment) -> Iterator[Page]:
    page = open_page(asker, DESK, f"/files/{ct.pk}/")
    expect(page.locator("[data-viewer][data-exact=yes]")).to_be_visible()
    return page  # type: ignore[return-value]


def stage(page: Page) -> Locator:
    return page.locator("[data-stage]")


def showing(page: Page, frame: int, window: str = "default") -> None:
    expect(page.locator("[data-viewer]")).to_have_attribute("data-shown", f"{frame}/{window}")


def pixels(page: Page, which: int = 0) -> str:
    """A digest of what the viewer has drawn."""
    drawn: str = page.locator("[data-canvas]").nth(which).evaluate("canvas => canvas.toDataURL()")
    return hashlib.sha256(drawn.encode()).hexdigest()


def exact(page: Page) -> None:
    """At rest every pixel is as it was recorded."""
    expect(page.locator("[data-viewer]").first).to_have_attribute("data-exact", "yes")


def test_windows_change_the_picture(viewer: Page, picture: Picture, accessible: Callable[[Page], None]) -> None:
    accessible(viewer)
    seen = {pixels(viewer)}
    for label, name in (("Lung", "lung"), ("Bone", "bone"), ("Brain", "brain"), ("Full range", "full")):
        viewer.get_by_role("link", name=label).click()
        showing(viewer, 1, name)
        exact(viewer)
        seen.add(pixels(viewer))
        expect(viewer.locator(f"[data-preset={name}]")).to_have_attribute("aria-current", "true")
    assert len(seen) == 5
    picture(viewer, "viewer-desk")


def test_frames_by_keyboard_wheel_and_slider(viewer: Page) -> None:
    first = pixels(viewer)
    stage(viewer).focus()
    viewer.keyboard.press("ArrowDown")
    showing(viewer, 2)
    exact(viewer)
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
    expect(viewer.get_by_role("img", name="Picture 7 of 12, window As recorded")).to_be_visible()
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
    transform = viewer.locator("[data-canvas]").evaluate("canvas => canvas.style.transform")
    assert transform == "translate(40px, 30px) scale(1.5)"
    viewer.get_by_role("button", name="Whole picture").click()
    assert viewer.locator("[data-canvas]").evaluate("canvas => canvas.style.transform") == ""


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
    row = available(case, asker, makers.jpeg((2400, 1600)))
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


# -- many pictures ----------------------------------------------------------------------------------------------------

FRAMES, SCROLLED = 500, 120
#: bytes a second and milliseconds: a slow mobile network
SLOW = {"offline": False, "latency": 80, "downloadThroughput": 400_000, "uploadThroughput": 100_000}


def test_five_hundred_frames_scroll_without_a_wait_longer_than_the_network(
    open_page: OpenPage, asker: User, case: Case, picture: Picture
) -> None:
    """Each shown frame's wait is compared with the fetch of that same frame, in the same run; no time is asserted."""
    row = available(case, asker, makers.stack(FRAMES))
    page = open_page(asker, PHONE, f"/files/{row.pk}/")
    expect(page.locator("[data-viewer][data-exact=yes]")).to_be_visible()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW)
    stage(page).focus()
    for step in range(2, SCROLLED + 2):
        page.keyboard.press("ArrowDown")
        showing(page, step)
    shown = page.evaluate(
        """() => performance.getEntriesByName("viewer-frame")
          .map(({duration, detail}) => ({wait: duration, ...detail}))"""
    )[-SCROLLED:]
    assert [each["number"] for each in shown] == list(range(2, SCROLLED + 2))
    waited, fetched = sum(each["wait"] for each in shown), sum(each["network"] for each in shown)
    there = sum(each["ready"] for each in shown)
    print(
        f"{SCROLLED} of {FRAMES} frames: {there} there before wanted, waited {waited:.0f} ms, fetched {fetched:.0f} ms"
    )
    assert waited <= fetched
    assert there >= SCROLLED * 0.8
    assert [each for each in shown if each["ready"] and each["wait"] > each["network"]] == []
    picture(page, "viewer-500-phone")


def test_a_jump_gives_up_what_nobody_looks_at_any_more(open_page: OpenPage, asker: User, case: Case) -> None:
    row = available(case, asker, makers.stack(120, edge=64))
    page = open_page(asker, PHONE, f"/files/{row.pk}/")
    expect(page.locator("[data-viewer][data-exact=yes]")).to_be_visible()
    page.wait_for_load_state("networkidle")  # what lies ahead of the first picture is there
    asked: list[int] = []
    page.on("request", lambda request: asked.append(int(request.url.split("/frames/")[1].split("/")[0])))
    page.get_by_role("slider", name="Picture").fill("100")
    showing(page, 100)
    exact(page)
    assert asked[0] == 100
    assert all(number > 60 for number in asked)
    problems(page).clear()


def test_a_lost_picture_is_told_and_comes_when_asked_for_again(open_page: OpenPage, asker: User, case: Case) -> None:
    row = available(case, asker, makers.dicom(frames=90))
    page = open_page(asker, PHONE, f"/files/{row.pk}/")
    expect(page.locator("[data-viewer][data-exact=yes]")).to_be_visible()
    page.route("**/frames/90/**", lambda route: route.abort("connectionreset"))
    stage(page).focus()
    page.keyboard.press("End")
    expect(said(page)).to_have_text("This picture could not be loaded. Check the connection.")
    page.unroute_all(behavior="ignoreErrors")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    showing(page, 90)
    expect(said(page)).to_have_text("")
    problems(page).clear()


def test_the_files_of_a_series_are_one_stack_in_the_order_of_their_places(
    open_page: OpenPage, asker: User, case: Case, picture: Picture
) -> None:
    rows = [available(case, asker, data) for data in makers.series(5)]
    page = open_page(asker, DESK, f"/files/cases/{case.pk}/")
    expect(page.locator(".file")).to_have_count(1)
    page.get_by_role("link", name="Series CT").click()
    expect(page.locator("[data-viewer][data-exact=yes]")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    expect(page.locator(".viewer-caption")).to_contain_text("/ 5")
    stage(page).focus()
    page.keyboard.press("Home")
    showing(page, 1)
    in_order = sorted(rows, key=lambda row: row.place or 0)
    assert any(f"/{in_order[0].pk}/frames/1/" in url for url in asked)
    page.keyboard.press("End")
    showing(page, 5)
    expect(page.locator("[data-loaded]")).to_be_hidden()
    picture(page, "series-desk")


# -- measuring and windows --------------------------------------------------------------------------------------------


@pytest.fixture
def calibrated(open_page: OpenPage, asker: User, case: Case) -> Page:
    row = available(case, asker, makers.dicom(frames=2, PixelSpacing=[2, 2]))
    page = open_page(asker, DESK, f"/files/{row.pk}/")
    expect(page.locator("[data-viewer][data-exact=yes]")).to_be_visible()
    return page


def said(page: Page) -> Locator:
    return page.locator("[data-said]").first


def test_a_length_by_keyboard(calibrated: Page, picture: Picture, accessible: Callable[[Page], None]) -> None:
    """The picture is 21 pixels wide of 2 mm each: the first line takes half of that."""
    stage(calibrated).focus()
    calibrated.keyboard.press("m")
    expect(said(calibrated)).to_contain_text("Drag a line")
    calibrated.keyboard.press("ArrowRight")
    expect(said(calibrated)).to_have_text("23.0 mm")
    calibrated.keyboard.press("ArrowLeft")
    expect(said(calibrated)).to_have_text("21.0 mm")
    calibrated.keyboard.press("Enter")
    calibrated.keyboard.press("ArrowLeft")
    expect(said(calibrated)).to_have_text("23.0 mm")
    accessible(calibrated)
    picture(calibrated, "measure-desk")
    calibrated.keyboard.press("Escape")
    expect(said(calibrated)).to_have_text("")
    expect(calibrated.get_by_role("button", name="Measure")).to_have_attribute("aria-pressed", "false")


def test_a_length_by_dragging_is_that_of_the_picture_at_any_zoom(calibrated: Page) -> None:
    calibrated.get_by_role("button", name="Measure").click()
    box = stage(calibrated).bounding_box()
    assert box is not None
    drag(calibrated, 0, 120)
    millimetres = 120 / (box["height"] / 16) * 2
    expect(said(calibrated)).to_have_text(f"{millimetres:.1f} mm")
    calibrated.get_by_role("button", name="Larger").click()
    expect(said(calibrated)).to_have_text(f"{millimetres:.1f} mm")
    drag(calibrated, 0, 120)
    expect(said(calibrated)).to_have_text(f"{millimetres / 1.5:.1f} mm")


def test_without_spacing_nothing_is_called_a_millimetre(viewer: Page) -> None:
    stage(viewer).focus()
    viewer.keyboard.press("m")
    viewer.keyboard.press("Shift+ArrowLeft")
    expect(said(viewer)).to_have_text("Not calibrated: 1 pixels")


def test_another_picture_has_no_line_of_the_last_one(calibrated: Page) -> None:
    calibrated.get_by_role("button", name="Measure").click()
    drag(calibrated, 30, 30)
    calibrated.get_by_role("link", name="Next").click()
    showing(calibrated, 2)
    expect(calibrated.locator("[data-shape=line]")).to_have_count(0)


def test_an_own_window_is_moved_without_asking_the_server(viewer: Page, picture: Picture) -> None:
    viewer.get_by_role("button", name="Own window").click()
    showing(viewer, 1, "free")
    expect(viewer.get_by_label("Centre")).to_have_value("40")
    expect(viewer.get_by_label("Width")).to_have_value("400")
    viewer.wait_for_load_state("networkidle")
    before, asked = pixels(viewer), []
    viewer.on("request", lambda request: asked.append(request.url))
    viewer.get_by_label("Width").fill("2000")
    viewer.get_by_label("Width").press("Enter")
    wider = pixels(viewer)
    drag(viewer, 0, -80)
    expect(viewer.get_by_label("Centre")).not_to_have_value("40")
    assert len({before, wider, pixels(viewer)}) == 3
    assert asked == []
    picture(viewer, "window-desk")


def test_an_own_window_of_the_presets_width_shows_what_the_preset_shows(viewer: Page) -> None:
    """The browser's arithmetic and the server's agree, pixel for pixel."""
    viewer.get_by_role("link", name="Lung").click()
    showing(viewer, 1, "lung")
    exact(viewer)
    there = viewer.locator("[data-canvas]").evaluate(_GREYS)
    viewer.get_by_role("button", name="Own window").click()
    showing(viewer, 1, "free")
    viewer.get_by_label("Centre").fill("-600")
    viewer.get_by_label("Centre").press("Enter")
    viewer.get_by_label("Width").fill("1500")
    viewer.get_by_label("Width").press("Enter")
    here = viewer.locator("[data-canvas]").evaluate(_GREYS)
    assert max(abs(one - other) for one, other in zip(there, here, strict=True)) <= 1


_GREYS = """canvas => Array.from(
  canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.filter((_, i) => i % 4 === 0))"""


# -- two dates --------------------------------------------------------------------------------------------------------


@pytest.fixture
def pair(case: Case, asker: User) -> tuple[Attachment, Attachment]:
    """The same child's CT twice; the later one was sent first."""
    later = available(case, asker, makers.dicom(frames=9, AcquisitionDate="20260904"))
    earlier = available(case, asker, makers.dicom(frames=6, AcquisitionDate="20260301"))
    return earlier, later


def test_two_dates_move_together_until_they_are_let_go(
    open_page: OpenPage, asker: User, pair: tuple[Attachment, Attachment], picture: Picture,
    accessible: Callable[[Page], None],
) -> None:  # fmt: skip
    page = open_page(asker, DESK, f"/files/{pair[1].pk}/")
    page.get_by_text("Set another date beside it").click()
    page.get_by_role("link", name="CT · March 1, 2026").click()
    left, right = page.locator("[data-viewer]").nth(0), page.locator("[data-viewer]").nth(1)
    expect(left.locator(".viewer-caption")).to_contain_text("March 1, 2026")
    expect(right.locator(".viewer-caption")).to_contain_text("Sept. 4, 2026")
    expect(right).to_have_attribute("data-exact", "yes")
    left.locator("[data-stage]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(left).to_have_attribute("data-shown", "3/default")
    expect(right).to_have_attribute("data-shown", "3/default")
    right.get_by_role("button", name="Larger").click()
    expect(left).to_have_attribute("data-scale", "1.50")
    right.get_by_role("link", name="Bone").click()
    expect(left).to_have_attribute("data-shown", "3/bone")
    accessible(page)
    picture(page, "beside-desk")
    page.get_by_role("button", name="Move together").click()
    right.locator("[data-stage]").focus()
    page.keyboard.press("End")
    expect(right).to_have_attribute("data-shown", "9/bone")
    expect(left).to_have_attribute("data-shown", "3/bone")


def test_on_a_phone_two_dates_lie_one_above_the_other(
    open_page: OpenPage, asker: User, pair: tuple[Attachment, Attachment], picture: Picture,
    accessible: Callable[[Page], None],
) -> None:  # fmt: skip
    page = open_page(asker, PHONE, f"/files/{pair[0].pk}/beside/{pair[1].pk}/")
    expect(page.locator("[data-viewer][data-exact=yes]")).to_have_count(2)
    above, below = (page.locator("[data-stage]").nth(number).bounding_box() for number in (0, 1))
    assert above is not None
    assert below is not None
    assert above["x"] == below["x"]
    assert below["y"] > above["y"] + above["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    to_the_end(page)
    accessible(page)
    picture(page, "beside-phone")


# -- a pointer for two ------------------------------------------------------------------------------------------------


@pytest.fixture
def second(open_page: OpenPage, colleague: User, ct: Attachment) -> Page:
    """Another clinician of the same case, on a phone."""
    page = open_page(colleague, PHONE, f"/files/{ct.pk}/")
    expect(page.locator("[data-viewer][data-exact=yes]")).to_be_visible()
    expect(page.locator("html[data-live=on]")).to_be_attached()
    return page


def point(page: Page, dx: int = 0) -> None:
    box = stage(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2 + dx, box["y"] + box["height"] / 2)


def test_two_readers_share_a_pointer_that_fades(viewer: Page, second: Page, asker: User, picture: Picture) -> None:
    viewer.get_by_role("button", name="Point").click()
    with viewer.expect_request("**/point/"):
        point(viewer, 10)
    dot = second.locator(".pointer")
    expect(dot).to_be_attached()
    expect(second.locator(".pointer-name")).to_have_text(asker.full_name)
    assert float(dot.get_attribute("cx") or 0) == pytest.approx(10.5, abs=1)
    picture(second, "pointer-phone")
    expect(dot).to_have_count(0)
    expect(viewer.locator(".pointer")).to_have_count(0)


def test_pointing_at_another_picture_offers_to_go_there(viewer: Page, second: Page, asker: User) -> None:
    stage(viewer).focus()
    viewer.keyboard.press("End")
    viewer.get_by_role("button", name="Point").click()
    point(viewer)
    second.get_by_role("button", name=f"{asker.full_name} points at picture 12").click()
    showing(second, 12)


def test_many_moves_are_told_in_ticks(viewer: Page, second: Page) -> None:
    told: list[str] = []
    viewer.on("request", lambda request: told.append(request.url) if request.url.endswith("/point/") else None)
    viewer.get_by_role("button", name="Point").click()
    for step in range(200):
        point(viewer, step // 4)
    expect(second.locator(".pointer")).to_be_attached()
    assert 0 < len(told) < 100


def test_nobody_points_in_a_closed_case(open_page: OpenPage, asker: User, ct: Attachment, viewer: Page) -> None:
    viewer.get_by_role("button", name="Point").click()
    Case.unscoped.filter(pk=ct.case_id).update(
        is_open=False, closed_at="2030-01-01T00:00:00Z", ball="none", ball_user=None
    )
    point(viewer)
    expect(viewer.get_by_role("button", name="Point")).to_be_hidden()
    viewer.reload()
    expect(viewer.locator("[data-viewer][data-ready]")).to_be_visible()
    expect(viewer.get_by_role("button", name="Point")).to_have_count(0)
    problems(viewer).clear()


def test_photos_have_the_same_tools(open_page: OpenPage, asker: User, colleague: User, case: Case) -> None:
    row = available(case, asker, makers.jpeg((400, 300)), "Lin Xiaoyu.jpg")
    page, other = open_page(asker, DESK, f"/files/{row.pk}/"), open_page(colleague, PHONE, f"/files/{row.pk}/")
    expect(other.locator("html[data-live=on]")).to_be_attached()
    page.get_by_role("button", name="Point").click()
    point(page)
    expect(other.locator(".pointer-name")).to_have_text(asker.full_name)
    page.get_by_role("button", name="Measure").click()
    drag(page, 40, 0)
    expect(said(page)).to_contain_text("Not calibrated")


# -- a copy without names ---------------------------------------------------------------------------------------------


def test_a_copy_is_looked_at_picture_by_picture_and_then_saved(
    open_page: OpenPage, asker: User, case: Case, worker: None, picture: Picture, accessible: Callable[[Page], None]
) -> None:
    row = available(case, asker, makers.dicom(frames=2))
    page = open_page(asker, PHONE, f"/files/{row.pk}/")
    page.get_by_role("button", name="De-identified copy").click()
    tick = page.get_by_label("Nothing here shows who the child is")
    expect(tick).to_be_visible(timeout=60_000)
    expect(page.get_by_text("The file does not say whether something is written into the picture.")).to_be_visible()
    expect(page.locator(".copy-frames img")).to_have_count(2)
    expect(page.get_by_role("link", name="Save the copy")).to_have_count(0)
    to_the_end(page)
    accessible(page)
    picture(page, "copy-look-phone")
    tick.check()
    page.get_by_role("button", name="Confirm the ticked pictures").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the copy").click()
    assert b"Secret" not in saved.value.path().read_bytes()
    picture(page, "copy-ready-phone")
