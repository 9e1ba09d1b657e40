"""Beside a call between real browsers: a note into the thread, a still into the files, a film all have agreed to."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from consortium.casework.models import Message, Service
from consortium.casework.states import MessageKind
from consortium.files.models import Attachment
from consortium.patients.models import Patient
from consortium.patients.queries.record import has_consent
from consortium.patients.states import ConsentKind
from consortium.people.models import User
from consultations.models import Recording
from consultations.operations.recording import staging
from consultations.states import RecordingStep
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.test_call import come_in, let_in
from tests.consultations.cases import claimed
from tests.consultations.meetings import called
from tests.live.server import WebProcess

WEBM = bytes.fromhex("1a45dfa3")  # EBML, which every WebM begins with


def _grown(page: Page, film: Recording, least: int) -> int:
    """How many bytes are kept, once there are at least so many."""
    for _ in range(200):
        film.refresh_from_db()
        if film.size >= least:
            break
        page.wait_for_timeout(300)
    return film.size


def test_notes_a_still_and_a_film_of_a_running_call(
    web: WebProcess, open_page: OpenPage, asker: User, specialist: User, patient: Patient, service: Service,
    accessible: Callable[[Page], None], picture: Callable[[Page, str], None],
) -> None:  # fmt: skip
    meeting = called(specialist, claimed(asker, specialist, patient, service))
    hers = come_in(open_page(asker, PHONE, f"/calls/{meeting.room_id}/"))
    his = come_in(open_page(specialist, DESK, f"/calls/{meeting.room_id}/"))
    let_in(his)
    expect(his.locator("[data-tile]")).to_have_count(2)
    his.get_by_role("button", name="Pictures and notes").click()
    his.get_by_role("textbox", name="Notes").fill("Stridor when she cries")
    his.get_by_role("button", name="Into the messages").click()
    expect(his.get_by_text("The note stands in the messages of the case.")).to_be_visible()
    assert Message.unscoped.get(case_id=meeting.case_id).kind == MessageKind.NOTE

    his.get_by_role("button", name="Ask everybody for a recording").click()
    expect(hers.get_by_text("May this call be recorded?")).to_be_visible()
    picture(hers, "asked-to-record")
    hers.get_by_label("The guardian beside me agrees too").check()
    hers.get_by_role("button", name="I agree").click()
    for page in (hers, his):
        expect(page.get_by_text("This call is being recorded.")).to_be_visible()
    film = Recording.unscoped.get(meeting=meeting)
    assert _grown(his, film, 20_000) >= 20_000
    assert has_consent(patient.pk, ConsentKind.RECORDING)
    accessible(his)
    picture(hers, "recorded-phone")
    picture(his, "recorded-desk")

    expect(his.locator("[data-tile]:not([data-me]) video")).to_be_visible()
    his.get_by_label("I have asked, and they agree that a picture is kept").check()
    his.get_by_role("button", name="Keep what I see").click()
    expect(his.get_by_text("Kept. It is among the files of the case.")).to_be_visible()
    assert Attachment.unscoped.filter(case_id=meeting.case_id).exists()

    his.get_by_role("button", name="Stop recording").click()
    expect(hers.get_by_text("This call is being recorded.")).to_be_hidden()
    film.refresh_from_db()
    assert (film.step, staging().path(str(film.pk)).read_bytes()[:4]) == (RecordingStep.STOPPED, WEBM)
    seen = his.request.get(f"{web.origin}/consultations/recordings/{film.pk}/", headers={"Range": "bytes=0-3"})
    assert (seen.status, seen.body(), seen.headers["content-type"]) == (206, WEBM, "video/webm")
