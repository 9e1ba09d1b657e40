"""S10: the headers of every page, errors too; nothing of a child in a title, an address or a cache."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.access.conftest import address, ask
from tests.access.matrix import ROWS
from tests.access.rows import Row
from tests.access.test_matrix import names_in
from tests.access.world import World
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
LOOKED_AT = [row for row in ROWS if row.method == "GET" and row.may]
#: pages that hold nothing of a person, and may be kept by the browser
KEPT = {"manifest", "service_worker", "offline", "api:schema", "api:docs", "demo:styleguide", "demo:styleguide_page"}
KEPT |= {"demo:sample_act", "account_inactive"}
NAMES = ("Lin", "Xiaoyu", "Z-77", "Chen Mei")


def looked_at(world: World, row: Row) -> Any:
    role = row.may.split()[0]
    url = address(world, row, names_in(row.route))
    with transaction.atomic():
        reply = world.clients[role].get(url, headers=dict(row.headers(world)))
        transaction.set_rollback(True)
    return reply


def policy_of(reply: Any) -> dict[str, list[str]]:
    parts = [part.split() for part in reply.headers["Content-Security-Policy"].split(";") if part.strip()]
    return {part[0]: part[1:] for part in parts}


def assert_safe(reply: Any) -> None:
    policy = policy_of(reply)
    assert policy["default-src"] == ["'none'"] or "sandbox" in policy
    assert policy["frame-ancestors"] == ["'none'"]
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "http:"} & {w for ws in policy.values() for w in ws}
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "same-origin"
    assert reply.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert "Server" not in reply.headers


@pytest.mark.parametrize("row", LOOKED_AT, ids=lambda row: row.id)
def test_every_page_has_its_headers(world: World, row: Row) -> None:
    reply = looked_at(world, row)
    assert_safe(reply)
    if row.route not in KEPT:
        assert {"no-store", "private"} & set(reply.headers.get("Cache-Control", "").split(", ")), "may be kept"


@pytest.mark.parametrize("row", [row for row in LOOKED_AT if not row.is_api], ids=lambda row: row.id)
def test_no_title_and_no_address_names_a_child(world: World, row: Row) -> None:
    reply = looked_at(world, row)
    if not reply.headers.get("Content-Type", "").startswith("text/html") or reply.status_code != 200:
        return
    page = reply.content.decode()
    told = re.findall(r"<title>(.*?)</title>", page, re.S) + re.findall(r'(?:href|src|action|hx-\w+)="([^"]*)"', page)
    assert not [text for text in told for name in NAMES if name in text]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing/", 404),
        ("/consultations/00000000-0000-0000-0000-000000000001/", 404),
        ("/institutions/new/", 403),
        ("/patients/find/", 405),
        ("/?after=%00", 422),
        ("/api/v1/nothing/", 404),
        ("/api/v1/institutions/?after=zzz", 422),
        ("/api/v1/token/", 405),
        ("/static/nothing.css", 404),
    ],
)
def test_an_error_has_the_headers_too(world: World, path: str, status: int) -> None:
    reply = world.clients["manager" if status == 405 else "asker"].get(path)
    assert reply.status_code == status
    if not path.startswith("/static/"):
        assert_safe(reply)


def test_a_refused_post_has_the_headers_too(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = world.clients["asker"].cookies
    reply = strict.post("/notices/read/")
    assert reply.status_code == 403
    assert_safe(reply)


def test_a_page_that_breaks_has_the_headers_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("consortium.people.views.staff.queries.staff", broken)
    client = Client(raise_request_exception=False)
    client.cookies = world.clients["asker"].cookies
    reply = client.get("/staff/")
    assert reply.status_code == 500
    assert_safe(reply)


def test_the_cookies_are_for_the_server_alone(world: World, settings: Any) -> None:
    with transaction.atomic():
        reply = Client().post("/accounts/login/", {"login": "asker", "password": PASSWORD})
        transaction.set_rollback(True)
    session = reply.cookies[settings.SESSION_COOKIE_NAME]
    assert session["httponly"]
    assert session["samesite"] == "Lax"


def test_looking_leaves_nothing_behind(world: World) -> None:
    """What the other tests here rely on: a question asked as a role is taken back."""
    row = next(row for row in ROWS if row.route == "people:lock")
    assert ask(world, row, "asker", "/session/lock/") == "yes"
    assert world.clients["asker"].get("/staff/").status_code == 200
