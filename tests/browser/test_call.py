"""A call between real browsers with fake devices: picture, sound, the guardian's link, cuts, and the way down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, WebSocketRoute, expect

from consortium.calls import operations
from consortium.calls.models import Attempt, Room
from consortium.casework.models import Case, Service
from consortium.patients.models import Patient
from consortium.people.models import User
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.test_viewer import available
from tests.consultations.cases import by, claimed
from tests.files import makers
from tests.live.server import WebProcess

#: whether the pictures of all others moved on and were heard, since this page was asked before
MOVES = """async (others) => {
  const read = await Promise.all([...theCall.peers.values()].map((peer) => peer.meter.read()));
  const before = globalThis.readBefore ?? [];
  globalThis.readBefore = read;
  const moved = (one, at) => one.framesIn > (before[at]?.framesIn ?? Infinity) && one.energy > 0;
  return read.length === others && read.every(moved);
}"""

NO_CAMERA = """
const media = navigator.mediaDevices, ask = media.getUserMedia.bind(media);
media.getUserMedia = async (wanted) => {
  if (wanted.video) throw new DOMException("no", "NotAllowedError");
  return ask(wanted);
};"""


class Cut:
    """The page's sockets go through here, and are cut while `down`."""

    def __init__(self, page: Page) -> None:
        self.down, self.open, self.made = False, list[WebSocketRoute](), 0
        page.route_web_socket("**/ws/calls/**", self._connect)

    def _connect(self, socket: WebSocketRoute) -> None:
        if self.down:
            socket.close(code=1011)
            return
        socket.connect_to_server()
        self.made += 1
        self.open.append(socket)

    def cut(self) -> None:
        self.down = True
        for socket in self.open:
            socket.close(code=1011)
        self.open.clear()

    def mend(self) -> None:
        self.down = False


@pytest.fixture
def case(web: WebProcess, asker: User, specialist: User, patient: Patient, service: Service) -> Case:
    made: Case = claimed(asker, specialist, patient, service).case
    return made


@pytest.fixture
def room(case: Case, asker: User) -> Room:
    made: Room = by(asker, operations.call_now, case_id=case.pk)
    return made


def come_in(page: Page) -> Page:
    page.get_by_role("button", name="Join the call").click()
    expect(page.locator("[data-call]")).to_be_visible()
    return page


def let_in(specialist: Page) -> None:
    specialist.get_by_role("button", name="Let in").click()
    expect(specialist.get_by_role("button", name="Let in")).to_have_count(0)


def meets(page: Page, others: int) -> None:
    """The pictures of so many others move, and their sound is heard."""
    expect(page.locator("[data-tile]")).to_have_count(others + 1)
    page.evaluate("() => { globalThis.readBefore = []; }")
    page.wait_for_function(MOVES, arg=others, polling=300, timeout=60_000)


Join = Callable[..., tuple[Page, Page]]


@pytest.fixture
def join(open_page: OpenPage, room: Room, asker: User, specialist: User) -> Join:
    """``join(before=...)``: (the asker's page, the specialist's), both inside; `before` runs on hers in the lobby."""

    def both(before: Callable[[Page], Any] = lambda page: None) -> tuple[Page, Page]:
        hers = open_page(asker, PHONE, f"/calls/{room.pk}/")
        before(hers)
        come_in(hers)
        expect(hers.locator("[data-wait]")).to_be_visible()
        his = come_in(open_page(specialist, DESK, f"/calls/{room.pk}/"))
        let_in(his)
        return hers, his

    return both


def tries(room: Room) -> list[tuple[str, bool, str]]:
    rows = Attempt.unscoped.filter(room=room).order_by("began_at")
    return [(one.rung, one.held_at is not None, one.cause) for one in rows]


def test_three_see_and_hear_each_other_and_the_link_is_one_devices(
    join: Join, open_page: OpenPage, room: Room, asker: User, specialist: User, accessible: Callable[[Page], None]
) -> None:
    available(room.case, asker, makers.dicom(frames=2))
    hers, his = join()
    meets(hers, 1)
    meets(his, 1)
    link = by(specialist, operations.invite_guest, room_id=room.pk)
    guest = open_page(None, PHONE, f"/calls/g/{link.token()}/")
    guest.get_by_role("button", name="Go on with this device").click()
    guest.get_by_label("I agree to this video call.").check()
    guest.get_by_role("button", name="Come in").click()
    expect(guest.locator("[data-wait]")).to_be_visible()
    let_in(his)
    meets(guest, 2)
    other = open_page(None, PHONE, f"/calls/g/{link.token()}/")
    other.get_by_role("button", name="Go on with this device").click()
    expect(other.locator("main")).to_contain_text("opened on another device already")
    guest.goto("about:blank")
    guest.goto("/calls/visit/")
    meets(guest, 2)
    meets(his, 2)
    accessible(his)
    accessible(guest)
    # a picture that one chooses is opened on the other's page, where the shared pointer is; the guardian sees none
    his.get_by_role("button", name="Pictures and notes").click()
    his.locator("[data-show]").click()
    for page in (his, hers):
        expect(page.locator("[data-side] [data-viewer]")).to_have_attribute("data-ready", "yes")
    expect(guest.locator("[data-viewer]")).to_have_count(0)
    meets(his, 2)
    hers.get_by_role("button", name="Leave").click()
    expect(hers.get_by_role("button", name="Join the call")).to_be_visible()
    expect(his.locator("[data-tile]")).to_have_count(2)
    assert {one for one in tries(room) if one[1]} >= {("video", True, "completed")}


def test_a_line_cut_for_ten_seconds_costs_nothing(join: Join) -> None:
    lines: list[Cut] = []
    hers, his = join(before=lambda page: lines.append(Cut(page)))
    meets(hers, 1)
    meets(his, 1)
    [line] = lines
    line.cut()
    expect(hers.locator("[data-said]")).to_contain_text("The line to this site is cut")
    # both ways something has to be said meanwhile: it waits here, and in the box there
    for page in (hers, his):
        page.evaluate("() => theCall.peers.values().next().value.pc.restartIce()")
    for _ in range(5):
        hers.wait_for_timeout(2000)
        meets(hers, 1)
    assert line.made == 1
    line.mend()
    expect(hers.locator("[data-said]")).to_contain_text("Connected again")
    hers.wait_for_function("() => theCall.line.unsent.size === 0")
    hers.wait_for_function("() => [...theCall.peers.values()].every(({pc}) => pc.signalingState === 'stable')")
    meets(hers, 1)
    meets(his, 1)


def test_without_camera_and_without_a_way_through_it_goes_down_step_by_step(
    join: Join, room: Room, settings: LazySettings
) -> None:
    settings.CALL_RELAY_ONLY = True  # and there is no relay: as where a firewall drops everything
    hers, his = join(before=lambda page: page.add_init_script(NO_CAMERA))
    for page in (hers, his):
        page.evaluate("() => { theCall.ladder.limits.connectMs = 2500; }")
    expect(his.locator("[data-rung-shown]")).to_have_text("A picture every few seconds")
    expect(hers.locator("[data-rung-shown]")).to_have_text("In writing")
    expect(hers.locator("[data-written]")).to_be_visible()
    picture = hers.locator("[data-still]:visible")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") == 400
    his.wait_for_function("() => theCall.ladder.held")
    his.get_by_role("button", name="End for all").click()
    his.get_by_role("button", name="End the call").click()
    expect(his.locator("main")).to_contain_text("A picture every few seconds")
    expect(hers.get_by_role("heading", name="The call is over")).to_be_visible()
    assert {
        ("video", False, "declined"),
        ("audio", False, "network_blocked"),
        ("stills", False, "no_camera"),
        ("written", True, "completed"),
        ("video", False, "network_blocked"),
        ("stills", True, "completed"),
    } <= set(tries(room))
