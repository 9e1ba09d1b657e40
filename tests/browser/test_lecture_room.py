"""A lecture's room: three people, one poll, one question, and a line that was cut."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.live.models import Lecture
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.courses.live.planned import given_by, lecture_at
from tests.courses.live.room.rooms import prepared
from tests.factories.people import make_staff


@pytest.fixture
def lecturer(hospital: Institution) -> User:
    return make_staff("lecturer", hospital, Role.LECTURER)


@pytest.fixture
def lecture(hospital: Institution, lecturer: User) -> Lecture:
    return given_by(lecture_at(hospital, hours=0, step="live"), lecturer)


def joined(page: Page) -> Page:
    expect(page.locator("[data-room][data-ready=on]")).to_be_visible()
    return page


def test_a_room_by_three_hands(
    open_page: OpenPage, accessible: object, lecture: Lecture, lecturer: User, asker: User, colleague: User
) -> None:
    prepared(lecturer, lecture)
    room = f"/lectures/{lecture.pk}/room/"
    his = joined(open_page(lecturer, DESK, f"/lectures/{lecture.pk}/studio/"))
    hers, others = joined(open_page(asker, PHONE, room)), joined(open_page(colleague, DESK, room, "zh"))

    his.keyboard.press("p")
    expect(hers.get_by_role("heading", name="What is it?")).to_be_visible()
    hers.get_by_label("Kawasaki").check()
    hers.get_by_role("button", name="Vote").click()
    expect(hers.get_by_text("Your vote is saved.")).to_be_visible()
    others.get_by_label("Sepsis").check()
    others.locator("[data-poll] .main").click()
    expect(his.locator("[data-votes]")).to_have_text("2 votes")
    expect(hers.locator("[data-options] [data-count]").first).to_have_text("")
    accessible(hers)  # type: ignore[operator]
    his.keyboard.press("p")
    expect(hers.locator("[data-options] [data-count]").first).to_have_text("1")

    hers.get_by_label("Your question").fill("When is it given?")
    hers.get_by_label("Your question").press("Enter")
    others.locator("[data-support]").click()
    expect(his.locator("[data-questions] [data-count]")).to_have_text("1")
    his.keyboard.press("a")
    expect(hers.locator("[data-questions] [data-state]")).to_have_text("Answered")

    others.context.set_offline(True)
    others.evaluate("document.dispatchEvent(new Event('offline'))")
    hers.get_by_label("Your line").fill("Thank you!")
    hers.get_by_label("Your line").press("Enter")
    expect(his.locator("[data-chat]")).to_contain_text("Thank you!")
    others.context.set_offline(False)
    expect(others.locator("[data-chat]")).to_contain_text("Thank you!")
    his.locator("[data-chat]").get_by_role("button", name="Hide").click()
    expect(others.locator("[data-chat] li")).to_have_count(0)

    hers.get_by_role("button", name="Raise your hand").click()
    expect(his.locator("[data-hands] li")).to_have_count(1)
    his.keyboard.press("h")
    expect(his.locator("[data-hands] li")).to_have_count(0)
    expect(hers.get_by_role("button", name="Raise your hand")).to_have_attribute("aria-pressed", "false")
    his.get_by_label("What is being said").fill("This child has fever")
    his.get_by_label("What is being said").press("Enter")
    expect(hers.locator("[data-caption]")).to_have_text("This child has fever")
    expect(hers.locator("[data-present]")).to_have_text("3 here")
    accessible(his)  # type: ignore[operator]
