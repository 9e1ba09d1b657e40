"""Notices over the API: the same operations, with problem+json."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from consortium.people.models import User
from tests.cast import client_for
from tests.notices.conftest import Call, Tell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_tries_yet() -> None:
    cache.clear()


def get(client: Client, path: str, **query: Any) -> Any:
    return client.get(f"/api/v1/notices/{path}", query)


def write(client: Client, path: str, body: Any = None, *, method: str = "post", **headers: str) -> Any:
    call: Any = getattr(client, method)
    return call(f"/api/v1/notices/{path}", body or {}, content_type="application/json", headers=headers)


def test_the_inbox_by_pages(tell: Tell, ann: User, bo: User) -> None:
    for n in range(3):
        tell(ann, f"entry:{n}", urgent=n == 0)
    client = client_for(ann)
    page = get(client, "", limit=2).json()
    assert [row["seq"] for row in page["results"]] == [3, 2]
    assert page["results"][0]["text"] == "A question for respiratory waits."
    assert [row["seq"] for row in client.get(page["next"]).json()["results"]] == [1]
    assert [row["seq"] for row in get(client, "", show="urgent").json()["results"]] == [1]
    assert get(client, "", show="x").status_code == 422
    assert get(client_for(bo), "").json() == {"results": [], "next": None}


def test_reading_and_taking_it_back(tell: Tell, ann: User) -> None:
    notice = tell(ann)
    assert notice is not None
    client = client_for(ann)
    assert get(client, f"{notice.pk}/").json()["read_at"] is None
    batch = write(client, "read/").json()
    assert batch["count"] == 1
    assert write(client, f"read/{batch['batch']}/undo/").json()["count"] == 1
    assert write(client, f"{notice.pk}/read/").json()["read_at"] is not None


def test_a_page_is_taken_once(call: Call, ann: User, bo: User) -> None:
    page = call(ann, bo)
    shown = get(client_for(ann), f"pages/{page.pk}/").json()
    assert [(c["name"], c["channel"]) for c in shown["calls"]][:2] == [
        (ann.get_full_name(), "sms"),
        (ann.get_full_name(), "voice"),
    ]
    (action,) = shown["available_actions"]
    assert action["verb"] == "acknowledge"
    taken = client_for(ann).post(action["href"], {}, content_type="application/json").json()
    assert (taken["step"], taken["available_actions"]) == ("acknowledged", [])
    refused = write(client_for(bo), f"pages/{page.pk}/acknowledge/")
    assert (refused.status_code, refused.json()["winner"]) == (409, ann.get_full_name())


def test_preferences(ann: User) -> None:
    client = client_for(ann)
    first = get(client, "preferences/").json()
    assert (first["version"], [c["channel"] for c in first["channels"]]) == (0, ["sms", "voice"])
    body = {
        "quiet_from": "22:00", "quiet_until": "07:00",
        "channels": [{"channel": "sms", "ordinary": True, "urgent": True, "address": "139"}],
    }  # fmt: skip
    kept = write(client, "preferences/", body, method="put")
    assert kept.status_code == 200
    assert kept.json()["quiet_from"] == "22:00:00"
    assert kept.json()["channels"][0] | {"label": ""} == {
        "channel": "sms", "label": "", "ordinary": True, "urgent": True, "address": "139", "reaches": True,
    }  # fmt: skip
    stale = write(client, "preferences/", body, method="put", **{"If-Match": '"1"'})
    assert stale.status_code == 409
    wrong = body | {"channels": [{"channel": "pigeon", "ordinary": True, "urgent": True}]}
    assert write(client, "preferences/", wrong, method="put").json()["fields"].keys() == {"pigeon"}
    assert write(client, "preferences/", body | {"quiet_until": None}, method="put").status_code == 422


@pytest.mark.parametrize("path", ["", "preferences/", "pages/0c3e0f0a-7a51-4d62-8a51-6f0a4b1d6f11/"])
def test_nobody_known_gets_nothing(client: Client, db: None, path: str) -> None:
    assert get(client, path).status_code in (401, 403)


def test_a_stranger_finds_nothing(tell: Tell, call: Call, ann: User, stranger: User) -> None:
    notice, page = tell(ann), call(ann)
    assert notice is not None
    client = client_for(stranger)
    for path in (f"{notice.pk}/", f"pages/{page.pk}/"):
        assert get(client, path).status_code == 404
    for path in (f"{notice.pk}/read/", f"pages/{page.pk}/acknowledge/"):
        assert write(client, path).status_code == 404
