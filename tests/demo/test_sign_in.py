"""One-click sign-in: in demo mode, from this machine, as the demonstration's people with their known password."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from consortium.people.models import User
from tests.factories.people import make_user

NEAR: dict[str, Any] = {"HTTP_HOST": "localhost:8000", "SERVER_PORT": "8000"}


@pytest.fixture
def community_doctor(db: None) -> User:
    return make_user("community")


def click(username: str, **extra: Any) -> int:
    return Client().post(f"/demo/sign-in/{username}/", **{**NEAR, **extra}).status_code


def test_one_click_signs_in(community_doctor: User) -> None:
    client = Client()
    assert client.post("/demo/sign-in/community/", **NEAR)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(community_doctor.pk)


@pytest.mark.parametrize(
    "far",
    [
        {"REMOTE_ADDR": "192.168.1.20"},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"HTTP_FORWARDED": "for=203.0.113.9"},
        {"HTTP_HOST": "testserver"},
    ],
)
def test_not_from_elsewhere(community_doctor: User, far: dict[str, str]) -> None:
    assert click("community", **far) == 404
    assert "demo/sign-in" not in Client().get("/accounts/login/", **{**NEAR, **far}).content.decode()


def test_not_outside_demo_mode(community_doctor: User, settings: SimpleNamespace) -> None:
    settings.DEMO_MODE = False
    assert click("community") == 404


def test_not_as_somebody_who_is_no_part_of_it(db: None) -> None:
    make_user("somebody-real")
    assert click("somebody-real") == 404


def test_not_once_the_password_is_their_own(community_doctor: User) -> None:
    community_doctor.set_password("a sentence of my own")
    community_doctor.save()
    assert click("community") == 404


def test_the_sign_in_page_offers_each_role(db: None) -> None:
    page = Client().get("/accounts/login/", **NEAR).content.decode()
    assert page.count("/demo/sign-in/") == 16


def test_each_role_is_shown_with_its_persons_name_in_the_readers_language(db: None) -> None:
    page = Client().get("/accounts/login/", **NEAR).content.decode()
    for role, name in (("Community doctor", "Lin Yue"), ("District doctor", "Chen Bo"), ("Auditor", "Shi Jing")):
        assert f'{role}<span class="small soft">{name}</span>' in page
    chinese = Client().get("/accounts/login/", headers={"Accept-Language": "zh-hans"}, **NEAR).content.decode()
    assert "林悦" in chinese
    assert "Lin Yue" not in chinese
