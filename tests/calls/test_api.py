"""Calls over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consortium.calls.models import Room, Seat
from consortium.casework.models import Case
from consortium.kernel import clock
from consortium.people.models import User
from tests.cast import client_for

pytestmark = pytest.mark.django_db


def asked(user: User, path: str, *, post: bool = False) -> Any:
    client, url = client_for(user), f"/api/v1/calls/{path}"
    return client.post(url, content_type="application/json") if post else client.get(url)


def test_the_calls_of_a_case(room: Room, case: Case, asker: User) -> None:
    [row] = asked(asker, f"cases/{case.pk}/").json()["results"]
    assert (row["id"], row["step"]) == (str(room.pk), "open")


def test_one_call_with_its_seats_and_what_one_may_do(room: Room, seat: Seat, asker: User) -> None:
    whole = asked(asker, f"{room.pk}/").json()
    assert sorted(one["role"] for one in whole["seats"]) == ["asker", "specialist"]
    assert [act["verb"] for act in whole["available_actions"]] == ["invite", "end"]


def test_call_join_invite_leave_end(case: Case, asker: User) -> None:
    made = asked(asker, f"cases/{case.pk}/", post=True)
    room = f"{made.json()['id']}/"
    verbs = ("open/", "join/", "invite/", "uninvite/", "leave/", "end/")
    said = [asked(asker, room + verb, post=True) for verb in verbs]
    assert [made.status_code, *(one.status_code for one in said)] == [201, 200, 200, 200, 204, 204, 200]
    assert "/calls/g/" in said[2].json()["url"]
    assert said[-1].json()["cause"] == "no_answer"


def test_the_list_asks_as_often_for_three_as_for_one(room: Room, case: Case, asker: User) -> None:
    client = client_for(asker)
    path = f"/api/v1/calls/cases/{case.pk}/"
    client.get(path)
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counted.append(len(queries))
        now = clock.now()
        Room.unscoped.bulk_create(
            Room(case=case, step="planned", created_at=now, starts_at=now, ends_at=now.replace(year=now.year + 1))
            for _ in range(2)
        )
    assert counted == [9, 9]
