"""Every page of a consultation on a phone and at a desk: no fault of script or policy, none that axe finds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from consortium.casework.models import Service
from consortium.casework.operations import post_message
from consortium.casework.states import Priority
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import User
from consultations import operations
from consultations.models import AnswerTemplate, Consultation
from consultations.operations import Advice
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.consultations.cases import answered, by, claimed, drafted, submitted

Check = Callable[[Page], None]
Picture = Callable[[Page, str], None]

PAGES = [
    ("worklist", "specialist", "/"),
    ("asked", "asker", "/?tab=asked"),
    ("drafts", "asker", "/?tab=drafts"),
    ("queue", "coordinator", "/"),
    ("open", "lead", "/?tab=service"),
    ("nurse", "nurse", "/"),
    ("narrowed", "specialist", "/?priority=1"),
    ("services", "asker", "/cases/services/"),
    ("service", "specialist", "/cases/services/{service}/"),
    ("choose-child", "asker", "/consultations/new/"),
    ("begin", "asker", "/consultations/new/{patient}/"),
    ("edit", "asker", "/consultations/{draft}/edit/"),
    ("edit-stat", "asker", "/consultations/{stat_draft}/edit/"),
    ("unclaimed", "specialist", "/consultations/{asked}/"),
    ("unclaimed-coordinator", "coordinator", "/consultations/{asked}/"),
    ("claimed-stat", "specialist", "/consultations/{stat}/"),
    ("corrected", "asker", "/consultations/{corrected}/"),
    ("answer", "specialist", "/consultations/{stat}/answer/"),
    ("correct", "specialist", "/consultations/{corrected}/answer/"),
    ("report", "asker", "/consultations/{corrected}/report/"),
    ("allocate", "coordinator", "/consultations/{asked}/allocate/"),
    ("decline", "specialist", "/consultations/{stat}/decline/"),
    ("close-out", "asker", "/consultations/{answered}/close_out/"),
    ("withdraw", "asker", "/consultations/{asked}/withdraw/"),
    ("raise", "asker", "/consultations/{asked}/raise_urgency/"),
]


@pytest.fixture
def stage(
    asker: User, specialist: User, other_specialist: User, lead: User, coordinator: User, nurse: User,
    patient: Patient, service: Service, other_service: Service,
) -> dict[str, Consultation | Service | Patient]:  # fmt: skip
    """One consultation at each step that looks different."""
    Service.objects.filter(pk=service.pk).update(
        intake_note_en="Count the breaths for a whole minute. Send a video of the breathing.",
        intake_note_zh="请数满一分钟呼吸，并发送呼吸视频。",
    )
    AnswerTemplate.objects.create(specialty=service.specialty, language="en", title="Stridor", red_flags="Drools.")
    corrected = answered(asker, specialist, patient, service)
    better = Advice("Mild croup.", "Dexamethasone 1 mg by mouth.", "Tired, pale.", "Stridor at rest.", "Call in 24 h.")
    by(specialist, operations.correct_answer, case_id=corrected.pk, advice=better, reason="The dose was wrong.")
    with clock.moved(timedelta(minutes=-12)):
        stat = claimed(asker, specialist, patient, service, priority=Priority.STAT, question="Blue around the lips.")
    by(asker, post_message, case_id=stat.pk, text="Her brother has a cold.")
    return {
        "service": service, "patient": patient, "corrected": corrected, "stat": stat,
        "draft": drafted(asker, patient, service, question=""),
        "stat_draft": drafted(asker, patient, service, priority=Priority.STAT, weight_grams=None, consent_given=False),
        "asked": submitted(asker, patient, service, priority=Priority.ROUTINE),
        "answered": answered(asker, specialist, patient, service),
    }  # fmt: skip


def found(accessible: Check, page: Page, name: str) -> list[str]:
    """What axe finds, all pages together."""
    try:
        accessible(page)
    except AssertionError as error:
        return [f"{name}: {error.args[0] if error.args else error}"]
    return []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_page_is_sound(
    width: int, open_page: OpenPage, accessible: Check, picture: Picture, stage: dict[str, Consultation],
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    names = {name: str(made.pk) for name, made in stage.items()}
    opened: dict[str, Page] = {}
    faults: list[str] = []
    for name, who, path in PAGES:
        page = opened.get(who) or open_page(request.getfixturevalue(who), width, "/offline/")
        opened[who] = page
        answer = page.goto(path.format(**names))
        assert answer is not None
        assert answer.status == 200, name
        page.wait_for_load_state("load")
        picture(page, f"{name}-{width}")
        # As tall as the page: what lies under the bar at the bottom just now is no target too small.
        page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight") + 80})
        faults += found(accessible, page, name)
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        faults += [f"{name} scrolls sideways by {wide} px"] if wide > 0 else []
    print(*faults, sep="\n")
    assert faults == []


def test_it_reads_in_chinese_and_in_the_dark(
    open_page: OpenPage, accessible: Check, picture: Picture, stage: dict[str, Consultation], asker: User,
    specialist: User,
) -> None:  # fmt: skip
    phone = open_page(asker, PHONE, language="zh", color_scheme="dark")
    desk = open_page(specialist, DESK, language="zh", color_scheme="dark")
    for page, name, path in (
        (phone, "asked", "/?tab=asked"),
        (phone, "corrected", f"/consultations/{stage['corrected'].pk}/"),
        (desk, "worklist", "/"),
        (desk, "answer", f"/consultations/{stage['stat'].pk}/answer/"),
    ):
        page.goto(path)
        picture(page, f"{name}-zh-dark")
        accessible(page)


def test_without_javascript_everything_still_works(
    open_page: OpenPage, asker: User, specialist: User, patient: Patient, service: Service
) -> None:
    made = submitted(asker, patient, service)
    desk = open_page(specialist, DESK, f"/consultations/{made.pk}/", java_script_enabled=False)
    desk.get_by_role("button", name="Take this case").click()
    desk.get_by_role("link", name="Ask for information").click()
    desk.get_by_role("textbox").fill("Photo?")
    desk.get_by_role("button", name="Ask for information").click()
    desk.get_by_label("Write a message").fill("Also, does she drink?")
    desk.get_by_role("button", name="Send message").click()
    phone = open_page(asker, PHONE, f"/consultations/{made.pk}/", java_script_enabled=False)
    expect(phone.get_by_text("Also, does she drink?")).to_be_visible()
    phone.get_by_role("link", name="Supply information").click()
    phone.get_by_role("textbox").fill("Yes.")
    phone.get_by_role("button", name="Supply information").click()
    phone.get_by_text("More", exact=True).click()
    phone.get_by_role("link", name="Withdraw").click()
    phone.get_by_label("The child is better").check()
    phone.get_by_role("button", name="Withdraw").click()
    expect(phone.get_by_text("Withdrawn").first).to_be_visible()
