"""In the browser: the family's page on a phone, and the coordinator's radar and the child's way, which everybody can
use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from consortium.casework.models import Case, Clock, Service
from consortium.kernel import clock
from consortium.patients.models import Patient
from consortium.people.models import User
from referrals.models import FamilyLink, Referral
from referrals.operations.caring import see_child
from referrals.operations.family import make_family_link
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.consultations.cases import by
from tests.referrals.cases import sent
from tests.referrals.test_family import booked


@pytest.fixture
def link(asker: User, specialist: User, patient: Patient, service: Service) -> FamilyLink:
    """Of a child who has an appointment."""
    referral = sent(asker, patient, service)
    booked(referral, clock.now() + timedelta(days=3))
    made: FamilyLink = by(asker, make_family_link, case_id=referral.pk)
    return made


def test_a_family_opens_its_page_on_a_phone_and_says_that_it_comes(
    open_page: OpenPage, accessible: Callable[[Page], None], link: FamilyLink, patient: Patient
) -> None:
    page = open_page(None, PHONE, path=f"/referrals/family/{link.token()}/")
    accessible(page)
    page.get_by_label("Your child's date of birth").fill(patient.birth_date.isoformat())
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", name="Your child has an appointment")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="We are coming").click()
    expect(page.get_by_text("You said: we are coming.")).to_be_visible()
    page.get_by_role("button", name="简体中文").click()
    expect(page.get_by_role("heading", name="您的孩子已预约就诊")).to_be_visible()


def test_the_radar_follows_and_like_the_child_s_way_is_accessible(
    open_page: OpenPage, accessible: Callable[[Page], None], link: FamilyLink, coordinator: User, asker: User,
    specialist: User,
) -> None:  # fmt: skip
    late = clock.now() - timedelta(hours=2)
    Case.unscoped.filter(pk=link.case_id).update(due_at=late)
    Clock.unscoped.filter(case_id=link.case_id).update(escalates_at=None, steps_taken=3)
    page = open_page(coordinator, PHONE, path="/referrals/radar/")
    expect(page.get_by_text("The visit has passed, and nobody said whether the child came")).to_be_visible()
    accessible(page)
    by(specialist, see_child, case_id=link.case_id)
    expect(page.get_by_text("No child is lost")).to_be_visible()
    pathway_id = Referral.unscoped.select_related("case").get(pk=link.case_id).case.pathway_id
    way = open_page(asker, DESK, path=f"/cases/pathways/{pathway_id}/")
    expect(way.get_by_role("heading", name="Who had it how long")).to_be_visible()
    accessible(way)
