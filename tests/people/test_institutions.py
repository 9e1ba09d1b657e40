"""Institutions and departments: added once, edited by those who may, closed with everybody's seats."""

from typing import Any
from uuid import uuid4

import pytest

from consortium.journal.models import Entry
from consortium.kernel.errors import DomainError, NotPermitted, StaleVersion, WrongStep
from consortium.people.models import Department, Institution, Region, User
from consortium.people.operations import (
    add_department,
    add_institution,
    close_institution,
    edit_department,
    edit_institution,
    reopen_institution,
)
from consortium.people.states import Role, Tier
from tests.cast import actor_for, client_for
from tests.factories.people import make_department, make_specialty, make_staff

pytestmark = pytest.mark.usefixtures("fresh_limits")


@pytest.fixture
def fields(region: Region) -> dict[str, Any]:
    return {"name_en": "New Centre", "name_zh": "新中心", "region_id": region.pk, "tier": Tier.COMMUNITY}


def test_a_manager_adds_one_however_often_the_form_is_sent(manager: User, fields: dict[str, Any]) -> None:
    key = uuid4()
    made = {add_institution(actor=actor_for(manager), fields=fields, key=key).pk for _ in range(10)}
    assert len(made) == 1
    assert Entry.unscoped.filter(verb="add").count() == 1


def test_an_admin_adds_none(admin: User, fields: dict[str, Any]) -> None:
    with pytest.raises(NotPermitted):
        add_institution(actor=actor_for(admin), fields=fields)


def test_a_name_is_given_once(manager: User, fields: dict[str, Any], hospital: Institution) -> None:
    with pytest.raises(DomainError, match="of this name"):
        add_institution(actor=actor_for(manager), fields={**fields, "name_en": hospital.name_en})


def test_an_admin_changes_the_contact_but_not_the_name_or_tier(admin: User, hospital: Institution) -> None:
    asked = {"name_en": "Renamed", "tier": Tier.COMMUNITY, "duty_phone": "120"}
    edit_institution(actor=actor_for(admin), institution_id=hospital.pk, fields=asked)
    hospital.refresh_from_db()
    assert (hospital.name_en, hospital.tier, hospital.duty_phone) == ("Children's Hospital", Tier.TERTIARY, "120")


def test_two_editors_do_not_overwrite_each_other(admin: User, manager: User, hospital: Institution) -> None:
    edit_institution(
        actor=actor_for(manager), institution_id=hospital.pk, fields={"phone": "1"}, version=hospital.version
    )
    with pytest.raises(StaleVersion) as caught:
        edit_institution(
            actor=actor_for(admin), institution_id=hospital.pk, fields={"phone": "2"}, version=hospital.version
        )
    assert caught.value.detail["changed_by"] == manager.full_name


def test_the_page_says_who_was_first_and_keeps_what_was_typed(
    admin: User, manager: User, hospital: Institution
) -> None:
    edit_institution(actor=actor_for(manager), institution_id=hospital.pk, fields={"phone": "1"})
    typed = {"phone": "021 7777", "request_key": str(uuid4()), "version": "1"}
    response = client_for(admin).post(f"/institutions/{hospital.pk}/edit/", typed)
    text = response.content.decode()
    assert response.status_code == 409
    assert f"{manager.full_name} changed this at" in text
    assert "021 7777" in text


def test_saving_nothing_new_writes_nothing(admin: User, hospital: Institution) -> None:
    edit_institution(actor=actor_for(admin), institution_id=hospital.pk, fields={"phone": hospital.phone})
    assert not Entry.unscoped.filter(verb="edit").exists()


def test_closing_ends_every_seat(district: Institution, manager: User, district_doctor: User) -> None:
    close_institution(actor=actor_for(manager), institution_id=district.pk)
    assert not actor_for(district_doctor).seats
    assert Entry.unscoped.filter(event="people.SeatLost").count() == 1
    close_institution(actor=actor_for(manager), institution_id=district.pk)
    assert Entry.unscoped.filter(verb="close").count() == 1


def test_nobody_closes_where_they_work(manager: User, hospital: Institution) -> None:
    with pytest.raises(WrongStep, match="work here yourself"):
        close_institution(actor=actor_for(manager), institution_id=hospital.pk)


def test_opened_again_nobody_works_there(district: Institution, manager: User, district_doctor: User) -> None:
    close_institution(actor=actor_for(manager), institution_id=district.pk)
    reopen_institution(actor=actor_for(manager), institution_id=district.pk)
    district.refresh_from_db()
    assert district.closed_at is None
    assert not actor_for(district_doctor).seats


def test_a_department_is_added_once_and_edited(admin: User, hospital: Institution) -> None:
    key, actor = uuid4(), actor_for(admin)
    for _ in range(3):
        made = add_department(actor=actor, institution_id=hospital.pk, fields={"name_en": "Ward 3"}, key=key)
    edit_department(actor=actor, department_id=made.pk, fields={"name_en": "Ward 4"}, version=made.version)
    assert list(Department.objects.values_list("name_en", flat=True)) == ["Ward 4"]
    with pytest.raises(StaleVersion):
        edit_department(actor=actor, department_id=made.pk, fields={"name_en": "Ward 5"}, version=made.version)


def test_two_departments_of_one_name_are_refused(admin: User, hospital: Institution) -> None:
    ward = make_department(hospital, "Ward 3")
    with pytest.raises(DomainError, match="of this name"):
        add_department(actor=actor_for(admin), institution_id=hospital.pk, fields={"name_en": ward.name_en})


def test_the_pages_do_it_all(manager: User, region: Region) -> None:
    client = client_for(manager)
    form = {
        "name_en": "Lake Centre", "region_id": str(region.pk), "tier": "1", "request_key": str(uuid4()),
        "capabilities": ["xray"],
    }  # fmt: skip
    response = client.post("/institutions/new/", form)
    made = Institution.objects.get(name_en="Lake Centre")
    assert response["Location"] == f"/institutions/{made.pk}/invite/"
    specialty = make_specialty("neonatology")
    ward = {"name_en": "Ward", "specialty_id": str(specialty.pk), "request_key": str(uuid4())}
    client.post(f"/institutions/{made.pk}/departments/new/", ward)
    department = Department.objects.get(institution=made, specialty=specialty)
    client.post(f"/departments/{department.pk}/", {**ward, "name_en": "Big ward", "version": "1"})
    assert "Big ward" in client.get(f"/institutions/{made.pk}/").content.decode()
    make_staff("someone", made, Role.NURSE)
    assert client.post(f"/institutions/{made.pk}/close/", follow=True).status_code == 200
    assert "Lake Centre" not in client.get("/institutions/").content.decode()
    assert "Lake Centre" in client.get("/institutions/?closed").content.decode()
    client.post(f"/institutions/{made.pk}/reopen/")
    assert "Lake Centre" in client.get("/institutions/?q=lake&tier=1").content.decode()


def test_a_wrong_form_says_what_is_missing(manager: User) -> None:
    response = client_for(manager).post("/institutions/new/", {"name_en": "", "request_key": str(uuid4())})
    assert response.status_code == 422
    assert "error-summary" in response.content.decode()


def test_a_tier_that_does_not_exist_is_refused(manager: User) -> None:
    assert client_for(manager).get("/institutions/?tier=9").status_code == 422


def test_an_unknown_field_of_the_operation_is_ignored(admin: User, hospital: Institution) -> None:
    edit_institution(actor=actor_for(admin), institution_id=hospital.pk, fields={"closed_at": "now"})
    hospital.refresh_from_db()
    assert hospital.closed_at is None
