"""A trainer sends a video from a phone, watches it being prepared, and writes its captions beside it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import FilePayload, Page, expect

from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.library.models import Caption, Film
from courses.library.states import FilmStep
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.courses.library.films import clip
from tests.factories.people import make_staff

Picture = Callable[[Page, str], None]


def test_a_video_is_sent_prepared_and_captioned(
    worker: None, open_page: OpenPage, picture: Picture, accessible: Callable[[Page], None], hospital: Institution
) -> None:
    trainer: User = make_staff("trainer", hospital, Role.TRAINING_ADMIN)
    phone = open_page(trainer, PHONE, "/courses/videos/")
    phone.get_by_role("link", name="New video").first.click()
    phone.get_by_label("Title in English").fill("Signs of danger in a young infant")
    accessible(phone)
    phone.get_by_role("button", name="Go on to the file").click()
    picture(phone, "video-new-390")

    # what is no video says so, and another file may be sent
    phone.set_input_files(
        "[data-uploads] input[type=file]", {"name": "a.mp4", "mimeType": "video/mp4", "buffer": b"no"}
    )
    expect(phone.locator("#video-state [role=alert]")).to_contain_text("not a video", timeout=60_000)
    picture(phone, "video-refused-390")
    accessible(phone)

    # a video is prepared, and the page tells by itself
    phone.reload()
    film: FilePayload = {"name": "b.mp4", "mimeType": "video/mp4", "buffer": clip(seconds=3)}
    phone.set_input_files("[data-uploads] input[type=file]", film)
    expect(phone.locator("#video-state .tag")).to_have_text("Ready", timeout=60_000)
    expect(phone.locator("#video-state img")).to_be_visible()
    assert Film.unscoped.get(number=2).step == FilmStep.READY
    picture(phone, "video-ready-390")
    desk = open_page(trainer, DESK, f"/courses/videos/{Film.unscoped.get(number=2).video_id}/", "zh")
    picture(desk, "video-ready-1280-zh")
    accessible(desk)

    # captions, line by line
    phone.get_by_role("link", name="English").click()
    phone.locator("[data-part=text]").first.fill("Look for chest indrawing")
    phone.get_by_role("button", name="Add a line").click()
    phone.locator("[data-part=text]").nth(1).fill("Count for a full minute <60 s>")
    phone.locator("[data-part=begin]").nth(1).fill("00:00:01.000")
    phone.locator("[data-part=end]").nth(1).fill("00:00:02.500")
    picture(phone, "captions-390")
    accessible(phone)
    phone.get_by_role("button", name="Save the captions").click()
    expect(phone.locator("[data-part=text]")).to_have_count(2)
    expect(phone.locator("[data-part=text]").nth(1)).to_have_value("Count for a full minute <60 s>")
    assert "chest indrawing" in Caption.unscoped.get().text
    for width, name in ((DESK, "1280"), (PHONE, "390")):
        list_page = open_page(trainer, width, "/courses/videos/", "zh")
        picture(list_page, f"videos-{name}-zh")
