"""Every page of people: who gets it, who is told no, and from whom it is hidden."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from consortium.people.models import Institution, Invitation, Membership, User
from consortium.people.operations import invite
from consortium.people.states import Role
from tests.cast import actor_for, client_for
from tests.factories.people import make_department, make_staff, make_user

pytestmark = pytest.mark.usefixtures("fresh_limits")


@pytest.fixture
def places(
    hospital: Institution, specialist: User, admin: User, manager: User, request: pytest.FixtureRequest
) -> dict[str, Any]:
    """Arguments by the name of the URL's parameter."""
    return {
        "institution_id": hospital.pk,
        "user_id": specialist.pk,
        "seat_id": Membership.unscoped.get(user=specialist).pk,
        "department_id": make_department(hospital).pk,
        "invitation_id": offer(admin, hospital).pk,
    }


def offer(admin: User, institution: Institution, role: str = Role.NURSE) -> Invitation:
    fields = {"full_name": "He Fang", "role": role}
    return invite(actor=actor_for(admin), institution_id=institution.pk, fields=fields, key=uuid4())


STAFF_PAGES = ["institutions", "institution", "directory", "person", "account"]
ADMIN_PAGES = [
    "institution_edit", "department_new", "department_edit", "staff", "member", "seat_role", "seat_move", "seat_new",
    "invitations", "invite", "invitation", "reset_issue",
]  # fmt: skip
MANAGER_PAGES = ["institution_new", "institution_close"]
ARGUMENTS = {
    "institution": ["institution_id"], "person": ["user_id"], "institution_edit": ["institution_id"],
    "department_new": ["institution_id"], "department_edit": ["department_id"], "staff": ["institution_id"],
    "member": ["institution_id", "user_id"], "seat_role": ["seat_id"], "seat_move": ["seat_id"],
    "seat_new": ["institution_id", "user_id"], "invitations": ["institution_id"], "invite": ["institution_id"],
    "invitation": ["invitation_id"], "reset_issue": ["user_id"], "institution_close": ["institution_id"],
}  # fmt: skip


def address(name: str, places: dict[str, Any]) -> str:
    return reverse(f"people:{name}", args=[places[a] for a in ARGUMENTS.get(name, [])])


@pytest.mark.parametrize("name", STAFF_PAGES)
def test_all_staff_see(name: str, places: dict[str, Any], stranger: User) -> None:
    assert client_for(stranger).get(address(name, places)).status_code == 200


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_an_admin_sees(name: str, places: dict[str, Any], admin: User) -> None:
    assert client_for(admin).get(address(name, places)).status_code == 200


@pytest.mark.parametrize("name", [name for name in ADMIN_PAGES if name != "invitation"])
def test_a_colleague_is_told_no(name: str, places: dict[str, Any], coordinator: User) -> None:
    assert client_for(coordinator).get(address(name, places)).status_code == 403


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_from_a_stranger_it_is_hidden(name: str, places: dict[str, Any], stranger: User) -> None:
    assert client_for(stranger).get(address(name, places)).status_code == 404


@pytest.mark.parametrize("name", MANAGER_PAGES)
def test_only_a_manager(name: str, places: dict[str, Any], admin: User, district: Institution) -> None:
    other = make_staff("manager2", district, Role.CONSORTIUM_MANAGER)
    assert client_for(admin).get(address(name, places)).status_code == 403
    assert client_for(other).get(address(name, places)).status_code == 200


@pytest.mark.parametrize("name", [*STAFF_PAGES, *ADMIN_PAGES, *MANAGER_PAGES])
def test_who_is_signed_out_goes_to_sign_in(name: str, places: dict[str, Any]) -> None:
    response = Client().get(address(name, places))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_a_person_without_a_seat_sees_no_directory(db: None) -> None:
    assert client_for(make_user()).get("/staff/").status_code == 403
