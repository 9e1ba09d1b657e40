"""Each request finds its person by one statement, and nobody once they are no longer active."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consortium.people.backends import Passwords
from consortium.people.models import User
from tests.cast import client_for

pytestmark = pytest.mark.django_db


def test_the_person_of_a_session_is_found_by_one_statement(asker: User) -> None:
    with CaptureQueriesContext(connection) as captured:
        found = Passwords().get_user(asker.pk)
    assert (found, len(captured)) == (asker, 1)
    assert found is not None and found.full_name == asker.full_name


def test_another_person_comes_by_the_same_words(asker: User, specialist: User) -> None:
    assert [Passwords().get_user(user.pk) for user in (asker, specialist)] == [asker, specialist]


def test_an_id_of_nobody_finds_nobody() -> None:
    assert Passwords().get_user(uuid4()) is None


def test_who_is_no_longer_active_is_nobody_at_the_next_request(asker: User) -> None:
    client = client_for(asker)
    assert client.get("/notices/").status_code == 200
    User.objects.filter(pk=asker.pk).update(is_active=False)
    assert Passwords().get_user(asker.pk) is None
    assert client.get("/notices/").status_code == 302
