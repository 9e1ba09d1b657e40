"""In the browser: a calculator is found by initials, answers as one types, and everybody can use it at every width."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from consortium.people.models import User
from tests.browser.conftest import DESK, PHONE, OpenPage

_LIST, _BILIRUBIN = "/manual/calculators/", "/manual/calculators/bilirubin_aap/"


def _fill(page: Page) -> None:
    page.get_by_label("Gestation in completed weeks").fill("38")
    page.get_by_label("Age in hours", exact=True).fill("48")
    page.get_by_role("group", name="Neurotoxicity risk factor").get_by_label("No").check()
    page.get_by_label("Total serum bilirubin (optional)", exact=True).fill("17.2")


def test_a_calculator_is_found_by_pinyin_initials_as_one_types(open_page: OpenPage, asker: User) -> None:
    page = open_page(asker, PHONE, path=_LIST)
    page.get_by_role("searchbox").press_sequentially("hd")
    expect(page.locator("#calculators a")).to_have_count(2)


def test_the_result_comes_as_one_types(open_page: OpenPage, asker: User) -> None:
    page = open_page(asker, PHONE, path=_BILIRUBIN)
    _fill(page)
    expect(page.locator("#result")).to_contain_text("At or above phototherapy")
    expect(page.locator("#result")).to_contain_text("Start phototherapy now")


def test_on_a_phone_the_result_stands_in_the_dock(open_page: OpenPage, asker: User) -> None:
    page = open_page(asker, PHONE, path=_BILIRUBIN)
    _fill(page)
    expect(page.locator("#result-short")).to_contain_text("At or above phototherapy")
    expect(page.locator("#result-short")).to_be_in_viewport()


def test_another_unit_is_another_answer(open_page: OpenPage, asker: User) -> None:
    page = open_page(asker, DESK, path=_BILIRUBIN)
    _fill(page)
    expect(page.locator("#result")).to_contain_text("At or above phototherapy")
    page.get_by_label("Unit of Total serum bilirubin").select_option("umol/L")
    expect(page.locator("#result")).to_contain_text("7.0 or more mg/dl below phototherapy")


def test_the_result_can_be_copied(open_page: OpenPage, asker: User) -> None:
    page = open_page(asker, DESK, path=_BILIRUBIN)
    _fill(page)
    expect(page.get_by_role("button", name="Copy as text")).to_be_visible()
    expect(page.locator("#result-text")).to_contain_text("Newborn jaundice, AAP 2022")


def test_it_works_without_javascript(open_page: OpenPage, asker: User) -> None:
    page = open_page(asker, DESK, path=_BILIRUBIN, java_script_enabled=False)
    _fill(page)
    page.get_by_role("button", name="Calculate").click()
    expect(page.locator("#result")).to_contain_text("At or above phototherapy")


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("path", [_LIST, _BILIRUBIN, "/manual/calculators/westley/", "/manual/calculators/npews/"])
def test_everybody_can_use_it(
    open_page: OpenPage, accessible: Callable[[Page], None], asker: User, path: str, width: int
) -> None:
    page = open_page(asker, width, path=path)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # at its full height: what the bar at the bottom half covers would be measured as too small
    page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
    accessible(page)


def test_a_result_and_what_lacks_are_accessible(
    open_page: OpenPage, accessible: Callable[[Page], None], asker: User
) -> None:
    page = open_page(asker, PHONE, path=_BILIRUBIN)
    _fill(page)
    expect(page.locator("#result")).to_contain_text("At or above phototherapy")
    accessible(page)
    page.get_by_label("Gestation in completed weeks").fill("99")
    expect(page.locator("#result")).to_contain_text("Not yet")
    accessible(page)
