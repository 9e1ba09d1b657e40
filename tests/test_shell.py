"""The frame of a page knows its reader, and nothing of anybody else."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse

from consortium.kernel.actors import ANONYMOUS, Actor, Seat
from consortium.people.models import Institution, Membership, User
from consortium.people.queries.actors import LOCKED, SHARED
from consortium.people.states import Role
from consortium.shell import frame


def _request(role: str | None = None, session: dict[str, object] | None = None) -> HttpRequest:
    request = RequestFactory().get("/")
    user = User(username="lin", full_name="Dr Lin Yue")
    request.user = user
    request.session = session or {}  # type: ignore[assignment]
    request.actor = ANONYMOUS  # type: ignore[attr-defined]
    if role:
        place = Institution(name_en="Yanghang centre", name_zh="杨行中心", tier=1)
        user.held_seats = [Membership(user=user, institution=place, role=role)]
        seat = Seat(role, place.pk, None)
        request.actor = Actor("person", user_id=user.pk, name="Dr Lin", seats=frozenset({seat}))  # type: ignore[attr-defined]
    return request


def test_a_visitor_has_no_frame() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert frame(request) == {}


def test_an_error_before_sign_in_was_read_has_no_frame() -> None:
    assert frame(RequestFactory().get("/")) == {}


def test_who_asks_sees_where() -> None:
    assert frame(_request(Role.ASKER))["ask_url"] == "/consultations/new/"


def test_who_does_not_ask_sees_nothing() -> None:
    assert frame(_request(Role.AUDITOR))["ask_url"] == ""


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (Role.ASKER, ["Worklist", "Patients", "Manual", "Courses"]),
        (Role.SPECIALIST, ["Worklist", "Patients", "Manual", "Courses"]),
        (Role.NURSE, ["Worklist", "Patients", "Manual", "Courses"]),
        (Role.COORDINATOR, ["Worklist", "Manual", "Courses"]),
        (Role.CONSORTIUM_MANAGER, ["Institutions", "Measures", "Courses"]),
        (Role.INSTITUTION_ADMIN, ["Staff", "Courses"]),
        (Role.PRIVACY_OFFICER, ["Emergency access", "Who read a record", "Courses"]),
        (Role.AUDITOR, ["Journal", "Who read a record", "Courses"]),
        (Role.LECTURER, ["Manual", "Courses", "Lectures"]),
        (Role.PHARMACIST, ["Manual", "Courses"]),
        (Role.TRAINING_ADMIN, ["Build courses", "Courses", "Lectures"]),
    ],
)
def test_the_bar_shows_only_what_one_may_open(role: str, labels: list[str]) -> None:
    assert [str(place["label"]) for place in frame(_request(role))["places"]] == labels


def test_the_place_where_one_is_is_marked() -> None:
    assert [place["here"] for place in frame(_request(Role.ASKER))["places"]] == [True, False, False, False]


def test_the_seat_is_said_in_words() -> None:
    assert frame(_request(Role.ASKER))["user_seat"] == "Community or district clinician, Yanghang centre"


def test_without_a_seat_there_are_no_words() -> None:
    assert frame(_request())["user_seat"] == ""


def test_ones_own_device_does_not_lock() -> None:
    assert frame(_request())["shared_desktop"] is False
    assert frame(_request())["session_locked"] is False


def test_a_shared_desktop_locks() -> None:
    shown = frame(_request(session={SHARED: True, LOCKED: True}))
    assert shown["shared_desktop"] is True
    assert shown["session_locked"] is True


def test_the_minutes_are_the_settings(settings: SimpleNamespace) -> None:
    settings.SHARED_DESKTOP_LOCK_MINUTES = 3
    assert frame(_request())["idle_minutes"] == 3


# -- who is sent on from the first screen ----------------------------------------------------------------------------

_SENT_ON = {
    Role.CONSORTIUM_MANAGER: "people:institutions",
    Role.PRIVACY_OFFICER: "patients:grants",
    Role.AUDITOR: "journal:entries",
    Role.INSTITUTION_ADMIN: "people:own_staff",
}


def _at(path: str, role: str) -> HttpRequest:
    request = _request(role)
    request.path = path
    return request


@pytest.mark.parametrize("role", _SENT_ON)
def test_on_the_page_that_holds_ones_work_the_first_place_is_marked(role: Role) -> None:
    assert frame(_at(reverse(_SENT_ON[role]), role))["places"][0]["here"] is True


def test_an_admin_at_the_staff_of_their_own_institution_stands_at_the_first_place() -> None:
    request = _request(Role.INSTITUTION_ADMIN)
    (seat,) = request.actor.seats  # type: ignore[attr-defined]
    request.path = reverse("people:staff", args=[seat.institution_id])
    assert frame(request)["places"][0]["here"] is True


def test_at_the_staff_of_another_institution_they_do_not() -> None:
    path = reverse("people:staff", args=["00000000-0000-0000-0000-000000000001"])
    assert frame(_at(path, Role.INSTITUTION_ADMIN))["places"][0]["here"] is False


def test_who_works_on_cases_stands_at_the_worklist_alone() -> None:
    assert frame(_at(reverse("patients:grants"), Role.ASKER))["places"][0]["here"] is False


@pytest.mark.parametrize("role", _SENT_ON)
def test_the_menu_knows_what_the_bar_shows_already(role: Role) -> None:
    shown = frame(_request(role))["shown_urls"]
    assert "/" in shown
    assert reverse(_SENT_ON[role]) in shown


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "name"), [("privacy", "patients:grants"), ("auditor", "journal:entries")])
def test_no_page_offers_the_same_place_twice(request: pytest.FixtureRequest, who: str, name: str) -> None:
    from tests.cast import client_for

    page = client_for(request.getfixturevalue(who)).get(reverse(name)).content.decode()
    menu = page.partition('<div id="user-menu"')[2].partition("</form>")[0]
    assert f'href="{reverse(name)}"' not in menu
    assert f'href="{reverse("patients:watch")}"' not in menu
