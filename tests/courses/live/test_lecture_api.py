"""The same over the API: a lecture is planned, announced, registered for and given."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from consortium.kernel import clock
from consortium.people.models import Institution, User
from courses.live.models import Lecture
from tests.cast import client_for
from tests.courses.library.test_api import send

pytestmark = pytest.mark.django_db


def said(place: Institution, **more: Any) -> dict[str, Any]:
    begins = (clock.now() + timedelta(days=2)).isoformat()
    return {"institution_id": str(place.pk), "title_en": "Seizures", "starts_at": begins, **more}


def test_a_lecture_is_planned_announced_and_given(lecturer: User, hospital: Institution) -> None:
    client = client_for(lecturer)
    made = send(client, "POST", "lectures", said(hospital, minutes=45), status=201)
    assert (made["step"], made["available_actions"]) == ("draft", ["edit", "announce", "cancel"])
    changed = {"title_zh": "惊厥", "version": made["version"]}
    made = send(client, "PATCH", "lecture", changed, made["id"])
    assert made["lecturers"] == [lecturer.get_full_name()]
    for verb, step in (("announce", "announced"), ("open", "live"), ("end", "ended"), ("reopen", "live")):
        assert send(client, "POST", "lecture-act", {}, made["id"], verb)["step"] == step


def test_a_lecture_is_cancelled_with_its_reason(lecturer: User, lecture: Lecture) -> None:
    client = client_for(lecturer)
    assert send(client, "POST", "lecture-act", {}, lecture.pk, "cancel", status=422)
    made = send(client, "POST", "lecture-act", {"reason": "Ill"}, lecture.pk, "cancel")
    assert (made["step"], made["reason"], made["available_actions"]) == ("cancelled", "Ill", [])


def test_there_is_no_other_act(lecturer: User, lecture: Lecture) -> None:
    send(client_for(lecturer), "POST", "lecture-act", {}, lecture.pk, "sing", status=422)


def test_what_somebody_else_changed_is_a_conflict(lecturer: User, lecture: Lecture) -> None:
    send(client_for(lecturer), "PATCH", "lecture", {"title_zh": "惊厥", "version": 7}, lecture.pk, status=409)


def test_one_finds_registers_and_gives_up(listener: User, lecture: Lecture) -> None:
    client = client_for(listener)
    (found,) = send(client, "GET", "lectures")["results"]
    assert (found["title"], found["registered"]) == ("Fever with a rash", False)
    seat = send(client, "POST", "lecture-seats", {}, lecture.pk, status=201)
    send(client, "POST", "lecture-seats", {}, lecture.pk)
    shown = send(client, "GET", "lecture", None, lecture.pk)
    assert (shown["seats"], shown["taken"], shown["may_watch"]) == ([seat], 1, False)
    send(client, "DELETE", "lecture-seat", None, seat["id"], status=204)
    assert send(client, "GET", "lecture", None, lecture.pk)["seats"] == []


def test_a_room_says_which(listener: User, lecture: Lecture) -> None:
    client = client_for(listener)
    send(client, "POST", "lecture-seats", {"kind": "classroom"}, lecture.pk, status=422)
    made = send(client, "POST", "lecture-seats", {"kind": "classroom", "place": "Room 2"}, lecture.pk, status=201)
    assert made["place"] == "Room 2"


@pytest.mark.parametrize(("shelf", "status"), [("past", 200), ("nowhere", 422)])
def test_the_list_is_narrowed(listener: User, lecture: Lecture, shelf: str, status: int) -> None:
    assert client_for(listener).get(reverse("api:lectures"), {"shelf": shelf}).status_code == status
