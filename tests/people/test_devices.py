"""The list of a person's devices is kept by each sign-in, at the same price however many there are."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consortium.kernel import clock
from consortium.people.models import User
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.usefixtures("fresh_limits")
FIELDS = {"password": PASSWORD}


def sign_in(user: User) -> int:
    """How many statements it took."""
    with CaptureQueriesContext(connection) as asked:
        assert Client().post("/accounts/login/", {"login": user.username, **FIELDS}).status_code == 302
    return len(asked)


def test_each_sign_in_is_a_device(nurse: User) -> None:
    sign_in(nurse)
    sign_in(nurse)
    assert UserSession.objects.filter(user=nurse).count() == 2


def test_many_devices_cost_a_sign_in_no_statement_more(nurse: User) -> None:
    sign_in(nurse)
    second = sign_in(nurse)
    sign_in(nurse)
    assert sign_in(nurse) == second


def test_a_device_whose_session_is_gone_leaves_the_list(nurse: User) -> None:
    sign_in(nurse)
    Session.objects.all().delete()
    sign_in(nurse)
    assert UserSession.objects.filter(user=nurse).count() == 1


def test_so_does_one_whose_session_ran_out(nurse: User) -> None:
    sign_in(nurse)
    Session.objects.update(expire_date=clock.now())
    sign_in(nurse)
    assert UserSession.objects.filter(user=nurse).count() == 1


def test_those_of_others_are_left_alone(nurse: User, asker: User) -> None:
    sign_in(asker)
    Session.objects.all().delete()
    sign_in(nurse)
    assert UserSession.objects.filter(user=asker).count() == 1
