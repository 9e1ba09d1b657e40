"""A video stops and asks: answered by keys alone, put off, and in the list beneath until it is answered."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from consortium.people.models import Institution
from consortium.people.states import Role
from courses.assessment.models import Response
from courses.library.models import Lesson
from courses.library.operations import draft_again
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.courses.library.films import as_, clip, made, new_video, sent, shown_in_course
from tests.courses.library.making import lessons_of
from tests.factories.exams import make_version
from tests.factories.people import make_staff


def test_the_video_stops_and_asks(
    open_page: OpenPage, hospital: Institution, accessible: Callable[[Page], None], picture: Callable[[Page, str], None]
) -> None:
    trainer, learner = make_staff("trainer", hospital, Role.TRAINING_ADMIN), make_staff("doc", hospital, Role.ASKER)
    film = made(sent(trainer, new_video(trainer), clip(seconds=4)))
    course = shown_in_course(trainer, film, (1000, make_version(hospital)), (2500, make_version(hospital)))
    phone = open_page(learner, PHONE, f"/courses/lessons/{lessons_of(course)[0].pk}/watch/")
    expect(phone.locator("video")).to_have_attribute("data-way", "hls.js")
    expect(phone.locator("[data-questions]")).to_have_attribute("data-ready", "")
    first, second = phone.locator("[data-stop]").first, phone.locator("[data-stop]").nth(1)

    # it stops at the first question, and the focus is there; the answer is given by keys
    phone.locator("#main").focus()
    phone.keyboard.press("Space")
    expect(first.locator("summary")).to_be_focused()
    assert phone.evaluate("document.querySelector('video').paused")
    accessible(phone)
    picture(phone, "watch-question-390")
    first.get_by_label("50 a minute").press("Space")
    phone.keyboard.press("Enter")
    expect(first.locator("summary")).to_contain_text("Right")
    expect(first.locator("summary")).to_be_focused()
    expect(first.get_by_text("50 up to 12 months.")).to_be_visible()
    accessible(phone)
    picture(phone, "watch-answered-390")

    # back to the player, on to the second one, which is put off
    first.get_by_role("button", name="Go on").press("Enter")
    expect(phone.locator("[data-do=toggle]")).to_be_focused()
    expect(second.locator("summary")).to_be_focused()
    second.get_by_role("button", name="Answer later").click()
    phone.wait_for_function("() => document.querySelector('video').ended")
    expect(second.locator("summary")).to_contain_text("Not answered yet")

    # with the last answer the lesson is done
    second.get_by_label("40 a minute").check()
    second.get_by_role("button", name="Send the answer").click()
    expect(second.locator("summary")).to_contain_text("Not right")
    expect(phone.locator("[data-done]")).to_be_visible(timeout=30_000)
    picture(phone, "watch-done-390")
    assert [row.chosen for row in Response.unscoped.order_by("answered_at")] == [["a"], ["b"]]

    # where they are put in
    again = as_(trainer, draft_again, course_id=course.pk)
    make_version(hospital)
    desk = open_page(trainer, DESK, f"/courses/build/lessons/{Lesson.unscoped.get(version=again).pk}/questions/", "zh")
    accessible(desk)
    picture(desk, "build-questions-1280-zh")
