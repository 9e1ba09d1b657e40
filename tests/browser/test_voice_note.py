"""A voice note: recorded on a phone with the browser's own fake microphone, and heard at the other desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from consortium.casework.models import Message, Service
from consortium.casework.operations import post_message
from consortium.patients.models import Patient
from consortium.people.models import User
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.consultations.cases import by, claimed

Picture = Callable[[Page, str], None]


def test_a_voice_note_is_recorded_sent_and_heard(
    worker: None,
    open_page: OpenPage,
    picture: Picture,
    accessible: Callable[[Page], None],
    asker: User,
    specialist: User,
    patient: Patient,
    service: Service,
) -> None:
    made = claimed(asker, specialist, patient, service)
    question = by(specialist, post_message, case_id=made.pk, text="How does she breathe? Let me hear it.")
    address = f"/consultations/{made.pk}/"
    phone, desk = open_page(asker, PHONE, address), open_page(specialist, DESK, address)

    # who wrote sees that it was read
    expect(desk.locator(f"#message-{question.pk}").get_by_text("Read by")).to_be_visible()

    # a reply, spoken
    phone.locator(f"#message-{question.pk}").get_by_role("link", name="Reply").click()
    expect(phone.locator("#composer [data-quoted]")).to_contain_text("Let me hear it")
    phone.get_by_role("button", name="Voice note").click()
    expect(phone.locator("[data-voice-time]")).to_have_text("0:02")
    picture(phone, "voice-recording-390")
    phone.get_by_role("button", name="Stop").click()
    expect(phone.locator("[data-voice-preview]")).to_be_visible()
    picture(phone, "voice-ready-390")
    phone.get_by_role("button", name="Send message").click()

    # at the other desk it comes by itself, and plays
    heard = desk.locator("#case-thread audio")
    expect(heard).to_have_count(1, timeout=60_000)  # the worker has to start first
    message: Any = Message.unscoped.get(text="")
    assert (message.reply_to_id, message.with_files) == (question.pk, True)
    expect(desk.locator(f"#message-{message.pk} .quote")).to_contain_text("Let me hear it")
    heard.evaluate("audio => audio.play()")
    desk.wait_for_function("() => document.querySelector('#case-thread audio').currentTime > 0.2")
    assert heard.evaluate("audio => audio.duration") > 1.5
    desk.get_by_role("button", name="Speed 1×").or_(desk.locator("[data-speed]")).first.click()
    assert heard.evaluate("audio => audio.playbackRate") == 1.25
    picture(desk, "voice-heard-1280")
    accessible(desk)

    # and its words are written down for those who cannot listen
    desk.get_by_role("link", name="Write down what is said").click()
    desk.get_by_label("What is said, in words").fill("She breathes fast and it whistles.")
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator("#case-thread .player-words")).to_have_text("She breathes fast and it whistles.")
    expect(phone.locator("#case-thread .player-words")).to_be_visible()
    accessible(phone)
