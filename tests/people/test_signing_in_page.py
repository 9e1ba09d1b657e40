"""The sign-in page is drawn once for all who bring nothing; each gets a token of their own, and nothing of anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from consortium.people.models import User
from consortium.people.views import signing_in
from tests.cast import client_for
from tests.factories.people import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def as_in_production(settings: Any) -> Iterator[None]:
    """Without the demonstration, whose page shows its people."""
    settings.DEMO_MODE = False
    signing_in._pages.clear()
    yield
    signing_in._pages.clear()


def token_in(page: str) -> str:
    found = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page))
    assert len(found) == 1, "all forms of a page carry the visitor's token"
    return str(found.pop())


def page(client: Client | None = None, path: str = LOGIN, **headers: str) -> str:
    reply = (client or Client()).get(path, headers=headers)
    assert reply.status_code == 200
    shown: str = reply.content.decode()
    return shown


def without_token(text: str) -> str:
    return text.replace(token_in(text), "")


def test_the_second_visitor_sees_what_the_first_saw() -> None:
    assert without_token(page()) == without_token(page())
    assert len(signing_in._pages) == 1


def test_the_second_visitor_costs_no_query(django_assert_num_queries: Any) -> None:
    page()
    with django_assert_num_queries(0):
        page()


def test_no_token_is_kept_and_each_visitor_has_their_own() -> None:
    first, second = token_in(page()), token_in(page())
    assert first != second
    assert not [text for text in signing_in._pages.values() if first in text or second in text]


def test_the_token_of_a_kept_page_signs_in(nurse: User) -> None:
    page()
    client = Client(enforce_csrf_checks=True)
    sent = {"login": nurse.username, "password": PASSWORD, "csrfmiddlewaretoken": token_in(page(client))}
    assert client.post(LOGIN, sent).status_code == 302


def test_a_token_of_somebody_else_does_not(nurse: User) -> None:
    client = Client(enforce_csrf_checks=True)
    page(client)
    sent = {"login": nurse.username, "password": PASSWORD, "csrfmiddlewaretoken": token_in(page())}
    assert client.post(LOGIN, sent).status_code == 403


def test_each_language_has_its_page() -> None:
    english, chinese = page(), page(accept_language="zh-hans")
    assert 'lang="en"' in english
    assert 'lang="zh-hans"' in chinese
    assert without_token(page(accept_language="zh-hans")) == without_token(chinese)


def test_each_look_has_its_page_and_an_unknown_one_has_none() -> None:
    for look, shown in (("dark", True), ("light", True), ('x" onload', False)):
        client = Client()
        client.cookies["theme"] = look
        assert (f'data-theme="{look}"' in page(client)) is shown
        assert (f'data-theme="{look}"' in page(client)) is shown
    assert {kind[1] for kind in signing_in._pages} == {"", "dark", "light"}


def test_where_one_wanted_to_go_stays_ones_own() -> None:
    assert "/staff/" in page(path=f"{LOGIN}?next=/staff/")
    assert "/staff/" not in page()
    assert len(signing_in._pages) == 1


def test_what_was_typed_wrong_is_not_kept(nurse: User) -> None:
    reply = Client().post(LOGIN, {"login": nurse.username, "password": "wrong"})
    assert nurse.username in reply.content.decode()
    assert nurse.username not in page()


def test_who_has_a_session_is_not_shown_the_page_of_all(nurse: User) -> None:
    page()
    assert client_for(nurse).get(LOGIN).status_code == 302


@pytest.mark.parametrize("name", ["DEMO_MODE", "DEBUG"])
def test_while_it_may_change_nothing_is_kept(settings: Any, name: str) -> None:
    setattr(settings, name, True)
    page()
    assert signing_in._pages == {}


def test_no_browser_keeps_it_either() -> None:
    for _ in range(2):
        assert "no-store" in Client().get(LOGIN).headers["Cache-Control"]


def test_the_style_sheet_of_another_release_is_another_page(monkeypatch: pytest.MonkeyPatch) -> None:
    page()
    monkeypatch.setattr(signing_in, "static", lambda name: f"/static/{name}?2")
    page()
    assert len(signing_in._pages) == 2
