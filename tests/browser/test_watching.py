"""A doctor watches on a phone: through hls.js, with captions and keys; the place is kept for another device."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.library.ladder.captions import Cue
from courses.library.models import Watched, WatchNote
from courses.library.operations.video_changing import change_video, set_captions, set_chapters
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.courses.library.films import as_, clip, made, new_video, sent, shown_in_course
from tests.courses.library.making import lessons_of
from tests.factories.people import make_staff

NO_MEDIA_SOURCE = "delete window.MediaSource; delete window.ManagedMediaSource;"
NOTHING_PLAYS = NO_MEDIA_SOURCE + "HTMLMediaElement.prototype.canPlayType = () => '';"
OWN_WAY = (
    NO_MEDIA_SOURCE + "HTMLMediaElement.prototype.canPlayType = (kind) => kind.includes('mpegurl') ? 'maybe' : '';"
)
TOLD = "() => Object.keys(localStorage).every((key) => !key.startsWith('watch-outbox') || localStorage[key] === '[]')"


def address_of_film(trainer: User) -> str:
    """Eight seconds with captions in both languages and a chapter."""
    film = made(sent(trainer, new_video(trainer), clip(seconds=8)))
    for language, words in (("en", "Look for chest indrawing"), ("zh", "观察胸壁凹陷")):
        as_(trainer, set_captions, video_id=film.video_id, language=language, cues=[Cue(0, 5, words), Cue(5, 8, "60")])
    chapters = [{"at": 0, "en": "Signs", "zh": "体征"}, {"at": 5, "en": "Counting", "zh": "计数"}]
    as_(trainer, set_chapters, video_id=film.video_id, chapters=chapters)
    as_(trainer, change_video, video_id=film.video_id, title_en="Fever", title_zh="", shows_patient=True)
    return f"/courses/lessons/{lessons_of(shown_in_course(trainer, film))[0].pk}/watch/"


def goes(page: Page, beyond: float) -> None:
    page.wait_for_function("beyond => document.querySelector('video').currentTime > beyond", arg=beyond)


def test_a_video_is_watched_and_goes_on_on_another_device(
    open_page: OpenPage, hospital: Institution, accessible: Callable[[Page], None], picture: Callable[[Page, str], None]
) -> None:
    trainer, learner = make_staff("trainer", hospital, Role.TRAINING_ADMIN), make_staff("doc", hospital, Role.ASKER)
    address = address_of_film(trainer)
    phone = open_page(learner, PHONE, address)
    expect(phone.locator("video")).to_have_attribute("data-way", "hls.js")
    expect(phone.get_by_role("button", name="0:00 Look for chest indrawing")).to_be_visible()
    accessible(phone)
    picture(phone, "watch-390")

    # by keys alone: play, faster, captions off and on, five seconds on
    phone.locator("#main").focus()
    phone.keyboard.press("Space")
    goes(phone, 1)
    expect(phone.get_by_role("button", name="Pause")).to_be_visible()
    phone.keyboard.press(">")
    expect(phone.get_by_label("Speed")).to_have_value("1.25")
    phone.keyboard.press("c")
    expect(phone.get_by_label("Captions")).to_have_value("")
    phone.keyboard.press("c")
    expect(phone.get_by_label("Captions")).to_have_value("en")
    phone.get_by_role("button", name="Counting").click()
    goes(phone, 5.5)
    phone.keyboard.press("k")
    expect(phone.locator("[data-toggle], [data-do=toggle]")).to_have_attribute("data-state", "off")
    phone.wait_for_function(TOLD)
    expect(phone.locator("[data-share-words]")).not_to_have_text("0% watched")
    row = Watched.unscoped.get(user=learner)
    assert row.position > 5500
    assert 1000 < sum(end - begin for begin, end in row.spans) < 6000

    # a note at this moment
    phone.get_by_label("Note at this moment").fill("Count for a full minute")
    phone.get_by_role("button", name="Keep the note").click()
    expect(phone.get_by_role("button", name="Count for a full minute")).to_be_visible()
    assert WatchNote.unscoped.get().at > 5500

    # another device begins where the first one stopped, and the first one is told
    desk = open_page(learner, DESK, address, "zh")
    desk.wait_for_function("() => document.querySelector('video').currentTime > 5.4")
    desk.locator("[data-do=toggle]").click()
    expect(desk.locator("[data-do=toggle]")).to_have_attribute("data-state", "on")
    desk.locator("[data-do=toggle]").click()
    picture(desk, "watch-1280-zh")
    accessible(desk)
    phone.get_by_role("button", name="Signs").click()
    phone.keyboard.press("k")
    goes(phone, 0.5)
    phone.keyboard.press("k")
    expect(phone.get_by_text("You go on watching on another device.")).to_be_visible()

    # without MediaSource: the browser's own way, or the way out
    own = open_page(learner, PHONE, "/courses/")
    own.add_init_script(OWN_WAY)
    own.goto(own.url.replace("/courses/", address))
    expect(own.locator("video")).to_have_attribute("data-way", "own")
    expect(own.locator("video")).to_have_attribute("src", address_of_master(own))
    none = open_page(learner, PHONE, "/courses/")
    none.add_init_script(NOTHING_PLAYS)
    none.goto(none.url.replace("/courses/", address))
    expect(none.get_by_text("Open in browser")).to_be_visible()
    picture(none, "watch-none-390")


def address_of_master(page: Page) -> str:
    return page.locator("[data-watch]").get_attribute("data-film") or ""
