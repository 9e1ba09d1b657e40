"""The harness itself: pages come from the real process, and what goes wrong on them is seen."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, OpenPage, problems
from tests.live.server import WebProcess


def test_the_sign_in_page_opens_on_a_phone_and_a_desktop(
    open_page: OpenPage, accessible: Callable[[Page], None]
) -> None:
    for width in (PHONE, DESK):
        page = open_page(None, width, path="/accounts/login/")

        assert page.locator("form input[type=password]").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        accessible(page)


def test_the_language_of_the_browser_is_spoken(open_page: OpenPage) -> None:
    page = open_page(None, path="/accounts/login/", language="zh")

    assert (page.locator("html").get_attribute("lang") or "").lower().startswith("zh")


def test_script_errors_other_hosts_and_blocked_code_are_seen(open_page: OpenPage) -> None:
    page = open_page(None, path="/accounts/login/")
    page.evaluate("setTimeout(() => { throw new Error('deliberate') })")
    page.evaluate("fetch('http://other.example/').catch(() => {})")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"alert(1)\">')")
    page.wait_for_timeout(300)

    seen = " ".join(problems(page))
    assert "deliberate" in seen
    assert "other.example" in seen
    assert "Content Security Policy" in seen
    problems(page).clear()


def test_static_files_come_without_a_thread_of_the_pool(open_page: OpenPage, web: WebProcess) -> None:
    page = open_page(None, path="/accounts/login/")
    sheet = page.locator("link[rel=stylesheet]").first.get_attribute("href")
    answer = page.request.get(f"{web.origin}{sheet}")

    assert answer.status == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert page.request.get(f"{web.origin}/static/nothing.css").status == 404
