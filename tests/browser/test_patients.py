"""The pages of children's records and of the journal, looked at on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from consortium.journal.tasks import verify_when_due
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.patients.models import Guardian, Patient
from consortium.patients.operations import Decision, break_glass, record_consent
from consortium.patients.states import ConsentKind, ConsentStatus
from consortium.people.models import Institution, User
from tests.browser.conftest import DESK, PHONE, OpenPage
from tests.cast import actor_for
from tests.factories.patients import make_guardian, make_pathway, make_patient

Check = Callable[[Page], None]
Picture = Callable[[Page, str], None]
EXPLANATION = "Unconscious child in our emergency room, no guardian reachable."


@pytest.fixture
def child(web: Any, community: Institution, asker: User) -> Patient:
    """A child with all that a record can show."""
    child = make_patient(community, "Lin Xiaoyu", record="YH-004711", allergies="Penicillin: rash", gestation_weeks=38)
    mother = make_guardian(child)
    make_guardian(child, "Lin Daqing", relation="father", phone="13900000001")
    make_patient(community, "", baby_of="Chen Mei", birth_order=2, twin_of=child, birth_date=child.birth_date)
    make_pathway(child, community)
    with acting_as(actor_for(asker)) as actor:
        for kind, status in ((ConsentKind.SHARE, ConsentStatus.ACTIVE), (ConsentKind.VIDEO, ConsentStatus.REJECTED)):
            decision = Decision(kind, status, mother.pk, "spoken")
            record_consent(actor=actor, patient_id=child.pk, decision=decision)
    return child


def _at_full_height(page: Page, accessible: Check) -> None:
    """axe with the whole page in view: what the bar at the bottom covers is not too small, one can scroll to it."""
    seen = page.viewport_size
    assert seen
    page.set_viewport_size({"width": seen["width"], "height": 3000})
    accessible(page)
    page.set_viewport_size(seen)


def _look(page: Page, paths: dict[str, str], accessible: Check, picture: Picture, width: int) -> None:
    for name, path in paths.items():
        page.goto(path)
        _at_full_height(page, accessible)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        picture(page, f"{name}-{width}")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_clinicians_pages(
    open_page: OpenPage, accessible: Check, picture: Picture, child: Patient, asker: User, width: int
) -> None:
    other = make_patient(child.registered_at, "Lin Xiao Yu", birth_date=child.birth_date)
    guardian = Guardian.unscoped.filter(patient=child).first()
    assert guardian is not None
    page = open_page(asker, width, path="/patients/")
    paths = {
        "patients-list": reverse("patients:list"),
        "patients-register": reverse("patients:register"),
        "patients-show": reverse("patients:show", args=[child.pk]),
        "patients-edit": reverse("patients:edit", args=[child.pk]),
        "patients-guardian": reverse("patients:guardian", args=[guardian.pk]),
        "patients-consent": reverse("patients:consent", args=[child.pk, "share"]),
        "patients-merge": reverse("patients:merge", args=[child.pk]),
        "patients-compare": reverse("patients:compare", args=[child.pk, other.pk]),
    }
    _look(page, paths, accessible, picture, width)


def _find(page: Page) -> None:
    page.get_by_label("Name, pinyin or number").fill("11010519491231002X")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("A record exists")).to_be_visible()


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_record_elsewhere_is_linked_or_opened_in_an_emergency(
    open_page: OpenPage, accessible: Check, picture: Picture, child: Patient, stranger: User, width: int
) -> None:
    from consortium.patients.operations.registry import set_identity

    set_identity(child, "11010519491231002X")
    child.save()
    page = open_page(stranger, width, path="/patients/")
    _find(page)
    assert "Lin Xiaoyu" not in page.content()
    _at_full_height(page, accessible)
    picture(page, f"patients-unseen-{width}")

    page.get_by_role("button", name="Link with the guardian's consent").click()
    _at_full_height(page, accessible)
    picture(page, f"patients-link-{width}")

    page.goto("/patients/")  # the answer to a search stays on no way back: its number is in no address
    _find(page)
    page.get_by_role("link", name="Emergency access").click()
    _at_full_height(page, accessible)
    picture(page, f"patients-glass-{width}")
    page.get_by_label("Emergency: the child's life").check()
    page.get_by_label("Explanation").fill(EXPLANATION)
    page.get_by_role("button", name="Open for 3 hours").click()
    expect(page.get_by_role("heading", name="Lin Xiaoyu")).to_be_visible()
    assert "Lin" not in page.title()
    _at_full_height(page, accessible)
    picture(page, f"patients-emergency-{width}")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_privacy_officers_and_the_auditors_pages(
    open_page: OpenPage, accessible: Check, picture: Picture, child: Patient, stranger: User, unrelated: Institution,
    privacy: User, auditor: User, width: int,
) -> None:  # fmt: skip
    with clock.moved(timedelta(minutes=-5)), acting_as(actor_for(stranger)) as actor:
        grant, _fresh = break_glass(
            actor=actor, patient_id=child.pk, institution_id=unrelated.pk, reason="emergency", explanation=EXPLANATION
        )
    verify_when_due()
    page = open_page(privacy, width, path="/patients/access/")
    paths = {
        "patients-grants": reverse("patients:grants"),
        "patients-grant": reverse("patients:grant", args=[grant.pk]),
        "patients-watch": reverse("patients:watch"),
        "patients-readers": reverse("patients:readers", args=[child.pk]),
        "patients-erase": reverse("patients:erase", args=[child.pk]),
    }
    _look(page, paths, accessible, picture, width)
    page = open_page(auditor, width, path="/journal/")
    _look(page, {"journal": reverse("journal:entries")}, accessible, picture, width)
