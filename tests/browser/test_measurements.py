"""Measurements on a phone and on a desk: every page by axe, the form by hand, the chart on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from consortium.kernel import clock
from consortium.patients.models import Measurement, Patient
from consortium.people.models import Institution, User
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.factories.patients import make_measured, make_patient

Check = Callable[[Page], None]
Picture = Callable[[Page, str], None]


@pytest.fixture
def child(web: Any, community: Institution) -> Patient:
    """An infant with growth over three months, doubtful and estimated values, and vital signs."""
    child = make_patient(community, "Lin Xiaoyu")
    for days, weight in ((90, "5.4"), (60, "5.9"), (30, "6.1")):
        make_measured(child, at=clock.now() - timedelta(days=days), weight=weight, length="62", position="lying")
    make_measured(child, weight="6.0", length="64", position="standing", head="42", muac="114", estimated=True)
    make_measured(child, resp_rate="62", heart_rate="165", spo2="93", avpu="V", concern="carer", temperature="38.4")
    return child


def _look(page: Page, path: str, accessible: Check, picture: Picture, name: str) -> None:
    page.goto(path)
    seen = page.viewport_size
    assert seen
    page.set_viewport_size({"width": seen["width"], "height": 4000})
    accessible(page)
    page.set_viewport_size(seen)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    picture(page, name)


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pages_are_accessible(
    open_page: OpenPage, accessible: Check, picture: Picture, child: Patient, asker: User, width: int, language: str
) -> None:
    row = Measurement.unscoped.filter(kind="weight").first()
    assert row is not None
    page = open_page(asker, width, path="/patients/", language=language)
    pages = {
        "list": reverse("patients:measurements", args=[child.pk]),
        "new": reverse("patients:measure", args=[child.pk]),
        "correct": reverse("patients:correct_measurement", args=[row.pk]),
        "growth": reverse("patients:growth", args=[child.pk]),
        "arm": reverse("patients:growth", args=[child.pk]) + "?index=acfa&lines=percentile",
    }
    for name, path in pages.items():
        _look(page, path, accessible, picture, f"measurements-{name}-{language}-{width}")


def test_a_nurse_measures_with_one_thumb(open_page: OpenPage, child: Patient, asker: User) -> None:
    page = open_page(asker, PHONE, path=reverse("patients:measure", args=[child.pk]))
    page.locator("#id_weight").fill("6,2")
    page.locator("#id_heart_rate").fill("250")
    page.get_by_text("Alert", exact=True).click()
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_label("I looked at the marked values again").check()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Measurements kept.")).to_be_visible()
    expect(page.get_by_text("250 /min").first).to_be_visible()


def test_a_dot_says_its_value_to_a_pointer(open_page: OpenPage, child: Patient, asker: User) -> None:
    page = open_page(asker, DESK, path=reverse("patients:growth", args=[child.pk]))
    assert page.locator(".chart-dot").count() == 4
    assert "6.1 kg, z" in page.locator(".chart-dot title").nth(2).inner_html()


def test_the_chart_prints_on_one_sheet(open_page: OpenPage, child: Patient, asker: User) -> None:
    page = open_page(asker, DESK, path=reverse("patients:growth", args=[child.pk]))
    pdf = page.pdf(format="A4")
    assert pdf.count(b"/Type /Page\n") == 1
    page.emulate_media(media="print")
    expect(page.locator(".dock")).to_be_hidden()
    expect(page.locator("svg.chart")).to_be_visible()


def test_an_old_weight_is_taken_by_one_tap(open_page: OpenPage, child: Patient, service: Any, asker: User) -> None:
    other = make_patient(child.registered_at, "Wu Ping")
    make_measured(other, at=clock.now() - timedelta(days=20), weight="6.8")
    page = open_page(asker, PHONE, path=reverse("consultations:begin", args=[other.pk]))
    page.get_by_label("Whom do you ask?").select_option(index=1)
    page.get_by_text("Routine: answered within 12 hours").click()
    page.locator(".dock button, main form button").last.click()
    expect(page.get_by_label("Weight today")).to_have_value("")
    page.get_by_label("Your question", exact=True).fill("Can he wait?")
    page.get_by_role("button", name="Use this weight").click()
    expect(page.get_by_label("Weight today")).to_have_value("6.8")
    expect(page.get_by_label("Your question", exact=True)).to_have_value("Can he wait?")
