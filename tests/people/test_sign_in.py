"""Signing in: enumeration, lock-out, second factor, trusted devices, devices signed out."""

import re
from datetime import timedelta
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from consortium.journal.models import Entry
from consortium.kernel import clock
from consortium.people.models import User
from consortium.people.operations.factors import counter_now, use_code
from tests.cast import client_for
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.usefixtures("fresh_limits")
LOGIN = "/accounts/login/"


def sign_in(client: Client, user: User, *, password: str = PASSWORD, shared: bool = False) -> HttpResponse:
    fields = {"login": user.username, "password": password, **({"shared": "on"} if shared else {})}
    response: HttpResponse = client.post(LOGIN, fields)  # type: ignore[assignment]
    return response


def enrol(user: User) -> str:
    """Give the user an authenticator app; returns its secret."""
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code_of(secret: str, *, later: int = 0) -> str:
    code: str = format_hotp_value(hotp_value(secret, counter_now() + later))
    return code


def test_a_right_password_leads_to_the_worklist_and_into_the_journal(nurse: User) -> None:
    response = sign_in(Client(), nurse)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert Entry.unscoped.get(verb="sign-in").facts == {"second_factor": False, "shared_device": False}


def test_the_session_key_changes_at_sign_in(nurse: User) -> None:
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key
    sign_in(client, nurse)
    assert client.session.session_key != before


@pytest.mark.parametrize("name", ["nurse", "nobody-of-this-name"])
def test_whether_a_name_exists_is_not_told(nurse: User, name: str) -> None:
    """The same words, the same status, and the same work: exactly one hash either way."""
    with (
        mock.patch.object(
            Argon2PasswordHasher, "encode", autospec=True, side_effect=Argon2PasswordHasher.encode
        ) as new,
        mock.patch.object(
            Argon2PasswordHasher, "verify", autospec=True, side_effect=Argon2PasswordHasher.verify
        ) as old,
    ):
        response = Client().post(LOGIN, {"login": name, "password": "wrong"})
    text = re.sub(r'value="[^"]*"', "", response.content.decode())
    assert response.status_code == 200
    assert "username and/or password you specified are not correct" in text
    assert (new.call_count, old.call_count) in {(1, 0), (0, 1)}


def test_too_many_wrong_passwords_lock_the_name_out_even_for_the_right_one(nurse: User, valkey: object) -> None:
    client = Client()
    for _ in range(5):
        sign_in(client, nurse, password="wrong")
    response = sign_in(client, nurse)
    assert response.status_code == 200
    assert "Too many failed login attempts" in response.content.decode()
    assert Entry.unscoped.filter(verb="sign-in-failed").count() == 5


def test_nobody_signs_up(db: None) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    for path in ("/accounts/signup/", "/accounts/password/reset/", "/accounts/email/", "/admin/"):
        assert Client().get(path).status_code in (302, 404)


def test_a_closed_account_is_told_so_only_with_the_right_password(nurse: User) -> None:
    nurse.is_active = False
    nurse.save()
    assert sign_in(Client(), nurse)["Location"] == "/accounts/inactive/"
    assert sign_in(Client(), nurse, password="wrong").status_code == 200


def test_the_second_factor_is_asked_for_and_then_trusted_on_ones_own_device(nurse: User) -> None:
    secret, client = enrol(nurse), Client()
    assert sign_in(client, nurse)["Location"].startswith("/accounts/second-factor/code/")
    assert "_auth_user_id" not in client.session
    client.post("/accounts/second-factor/code/", {"code": code_of(secret)})
    assert client.session["_auth_user_id"] == str(nurse.pk)
    client.post("/accounts/logout/")
    assert sign_in(client, nurse)["Location"] == "/"
    assert Entry.unscoped.filter(verb="sign-in").latest("id").facts["second_factor"] is True


def test_a_shared_desktop_asks_each_time_and_forgets_when_it_closes(nurse: User) -> None:
    secret, client = enrol(nurse), Client()
    sign_in(client, nurse)
    client.post("/accounts/second-factor/code/", {"code": code_of(secret)})
    client.post("/accounts/logout/")
    assert sign_in(client, nurse, shared=True)["Location"].startswith("/accounts/second-factor/code/")
    client.post("/accounts/second-factor/code/", {"code": code_of(secret, later=1)})
    assert client.session["shared_device"] is True
    assert client.session.get_expire_at_browser_close()


def test_a_code_is_good_once(nurse: User) -> None:
    secret = enrol(nurse)
    code = code_of(secret)
    assert use_code(user=nurse, code=code) is not None
    assert use_code(user=nurse, code=code) is None


def test_an_older_code_is_refused_after_a_newer_one(nurse: User) -> None:
    secret = enrol(nurse)
    assert use_code(user=nurse, code=code_of(secret, later=1)) is not None
    assert use_code(user=nurse, code=code_of(secret)) is None


def test_a_telephone_may_be_half_a_minute_off_but_not_more(nurse: User) -> None:
    secret = enrol(nurse)
    assert use_code(user=nurse, code=code_of(secret, later=2)) is None
    assert use_code(user=nurse, code=code_of(secret, later=-2)) is None
    assert use_code(user=nurse, code=code_of(secret, later=-1)) is not None


def test_a_recovery_code_is_crossed_out(nurse: User) -> None:
    enrol(nurse)
    spare = Authenticator.objects.get(user=nurse, type="recovery_codes").wrap().get_unused_codes()[0]
    assert use_code(user=nurse, code=spare) is not None
    assert use_code(user=nurse, code=spare) is None


def test_a_replayed_code_does_not_sign_in(nurse: User) -> None:
    secret = enrol(nurse)
    code = code_of(secret)
    use_code(user=nurse, code=code)
    client = Client()
    sign_in(client, nurse)
    assert client.post("/accounts/second-factor/code/", {"code": code}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_the_secret_of_the_app_is_sealed_at_rest(nurse: User) -> None:
    secret = enrol(nurse)
    assert secret not in str(Authenticator.objects.get(user=nurse, type="totp").data)


def test_a_changed_password_signs_the_other_devices_out(nurse: User) -> None:
    other, mine = Client(), Client()
    sign_in(other, nurse), sign_in(mine, nurse)
    new = "a long sentence is easy"
    mine.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert mine.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
    assert Entry.unscoped.get(verb="change-password").event == "people.SessionsEnded"


def test_one_device_is_signed_out_from_another(nurse: User) -> None:
    other, mine = Client(), Client()
    sign_in(other, nurse), sign_in(mine, nurse)
    session = UserSession.objects.get(session_key=other.session.session_key)
    mine.post(f"/account/devices/{session.pk}/end/")
    assert other.get("/account/").status_code == 302
    assert mine.get("/account/").status_code == 200


def test_a_device_of_somebody_else_is_hidden(nurse: User, asker: User) -> None:
    theirs = Client()
    sign_in(theirs, asker)
    session = UserSession.objects.get(user=asker)
    assert client_for(nurse).post(f"/account/devices/{session.pk}/end/").status_code == 404
    assert theirs.get("/account/").status_code == 200


def test_all_other_devices_are_signed_out_at_once(nurse: User) -> None:
    others, mine = [Client(), Client()], Client()
    for client in [*others, mine]:
        sign_in(client, nurse)
    mine.post("/accounts/devices/")
    assert [c.get("/account/").status_code for c in [*others, mine]] == [302, 302, 200]
    assert Entry.unscoped.get(verb="sign-out-devices").facts == {"devices": 2}


def test_signing_out_rings_the_persons_sockets(nurse: User) -> None:
    client = client_for(nurse)
    client.post("/accounts/logout/")
    assert Entry.unscoped.get(verb="sign-out").event == "people.SessionsEnded"


def test_trust_ends_after_thirty_days(nurse: User) -> None:
    secret, client = enrol(nurse), Client()
    sign_in(client, nurse)
    client.post("/accounts/second-factor/code/", {"code": code_of(secret)})
    client.post("/accounts/logout/")
    later = mock.patch("time.time", return_value=(clock.now() + timedelta(days=31)).timestamp())
    with later:
        assert sign_in(client, nurse)["Location"].startswith("/accounts/second-factor/code/")
