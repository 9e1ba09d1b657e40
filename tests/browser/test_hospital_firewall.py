"""From behind a hospital's firewall that lets nothing out but TCP 443: a lecture is watched, voted in and spoken in."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Page, expect

from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.models import GuestAppearance, Vote
from courses.live.states.guests import Cause, Rung
from tests.browser.conftest import FLAGS, PHONE, OpenPage, _watch, problems
from tests.browser.hospital import SITE, Hospital, behind_firewall, missing
from tests.browser.test_lecture_guest import MAGENTA, SEEN, come, invited, live_studio
from tests.browser.test_lecture_stage import plays
from tests.cast import client_for
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.room.rooms import prepared
from tests.factories.people import make_staff
from tests.live.server import WebProcess

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())
ORIGIN = f"https://{SITE}"


@pytest.fixture
def clinic(web: WebProcess, settings: LazySettings, tmp_path: Path) -> Iterator[Hospital]:
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, SITE]
    with behind_firewall(tmp_path, web.port) as made:
        yield made


@pytest.fixture
def inside(browser: Browser, clinic: Hospital) -> Iterator[Browser]:
    """A real Chromium in there, which knows our name and no other."""
    flags = [flag for flag in FLAGS if not flag.startswith("--host-resolver-rules")]
    rules = f"--host-resolver-rules=MAP {SITE} {clinic.server}, MAP * ~NOTFOUND"
    with browser.browser_type.launch(executable_path=clinic.chromium(), args=[*flags, rules]) as chromium:
        yield chromium


def opened(inside: Browser, user: User, path: str) -> Page:
    context = inside.new_context(
        base_url=ORIGIN, ignore_https_errors=True, viewport={"width": PHONE, "height": 844}, locale="en-GB",
        service_workers="block",
    )  # fmt: skip
    context.add_cookies([{"name": n, "value": m.value, "url": ORIGIN} for n, m in client_for(user).cookies.items()])
    page = context.new_page()
    _watch(page, ORIGIN)
    page.goto(path)
    return page


def test_nothing_but_443_is_reached(clinic: Hospital) -> None:
    with socket.create_server((clinic.server, 0)) as other:
        before = clinic.dropped
        assert not clinic.reaches(other.getsockname()[1])
        assert clinic.dropped > before
        assert clinic.reaches(443)


def test_watching_voting_and_speaking(
    open_page: OpenPage, inside: Browser, clinic: Hospital, hospital: Institution, community: Institution,
    settings: LazySettings,
) -> None:  # fmt: skip
    settings.TURN_URLS = []
    lecturer, doctor = make_staff("lecturer", hospital, Role.LECTURER), make_staff("doctor", community, Role.ASKER)
    lecture = given_by(lecture_at(hospital, hours=0, step="live"), lecturer)
    prepared(lecturer, lecture)
    studio = live_studio(open_page, lecturer, lecture)
    page = opened(inside, doctor, f"/lectures/{lecture.pk}/room/")
    page.evaluate(MAGENTA)

    # over a socket, and by HLS
    expect(page.locator("video[data-way]")).to_have_attribute("data-way", "parts")
    plays(page)
    page.locator("[data-ways]").select_option("low")
    expect(page.locator("video[data-way]")).to_have_attribute("data-way", "hls.js")
    plays(page)

    studio.get_by_role("heading", level=1).click()
    studio.keyboard.press("p")
    page.get_by_label("Kawasaki").check()
    page.get_by_role("button", name="Vote").click()
    expect(page.get_by_text("Your vote is saved.")).to_be_visible()
    assert Vote.unscoped.get().user == doctor

    # no line between the browsers comes about: the ladder goes down to the site's own, and what was tried is kept
    invited(studio, page)
    come(page)
    expect(page.get_by_text("Everybody sees and hears you now.")).to_be_visible(timeout=40_000)
    page.wait_for_function(f"() => {{ const [r, g, b] = ({SEEN})(); return r > 150 && g < 110 && b > 150; }}")
    appearance = GuestAppearance.unscoped.get()
    assert (appearance.rung, appearance.tries[0]["rung"]) == (Rung.WEBSOCKET, Rung.P2P)
    assert appearance.tries[0]["cause"] == Cause.BLOCKED
    assert clinic.dropped > 0
    assert problems(page) == []
