"""The page of the API works under the site's policy: it shows every call, and a call tried there is answered."""

from __future__ import annotations

from playwright.sync_api import expect

from consortium.people.models import User
from tests.browser.conftest import OpenPage


def test_a_call_can_be_tried_on_the_page(open_page: OpenPage, asker: User) -> None:
    page = open_page(asker, path="/api/v1/docs/")
    expect(page.get_by_role("heading", name="Paediatric consortium")).to_be_visible()
    expect(page.locator("#operations-tag-consultations")).to_be_visible()
    page.locator("#operations-tag-me").click()
    call = page.locator("#operations-me-me_retrieve")
    call.locator(".opblock-summary-control").click()
    call.get_by_role("button", name="Try it out").click()
    call.get_by_role("button", name="Execute").click()
    expect(call.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    expect(call.locator(".live-responses-table")).to_contain_text("asker")
