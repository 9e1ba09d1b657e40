"""Who gets which role is decided by somebody who has just shown who they are: on the pages and over the API alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from consortium.kernel import clock
from consortium.kernel.proof import OPEN_WITHIN, SEND_WITHIN
from consortium.people.models import Institution, Membership, User
from consortium.people.operations.tokens import issue_token
from consortium.people.states import Role
from tests.cast import client_for
from tests.factories.people import PASSWORD, make_staff

pytestmark = pytest.mark.django_db

LATER = timedelta(seconds=SEND_WITHIN + 1)
SOON = timedelta(seconds=SEND_WITHIN - 5)


@pytest.fixture(autouse=True)
def no_tries_yet() -> None:
    cache.clear()


@pytest.fixture
def seat(hospital: Institution) -> Membership:
    """A nurse's, whose role and place are to be changed."""
    return Membership.unscoped.get(user=make_staff("nina", hospital, Role.NURSE))


Call = Callable[[Client, dict[str, str]], Any]


def _post(client: Client, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
    return client.post(path, body, content_type="application/json", headers=headers)


def give(seat: Membership) -> Call:
    path = reverse("api:seats", args=[seat.institution_id])
    body = {"user_id": str(seat.user_id), "role": "lecturer"}
    return lambda client, headers: _post(client, path, body, headers)


def change(seat: Membership) -> Call:
    path, body = reverse("api:seat-role", args=[seat.pk]), {"role": "lecturer", "version": seat.version}
    return lambda client, headers: _post(client, path, body, headers)


def move(seat: Membership) -> Call:
    path = reverse("api:seat-move", args=[seat.pk])
    body = {"institution_id": str(seat.institution_id), "version": seat.version}
    return lambda client, headers: _post(client, path, body, headers)


def invite(seat: Membership) -> Call:
    path = reverse("api:invitations", args=[seat.institution_id])
    body = {"full_name": "New Nurse", "role": "nurse"}
    return lambda client, headers: _post(client, path, body, headers)


def close(seat: Membership) -> Call:
    path, body = reverse("api:institution-close", args=[seat.institution_id]), {"version": seat.institution.version}
    return lambda client, headers: _post(client, path, body, headers)


GRANTS = [give, change, move, invite]
grants = pytest.mark.parametrize("act", GRANTS, ids=lambda act: act.__name__)


def bearer(user: User) -> dict[str, str]:
    _token, secret = issue_token(user=user, second_factor=True)
    return {"Authorization": f"Bearer {secret}"}


# -- a session ------------------------------------------------------------------------------------------------------


@grants
def test_a_session_proven_just_now_grants(admin: User, seat: Membership, act: Callable[[Membership], Call]) -> None:
    assert act(seat)(client_for(admin), {}).status_code in (200, 201)


@grants
def test_a_session_proven_within_the_time_to_send_grants(
    admin: User, seat: Membership, act: Callable[[Membership], Call]
) -> None:
    client = client_for(admin)
    with clock.moved(SOON):
        assert act(seat)(client, {}).status_code in (200, 201)


@grants
def test_an_older_session_is_asked_to_prove_it_again(
    admin: User, seat: Membership, act: Callable[[Membership], Call]
) -> None:
    client = client_for(admin)
    with clock.moved(LATER):
        reply = act(seat)(client, {})
    assert (reply.status_code, reply.json()["code"]) == (403, "reauthentication-needed")


@grants
def test_and_nothing_was_changed(admin: User, seat: Membership, act: Callable[[Membership], Call]) -> None:
    before = list(Membership.unscoped.order_by("pk").values_list("pk", "role", "ends_on", "version"))
    client = client_for(admin)
    with clock.moved(LATER):
        act(seat)(client, {})
    assert list(Membership.unscoped.order_by("pk").values_list("pk", "role", "ends_on", "version")) == before


def test_the_problem_tells_a_browser_where_to_prove_it(admin: User, seat: Membership) -> None:
    client = client_for(admin)
    with clock.moved(LATER):
        reply = give(seat)(client, {})
    assert reply["Content-Type"] == "application/problem+json"
    told = reply.json()
    assert (told["renew"], told["valid_seconds"]) == (reverse("account_reauthenticate"), SEND_WITHIN)


def test_once_proven_again_the_same_request_goes_through(admin: User, seat: Membership) -> None:
    client = client_for(admin)
    session = client.session
    session["account_authentication_methods"] = [
        {**proof, "at": proof["at"] - SEND_WITHIN - 1} for proof in session["account_authentication_methods"]
    ]
    session.save()
    assert give(seat)(client, {}).status_code == 403
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    assert give(seat)(client, {}).status_code == 201


# -- a token ----------------------------------------------------------------------------------------------------------


@grants
def test_a_young_token_grants(admin: User, seat: Membership, act: Callable[[Membership], Call]) -> None:
    assert act(seat)(Client(), bearer(admin)).status_code in (200, 201)


@grants
def test_an_old_token_is_sent_for_a_new_one(admin: User, seat: Membership, act: Callable[[Membership], Call]) -> None:
    headers = bearer(admin)
    with clock.moved(LATER):
        reply = act(seat)(Client(), headers)
    assert (reply.status_code, reply.json()["renew"]) == (403, reverse("api:token"))


def test_an_old_token_still_reads(admin: User) -> None:
    headers = bearer(admin)
    with clock.moved(LATER):
        assert Client().get(reverse("api:staff"), headers=headers).status_code == 200


def test_an_old_token_still_takes_a_role_away(admin: User, seat: Membership) -> None:
    """To shut somebody out must never wait for a password."""
    headers = bearer(admin)
    path = reverse("api:person-suspend", args=[seat.institution_id, seat.user_id])
    with clock.moved(LATER):
        assert _post(Client(), path, {}, headers).status_code == 200


def test_an_old_session_ends_a_seat(admin: User, seat: Membership) -> None:
    client = client_for(admin)
    with clock.moved(LATER):
        reply = _post(client, reverse("api:seat-end", args=[seat.pk]), {"version": seat.version}, {})
    assert reply.status_code == 200


def test_a_proof_gives_no_right(specialist: User, seat: Membership) -> None:
    reply = give(seat)(client_for(specialist), {})
    assert (reply.status_code, reply.json()["code"]) == (403, "not-permitted")


@pytest.fixture
def far_seat(unrelated: Institution) -> Membership:
    return Membership.unscoped.select_related("institution").get(user=make_staff("far", unrelated, Role.NURSE))


def test_closing_an_institution_takes_a_fresh_proof_too(manager: User, far_seat: Membership) -> None:
    client = client_for(manager)
    with clock.moved(LATER):
        assert close(far_seat)(client, {}).json()["code"] == "reauthentication-needed"


def test_with_it_the_institution_closes(manager: User, far_seat: Membership) -> None:
    assert close(far_seat)(client_for(manager), {}).status_code == 200


# -- the pages -------------------------------------------------------------------------------------------------------


def _page(name: str, seat: Membership) -> str:
    if name == "seat_new":
        return reverse("people:seat_new", args=[seat.institution_id, seat.user_id])
    if name == "invite":
        return reverse("people:invite", args=[seat.institution_id])
    return reverse(f"people:{name}", args=[seat.pk])


pages = pytest.mark.parametrize("name", ["seat_new", "seat_role", "seat_move", "invite"])


@pages
def test_a_page_that_grants_opens_for_who_has_just_proven_it(admin: User, seat: Membership, name: str) -> None:
    assert client_for(admin).get(_page(name, seat)).status_code == 200


@pages
def test_later_it_asks_first_and_comes_back_here(admin: User, seat: Membership, name: str) -> None:
    client, path = client_for(admin), _page(name, seat)
    with clock.moved(timedelta(seconds=OPEN_WITHIN + 1)):
        reply = client.get(path)
    assert reply.status_code == 302
    assert reply["Location"].startswith(reverse("account_reauthenticate"))
    assert path.replace("/", "%2F") in reply["Location"]


@pages
def test_what_was_begun_in_time_may_be_sent_a_while_later(admin: User, seat: Membership, name: str) -> None:
    client = client_for(admin)
    with clock.moved(timedelta(seconds=OPEN_WITHIN + 1)):
        assert client.post(_page(name, seat), {}).status_code != 302
