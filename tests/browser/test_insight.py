"""In the browser: a manager looks at the measures on a phone and at a desk, and takes a file; axe on every page."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from consortium.casework.models import Case, Service
from consortium.insight.models import Export
from consortium.insight.operations import gather, roll_month, write_piece
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import User
from tests.browser.conftest import PHONE, OpenPage
from tests.consultations.cases import answered


def test_a_manager_reads_the_measures_and_takes_a_file(
    open_page: OpenPage, asker: User, specialist: User, manager: User, patient: Patient, service: Service,
    accessible: Callable[[Page], None],
) -> None:  # fmt: skip
    for _ in range(6):
        answered(asker, specialist, patient, service)
    with acting_as(system("test")):
        for month in gather(list(Case.unscoped.values_list("pk", flat=True))):
            roll_month(month)
    for page in (open_page(manager, path="/measures/"), open_page(manager, PHONE, path="/measures/")):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.set_viewport_size({"width": width, "height": 7000})  # so that the bar at the foot lies over no link
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Time to the first answer").click()
    expect(page.get_by_role("heading", name="What is counted")).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/measures/exports/")
    accessible(page)
    page.get_by_role("button", name="Make the file").click()
    expect(page.get_by_text("0 of 6 lines")).to_be_visible()
    while write_piece(Export.unscoped.get().pk):
        continue
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".csv")
    assert download.value.path().read_text(encoding="utf-8-sig").count("\n") == 7
