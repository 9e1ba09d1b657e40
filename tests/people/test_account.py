"""One's own account, and the pages that change seats."""

import pytest
from django.test import Client

from consortium.journal.models import Entry
from consortium.people.models import Institution, Membership, User
from consortium.people.states import Role
from tests.cast import actor_for, client_for
from tests.people.test_seats import seat_of

pytestmark = pytest.mark.usefixtures("fresh_limits")


def test_the_profile_is_saved_and_journalled(nurse: User) -> None:
    fields = {"full_name": "He Fang", "title": "Head nurse", "phone": "1", "language": "zh-hans"}
    response = client_for(nurse).post("/account/", fields)
    nurse.refresh_from_db()
    assert (nurse.full_name, nurse.title, nurse.language) == ("He Fang", "Head nurse", "zh-hans")
    assert response.cookies["django_language"].value == "zh-hans"
    assert Entry.unscoped.get(verb="edit").facts["fields"] == [
        "full_name",
        "language",
        "licence_number",
        "phone",
        "title",
    ]


def test_a_name_is_needed(nurse: User) -> None:
    response = client_for(nurse).post("/account/", {"full_name": ""})
    assert response.status_code == 422


def test_the_appearance_is_kept_with_the_person_and_in_the_browser(nurse: User) -> None:
    client = client_for(nurse)
    response = client.post("/account/theme/", {"theme": "dark", "next": "/account/"})
    assert response["Location"] == "/account/"
    assert 'data-theme="dark"' in client.get("/account/").content.decode()
    assert 'data-theme="dark"' in client_for(User.objects.get(pk=nurse.pk)).get("/account/").content.decode()


def test_who_is_signed_out_chooses_too(db: None) -> None:
    client = Client()
    client.post("/account/theme/", {"theme": "dark"})
    client.post("/account/language/", {"language": "zh-hans"})
    page = client.get("/accounts/login/").content.decode()
    assert 'data-theme="dark"' in page
    assert 'lang="zh-hans"' in page


@pytest.mark.parametrize(("where", "what"), [("theme", "pink"), ("language", "tlh")])
def test_what_does_not_exist_is_refused(nurse: User, where: str, what: str) -> None:
    assert client_for(nurse).post(f"/account/{where}/", {where: what}).status_code == 400


def test_the_way_back_stays_on_this_site(nurse: User) -> None:
    response = client_for(nurse).post("/account/theme/", {"theme": "", "next": "//evil.example/"})
    assert response["Location"] == "/"


def test_the_language_follows_the_person_to_a_new_browser(nurse: User) -> None:
    User.objects.filter(pk=nurse.pk).update(language="zh-hans")
    client = Client()
    client.post("/accounts/login/", {"login": nurse.username, "password": "demo"})
    assert client.cookies["django_language"].value == "zh-hans"


def test_the_pages_suspend_and_undo(admin: User, specialist: User, hospital: Institution) -> None:
    client = client_for(admin)
    here = f"/institutions/{hospital.pk}/staff/{specialist.pk}/"
    page = client.post(f"{here}suspend/", follow=True).content.decode()
    assert f'action="{here}unsuspend/"' in page
    assert "Suspended" in page
    client.post(f"{here}unsuspend/")
    assert actor_for(specialist).seats


def test_the_pages_change_move_give_and_end(admin: User, specialist: User, hospital: Institution) -> None:
    client = client_for(admin)
    client.post(f"/seats/{seat_of(specialist).pk}/role/", {"role": Role.SERVICE_LEAD, "version": 1})
    assert actor_for(specialist).roles == {Role.SERVICE_LEAD}
    client.post(f"/institutions/{hospital.pk}/staff/{specialist.pk}/role/", {"role": Role.LECTURER})
    assert actor_for(specialist).roles == {Role.SERVICE_LEAD, Role.LECTURER}
    from tests.factories.people import make_department

    ward = make_department(hospital)
    seat = seat_of(specialist, Role.LECTURER)
    client.post(f"/seats/{seat.pk}/move/", {"institution_id": hospital.pk, "department_id": ward.pk, "version": 1})
    assert Membership.unscoped.get(pk=seat.pk).department_id == ward.pk
    client.post(f"/seats/{seat.pk}/end/")
    assert actor_for(specialist).roles == {Role.SERVICE_LEAD}


def test_a_changed_role_asks_for_the_password_when_the_sign_in_is_old(admin: User, specialist: User) -> None:
    client = client_for(admin)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 1.0}]
    session.save()
    path = f"/seats/{seat_of(specialist).pk}/role/"
    response = client.get(path)
    assert response["Location"].startswith("/accounts/reauthenticate/?next=")
    client.post("/accounts/reauthenticate/", {"password": "demo", "next": path})
    assert client.get(path).status_code == 200


def test_the_last_admin_is_told_why_not(admin: User) -> None:
    response = client_for(admin).post(f"/seats/{seat_of(admin).pk}/end/")
    assert response.status_code == 422
    assert "last admin" in response.content.decode()


def test_an_admin_lands_on_their_staff(admin: User, hospital: Institution) -> None:
    response = client_for(admin).get("/", follow=True)
    assert response.redirect_chain[-1][0] == f"/institutions/{hospital.pk}/staff/"


def test_only_an_admin_has_staff_of_their_own(auditor: User) -> None:
    assert client_for(auditor).get("/staff/mine/").status_code == 403
