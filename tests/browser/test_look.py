"""The look and the small modules, on the style guide in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from playwright.sync_api import Page, Route, expect

from consortium.kernel import clock
from consortium.people.models import User
from consortium.people.queries.actors import TOUCHED
from tests.browser.conftest import DESK, PHONE, OpenPage, problems
from tests.cast import client_for
from tests.live.server import WebProcess

PAGES = ["index", "worklist", "case", "ask", "report", "empty"]


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_screen_is_accessible_and_fits(
    open_page: OpenPage, accessible: Callable[[Page], None], picture: Callable[[Page, str], None], width: int
) -> None:
    page = open_page(None, width, path="/styleguide/")
    for name, scheme in [*product(PAGES, ["light"]), ("index", "dark"), ("case", "dark")]:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"/styleguide/{name}/")

        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        picture(page, f"styleguide-{name}-{width}-{scheme}")


def test_no_screen_scrolls_sideways(open_page: OpenPage) -> None:
    page = open_page(None, path="/styleguide/")
    for name in PAGES:
        page.goto(f"/styleguide/{name}/")
        for width in (320, 360, 768, 1024, 1440):
            page.set_viewport_size({"width": width, "height": 800})

            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)


def test_targets_are_as_large_as_a_thumb_and_the_main_action_is_under_it(open_page: OpenPage) -> None:
    page = open_page(None, PHONE, path="/styleguide/case/")

    # A link that is stretched over its row, or stands in running text, is not a target of its own size.
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, select, textarea, input:not([type=hidden])")]
             .filter((e) => !e.closest("p, .case-title, .file-name, .skip, [popover], dialog") && e.offsetParent)
             .filter((e) => e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert small == []
    page.evaluate("scrollTo(0, 600)")
    box = page.get_by_role("link", name="Answer", exact=True).bounding_box()
    assert box
    assert 700 < box["y"] < box["y"] + box["height"] <= 844


def test_a_choice_of_appearance_wins_over_the_device(open_page: OpenPage) -> None:
    page = open_page(None, path="/styleguide/", color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    chosen = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    page.evaluate("delete document.documentElement.dataset.theme")

    assert chosen != light
    assert page.evaluate(ground) == chosen


def test_motion_is_reduced_when_asked(open_page: OpenPage) -> None:
    page = open_page(None, path="/styleguide/")

    durations = page.evaluate("[...document.querySelectorAll('*')].map(e => getComputedStyle(e).animationDuration)")
    assert {d for d in durations if d not in ("0s", "1e-05s", "auto")} == set()


def test_all_that_is_said_works_without_javascript(open_page: OpenPage) -> None:
    page = open_page(None, path="/styleguide/", java_script_enabled=False)

    expect(page.get_by_role("link", name="Weight today – Enter a number.")).to_be_visible()
    expect(page.get_by_text("Copy as text")).to_be_hidden()
    expect(page.get_by_text("min left").first).to_be_visible()


# -- modules ----------------------------------------------------------------------------------------------------------


def test_a_form_leads_to_its_errors_and_counts(open_page: OpenPage) -> None:
    page = open_page(None, path="/styleguide/")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="Weight today").click()
    expect(page.get_by_label("Weight today")).to_be_focused()

    page.get_by_label("Your question").fill("x" * 520)
    expect(page.get_by_text("20 characters too many")).to_be_visible()


def test_a_clock_runs_out_on_the_servers_time(open_page: OpenPage) -> None:
    page = open_page(None, path="/styleguide/case/")
    clock = page.locator(".clock").last
    page.evaluate(
        """() => { const now = Date.parse(document.documentElement.dataset.serverNow);
             [...document.querySelectorAll(".clock")].at(-1).dataset.dueAt = new Date(now - 61000).toISOString(); }"""
    )

    expect(clock).to_have_attribute("data-state", "late")
    expect(clock).to_contain_text("1 min late")


def test_what_hurts_is_asked_first(open_page: OpenPage) -> None:
    page = open_page(None, path="/styleguide/")
    page.evaluate(
        "document.querySelector('[data-confirm]').addEventListener('click', () => { document.title = 'done' })"
    )
    withdraw = page.get_by_role("main").get_by_role("button", name="Withdraw")
    dialog = page.get_by_role("dialog", name="Withdraw the question?")
    withdraw.click()
    expect(dialog).to_contain_text("The asker will be told")
    dialog.get_by_role("button", name="Go back").click()
    expect(dialog).to_be_hidden()
    assert page.title() != "done"

    withdraw.click()
    dialog.get_by_role("button", name="Withdraw").click()
    page.wait_for_function("document.title === 'done'")


def test_copying_and_the_badge(open_page: OpenPage) -> None:
    page = open_page(None, path="/styleguide/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy as text").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "Impression: severe croup."

    page.evaluate(
        """() => { document.body.insertAdjacentHTML("beforeend", "<i data-badge-count></i>");
             document.dispatchEvent(new CustomEvent("badge", { detail: { count: 120 } })); }"""
    )
    assert page.locator("i[data-badge-count]").inner_text() == "99+"


def test_a_form_is_sent_once(open_page: OpenPage) -> None:
    page = open_page(None, path="/styleguide/ask/")
    sent: list[str] = []

    def slow(route: Route) -> None:
        sent.append(route.request.method)
        page.wait_for_timeout(200)
        route.fulfill(status=204)

    page.route("**/styleguide/ask/", slow)
    page.evaluate(
        """() => { const button = document.querySelector("[form=ask]"); document.forms.ask.noValidate = true;
             button.click(); button.click(); button.click(); }"""
    )
    page.wait_for_timeout(600)

    assert sent == ["POST"]


def _autosaving(page: Page, answer: Callable[[Route], None]) -> None:
    page.route("**/autosave/", answer)
    page.evaluate(
        """() => { document.forms.ask.dataset.autosaveUrl = "/autosave/";
             document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: document.body } })); }"""
    )


def test_a_draft_saves_itself(open_page: OpenPage) -> None:
    page = open_page(None, path="/styleguide/ask/")
    bodies: list[str] = []

    def saved(route: Route) -> None:
        bodies.append(route.request.post_data or "")
        route.fulfill(json={"version": 2, "saved_at": "2026-06-15T04:00:00Z"})

    _autosaving(page, saved)
    page.get_by_label("Your question").fill("Can she wait?")

    expect(page.locator("[data-autosave-state]")).to_contain_text("Saved")
    assert "Can she wait?" in bodies[0]
    assert "filename" not in bodies[0]
    stored = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])")
    assert "Can she" not in stored


def test_a_draft_that_cannot_be_saved_keeps_the_text_and_tries_again(open_page: OpenPage) -> None:
    page = open_page(None, path="/styleguide/ask/")
    tries: list[int] = []

    def refuse_first(route: Route) -> None:
        tries.append(1)
        route.abort() if len(tries) == 1 else route.fulfill(status=204)

    _autosaving(page, refuse_first)
    page.get_by_label("Your question").fill("Can she wait?")
    expect(page.locator("[data-autosave-state]")).to_contain_text("Not saved")
    expect(page.get_by_label("Your question")).to_have_value("Can she wait?")
    page.evaluate("dispatchEvent(new Event('online'))")

    expect(page.locator("[data-autosave-state]")).to_contain_text("Saved")
    problems(page).clear()


def test_a_lost_connection_is_said(open_page: OpenPage) -> None:
    page = open_page(None, path="/styleguide/ask/")
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline")).to_be_visible()
    page.context.set_offline(False)

    expect(page.get_by_text("You are offline")).to_be_hidden()
    problems(page).clear()


# -- the lock of a shared desktop -------------------------------------------------------------------------------------


@pytest.fixture
def shared(open_page: OpenPage, web: WebProcess, asker: User) -> Page:
    """A desktop that several people use, with a half-typed question on it."""
    page = open_page(asker, path="/styleguide/ask/")
    client = client_for(asker, shared=True)
    session = client.session
    session[TOUCHED] = clock.now().timestamp()
    session.save()
    jar = client.cookies
    page.context.add_cookies([{"name": n, "value": m.value, "url": web.origin} for n, m in jar.items()])
    page.reload()
    page.get_by_label("Your question").fill("Can she wait?")
    return page


def _leave(page: Page) -> None:
    page.evaluate("new BroadcastChannel('idle-lock').postMessage('lock')")
    expect(page.get_by_label("Password")).to_be_visible()


def test_the_lock_hides_the_page_and_opens_to_the_password_alone(shared: Page) -> None:
    _leave(shared)
    backdrop = "getComputedStyle(document.querySelector('[data-idle-lock]'), '::backdrop').backgroundColor"
    assert shared.evaluate(backdrop) == shared.evaluate("getComputedStyle(document.body).backgroundColor")
    shared.keyboard.press("Escape")
    shared.keyboard.press("Escape")
    expect(shared.get_by_label("Password")).to_be_visible()
    shared.get_by_label("Password").fill("wrong")
    shared.get_by_role("button", name="Unlock").click()
    expect(shared.get_by_text("That is not your password")).to_be_visible()


def test_what_was_typed_is_there_after_the_lock(shared: Page) -> None:
    _leave(shared)
    shared.route("**/unlock/", lambda route: route.fulfill(status=204))
    shared.get_by_label("Password").fill("right")
    shared.get_by_role("button", name="Unlock").click()

    expect(shared.get_by_label("Password")).to_be_hidden()
    expect(shared.get_by_label("Your question")).to_have_value("Can she wait?")
