"""The world of the matrix, built once for all its tests, and asking as each role."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from tests.access.rows import ALLOWED, SIGN_IN, Row
from tests.access.world import World, build

_ARGS = {
    "institution_id": "hospital", "department_id": "department", "seat_id": "seat", "invitation_id": "invitation",
    "link_id": "reset", "service_id": "service", "patient_id": "patient", "other_id": "other_patient",
    "measurement_id": "measurement", "guardian_id": "guardian", "review_id": "review",
    "grant_id": "grant", "merge_id": "merge", "pathway_id": "pathway",
    "upload_id": "upload", "copy_id": "clean_copy", "notice_id": "notice", "page_id": "page",
    "shift_id": "shift", "swap_id": "swap", "handover_id": "handover", "calendar_id": "calendar", "slot_id": "slot",
    "export_id": "export", "rule_id": "rule", "booking_id": "booking", "resource_id": "room",
}  # fmt: skip


@pytest.fixture(scope="package")
def media_of_the_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def media_of_this_test(settings: Any, media_of_the_world: Path) -> None:
    """The files of the world, for all the tests here."""
    settings.MEDIA_ROOT = media_of_the_world


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any, media_of_the_world: Path) -> Iterator[World]:
    """In one transaction that is taken back at the end; each question is taken back by itself."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(MEDIA_ROOT=media_of_the_world):
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def without_limits(settings: Any) -> None:
    """A row asks fifteen times in a second; the limits have tests of their own."""
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, (10**6, 60))
    settings.ACCOUNT_RATE_LIMITS = False
    cache.clear()


def address(world: World, row: Row, names: list[str]) -> str:
    """The row's address: its own arguments, the case at its step, the rest from the world."""
    own = dict(row.args(world))
    found: dict[str, Any] = {}
    for name in names:
        if name in own:
            found[name] = own[name]
        elif name == "case_id":
            found[name] = world.case[row.at].pk
        elif name == "attachment_id":
            found[name] = world.attachment["received"].pk
        elif name == "user_id":
            found[name] = world.people["specialist"].pk
        else:
            found[name] = getattr(world, _ARGS[name]).pk
    query = (
        "?" + row.query.format(**world.rows, **{step: case.pk for step, case in world.case.items()})
        if row.query
        else ""
    )
    return reverse(row.route, kwargs=found) + query


def ask(world: World, row: Row, role: str, url: str, method: str = "") -> str:
    """What `role` is told: yes, sign-in, or the status as text. Nothing of it stays."""
    client, method = world.clients[role], method or row.method
    headers, kept = dict(row.headers(world)), deepcopy(client.cookies)
    with transaction.atomic():
        call = getattr(client, method.lower())
        body = dict(row.body(world))
        if method in ("GET", "HEAD"):
            reply = call(url, headers=headers)
        elif row.is_api:
            reply = call(url, body, content_type="application/json", headers=headers)
        else:
            reply = call(url, body, headers=headers) if method == "POST" else call(url, headers=headers)
        transaction.set_rollback(True)
    client.cookies = kept
    return outcome(reply)


def outcome(reply: Any) -> str:
    if reply.status_code == 401 or (reply.status_code == 302 and "/accounts/login/" in reply.headers["Location"]):
        return SIGN_IN
    if reply.status_code < 400 or (reply.status_code == 422 and not is_problem(reply)):
        return ALLOWED
    return str(reply.status_code)


def is_problem(reply: Any) -> bool:
    """Not the form that comes back with what lacks (422 too), but a refusal."""
    if not reply.headers.get("Content-Type", "").startswith("text/html"):
        return True
    return any(template.name == "422.html" for template in reply.templates)
