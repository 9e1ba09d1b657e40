"""A whole consultation by two people at once: a community doctor on a phone, a specialist at a desk."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, WebSocketRoute, expect
from pydicom.data import get_testdata_file

from consortium.casework.models import Case, Service
from consortium.casework.operations import post_message
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations.models import AnswerTemplate, Consultation
from consultations.states import Step
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.consultations.cases import by, claimed
from tests.live.server import WebProcess

QUESTION = "Stridor at rest, no fever. Can she wait for the morning?"
Picture = Callable[[Page, str], None]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "neck.jpg"
    Image.effect_noise((640, 480), 60).convert("RGB").save(path)
    return path


@pytest.fixture
def template(service: Service) -> AnswerTemplate:
    return AnswerTemplate.objects.create(
        specialty=service.specialty,
        language="en",
        title="Stridor",
        red_flags="Drools, pale, tired.",
        when_to_refer="Stridor at rest after dexamethasone.",
        follow_up="Call in 24 hours.",
    )


def ask(asker: Page, patient: Patient, priority: str = "Urgent") -> None:
    """From the worklist to the form of a draft."""
    asker.get_by_role("link", name="Ask", exact=True).click()
    asker.get_by_role("link", name=re.compile(patient.name)).click()
    asker.get_by_role("radio", name=re.compile(priority)).check()
    asker.get_by_label("Whom do you ask?").select_option(index=1)
    asker.get_by_role("button", name="Go on").click()
    asker.get_by_label("Your question").fill(QUESTION)
    asker.get_by_label("Weight today").fill("6,8")


def case_now() -> Consultation:
    found: Consultation = Consultation.unscoped.select_related("case").get()
    return found


def act(page: Page, name: str, text: str) -> None:
    """An act that opens in a dialog and asks for one text; before the page's scripts are there it leads to a page."""
    expect(page.locator("html[data-live=on]")).to_be_attached()
    page.get_by_role("link", name=name, exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(text)
    dialog.get_by_role("button", name=name).click()


def test_two_people_from_question_to_close_out(
    web: WebProcess,
    worker: None,
    open_page: OpenPage,
    picture: Picture,
    asker: User,
    specialist: User,
    patient: Patient,
    template: AnswerTemplate,
    photo: Path,
) -> None:
    community, desk = open_page(asker, PHONE), open_page(specialist, DESK)
    expect(desk.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    picture(desk, "worklist-empty-1280")
    picture(community, "worklist-empty-390")

    # asking, on the phone
    ask(community, patient)
    picture(community, "ask-390")
    community.get_by_label(re.compile("Situation")).fill("Woke with a barking cough an hour ago.")
    community.get_by_label(re.compile("The guardian agrees")).check()
    expect(community.get_by_text(re.compile(r"^Saved \d"))).to_be_visible()
    ct = get_testdata_file("CT_small.dcm")
    assert isinstance(ct, str)
    community.locator("input[type=file][multiple]").set_input_files([ct, str(photo)])
    expect(community.locator(".file img")).to_have_count(2, timeout=60_000)  # the worker has to start first
    picture(community, "ask-filled-390")
    sent_at = time.monotonic()
    community.get_by_role("button", name="Send the question").click()
    expect(desk.get_by_text(QUESTION)).to_be_visible()
    print(f"\nthe specialist saw the question {time.monotonic() - sent_at:.2f} s after it was sent, without reloading")
    expect(community.get_by_text("Awaiting allocation").first).to_be_visible()
    picture(community, "asked-390")
    picture(desk, "worklist-1280")

    # taking it: before that no name is shown
    expect(desk.get_by_text(patient.name)).to_have_count(0)
    desk.get_by_role("link", name=re.compile(QUESTION[:20])).click()
    expect(desk.get_by_text(patient.name)).to_have_count(0)
    picture(desk, "unclaimed-1280")
    desk.get_by_role("button", name="Take this case").click()
    expect(desk.get_by_text(patient.name).first).to_be_visible()
    expect(community.get_by_text("Allocated").first).to_be_visible()
    picture(desk, "claimed-1280")

    # the picture, and its windows
    desk.get_by_role("link", name="CT_small.dcm").click()
    look_through_windows(desk)
    picture(desk, "dicom-1280")
    desk.go_back()

    # asking for more, and its answer; a message comes while the other is typing
    act(desk, "Ask for information", "Is the stridor there when she sleeps?")
    expect(community.get_by_text("Is the stridor there when she sleeps?")).to_be_visible()
    community.get_by_label("Write a message").fill("Half a mess")
    desk.get_by_label("Write a message").fill("And does she drink?")
    desk.get_by_role("button", name="Send message").click()
    expect(community.get_by_text("And does she drink?")).to_be_visible()
    expect(community.get_by_label("Write a message")).to_have_value("Half a mess")
    picture(community, "information-asked-390")
    act(community, "Supply information", "Yes, also asleep. 30 ml in the last hour.")
    expect(desk.get_by_text("Yes, also asleep. 30 ml in the last hour.")).to_be_visible()

    # the answer
    desk.get_by_role("link", name="Answer", exact=True).click()
    desk.get_by_label("Impression").fill("Severe croup (Westley 8).")
    desk.get_by_label("Do now").fill("Dexamethasone 0.6 mg/kg = 4.1 mg by mouth, once. Oxygen.")
    desk.get_by_role("link", name="Stridor").click()
    expect(desk.get_by_label("Red flags")).to_have_value(template.red_flags)
    picture(desk, "answer-1280")
    desk.get_by_role("button", name="Preview").click()
    picture(desk, "preview-1280")
    desk.get_by_role("button", name="Sign and send").click()
    expect(community.get_by_text("Severe croup (Westley 8).")).to_be_visible()
    expect(community.get_by_text(specialist.licence_number)).to_be_visible()
    picture(community, "answered-390")
    picture(desk, "answered-1280")

    # closing out
    community.get_by_role("link", name="Close out", exact=True).click()
    dialog = community.get_by_role("dialog")
    picture(community, "close-out-390")
    dialog.get_by_role("button", name="Close out").click()
    expect(dialog.get_by_text("Please check this")).to_be_visible()
    dialog.get_by_role("radio", name="The treatment changed").check()
    dialog.get_by_role("radio", name=re.compile("Yes")).check()
    dialog.get_by_role("radio", name="5").check()
    dialog.get_by_role("button", name="Close out").click()
    expect(community.get_by_text("Managed locally").first).to_be_visible()
    expect(desk.get_by_text("Managed locally").first).to_be_visible()
    picture(desk, "closed-1280")

    assert case_now().step == Step.CLOSED
    timeline_tells(desk, asker, specialist)


def look_through_windows(page: Page) -> None:
    """The frame is there, and it is another picture under another window."""
    stage = page.locator("[data-stage]").first
    image = stage.locator("[data-image]")
    page.wait_for_function("img => img.complete && img.naturalWidth > 0", arg=image.element_handle())
    before = stage.screenshot()
    page.get_by_text("Bone", exact=True).first.click()
    expect(stage.get_by_role("img", name=re.compile("Bone"))).to_be_visible()
    assert stage.screenshot() != before


def timeline_tells(page: Page, asker: User, specialist: User) -> None:
    """Each step with who and when."""
    wanted = [
        ("Question sent", asker), ("Taken", specialist), ("Information asked for", specialist),
        ("Information supplied", asker), ("Answered", specialist), ("Closed out", asker),
    ]  # fmt: skip
    steps = page.locator("#case-steps li")
    for label, who in wanted:
        step = steps.filter(has_text=label).first
        expect(step).to_contain_text(who.full_name)
        expect(step.locator("time")).to_have_attribute("datetime", re.compile(r"^20\d\d-\d\d-\d\dT"))


def through_our_hands(page: Page) -> list[WebSocketRoute]:
    """The page's sockets, so that a test can cut them: offline alone leaves an open one alive."""
    seen: list[WebSocketRoute] = []

    def pass_on(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        seen.append(socket)

    page.route_web_socket(re.compile("/ws/"), pass_on)
    return seen


def test_a_page_catches_up_after_a_lost_connection(
    web: WebProcess, open_page: OpenPage, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    """Offline for a while; what was said meanwhile is there after it, and what was typed still is."""
    draft = claimed(asker, specialist, patient, service)
    page = open_page(asker, PHONE)
    sockets = through_our_hands(page)
    page.goto(f"/consultations/{draft.pk}/")
    expect(page.get_by_text("Allocated").first).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    page.get_by_label("Write a message").fill("Not yet sent")
    page.context.set_offline(True)
    for socket in sockets:
        socket.close(code=1012)
    expect(page.locator("html")).to_have_attribute("data-live", "lost")
    expect(page.locator("[data-connection]")).to_be_visible()
    for n in range(3):
        by(specialist, post_message, case_id=draft.pk, text=f"Word {n}")
    assert page.get_by_text("Word 0").count() == 0
    page.context.set_offline(False)
    for n in range(3):
        expect(page.get_by_text(f"Word {n}")).to_be_visible()
    expect(page.get_by_text("Word 0")).to_have_count(1)
    expect(page.get_by_label("Write a message")).to_have_value("Not yet sent")
    assert Case.unscoped.get().last_message_seq == 3
