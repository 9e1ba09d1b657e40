"""What somebody may no longer see does not stay on their screen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import WebSocketRoute, expect

from consortium.casework.models import Service
from consortium.kernel import clock
from consortium.kernel.actors import acting_as
from consortium.patients.models import Patient
from consortium.patients.operations import break_glass
from consortium.patients.tasks import end_grants
from consortium.people.models import Institution, User
from tests.browser.conftest import PHONE, OpenPage
from tests.cast import actor_for
from tests.consultations.cases import claimed


@pytest.fixture
def opened(web: Any, stranger: User, unrelated: Institution, patient: Patient) -> Patient:
    """A record that the stranger opened in an emergency."""
    with acting_as(actor_for(stranger)) as actor:
        break_glass(
            actor=actor, patient_id=patient.pk, institution_id=unrelated.pk, reason="emergency",
            explanation="Unconscious in our emergency room.",
        )  # fmt: skip
    return patient


def test_a_record_leaves_the_screen_when_emergency_access_ends(
    open_page: OpenPage, stranger: User, opened: Patient
) -> None:
    page = open_page(stranger, PHONE, reverse("patients:show", args=[opened.pk]))
    expect(page.get_by_text(opened.name).first).to_be_visible()
    expect(page.locator("html[data-live=on]")).to_be_attached()
    end_all()
    expect(page.get_by_text(opened.name)).to_have_count(0)


def end_all() -> None:
    with clock.moved(timedelta(hours=3, seconds=1)):
        assert end_grants() == 1


def test_a_case_leaves_the_screen_when_emergency_access_ends(
    open_page: OpenPage, stranger: User, opened: Patient, asker: User, specialist: User, service: Service
) -> None:
    case_id = claimed(asker, specialist, opened, service).pk
    page = open_page(stranger, PHONE, reverse("consultations:show", args=[case_id]))
    expect(page.get_by_text(opened.name).first).to_be_visible()
    expect(page.locator("html[data-live=on]")).to_be_attached()
    end_all()
    expect(page.get_by_text(opened.name)).to_have_count(0)


def test_a_right_that_ends_before_the_page_is_heard_ends_on_the_screen_too(
    open_page: OpenPage, stranger: User, opened: Patient, asker: User, specialist: User, service: Service
) -> None:
    case_id = claimed(asker, specialist, opened, service).pk
    page = open_page(stranger, PHONE, "/")
    held: list[tuple[WebSocketRoute, str]] = []

    def hold_what_it_asks(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda frame: held.append((server, str(frame))))

    page.route_web_socket("**/ws/", hold_what_it_asks)
    page.goto(reverse("consultations:show", args=[case_id]))
    expect(page.get_by_text(opened.name).first).to_be_visible()
    while not any("case:" in frame for _, frame in held):
        page.wait_for_timeout(50)
    end_all()
    for server, frame in held:
        server.send(frame)
    expect(page.get_by_text(opened.name)).to_have_count(0)
