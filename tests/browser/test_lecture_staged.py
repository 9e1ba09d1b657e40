"""A case told step by step: a lecturer with one hand on the keys, a viewer on a phone and one at a desk."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from consortium.casework.models import Case, Service
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.models import Lecture, TeachingCase, Vote
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.test_lecture_room import joined
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.staged.cases import STAGES, prepared, spot, taught_case
from tests.courses.live.teaching import agreed
from tests.factories.cases import make_asked
from tests.factories.people import make_institution, make_staff


@pytest.fixture
def lecturer(hospital: Institution) -> User:
    return make_staff("lecturer", hospital, Role.LECTURER)


@pytest.fixture
def case(patient: Patient, asker: User, community: Institution, service: Service) -> Case:
    agreed(patient, asker)
    found: Case = make_asked(patient, asker, community, service).case
    return found


@pytest.fixture
def lecture(hospital: Institution, lecturer: User, settings: LazySettings) -> Lecture:
    settings.MANUAL_CITED = "tests.courses.live.staged.cases.Manual"
    return given_by(lecture_at(hospital, hours=0, step="live"), lecturer)


@pytest.fixture
def taught(asker: User, colleague: User, case: Case, lecture: Lecture, lecturer: User) -> TeachingCase:
    """A question after the history, and a place on the picture."""
    row = taught_case(asker, colleague, case, lecture)
    prepared(lecturer, lecture, text="What is it?", manual="rash#kawasaki")
    spot(lecturer, lecture, row, text="Where is it wide?")
    return row


def wide(page: Page) -> bool:
    """Whether one has to scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def whole(page: Page) -> Page:
    """In a window as high as the page, so that no bar lies over what is looked at."""
    size = page.viewport_size
    assert size is not None
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": height + 100})
    return page


def test_a_case_is_told_in_steps_and_voted_on_with_confidence(
    open_page: OpenPage, accessible: object, lecture: Lecture, lecturer: User, taught: TeachingCase
) -> None:
    viewers = [make_staff(name, make_institution(name), Role.ASKER) for name in ("near", "far")]
    room, history = f"/lectures/{lecture.pk}/room/", STAGES["history"]
    his = joined(open_page(lecturer, DESK, f"/lectures/{lecture.pk}/studio/"))
    hers, others = joined(open_page(viewers[0], PHONE, room)), joined(open_page(viewers[1], DESK, room, "zh"))
    case, pages = "[data-staged]", (hers, others)
    expect(his.locator("[data-reveal]")).to_be_visible()
    expect(hers.locator(case)).not_to_contain_text(history)

    his.keyboard.press("r")
    for page in pages:
        expect(page.locator(case)).to_contain_text(history)
    his.keyboard.press("p")
    hers.get_by_label("Kawasaki disease").check()
    hers.get_by_label("Fairly sure").check()
    hers.get_by_role("button", name="Vote").click()
    expect(hers.get_by_text("Your vote is saved.")).to_be_visible()
    others.get_by_label("Measles").check()
    others.locator("[data-poll] .main").click()  # without saying how sure
    expect(his.locator("[data-votes]").first).to_have_text("2 votes")
    his.keyboard.press("r")  # while a vote is open nothing more is shown
    expect(his.locator("[data-said]")).not_to_be_empty()
    his.keyboard.press("p")
    expect(hers.locator("[data-options] [data-count]").first).to_have_text("1")

    his.keyboard.press("r")
    for page in pages:
        expect(page.locator(f"{case} .lecture-picture")).to_be_visible()
        assert not wide(page)
    his.keyboard.press("p")
    hers.locator("[data-place] img").tap(position={"x": 10, "y": 10})
    expect(hers.locator("[name=x]")).not_to_have_value("50")
    hers.get_by_label("Sure", exact=True).check()
    hers.get_by_role("button", name="Vote").click()
    slider = others.locator("[name=x]")
    slider.focus()
    for _ in range(25):
        others.keyboard.press("ArrowLeft")
    expect(slider).to_have_value("25")
    others.locator("[data-poll] .main").click()
    expect(his.locator("[data-votes]").first).to_have_text("2 votes")
    for page in pages:
        accessible(whole(page))  # type: ignore[operator]
    his.keyboard.press("p")
    expect(others.locator(".lecture-heat")).to_have_count(2)

    expect(hers.locator("[data-thinking]")).to_have_count(0)
    his.keyboard.press("r")
    for page in pages:
        expect(page.locator(case)).to_contain_text(STAGES["course"])
    his.keyboard.press("f")
    for page in pages:
        expect(page.locator(".lecture-flow")).to_be_visible()
        expect(page.locator("[data-thinking]")).to_contain_text("It was Kawasaki disease.")
        assert not wide(page)
    for page in (his, *pages):
        accessible(whole(page))  # type: ignore[operator]
    kept = Vote.unscoped.order_by("id").values_list("user__username", "confidence", "tier")
    assert list(kept) == [("near", 2, 1), ("far", None, 1), ("near", 3, 1), ("far", None, 1)]


def test_a_lecturer_prepares_votes(
    open_page: OpenPage, accessible: object, lecture: Lecture, lecturer: User, taught: TeachingCase
) -> None:
    for width in (PHONE, DESK):
        page = open_page(lecturer, width, f"/lectures/{lecture.pk}/votes/")
        accessible(whole(page))  # type: ignore[operator]
        assert not wide(page)
    page.get_by_role("link", name="Ask for a place on picture 1").click()
    page.locator("[data-planned-spot] img").click(position={"x": 10, "y": 10})
    expect(page.get_by_label("From the left, in per cent")).not_to_have_value("50")
    accessible(whole(page))  # type: ignore[operator]
    page.get_by_label("What do you ask?").fill("Where else?")
    page.get_by_role("button", name="Prepare").click()
    expect(page.get_by_role("heading", name="Where else?")).to_be_visible()
