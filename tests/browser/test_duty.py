"""In the browser: a tired doctor hands over at half past seven, and the next one takes over; axe on every page."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from consortium.casework.models import Case, Service
from consortium.patients.models import Patient
from consortium.people.models import Institution, User
from tests.browser.conftest import PHONE, OpenPage
from tests.casework.rosters import booked, calendar, first_slot, person, room, rule, shift, working_week
from tests.consultations.cases import claimed


def test_a_shift_is_handed_over_on_phones(
    open_page: OpenPage, asker: User, specialist: User, other_specialist: User, patient: Patient, service: Service,
    accessible: Callable[[Page], None],
) -> None:  # fmt: skip
    made = [claimed(asker, specialist, patient, service) for _ in range(2)]
    tired = open_page(specialist, PHONE, path="/cases/duty/")
    accessible(tired)
    tired.get_by_role("link", name="Hand over").first.click()
    accessible(tired)
    tired.get_by_label("Note").first.fill("Recheck the saturation at nine.")
    tired.get_by_label("Who takes over?").select_option(str(other_specialist.pk))
    tired.get_by_role("button", name="Hand over 2 things").click()
    expect(tired.get_by_text("Waiting to be taken over")).to_be_visible()
    fresh = open_page(other_specialist, PHONE, path="/cases/duty/")
    fresh.get_by_role("link", name="Look at it").click()
    expect(fresh.get_by_text("Recheck the saturation at nine.")).to_be_visible()
    accessible(fresh)
    fresh.get_by_role("button", name="I take over").click()
    expect(fresh.get_by_text("You have taken over.")).to_be_visible()
    held = Case.unscoped.filter(pk__in=[each.pk for each in made]).values_list("responder_id", flat=True)
    assert set(held) == {other_specialist.pk}


def test_the_pages_of_duty_and_calendars_pass_axe_on_phone_and_desk(
    open_page: OpenPage, lead: User, specialist: User, admin: User, service: Service, hospital: Institution,
    accessible: Callable[[Page], None],
) -> None:  # fmt: skip
    made = shift(service, specialist, 24)
    clinic = calendar(service, room(hospital))
    rule(clinic, specialist, capacity=2, quota=1)
    slot, booking, week = first_slot(clinic), booked(specialist, person(specialist)), working_week(hospital)
    visits = {
        lead: [
            f"/cases/services/{service.pk}/roster/", f"/cases/services/{service.pk}/roster/new/",
            f"/cases/services/{service.pk}/roster/import/", f"/cases/shifts/{made.pk}/", "/cases/calendars/",
            f"/cases/calendars/{clinic.pk}/?week={slot.begins:%Y-%m-%d}", f"/cases/calendars/{clinic.pk}/slots/",
            f"/cases/calendars/{clinic.pk}/day/", f"/cases/slots/{slot.pk}/",
        ],
        specialist: [f"/cases/bookings/{booking.pk}/", "/cases/bookings/new/", f"/cases/shifts/{made.pk}/swap/"],
        admin: ["/cases/working-time/", f"/cases/working-time/{week.pk}/", f"/cases/working-time/{week.pk}/hours/"],
    }  # fmt: skip
    for user, paths in visits.items():
        for page in (open_page(user, PHONE), open_page(user)):
            for path in paths:
                page.goto(path)
                accessible(page)
