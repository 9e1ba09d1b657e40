"""How much a question and its answer ask of two people's hands; and a second opinion, as both sides see it arrive."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from consortium.casework.models import Service
from consortium.casework.states import Priority
from consortium.kernel.actors import acting_as, system
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations.models import Consultation, ManualUse, Opinion
from consultations.states import Step
from decision_manual.library import load
from decision_manual.operations import add_version
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.consultations.cases import claimed

QUESTION = "Cough for three days, breathes 52 a minute, drinks well. Treat here or send her?"
#: 36.2 words a minute on a phone, five characters a word (Palin et al., MobileHCI 2019, 37,370 people)
CHARACTERS_A_SECOND = 36.2 * 5 / 60
#: to find the next thing and touch it, pages read between included: generous
SECONDS_A_TAP = 4.0


@dataclass
class Hands:
    """One person's taps and typed characters."""

    taps: int = 0
    typed: int = 0

    def tap(self, what: Locator) -> None:
        what.click()
        self.taps += 1

    def choose(self, what: Locator, index: int) -> None:
        """Open the list, take a line."""
        what.select_option(index=index)
        self.taps += 2

    def write(self, where: Locator, text: str) -> None:
        self.tap(where)
        where.fill(text)
        self.typed += len(text)

    @property
    def seconds(self) -> float:
        return self.taps * SECONDS_A_TAP + self.typed / CHARACTERS_A_SECOND


def test_a_question_takes_two_minutes_and_its_answer_four_taps(
    open_page: OpenPage, figure: Callable[[str, str], None],
    asker: User, specialist: User, patient: Patient, service: Service,
) -> None:  # fmt: skip
    phone, asking = open_page(asker, PHONE), Hands()
    asking.tap(phone.get_by_role("link", name="Ask", exact=True))
    asking.tap(phone.get_by_role("link", name=re.compile(patient.name)))
    asking.tap(phone.get_by_role("radio", name=re.compile("Routine")))
    asking.choose(phone.get_by_label("Whom do you ask?"), 1)
    asking.tap(phone.get_by_role("button", name="Go on"))
    asking.write(phone.get_by_label("Your question"), QUESTION)
    asking.write(phone.get_by_label("Weight today"), "6.8")
    asking.tap(phone.get_by_label(re.compile("The guardian agrees")))
    asking.tap(phone.get_by_role("button", name="Send the question"))
    expect(phone.get_by_text("Awaiting allocation").first).to_be_visible()

    desk, answering = open_page(specialist, DESK), Hands()
    answering.tap(desk.get_by_role("link", name=re.compile(QUESTION[:20])))
    answering.tap(desk.get_by_role("button", name="Take this case"))
    answering.tap(desk.get_by_role("button", name="Answer", exact=True))
    desk.get_by_label("Impression").fill("Pneumonia without danger signs.")
    desk.get_by_label("Do now").fill("Amoxicillin by mouth, twice daily, five days.")
    answering.tap(desk.get_by_role("button", name="Sign and send"))
    expect(desk.get_by_text("It is the asker's turn").first).to_be_visible()

    assert Consultation.unscoped.get().step == Step.ANSWERED
    figure("a question on a phone", f"{asking.taps} taps, {asking.typed} characters: {asking.seconds:.0f} s")
    figure("its answer", f"{answering.taps} taps beside the typing")
    assert asking.seconds < 120
    assert answering.taps <= 4


def test_a_second_opinion_arrives_on_both_sides(
    open_page: OpenPage, accessible: Callable[[Page], None], picture: Callable[[Page, str], None],
    asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service,
) -> None:  # fmt: skip
    made = claimed(asker, specialist, patient, service, priority=Priority.ROUTINE)
    url = f"/consultations/{made.pk}/"
    lead, second = open_page(specialist, DESK, url), open_page(other_specialist, PHONE)
    lead.locator("details.more > summary").click()
    lead.get_by_role("link", name="Ask a second specialist").click()
    dialog = lead.get_by_role("dialog")
    dialog.get_by_label("Whom do you ask?").select_option(index=1)
    dialog.get_by_label("What do you want to know?").fill("Would you admit her?")
    dialog.get_by_role("button", name="Ask a second specialist").click()
    expect(lead.get_by_text("has been asked")).to_be_visible()

    card = second.get_by_role("region", name="Your opinion is asked for")
    expect(card).to_be_visible()
    expect(card).not_to_contain_text(patient.name)
    accessible(second)
    card.get_by_role("link").click()
    expect(second.get_by_text("Would you admit her?")).to_be_visible()
    accessible(second)
    second.get_by_role("link", name="Give your opinion").click()
    form = second.get_by_role("dialog")
    form.get_by_label("I see it differently").check()
    form.get_by_label("What do you think, and why?").fill("I would: the nights are cold.")
    form.get_by_role("button", name="Give your opinion").click()
    expect(second.get_by_text("Signed. The lead has been told.")).to_be_visible()
    expect(lead.get_by_text("There is dissent")).to_be_visible()
    accessible(lead)
    picture(lead, "second-opinion-1280")
    assert Opinion.unscoped.get().agrees is False


def test_the_manual_opens_beside_the_question(
    open_page: OpenPage, accessible: Callable[[Page], None], picture: Callable[[Page, str], None],
    asker: User, patient: Patient, service: Service,
) -> None:  # fmt: skip
    with acting_as(system("test")) as actor:
        add_version(actor=actor, pathway=load().pathways["cough-2-59m"])
    phone = open_page(asker, PHONE, f"/consultations/new/{patient.pk}/")
    phone.get_by_role("radio", name=re.compile("Routine")).check()
    phone.get_by_label("Whom do you ask?").select_option(index=1)
    phone.get_by_role("button", name="Go on").click()
    phone.wait_for_url(re.compile("/edit/$"), wait_until="load")
    phone.get_by_label(re.compile("What is it about")).select_option("cough")
    with phone.context.expect_page() as opened:
        phone.get_by_role("link", name="Cough or difficult breathing").click()
    expect(opened.value.get_by_role("heading", name="Cough or difficult breathing")).to_be_visible()
    phone.get_by_label(re.compile("Which page of the manual")).select_option("cough-2-59m")
    phone.get_by_label(re.compile("Which branch")).select_option(index=1)
    phone.get_by_label(re.compile("Why did it not suffice")).select_option("not_here")
    phone.get_by_label(re.compile("What was missing")).fill("No amoxicillin here.")
    accessible(phone)
    picture(phone, "manual-beside-390")
    phone.get_by_label("Your question").fill(QUESTION)
    expect(phone.get_by_text(re.compile(r"^Saved \d"))).to_be_visible()
    row = _whole(phone)
    assert (row.pathway, row.why, row.note) == ("cough-2-59m", "not_here", "No amoxicillin here.")


def _whole(page: Page) -> ManualUse:
    """What was kept, once the last thing typed is in it: the word "Saved" may be that of the save before."""
    for _ in range(100):
        if ManualUse.unscoped.filter(note__gt="").exists():
            break
        page.wait_for_timeout(100)
    return ManualUse.unscoped.get()
