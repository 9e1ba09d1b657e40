"""A guest is brought on a lecture's stage: invited, tried, seen and heard by a viewer; directly, and where no
connection between browsers comes about, through the site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.models import GuestAppearance, Lecture, RoomEvent
from courses.live.states.guests import Cause, Ending, Rung
from courses.live.states.room import RoomEventKind
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.courses.live.planned import given_by, lecture_at
from tests.factories.people import make_staff

Axe = Callable[[Page], None]

#: the guest's camera shows one colour that the lecturer's does not
MAGENTA = """() => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await real(wanted), canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 320, height: 240 });
    const pen = canvas.getContext("2d");
    let at = 0;
    setInterval(() => {
      pen.fillStyle = "#ff00ff";
      pen.fillRect(0, 0, 320, 240);
      pen.fillStyle = "#fff";
      pen.fillRect(at = (at + 1) % 300, 0, 9, 9);
    }, 60);
    for (const track of stream.getVideoTracks()) stream.removeTrack(track);
    stream.addTrack(canvas.captureStream(15).getVideoTracks()[0]);
    return stream;
  };
}"""
#: the page's connections may use the relay alone, and there is none
NO_CANDIDATES = """() => {
  const Real = RTCPeerConnection;
  window.RTCPeerConnection = function (given) { return new Real({ ...given, iceTransportPolicy: "relay" }); };
}"""
#: red, green and blue of the stream's picture in the middle of its right half
SEEN = """() => {
  const video = document.querySelector("[data-stage] video"), canvas = document.createElement("canvas");
  if (!video.videoWidth) return [0, 0, 0];
  Object.assign(canvas, { width: 64, height: 36 });
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, 64, 36);
  return [...pen.getImageData(48, 18, 1, 1).data].slice(0, 3);
}"""
#: from now on the loudest that is heard in the stream stands in `loudest`
LISTEN = """() => {
  const sound = new AudioContext(), analyser = sound.createAnalyser(), wave = new Float32Array(analyser.fftSize);
  sound.createMediaStreamSource(document.querySelector("[data-stage] video").captureStream()).connect(analyser);
  sound.resume();
  window.loudest = 0;
  setInterval(() => {
    analyser.getFloatTimeDomainData(wave);
    window.loudest = Math.max(window.loudest, ...wave.map(Math.abs));
  }, 20);
}"""


@pytest.fixture
def lecturer(hospital: Institution) -> User:
    return make_staff("lecturer", hospital, Role.LECTURER)


@pytest.fixture
def guest(hospital: Institution) -> User:
    return make_staff("guest", hospital, Role.SPECIALIST)


@pytest.fixture
def lecture(hospital: Institution, lecturer: User) -> Lecture:
    return given_by(lecture_at(hospital, hours=0, step="live"), lecturer)


def live_studio(open_page: OpenPage, lecturer: User, lecture: Lecture) -> Page:
    """Sends, and says nothing: what is heard is the guest."""
    studio = open_page(lecturer, DESK, f"/lectures/{lecture.pk}/studio/")
    studio.get_by_role("button", name="Open camera and microphone").click()
    studio.get_by_role("button", name="Go live").click()
    expect(studio.get_by_text("You are live.")).to_be_visible()
    studio.get_by_role("button", name="Mute", exact=True).click()
    return studio


def watched(open_page: OpenPage, user: User, lecture: Lecture) -> Page:
    """Somebody who sees the stream, and listens."""
    page = open_page(user, DESK, f"/lectures/{lecture.pk}/room/")
    expect(page.locator("video[data-way]")).to_have_attribute("data-way", "parts")
    page.wait_for_function("() => document.querySelector('[data-stage] video').currentTime > 0.5")
    page.get_by_role("heading", level=1).click()
    page.evaluate(LISTEN)
    return page


def invited(studio: Page, page: Page) -> None:
    """A hand goes up, and is invited."""
    expect(page.locator("[data-room]")).to_have_attribute("data-ready", "on")
    page.get_by_role("button", name="Raise your hand").click()
    studio.get_by_role("button", name="Invite on stage").click()
    expect(page.get_by_role("heading", name="You are invited on stage")).to_be_visible()


def come(page: Page) -> None:
    """From the invitation onto the stage."""
    page.get_by_role("button", name="Try camera and microphone").click()
    expect(page.get_by_role("button", name="Come on stage")).to_be_disabled()
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Come on stage").click()


def test_a_guest_is_seen_and_heard(
    open_page: OpenPage,
    lecturer: User,
    guest: User,
    lecture: Lecture,
    hospital: Institution,
    accessible: Axe,
    picture: Any,
) -> None:
    studio = live_studio(open_page, lecturer, lecture)
    viewer = watched(open_page, make_staff("viewer", hospital, Role.SPECIALIST), lecture)
    page = open_page(guest, PHONE, f"/lectures/{lecture.pk}/room/")
    page.evaluate(MAGENTA)
    invited(studio, page)
    picture(page, "lecture-guest-invited-390")
    accessible(page)
    page.get_by_role("button", name="Try camera and microphone").click()
    expect(page.get_by_text("You are heard well.")).to_be_visible()
    picture(page, "lecture-guest-try-390")
    accessible(page)
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Come on stage").click()
    expect(page.get_by_text("Everybody sees and hears you now.")).to_be_visible()
    seen_and_heard(viewer)
    picture(viewer, "lecture-guest-seen-1280")
    picture(studio, "lecture-guest-studio-1280")
    accessible(studio)
    expect(viewer.get_by_text(f"On stage: {guest}")).to_be_visible()

    # muted by the lecturer: nobody is heard any more
    studio.get_by_role("button", name="Mute the guest").click()
    expect(page.get_by_text("The lecturer has muted you.")).to_be_visible()
    hears_nobody(viewer)

    page.get_by_role("button", name="Leave the stage").click()
    expect(page.get_by_text("You are not on stage any more.")).to_be_visible()
    viewer.wait_for_function(f"() => {{ const [r, g, b] = ({SEEN})(); return !(r > 150 && g < 110 && b > 150); }}")
    row = GuestAppearance.unscoped.get()
    assert (row.rung, row.ending, row.tries[-1]["cause"]) == (Rung.P2P, Ending.LEFT, "")
    told = RoomEvent.unscoped.filter(lecture=lecture, kind=RoomEventKind.GUEST).order_by("seq")
    assert [(event.data["state"], event.data["by"]) for event in told] == [("on", str(guest)), ("over", str(guest))]


def test_where_nothing_connects_a_guest_comes_through_the_site(
    open_page: OpenPage, lecturer: User, guest: User, lecture: Lecture, hospital: Institution, settings: LazySettings
) -> None:
    settings.TURN_URLS = []
    studio = live_studio(open_page, lecturer, lecture)
    viewer = watched(open_page, make_staff("viewer", hospital, Role.SPECIALIST), lecture)
    page = open_page(guest, PHONE, f"/lectures/{lecture.pk}/room/")
    page.evaluate(MAGENTA)
    page.evaluate(NO_CANDIDATES)
    invited(studio, page)
    come(page)
    expect(page.get_by_text("Everybody sees and hears you now.")).to_be_visible(timeout=40_000)
    seen_and_heard(viewer)
    expect(studio.get_by_text("is on stage. Through this site.")).to_be_visible()
    studio.get_by_role("button", name="Take off the stage").click()
    expect(page.get_by_text("You are not on stage any more.")).to_be_visible()
    row = GuestAppearance.unscoped.get()
    assert (row.rung, row.ending) == (Rung.WEBSOCKET, Ending.REMOVED)
    assert [(one["rung"], one["cause"]) for one in row.tries] == [
        (Rung.P2P, Cause.BLOCKED), (Rung.TURN_UDP, Cause.NOT_SET_UP), (Rung.TURN_TCP, Cause.NOT_SET_UP),
        (Rung.WEBSOCKET, ""),
    ]  # fmt: skip
    crew = open_page(lecturer, DESK, f"/lectures/{lecture.pk}/")
    expect(crew.get_by_role("heading", name="Guests on stage")).to_be_visible()
    expect(crew.get_by_text("Through this site", exact=True)).to_be_visible()


def seen_and_heard(viewer: Page) -> None:
    viewer.wait_for_function(
        f"() => {{ const [r, g, b] = ({SEEN})(); return r > 150 && g < 110 && b > 150; }}", timeout=45_000
    )
    viewer.evaluate("() => { window.loudest = 0; }")
    viewer.wait_for_function("() => window.loudest > 0.02", timeout=45_000)


def hears_nobody(viewer: Page) -> None:
    """For four beeps of the guest's microphone on end, once what was on its way has come."""
    viewer.wait_for_function(
        """async () => { window.loudest = 0; await new Promise(done => setTimeout(done, 4000));
        return window.loudest < 0.01; }"""
    )
