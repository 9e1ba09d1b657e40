"""What somebody may no longer see does not stay on their screen."""

from __future__ import annotations

import re
import time
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
from tests.browser.conftest import PHONE, OpenPage, problems
from tests.cast import actor_for
from tests.consultations.cases import claimed
from tests.factories.cases import make_service, make_service_member
from tests.factories.people import make_specialty


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


def test_a_case_leaves_the_screen_when_its_parts_cannot_be_fetched(
    open_page: OpenPage, stranger: User, opened: Patient, asker: User, specialist: User, service: Service
) -> None:
    case_id = claimed(asker, specialist, opened, service).pk
    page = open_page(stranger, PHONE, reverse("consultations:show", args=[case_id]))
    expect(page.get_by_text(opened.name).first).to_be_visible()
    expect(page.locator("html[data-live=on]")).to_be_attached()
    page.route("**/live/?*", lambda route: route.abort())
    end_all()
    expect(page.get_by_text(opened.name)).to_have_count(0)
    problems(page).clear()


def test_who_declines_with_two_taps_is_led_to_the_worklist(
    open_page: OpenPage, web: Any, patient: Patient, asker: User, specialist: User, lead: User, service: Service,
    hospital: Institution,
) -> None:  # fmt: skip
    other = make_service(hospital, make_specialty("general"))
    make_service_member(other, lead)
    made = claimed(asker, specialist, patient, service)
    page = open_page(specialist, PHONE, reverse("consultations:act", args=[made.pk, "decline"]))
    page.locator("[name=reason]").first.check()
    page.locator("[name=service_id]").select_option(str(other.pk))
    page.locator("#act-form button").dblclick()
    expect(page).to_have_url(re.compile(r"//[^/]+/$"))


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
    until = time.monotonic() + 20
    while not any("case:" in frame for _, frame in held):
        assert time.monotonic() < until, "the page never began to listen"
        page.wait_for_timeout(50)
    end_all()
    for server, frame in held:
        server.send(frame)
    expect(page.get_by_text(opened.name)).to_have_count(0)
