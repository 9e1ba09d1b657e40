"""Courses without a mouse: lessons are put in order, and an exam is sat, by Tab, Enter, Space and the arrows alone."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from consortium.kernel.actors import acting_as
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment.models import Exam
from courses.library.models import Lesson
from courses.library.operations import add_chapter, enrol_oneself
from tests.browser.conftest import DESK, OpenPage
from tests.cast import actor_for
from tests.courses.library.making import chapter, draft, publish, reading
from tests.factories.exams import make_exam, make_version
from tests.factories.people import make_staff
from tests.factories.questionnaires import crowd, make_questionnaire

Picture = Callable[[Page, str], None]
#: presses of Tab after which something is out of reach
_FAR = 60
#: what has the focus is called, as a screen reader would say
_HERE = """() => {
  const it = document.activeElement;
  const told = it.hasAttribute("aria-label") ? it : it.querySelector("[aria-label]");
  return told?.getAttribute("aria-label") || it.innerText || it.name || "";
}"""


def reach(page: Page, name: str) -> None:
    """Go on by Tab until what is called `name` has the focus."""
    for _press in range(_FAR):
        page.keyboard.press("Tab")
        if name in page.evaluate(_HERE).strip():
            return
    raise AssertionError(f"{name} is not reached by Tab")


def test_lessons_and_an_exam_by_keyboard(
    open_page: OpenPage, picture: Picture, accessible: Callable[[Page], None], hospital: Institution, asker: User
) -> None:
    trainer = make_staff("trainer", hospital, Role.TRAINING_ADMIN)
    version = draft(trainer, hospital)
    first, second = chapter(trainer, version, "Danger"), chapter(trainer, version, "Treatment")
    for where, title in ((first, "See"), (first, "Count"), (second, "Send")):
        reading(trainer, where, title)

    builder = open_page(trainer, DESK, f"/courses/build/versions/{version.pk}/")
    accessible(builder)
    for told in ("See: now 2 of 2.", "See: now 1 of 2."):  # below the last one it goes over into the next chapter
        reach(builder, "Move down: See")
        builder.keyboard.press("Enter")
        expect(builder.locator("[data-outline-said]")).to_have_text(told)
    picture(builder, "outline-1280")
    rows = Lesson.unscoped.filter(version=version).order_by("chapter__position", "position")
    assert list(rows.values_list("title_en", flat=True)) == ["Count", "See", "Send"]

    exam = make_exam(trainer, hospital, [make_version(hospital) for _ in range(2)])
    page = open_page(asker, DESK, f"/assessment/exams/{exam.pk}/")
    reach(page, "Begin")
    page.keyboard.press("Enter")
    expect(page.locator("[data-exam-question]").first).to_be_visible()
    for place in range(2):
        question = page.locator("[data-exam-question]").nth(place)
        reach(page, f"q{place + 1}-option")
        page.keyboard.press("Space")
        expect(question.get_by_role("radio").first).to_be_checked()
        page.keyboard.press("ArrowDown")
        expect(question.get_by_role("radio").nth(1)).to_be_checked()
        expect(question.get_by_role("status")).to_contain_text("Saved")
        reach(page, "Next" if place == 0 else "Hand in")
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hand in?")).to_be_visible()
    reach(page, "Hand in")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your answers")).to_be_visible()
    accessible(page)
    picture(page, "result-1280")
    others_are_sound(builder, page, accessible, picture, exam, trainer, asker)


def others_are_sound(
    builder: Page, page: Page, accessible: Callable[[Page], None], picture: Picture, exam: Exam, trainer: User,
    asker: User,
) -> None:  # fmt: skip
    """Axe over what the two see of questionnaires, of figures, and of a chapter that an exam stands for."""
    place = exam.institution
    asked, unready = make_questionnaire(trainer, place), make_questionnaire(trainer, place, draft=True)
    crowd(asked, place, [(5, 0, "More cases."), *[(4, 1, "Good.")] * 4])
    version = draft(trainer, place, "Breathing")
    with acting_as(actor_for(trainer)) as actor:
        where = add_chapter(actor=actor, version_id=version.pk, title_en="Danger", exam_id=exam.pk)
    reading(trainer, where, "Look")
    course = publish(trainer, version).course
    with acting_as(actor_for(asker)) as actor:
        enrol_oneself(actor=actor, course_id=course.pk)
    seen: tuple[tuple[Page, str, str], ...] = (
        (builder, "questionnaires", reverse("assessment:questionnaires")),
        (builder, "questionnaire-build", reverse("assessment:questionnaire_build", args=[unready.pk])),
        (builder, "survey-question", reverse("assessment:survey_question", args=[unready.pk, 2])),
        (builder, "questionnaire-results", reverse("assessment:questionnaire_results", args=[asked.pk])),
        (builder, "figures-list", reverse("library:courses_figures")),
        (builder, "figures", reverse("library:figures", args=[course.pk])),
        (page, "questionnaire", reverse("assessment:questionnaire", args=[asked.pk])),
        (page, "course-tested-out", reverse("library:course", args=[course.pk])),
    )
    for whose, name, path in seen:
        whose.goto(path)
        whose.set_viewport_size({"width": DESK, "height": 3000})  # so that the bar at the foot lies over no link
        accessible(whose)
        picture(whose, f"{name}-1280")
