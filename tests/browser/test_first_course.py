"""A trainer's first evening: a video and five questions of a spreadsheet stand before learners, in few touches."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import FilePayload, Locator, Page, expect

from consortium.casework.sheets import workbook
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment import tables
from courses.assessment.items import read, written
from courses.assessment.items.drafted import Drafted
from courses.assessment.models import ItemVersion
from courses.library.models import Course
from tests.browser.conftest import PHONE, OpenPage
from tests.courses.library.films import clip
from tests.factories.items import CONTENTS
from tests.factories.people import make_staff

Picture = Callable[[Page, str], None]
MOST = 10
KINDS = ("single", "multiple", "true_false", "numeric", "short")


class Hand:
    """Touches, counted: one for each press, field or file."""

    def __init__(self, page: Page) -> None:
        self.page, self.touches = page, 0

    def press(self, what: Locator) -> None:
        self.touches += 1
        what.click()

    def writes(self, label: str, text: str) -> None:
        self.touches += 1
        self.page.get_by_label(label).fill(text)

    def gives(self, field: str, name: str, data: bytes) -> None:
        self.touches += 1
        file: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        self.page.set_input_files(field, file)


def five_questions() -> bytes:
    drafts = [Drafted(0, "", kind, written(read(kind, CONTENTS[kind]))) for kind in KINDS]
    return workbook({"questions": (tables.HEADING, list(tables.rows_of(drafts)))})


def test_a_first_course_is_published_in_few_touches(
    worker: None, open_page: OpenPage, picture: Picture, accessible: Callable[[Page], None], hospital: Institution,
    asker: User,
) -> None:  # fmt: skip
    trainer = make_staff("trainer", hospital, Role.TRAINING_ADMIN)
    page = open_page(trainer, PHONE, "/")
    accessible(page)
    hand = Hand(page)
    hand.press(page.get_by_role("link", name="Course from a file"))
    hand.writes("Title in English", "Signs of danger in a young infant")
    hand.gives("input[name=questions]", "questions.xlsx", five_questions())
    accessible(page)
    picture(page, "first-course-390")
    hand.press(page.get_by_role("button", name="Make the course"))

    expect(page.get_by_role("heading", name="Before you publish")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()
    picture(page, "first-course-video-390")
    accessible(page)
    hand.gives("[data-uploads] input[type=file]", "film.mp4", clip(seconds=2))
    expect(page.get_by_role("button", name="Publish")).to_be_enabled(timeout=60_000)
    picture(page, "first-course-ready-390")
    hand.press(page.get_by_role("button", name="Publish"))
    expect(page.get_by_text("Published. Learners find it in the catalogue.")).to_be_visible()

    assert hand.touches <= MOST
    assert Course.unscoped.filter(current__isnull=False).count() == 1
    assert list(ItemVersion.unscoped.values_list("step", flat=True)) == ["in_review"] * len(KINDS)

    learner = open_page(asker, PHONE, "/courses/", "zh")
    learner.get_by_role("link", name="Signs of danger in a young infant").click()
    learner.get_by_role("link", name="测验").click()
    expect(learner.get_by_role("heading", name="测验")).to_be_visible()
    accessible(learner)
