"""In the browser: a shared desktop locks and keeps what was typed; a person is invited, suspended, and comes back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from consortium.people.models import Institution, User
from consortium.people.queries import able_to_act
from tests.browser.conftest import PHONE, OpenPage
from tests.cast import actor_for
from tests.factories.people import PASSWORD


def test_a_shared_desktop_locks_and_keeps_what_was_typed(open_page: OpenPage, nurse: User) -> None:
    page = open_page(None, path="/accounts/login/?next=/account/")
    page.clock.install()
    page.get_by_label("Username").fill(nurse.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label(re.compile("Other people use this computer")).check()
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/account/")  # with its modules running, which the clock below is for
    title = page.get_by_label("Professional title")
    title.fill("typed and not sent")
    page.clock.fast_forward("10:30")
    lock = page.get_by_role("dialog", name=re.compile("Locked"))
    expect(lock).to_be_visible()
    expect(lock.get_by_label("Password")).to_be_focused()
    assert _status_until(page, 423) == 423
    lock.get_by_label("Password").fill("wrong")
    lock.get_by_role("button", name="Unlock").click()
    expect(lock.get_by_role("alert")).to_have_text("That is not your password. Try again.")
    lock.get_by_label("Password").fill(PASSWORD)
    lock.get_by_role("button", name="Unlock").click()
    expect(lock).to_be_hidden()
    assert title.input_value() == "typed and not sent"
    assert page.request.get("/account/").status == 200


def _status_until(page: Page, wanted: int) -> int:
    """The status of another request of the session, asked until the lock has reached the server."""
    for _ in range(100):
        status = page.request.get("/account/").status
        if status == wanted:
            break
    return status


def test_invited_joined_suspended_and_back(
    open_page: OpenPage, admin: User, hospital: Institution, accessible: Callable[[Page], None]
) -> None:
    desk = open_page(admin, path=f"/institutions/{hospital.pk}/invite/")
    accessible(desk)
    desk.get_by_label("Whom do you invite?").fill("He Fang")
    desk.get_by_label("Role").select_option("nurse")
    desk.get_by_role("button", name="Make the link").click()
    desk.wait_for_url("**/invitations/**")
    accessible(desk)
    link = desk.locator("#link").inner_text()

    phone = open_page(None, width=PHONE, path=link)
    accessible(phone)
    phone.get_by_label("Username").fill("hefang")
    phone.get_by_label("Password").fill("a short sentence is easy")
    phone.get_by_role("button", name="Make my account").click()
    phone.wait_for_url(re.compile("/$"))
    joined = User.objects.get(username="hefang")

    desk.goto(f"/institutions/{hospital.pk}/staff/")
    accessible(desk)
    desk.get_by_role("link", name=re.compile("He Fang")).click()
    desk.wait_for_url("**/staff/*/")
    accessible(desk)
    desk.get_by_role("button", name="Suspend").click()
    expect(desk.get_by_text("Suspended. The open work went back.")).to_be_visible()
    assert not actor_for(joined).seats
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_text("Working here again.")).to_be_visible()
    assert able_to_act(joined.pk)


PAGES = ["/accounts/login/", "/join/nothing/", "/new-password/nothing/"]
SIGNED_IN = [
    "/institutions/", "/institutions/new/", "/staff/", "/account/", "/accounts/password/", "/accounts/devices/",
    "/accounts/second-factor/", "/accounts/second-factor/app/", "/accounts/logout/",
]  # fmt: skip


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_pages_are_accessible_and_fit(
    open_page: OpenPage, manager: User, accessible: Callable[[Page], None], width: int
) -> None:
    """In both schemes of colour; nothing is wider than the screen."""
    for scheme in ("light", "dark"):
        outside = open_page(None, width=width, path=PAGES[0], color_scheme=scheme)
        inside = open_page(manager, width=width, path=SIGNED_IN[0], color_scheme=scheme)
        for page, paths in ((outside, PAGES), (inside, SIGNED_IN)):
            for path in paths:
                page.goto(path)
                accessible(page)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
