"""The bell, the inbox and a page, in a real browser: what is sent appears by itself, even after an outage."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from consortium.casework.models import Service
from consortium.kernel.actors import system
from consortium.notices.operations import send_notice, start_page
from consortium.people.models import User
from tests.browser.conftest import DESK, PHONE, OpenPage, problems

SYSTEM = system("browser test")


@pytest.fixture
def tell(service: Service) -> Callable[..., None]:
    def send(user: User, once: str, kind: str = "consultation.answered", **more: Any) -> None:
        send_notice(
            actor=SYSTEM, recipient_id=user.pk, kind=kind, subject=service, url="/services/", once=once,
            facts={"specialty": "Respiratory medicine", "name": "Dr Wang"}, **more,
        )  # fmt: skip

    return send


def badge(page: Page) -> Any:
    return page.locator("header [data-badge-count]")


def listening(page: Page) -> None:
    """Until the socket is open: before that a change would be found by the poll."""
    expect(page.locator("html")).to_have_attribute("data-live", "on")


def test_the_bell_and_the_inbox_follow_without_reload(
    open_page: OpenPage, asker: User, tell: Callable[..., None]
) -> None:
    page = open_page(asker, path="/notices/")
    expect(page.get_by_text("Nothing has been sent to you yet")).to_be_visible()
    listening(page)
    tell(asker, "one")
    expect(badge(page)).to_have_text("1")
    expect(page.locator(".inbox-item")).to_have_count(1)
    tell(asker, "two", urgent=True)
    expect(badge(page)).to_have_text("2")
    page.get_by_role("button", name="Mark all as read").click()
    expect(badge(page)).to_have_text("")
    page.get_by_role("button", name="Undo").click()
    expect(badge(page)).to_have_text("2")


def test_what_was_sent_while_the_network_was_away_is_caught_up(
    open_page: OpenPage, asker: User, tell: Callable[..., None]
) -> None:
    page = open_page(asker, path="/notices/")
    listening(page)
    page.context.set_offline(True)
    page.evaluate("document.documentElement.dataset.live = 'asked'")
    tell(asker, "one")
    tell(asker, "two")
    page.context.set_offline(False)
    expect(page.locator(".inbox-item")).to_have_count(2)
    expect(badge(page)).to_have_text("2")
    problems(page)[:] = [fault for fault in problems(page) if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_signing_out_elsewhere_takes_the_page_off_the_screen(open_page: OpenPage, asker: User) -> None:
    page = open_page(asker, path="/notices/")
    listening(page)
    Session.objects.all().delete()
    expect(page).to_have_url(re.compile("/accounts/login/"), timeout=45_000)


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_screen_is_accessible_and_fits(
    open_page: OpenPage, accessible: Callable[[Page], None], picture: Callable[[Page, str], None],
    asker: User, colleague: User, service: Service, tell: Callable[..., None], width: int, language: str,
) -> None:  # fmt: skip
    for n in range(4):
        tell(asker, f"n{n}", urgent=n == 3)
    page_call = start_page(
        actor=SYSTEM, people=[asker.pk, colleague.pk], kind="consultation.stat", subject=service, url="/services/",
        once="page", facts={"specialty": "Respiratory medicine", "phone": "021 5555 0142"},
    )  # fmt: skip
    page = open_page(asker, width, path="/notices/", language=language)
    for name, path in (
        ("inbox", "/notices/"), ("inbox-unread", "/notices/?show=unread"), ("page", f"/notices/pages/{page_call.pk}/"),
        ("preferences", "/notices/preferences/"),
    ):  # fmt: skip
        page.goto(path)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        picture(page, f"notices-{name}-{width}-{language}")
