"""The frame of a page knows its reader, and nothing of anybody else."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

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
        (Role.ASKER, ["Worklist", "Patients"]),
        (Role.SPECIALIST, ["Worklist", "Patients"]),
        (Role.NURSE, ["Worklist", "Patients"]),
        (Role.COORDINATOR, ["Worklist"]),
        (Role.CONSORTIUM_MANAGER, ["Institutions"]),
        (Role.INSTITUTION_ADMIN, ["Staff"]),
        (Role.PRIVACY_OFFICER, ["Emergency access", "Who read a record"]),
        (Role.AUDITOR, ["Journal", "Who read a record"]),
        (Role.LECTURER, []),
    ],
)
def test_the_bar_shows_only_what_one_may_open(role: str, labels: list[str]) -> None:
    assert [str(place["label"]) for place in frame(_request(role))["places"]] == labels


def test_the_place_where_one_is_is_marked() -> None:
    assert [place["here"] for place in frame(_request(Role.ASKER))["places"]] == [True, False]


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
