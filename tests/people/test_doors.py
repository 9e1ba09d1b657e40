"""The second factor that a role demands, and the lock of a shared desktop."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.test import Client

from consortium.kernel import bells, clock
from consortium.kernel.actors import Actor
from consortium.live.queries import actor_of_session
from consortium.people.models import User
from tests.cast import client_for
from tests.factories.people import PASSWORD
from tests.people.test_sign_in import code_of, enrol, sign_in

pytestmark = pytest.mark.usefixtures("fresh_limits")


@pytest.fixture
def demanded(settings: SimpleNamespace) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


def socket_actor(client: Client) -> Actor:
    """Who acts on a socket that is opened with the client's session."""
    return actor_of_session(client.session.session_key or "")


# -- the second factor ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("demanded")
class TestSecondFactor:
    def test_who_has_none_sets_it_up_first(self, nurse: User) -> None:
        client = Client()
        sign_in(client, nurse)
        response = client.get("/")
        assert (response.status_code, response["Location"]) == (302, "/accounts/second-factor/app/")
        assert client.get("/accounts/second-factor/app/").status_code == 200

    @pytest.mark.django_db(transaction=True)
    def test_having_set_it_up_the_session_has_shown_it(self, nurse: User) -> None:
        client = Client()
        sign_in(client, nurse)
        client.get("/accounts/second-factor/app/")
        secret = client.session["mfa.totp.secret"]
        client.post("/accounts/second-factor/app/", {"code": code_of(secret)})
        assert client.get("/account/").status_code == 200
        assert socket_actor(client).second_factor

    def test_who_has_one_but_did_not_show_it_is_asked(self, nurse: User) -> None:
        secret, client = enrol(nurse), client_for(nurse, second_factor=False)
        response = client.get("/staff/?q=a")
        assert response["Location"] == "/accounts/second-factor/code-again/?next=%2Fstaff%2F%3Fq%3Da"
        shown = client.post("/accounts/second-factor/code-again/", {"code": code_of(secret), "next": "/staff/"})
        assert shown["Location"] == "/staff/"
        assert client.get("/staff/").status_code == 200

    def test_sockets_and_files_know_nobody_until_then(self, nurse: User) -> None:
        assert socket_actor(client_for(nurse, second_factor=False)).kind == "anonymous"
        assert socket_actor(client_for(nurse)).user_id == nurse.pk

    def test_scripts_get_a_problem(self, nurse: User) -> None:
        response = client_for(nurse, second_factor=False).get("/live/seqs/", headers={"Accept": "application/json"})
        assert (response.status_code, response.json()["code"]) == (403, "second-factor-needed")

    def test_after_thirty_days_it_is_asked_for_again(self, nurse: User) -> None:
        enrol(nurse)
        client = client_for(nurse)
        with clock.moved(timedelta(days=31)):
            assert client.get("/account/").status_code == 302

    def test_a_role_that_reads_nothing_identified_needs_none(self, region: object, db: None) -> None:
        from consortium.people.states import Role
        from tests.factories.people import make_institution, make_staff

        lecturer = make_staff("lecturer", make_institution(), Role.LECTURER)
        assert client_for(lecturer, second_factor=False).get("/account/").status_code == 200

    def test_who_needs_it_cannot_remove_it(self, nurse: User) -> None:
        enrol(nurse)
        response = client_for(nurse).post("/accounts/second-factor/app/remove/")
        assert "Your role needs it" in response.content.decode()
        assert Authenticator.objects.filter(user=nurse, type="totp").exists()

    def test_signing_out_is_always_possible(self, nurse: User) -> None:
        assert client_for(nurse, second_factor=False).post("/accounts/logout/").status_code == 302


def test_where_it_is_not_demanded_nothing_is_asked(nurse: User) -> None:
    assert client_for(nurse, second_factor=False).get("/account/").status_code == 200


# -- the lock ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def desktop(nurse: User) -> Client:
    """A shared desktop where the nurse has just done something."""
    client = client_for(nurse, shared=True)
    session = client.session
    session["touched_at"] = clock.now().timestamp()
    session.save()
    return client


def test_it_locks_after_ten_minutes_without_anybody(desktop: Client) -> None:
    assert desktop.get("/account/").status_code == 200
    with clock.moved(timedelta(minutes=11)):
        response = desktop.get("/account/")
        assert response.status_code == 423
        assert "nobody was here" in response.content.decode()
        assert socket_actor(desktop).kind == "anonymous"


def test_who_works_stays_unlocked(desktop: Client) -> None:
    for minutes in (8, 16, 24):
        with clock.moved(timedelta(minutes=minutes)):
            assert desktop.get("/account/").status_code == 200


def test_a_page_that_refreshes_itself_is_nobody(desktop: Client) -> None:
    with clock.moved(timedelta(minutes=8)):
        desktop.get("/live/seqs/", headers={"Sec-Fetch-Mode": "cors"})
        desktop.get("/account/", headers={"HX-Request": "true"})
        desktop.post("/", headers={"X-Background": "1"})
    with clock.moved(timedelta(minutes=11)):
        assert desktop.get("/account/").status_code == 423


def test_typing_without_sending_counts_when_the_page_says_so(desktop: Client) -> None:
    with clock.moved(timedelta(minutes=8)):
        assert desktop.post("/session/here/", headers={"Sec-Fetch-Mode": "cors"}).status_code == 204
    with clock.moved(timedelta(minutes=16)):
        assert desktop.get("/account/").status_code == 200


def test_it_locks_at_once_when_told(desktop: Client) -> None:
    assert desktop.post("/session/lock/").status_code == 204
    assert desktop.get("/account/").status_code == 423
    assert desktop.post("/account/", {"full_name": "X"}).status_code == 423
    assert desktop.get("/live/seqs/", headers={"Accept": "application/json"}).json()["code"] == "session-locked"


def test_the_password_opens_it_for_the_script_and_without_one(desktop: Client) -> None:
    desktop.post("/session/lock/")
    assert (
        desktop.post("/session/unlock/", {"password": PASSWORD}, headers={"Accept": "application/json"}).status_code
        == 204
    )
    desktop.post("/session/lock/")
    response = desktop.post("/session/unlock/", {"password": PASSWORD, "next": "/staff/"})
    assert response["Location"] == "/staff/"
    assert desktop.get("/staff/").status_code == 200


def test_another_password_does_not(desktop: Client) -> None:
    desktop.post("/session/lock/")
    response = desktop.post("/session/unlock/", {"password": "wrong"}, headers={"Accept": "application/json"})
    assert response.status_code == 403
    assert desktop.get("/account/").status_code == 423


def test_guessing_at_the_lock_is_limited(desktop: Client, valkey: object) -> None:
    desktop.post("/session/lock/")
    statuses = [
        desktop.post("/session/unlock/", {"password": "wrong"}, headers={"Accept": "application/json"}).status_code
        for _ in range(6)
    ]
    assert statuses[-1] == 429


def test_it_leads_nowhere_else(desktop: Client) -> None:
    desktop.post("/session/lock/")
    response = desktop.post("/session/unlock/", {"password": PASSWORD, "next": "https://evil.example/"})
    assert response["Location"] == "/"


def test_ones_own_device_never_locks(nurse: User) -> None:
    client = client_for(nurse)
    client.post("/session/lock/")
    with clock.moved(timedelta(hours=5)):
        assert client.get("/account/").status_code == 200


def test_signing_out_of_a_locked_desktop_is_possible(desktop: Client) -> None:
    desktop.post("/session/lock/")
    assert desktop.post("/accounts/logout/").status_code == 302
    assert "_auth_user_id" not in desktop.session


def test_every_address_is_locked_but_the_few(desktop: Client) -> None:
    """Whatever comes later is locked by itself."""
    desktop.post("/session/lock/")
    for path in ("/", "/patients/", "/institutions/", "/staff/", "/api/v1/me/", "/notices/", "/nowhere/"):
        assert desktop.get(path).status_code == 423, path


def test_there_is_no_actor_for_a_request_without_a_user() -> None:
    from django.contrib.auth.models import AnonymousUser

    from consortium.people.queries import actor_of_request

    request = HttpRequest()
    request.user, request.session = AnonymousUser(), {}  # type: ignore[assignment]
    assert actor_of_request(request).kind == "anonymous"


@pytest.mark.django_db(transaction=True)
def test_locking_and_signing_out_ring_the_persons_sockets(nurse: User, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr(bells, "_ringers", [lambda rings: rung.extend(topic for topic, _seq in rings)])
    client = client_for(nurse, shared=True)
    session = client.session
    session["touched_at"] = clock.now().timestamp()
    session.save()
    client.post("/session/lock/")
    assert rung.count(f"rights:{nurse.pk}") == 1
    client.post("/accounts/logout/")
    assert rung.count(f"rights:{nurse.pk}") >= 2
