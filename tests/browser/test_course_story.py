"""From a film on a trainer's desk to a certificate that anybody can check: one course, by the hands of its people."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from asn1crypto import pem, x509
from playwright.sync_api import Page, expect
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from consortium.casework.sheets import workbook
from consortium.kernel.signing import signer_certificates
from consortium.people.models import Institution, User
from consortium.people.states import Role
from courses.assessment import tables
from courses.assessment.items import read, written
from courses.assessment.items.drafted import Drafted
from courses.assessment.models import Certificate
from courses.library.models import Film
from courses.library.operations.video_beats import staging
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.browser.line import Line, slow_line
from tests.browser.test_watching import OWN_WAY
from tests.courses.library.films import BUNNY
from tests.factories.items import SINGLE, TRUE_FALSE
from tests.factories.people import make_staff
from tests.factories.questionnaires import make_questionnaire
from tests.live.server import WebProcess

TITLE = "Signs of danger in a young infant"
#: bytes a second: the film takes some four seconds
SLOW = 250_000


def questions() -> bytes:
    drafts = [Drafted(0, "", kind, written(read(kind, said))) for kind, said in ASKED]
    return workbook({"questions": (tables.HEADING, list(tables.rows_of(drafts)))})


ASKED = (("single", SINGLE), ("true_false", TRUE_FALSE))


def film_sent(page: Page, line: Line) -> Page:
    """Sent over a bad line: cut twice, the tab closed once, gone on with in a new one."""
    page.set_input_files("[data-uploads] input[type=file]", BUNNY)
    for share in (0.2, 0.4):
        arrived(share)
        line.cut()
        expect(page.locator("[data-upload-list] [data-state]")).to_have_text("Connection lost. Trying again…")
        line.mend()
    arrived(0.6)
    context, address = page.context, page.url
    page.close()
    again = context.new_page()
    again.goto(address)
    again.set_input_files("[data-uploads] input[type=file]", BUNNY)
    expect(again.locator("#video-state .tag")).to_have_text("Ready", timeout=120_000)
    assert line.carried < 1.6 * BUNNY.stat().st_size, "each time it went on where it had stopped"
    return again


def held() -> int:
    """How much of the film the server keeps."""
    path = staging().path(str(Film.unscoped.get().pk))
    return path.stat().st_size if path.exists() else 0


def arrived(share: float) -> None:
    until(lambda: Film.unscoped.exists() and held() >= share * BUNNY.stat().st_size)


def until(true: Callable[[], bool]) -> None:
    """For what the server does by itself; a test fails that waits half a minute."""
    for _ in range(600):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("this has not come about")


def written_by(page: Page, line: Line) -> Page:
    """A course from a file of questions, its film, and the questionnaire at its end."""
    page.get_by_label("Title in English").fill(TITLE)
    page.set_input_files("input[name=questions]", {"name": "q.xlsx", "mimeType": "", "buffer": questions()})
    page.get_by_role("button", name="Make the course").click()
    page.wait_for_url("**/build/versions/**")
    return film_sent(page, line)


def captioned(page: Page) -> None:
    """Words beside the film, in the browser."""
    video = Film.unscoped.get().video_id
    page.goto(page.url.partition("/courses/")[0] + f"/courses/videos/{video}/")
    page.get_by_role("link", name="English").click()
    page.locator("[data-part=text]").first.fill("Look for chest indrawing")
    page.locator("[data-part=begin]").first.fill("00:00:00.000")
    page.locator("[data-part=end]").first.fill("00:00:05.000")
    page.get_by_role("button", name="Save the captions").click()
    expect(page.locator("[data-part=text]")).to_have_value("Look for chest indrawing")


def published(page: Page, address: str) -> None:
    """With a questionnaire as its last lesson."""
    page.goto(address)
    page.get_by_text("Add a lesson").last.click()
    page.get_by_role("link", name="Questionnaire").last.click()
    page.get_by_label("Title in English").fill("What you think of it")
    page.get_by_role("combobox", name="Questionnaire").select_option("Your view")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published. Learners find it in the catalogue.")).to_be_visible()


def learned(phone: Page, accessible: Callable[[Page], None], picture: Callable[[Page, str], None]) -> str:
    """Watched, examined and asked: on the phone, one lesson after the other; the address of the film."""
    phone.get_by_role("link", name=TITLE).first.click()
    phone.get_by_role("button", name="Take the course and begin").click()
    expect(phone.locator("video")).to_have_attribute("data-way", "hls.js")
    phone.locator("[data-do=toggle]").click()
    expect(phone.get_by_text("Look for chest indrawing").first).to_be_visible()
    expect(phone.locator("[data-done]")).to_be_visible(timeout=60_000)
    watched = phone.url
    picture(phone, "story-watched-390")

    phone.locator("[data-next]").click()
    phone.get_by_role("link", name="To the exam").click()
    phone.get_by_role("button", name="Begin").click()
    for number in range(len(ASKED)):
        asked = phone.locator("[data-exam-question]").nth(number)
        asked.get_by_label("Fifty").or_(asked.get_by_label("True")).check()
        expect(asked.get_by_role("status")).to_contain_text("Saved")
        if number + 1 < len(ASKED):
            phone.get_by_role("button", name="Next").click()
    phone.get_by_role("link", name="Hand in").click()
    phone.get_by_role("button", name="Hand in").click()
    expect(phone.get_by_role("heading", name="Passed")).to_be_visible()
    picture(phone, "story-passed-390")

    phone.goto("/courses/")
    phone.get_by_role("link", name=TITLE).first.click()
    phone.get_by_role("button", name="Next:").click()
    phone.get_by_role("link", name="To the questionnaire").click()
    phone.get_by_label("Agree fully").check()
    phone.get_by_label("Right").check()
    accessible(phone)
    phone.get_by_role("button", name="Send without my name").click()
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()
    return watched


def signed_well(document: bytes) -> bool:
    """By another party's validator, with the signer's public certificate alone."""
    root = x509.Certificate.load(pem.unarmor(signer_certificates())[2])
    (signature,) = PdfFileReader(io.BytesIO(document)).embedded_signatures
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[root], allow_fetching=False))
    return bool(status.bottom_line and status.trusted)


def checked(page: Page) -> str:
    """The paper of the certificate that is shown: its signature is good; the address that its code leads to."""
    with page.expect_download() as coming:
        page.get_by_role("link", name="PDF in English").click()
    document = coming.value.path().read_bytes()
    with ThreadPoolExecutor(1) as beside:  # the browser's driver has the event loop of this thread
        assert beside.submit(signed_well, document).result()
    return page.locator("#address").inner_text()


def test_a_course_from_upload_to_certificate(
    worker: None, web: WebProcess, open_page: OpenPage, picture: Callable[[Page, str], None],
    accessible: Callable[[Page], None], hospital: Institution, asker: User,
) -> None:  # fmt: skip
    trainer = make_staff("trainer", hospital, Role.TRAINING_ADMIN)
    make_questionnaire(trainer, hospital)
    desk = open_page(trainer, DESK)
    with slow_line(int(web.origin.rpartition(":")[2]), SLOW) as line:
        desk.goto(f"http://localhost:{line.port}/courses/build/file/")
        desk = written_by(desk, line)
        address = web.origin + "/courses/" + desk.url.partition("/courses/")[2]
    desk.goto(address)
    captioned(desk)
    published(desk, address)

    phone = open_page(asker, PHONE, "/courses/")
    watched = learned(phone, accessible, picture)
    until(lambda: Certificate.unscoped.exists())
    phone.goto("/assessment/credits/")
    phone.get_by_role("link", name=TITLE).click()
    picture(phone, "story-certificate-390")
    stranger = open_page(None, PHONE, checked(phone))
    expect(stranger.get_by_text("This certificate is valid.")).to_be_visible()
    accessible(stranger)

    desk.goto(f"{web.origin}/assessment/certificates/{Certificate.unscoped.get().pk}/")
    desk.get_by_text("Revoke", exact=True).first.click()
    desk.get_by_label("Reason").fill("Issued by mistake")
    desk.get_by_role("button", name="Revoke").click()
    desk.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(desk.get_by_text("Issued by mistake")).to_be_visible()
    stranger.reload()
    expect(stranger.get_by_text("This certificate was revoked. It is not valid.")).to_be_visible()
    picture(stranger, "story-revoked-390")

    phone.add_init_script(OWN_WAY)
    phone.goto(watched)
    expect(phone.locator("video")).to_have_attribute("data-way", "own")
