"""Tokens: the same proofs as a sign-in, hashed, expiring, revocable, gone with the password."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.people.models import ApiToken, User
from tests.cast import client_for
from tests.factories.people import PASSWORD

URL = "/api/v1/token/"


@pytest.fixture(autouse=True)
def forget_tries() -> None:
    cache.clear()


def ask(**body: str) -> Any:
    return Client().post(URL, body, content_type="application/json")


def token_of(user: User) -> str:
    reply = ask(username=user.username, password=PASSWORD)
    assert reply.status_code == 201, reply.content
    return str(reply.json()["token"])


def me(token: str) -> Any:
    return Client().get("/api/v1/tokens/", headers={"Authorization": f"Bearer {token}"})


def totp_code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))


def test_a_token_acts_as_its_person(asker: User) -> None:
    reply = me(token_of(asker))
    assert reply.status_code == 200
    assert len(reply.json()["results"]) == 1


def test_only_the_hash_is_kept(asker: User) -> None:
    secret = token_of(asker)
    row = ApiToken.unscoped.get(user=asker)
    assert secret.encode() not in bytes(row.token_hash)
    assert Entry.unscoped.filter(verb="token-issue", actor=asker).count() == 1


@pytest.mark.parametrize(
    "credentials",
    [
        {"username": "asker", "password": "wrong"},
        {"username": "nobody", "password": PASSWORD},
    ],
)
def test_wrong_name_and_wrong_password_look_the_same(asker: User, credentials: dict[str, str]) -> None:
    reply = ask(**credentials)
    assert (reply.status_code, reply.json()["code"]) == (401, "not-proven")
    assert reply.headers["Content-Type"] == "application/problem+json"


def test_somebody_suspended_gets_no_token_and_loses_the_old_one(asker: User) -> None:
    token = token_of(asker)
    User.objects.filter(pk=asker.pk).update(is_active=False)
    assert ask(username="asker", password=PASSWORD).status_code == 401
    assert me(token).status_code == 401


def test_failures_lock_out_here_and_on_the_sign_in_page(asker: User) -> None:
    statuses = [ask(username="asker", password="wrong").status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert ask(username="asker", password=PASSWORD).status_code == 429
    page = Client().post("/accounts/login/", {"login": "asker", "password": PASSWORD})
    assert page.status_code in (200, 429)
    assert "_auth_user_id" not in Client().session


def test_a_second_factor_is_asked_for_and_not_taken_twice(asker: User) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(asker, secret)
    without = ask(username="asker", password=PASSWORD)
    assert (without.status_code, without.json()["code"]) == (401, "second-factor-needed")
    wrong = ask(username="asker", password=PASSWORD, code="000000")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "second-factor-wrong")
    code = totp_code(secret)
    assert ask(username="asker", password=PASSWORD, code=code).status_code == 201
    assert ask(username="asker", password=PASSWORD, code=code).status_code == 401
    assert ApiToken.unscoped.get(user=asker).second_factor


def test_a_recovery_code_works_once(asker: User) -> None:
    TOTP.activate(asker, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    code = RecoveryCodes.activate(asker).get_unused_codes()[0]
    assert Authenticator.objects.filter(user=asker).count() == 2
    assert ask(username="asker", password=PASSWORD, code=code).status_code == 201
    assert ask(username="asker", password=PASSWORD, code=code).status_code == 401


def test_where_the_second_factor_is_a_duty_an_account_without_gets_no_token(asker: User, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    reply = ask(username="asker", password=PASSWORD)
    assert (reply.status_code, reply.json()["code"]) == (401, "second-factor-needed")
    assert not ApiToken.unscoped.exists()


def test_a_token_expires(asker: User) -> None:
    token = token_of(asker)
    with clock.moved(timedelta(days=91)):
        assert me(token).status_code == 401


def test_a_changed_password_ends_it(asker: User) -> None:
    token = token_of(asker)
    asker.set_password("another long password")
    asker.save()
    assert me(token).status_code == 401


def test_a_revoked_token_is_refused_even_beside_a_session(asker: User) -> None:
    token = token_of(asker)
    row = ApiToken.unscoped.get(user=asker)
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().delete(f"/api/v1/tokens/{row.pk}/", headers=headers).status_code == 204
    assert client_for(asker).get("/api/v1/tokens/", headers=headers).status_code == 401


def test_another_person_s_token_is_not_there(asker: User, stranger: User) -> None:
    token_of(asker)
    row = ApiToken.unscoped.get(user=asker)
    assert client_for(stranger).delete(f"/api/v1/tokens/{row.pk}/").status_code == 404
    assert client_for(stranger).get("/api/v1/tokens/").json()["results"] == []


def test_a_session_needs_the_csrf_token_to_write(asker: User) -> None:
    token_of(asker)
    row = ApiToken.unscoped.get(user=asker)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client_for(asker).cookies
    reply = strict.delete(f"/api/v1/tokens/{row.pk}/")
    assert (reply.status_code, reply.json()["status"]) == (403, 403)
    assert ApiToken.unscoped.get(pk=row.pk).revoked_at is None
