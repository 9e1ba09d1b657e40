"""Lists of staff, invitations and institutions: found, filtered, paged, and with a fixed number of queries."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from consortium.kernel.actors import acting_as
from consortium.kernel.errors import NotPermitted, NotVisible
from consortium.people.models import Institution, User
from consortium.people.operations import end_seat, invite, suspend_person
from consortium.people.queries import institutions, invitations_of, staff
from consortium.people.states import Role, Standing
from tests.cast import actor_for, client_for
from tests.factories.people import make_institution, make_staff, make_user
from tests.people.test_seats import seat_of

pytestmark = pytest.mark.usefixtures("fresh_limits")


def add_staff(institution: Institution, count: int) -> None:
    for _ in range(count):
        user = make_user()
        make_staff(f"x{user.username}", institution, Role.NURSE, Role.LECTURER)


#: page -> queries: session, user, seats, the notices' badge where a page shows it, then the list's own
COUNTS = {"staff": 7, "directory": 6, "invitations": 6, "institutions": 5}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", COUNTS)
def test_a_list_asks_as_often_for_three_rows_as_for_one(
    name: str, rows: int, admin: User, hospital: Institution, django_assert_num_queries: Callable[..., Any]
) -> None:
    add_staff(hospital, rows)
    for n in range(rows):
        make_institution(f"Place {n}", region=hospital.region)
        fields = {"full_name": f"New {n}", "role": Role.NURSE}
        invite(actor=actor_for(admin), institution_id=hospital.pk, fields=fields, key=uuid4())
    paths = {
        "staff": f"/institutions/{hospital.pk}/staff/?role=nurse",
        "directory": "/staff/?role=nurse",
        "invitations": f"/institutions/{hospital.pk}/invitations/",
        "institutions": "/institutions/?q=Place",
    }
    client = client_for(admin)
    client.get(paths[name])
    with django_assert_num_queries(COUNTS[name]):
        page = client.get(paths[name]).content.decode()
    assert page.count('class="person"') == rows


def test_the_directory_pages_by_key(admin: User, hospital: Institution) -> None:
    for n in range(7):
        make_staff(f"n{n}", hospital, Role.NURSE, full_name=f"Nurse {n}")
    seen: list[str] = []
    cursor = ""
    while True:
        page = staff(actor=actor_for(admin), role=Role.NURSE, after=cursor, size=3)
        seen += [user.full_name for user in page.items]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == [f"Nurse {n}" for n in range(7)]


@pytest.mark.parametrize("search", ["wang", "王", "WANGWU"])
def test_found_by_part_of_the_name_in_either_language_or_by_username(
    admin: User, hospital: Institution, search: str
) -> None:
    found = make_staff("wangwu", hospital, Role.NURSE, full_name="Wang Wu", full_name_zh="王五")
    page = staff(actor=actor_for(admin), search=search)
    assert [user.pk for user in page.items] == [found.pk]


def test_each_standing_has_its_list(admin: User, specialist: User, nurse: User, hospital: Institution) -> None:
    gone = make_staff("gone", hospital, Role.NURSE)
    suspend_person(actor=actor_for(admin), user_id=specialist.pk, institution_id=hospital.pk)
    end_seat(actor=actor_for(admin), seat_id=seat_of(gone).pk)

    def named(standing: str) -> set[str]:
        page = staff(actor=actor_for(admin), institution_id=hospital.pk, standing=standing)
        return {user.username for user in page.items}

    shown = {standing: named(standing) for standing in Standing.values}
    assert shown == {"active": {"admin"}, "suspended": {"specialist"}, "left": {"gone"}}


def test_who_left_or_is_suspended_is_shown_only_to_who_manages_them(
    nurse: User, coordinator: User, hospital: Institution
) -> None:
    with pytest.raises(NotPermitted):
        staff(actor=actor_for(coordinator), institution_id=hospital.pk, standing=Standing.LEFT)
    with pytest.raises(NotVisible):
        staff(actor=actor_for(nurse), institution_id=hospital.pk, standing=Standing.SUSPENDED)
    with pytest.raises(NotVisible):
        staff(actor=actor_for(coordinator), standing=Standing.SUSPENDED)


def test_a_suspended_person_is_not_in_the_directory(admin: User, specialist: User, hospital: Institution) -> None:
    suspend_person(actor=actor_for(admin), user_id=specialist.pk, institution_id=hospital.pk)
    assert specialist.pk not in {user.pk for user in staff(actor=actor_for(admin)).items}


def test_an_empty_list_says_what_to_do(manager: User, district: Institution) -> None:
    text = client_for(manager).get(f"/institutions/{district.pk}/staff/").content.decode()
    assert "Nobody works here yet" in text
    assert "Nobody found" in client_for(manager).get("/staff/?q=nobody").content.decode()
    assert "Nobody is invited" in client_for(manager).get(f"/institutions/{district.pk}/invitations/").content.decode()


def test_institutions_count_each_person_once(admin: User, hospital: Institution) -> None:
    make_staff("two", hospital, Role.NURSE, Role.LECTURER)
    found = institutions(actor=actor_for(admin)).items
    assert [(place.name_en, place.staff_count) for place in found] == [("Children's Hospital", 2)]


def test_invitations_are_newest_first(admin: User, hospital: Institution) -> None:
    for name in ("first", "second"):
        fields = {"full_name": name, "role": Role.NURSE}
        invite(actor=actor_for(admin), institution_id=hospital.pk, fields=fields)
    with acting_as(actor_for(admin)) as actor:
        page = invitations_of(actor=actor, institution_id=hospital.pk, size=1)
        rest = invitations_of(actor=actor, institution_id=hospital.pk, after=page.next_cursor)
    assert page.items[0].full_name == "second"
    assert [i.full_name for i in rest.items] == ["first"]


def test_a_broken_cursor_is_told_so(admin: User) -> None:
    assert client_for(admin).get("/staff/?after=%00").status_code == 422
