"""In the browser: an exam on a phone whose connection goes and whose page dies; nothing that was given is lost."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from consortium.people.models import Institution, User
from courses.assessment.models import GivenAnswer
from tests.browser.conftest import PHONE, OpenPage, problems
from tests.factories.exams import make_exam, make_trainer, make_version


def standing() -> dict[int, object]:
    rows = GivenAnswer.unscoped.select_related("question")
    return {row.question.position: row.given for row in rows}


def test_an_answer_that_is_quicker_than_the_script_is_kept(
    open_page: OpenPage, asker: User, hospital: Institution
) -> None:
    exam = make_exam(make_trainer(hospital), hospital, [make_version(hospital)], minutes=30)
    page = open_page(asker, PHONE, f"/assessment/exams/{exam.pk}/")
    held: list[Route] = []
    page.route("**/exam/sitting*.js", lambda route: held.append(route))
    page.get_by_role("button", name="Begin: 30 minutes from now").click(no_wait_after=True)
    page.get_by_label("50 a minute").check()
    assert standing() == {}
    held[0].continue_()
    expect(page.locator("[data-exam-question]").get_by_role("status")).to_contain_text("Saved")
    assert standing() == {1: {"option": "a"}}


def test_an_exam_survives_a_lost_connection_and_a_dead_page(
    open_page: OpenPage, asker: User, hospital: Institution, accessible: Callable[[Page], None]
) -> None:
    trainer = make_trainer(hospital)
    exam = make_exam(trainer, hospital, [make_version(hospital) for _ in range(3)], minutes=30)
    page = open_page(asker, PHONE, f"/assessment/exams/{exam.pk}/")
    accessible(page)
    page.get_by_role("button", name="Begin: 30 minutes from now").click()

    expect(page.get_by_role("timer")).to_have_text("30 min left")
    first = page.locator("[data-exam-question]").first
    first.get_by_label("50 a minute").check()
    expect(first.get_by_role("status")).to_contain_text("Saved")
    assert standing() == {1: {"option": "a"}}
    accessible(page)

    page.context.set_offline(True)
    page.get_by_role("button", name="Next").click()
    second = page.locator("[data-exam-question]").nth(1)
    second.get_by_label("40 a minute").check()
    expect(second.get_by_role("status")).to_have_text("Waits for a connection")
    expect(page.get_by_text("No connection. Go on answering")).to_be_visible()
    expect(page.locator("#exam-count")).to_have_text("2 of 3 answered")
    address = page.url.partition("#")[0]
    again = page.context.new_page()
    page.close(run_before_unload=False)
    assert standing().keys() == {1}

    again.context.set_offline(False)
    again.goto(f"{address}#q2")
    second = again.locator("[data-exam-question]").nth(1)
    expect(second.get_by_role("status")).to_contain_text("Saved")
    expect(second.get_by_label("40 a minute")).to_be_checked()
    assert standing() == {1: {"option": "a"}, 2: {"option": "b"}}

    other = open_page(asker, path="/" + address.split("/", 3)[3])
    other.get_by_role("button", name="Go on here").click()
    expect(other.get_by_role("timer")).to_be_visible()
    again.get_by_label("50 a minute").nth(1).check()
    expect(again.get_by_role("alert").filter(has_text="goes on on another device")).to_be_visible()

    other.get_by_role("link", name="Hand in").click()
    expect(other.get_by_role("heading", name="1 question is not answered")).to_be_visible()
    accessible(other)
    other.get_by_role("button", name="Hand in").click()
    expect(other.get_by_role("heading", name="Not passed")).to_be_visible()
    expect(other.get_by_text("33.3 %", exact=True)).to_be_visible()
    accessible(other)
    problems(page).clear()  # what the lost connection wrote
    problems(again).clear()
