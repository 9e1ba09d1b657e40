"""Showing again who you are."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from consortium.kernel import clock
from consortium.kernel.proof import OPEN_WITHIN, SEND_WITHIN, freshly_proven, prove_again, proven
from consortium.people.models import User


def asked(method: str, *ages: float, path: str = "/people/export/?all=1") -> HttpRequest:
    """A request of somebody who showed a proof that many seconds ago, each time."""
    request = getattr(RequestFactory(), method)(path)
    records = [{"method": "password", "at": clock.now().timestamp() - age} for age in ages]
    request.user = User(username="somebody")
    whose = {"account_authentication_methods_user": str(request.user.pk)}
    request.session = {"account_authentication_methods": records, **whose}
    return request  # type: ignore[no-any-return]


def test_a_page_opens_within_five_minutes() -> None:
    assert OPEN_WITHIN == 300
    assert proven(asked("get", OPEN_WITHIN - 5))


def test_a_page_does_not_open_after_five_minutes() -> None:
    assert not proven(asked("get", OPEN_WITHIN + 1))


def test_looking_at_the_headers_is_opening() -> None:
    assert not proven(asked("head", OPEN_WITHIN + 1))


def test_what_was_begun_may_be_sent_within_twenty_minutes() -> None:
    assert SEND_WITHIN == 1200
    assert proven(asked("post", SEND_WITHIN - 5))


def test_what_was_begun_may_not_be_sent_later() -> None:
    assert not proven(asked("post", SEND_WITHIN + 1))


def test_the_newest_proof_counts() -> None:
    assert proven(asked("get", 9000, 10))


def test_without_a_proof_nothing_is_proven() -> None:
    assert not proven(asked("get"))


def test_a_record_without_a_time_proves_nothing() -> None:
    request: Any = asked("get")
    request.session["account_authentication_methods"] = [{"method": "password"}]
    assert not proven(request)


@freshly_proven
def export(request: HttpRequest, *names: str) -> HttpResponse:
    return HttpResponse(" ".join(names))


def test_who_proved_it_reaches_the_view() -> None:
    assert export(asked("get", 10), "all", "rows").content == b"all rows"


def test_who_did_not_is_asked_first() -> None:
    assert export(asked("get"))["Location"].startswith("/accounts/reauthenticate/")


def test_and_comes_back_to_the_page_with_its_query() -> None:
    assert export(asked("get"))["Location"].endswith("?next=%2Fpeople%2Fexport%2F%3Fall%3D1")


def test_the_way_back_may_be_another_page() -> None:
    assert prove_again(asked("get"), "/people/")["Location"].endswith("?next=%2Fpeople%2F")


def test_the_view_keeps_its_name() -> None:
    assert export.__name__ == "export"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_every_write_is_a_sending(method: str) -> None:
    assert proven(asked(method, OPEN_WITHIN + 60))
