"""The screens of working time: hours, holidays, who may change them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from consortium.casework.models import (
    Service,
    SpecialDay,
    WorkingCalendar,
)
from consortium.patients.models import Patient
from consortium.people.models import Institution, Region, User
from tests.casework.pages import day, page, post
from tests.casework.rosters import shift, working_week
from tests.casework.test_sheets import NATIONAL, ics
from tests.cast import client_for

pytestmark = pytest.mark.django_db


# -- working time -----------------------------------------------------------------------------------------------------

WEEK = {f"day_{n}": "08:00-12:00, 14:00-18:00" for n in range(5)}


def test_an_admin_opens_hours_and_days_on_pages(admin: User, hospital: Institution) -> None:
    client = client_for(admin)
    assert f"working-time/institution/{hospital.pk}" in page(client, "/cases/working-time/")
    page(client, f"/cases/working-time/institution/{hospital.pk}/")
    post(client, f"/cases/working-time/institution/{hospital.pk}/", make_up_like=0, **WEEK)
    made = WorkingCalendar.objects.get()
    url = f"/cases/working-time/{made.pk}/"
    assert "08:00-12:00, 14:00-18:00" in page(client, url)
    post(client, f"{url}day/", on=day(), kind="holiday", name="Storm")
    assert "Storm" in page(client, url)
    post(client, f"{url}day/remove/", on=day())
    assert not SpecialDay.objects.exists()
    post(client, f"{url}day/remove/", 422, on="x")


def test_hours_are_changed_on_their_page(admin: User, hospital: Institution) -> None:
    made, client = working_week(hospital), client_for(admin)
    url = f"/cases/working-time/{made.pk}/hours/"
    assert "08:00-12:00" in page(client, url)
    post(client, url, make_up_like=0, version=made.version, **{**WEEK, "day_5": "9:00–12:00"})
    assert made.hours.count() == 11
    post(client, url, 409, make_up_like=0, version=made.version, **WEEK)


@pytest.mark.parametrize("text", ["8 to 12", "08:00-12:00 and later", "25:00-26:00"])
def test_hours_that_cannot_be_read_come_back(text: str, admin: User, hospital: Institution) -> None:
    url = f"/cases/working-time/institution/{hospital.pk}/"
    answer = post(client_for(admin), url, 422, make_up_like=0, **{**WEEK, "day_0": text})
    assert "Write hours like" in answer.content.decode()


def test_holidays_are_taken_in_from_a_file(admin: User, hospital: Institution) -> None:
    made, client = working_week(hospital), client_for(admin)
    file = SimpleUploadedFile("h.ics", ics(NATIONAL))
    post(client, f"/cases/working-time/{made.pk}/file/", file=file)
    assert SpecialDay.objects.count() == 7


def test_a_file_without_days_comes_back(admin: User, hospital: Institution) -> None:
    made = working_week(hospital)
    file = SimpleUploadedFile("h.ics", b"nothing")
    post(client_for(admin), f"/cases/working-time/{made.pk}/file/", 422, file=file)


def test_a_day_that_cannot_be_read_comes_back(admin: User, hospital: Institution) -> None:
    made = working_week(hospital)
    post(client_for(admin), f"/cases/working-time/{made.pk}/day/", 422, on="soon", kind="holiday")


def test_a_manager_opens_a_regions_calendar(manager: User, region: Region) -> None:
    client = client_for(manager)
    assert region.name_en in page(client, "/cases/working-time/")
    post(client, f"/cases/working-time/region/{region.pk}/", make_up_like=0, **WEEK)
    assert WorkingCalendar.objects.get().region == region


def test_a_place_that_is_not_there_is_hidden(manager: User, patient: Patient) -> None:
    page(client_for(manager), f"/cases/working-time/region/{patient.pk}/", 404)


def test_who_may_not_change_it_reads_it(specialist: User, hospital: Institution) -> None:
    made = working_week(hospital)
    text = page(client_for(specialist), f"/cases/working-time/{made.pk}/")
    assert "Change the hours" not in text
    assert "None lies ahead." in text


def test_everything_is_said_in_chinese(specialist: User, service: Service) -> None:
    shift(service, specialist)
    text = client_for(specialist).get("/cases/duty/", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "您的值班" in text
    assert "Your next shifts" not in text


def test_working_time_costs_the_same_for_one_and_for_three(
    asker: User, hospital: Institution, community: Institution, district: Institution, django_assert_num_queries: Any
) -> None:
    client = client_for(asker)
    for place in (hospital, community, district):
        working_week(place)
        with django_assert_num_queries(5):
            page(client, "/cases/working-time/")
