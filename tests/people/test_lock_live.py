"""A shared desktop that is locked: its sockets close in that moment, those of other devices stay."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from consortium.kernel import clock
from consortium.live.consumers.page import SIGNED_OUT
from consortium.people.models import User
from consortium.people.queries.actors import TOUCHED
from tests.cast import client_for
from tests.factories.people import PASSWORD
from tests.live.conftest import Door
from tests.live.server import WebProcess
from tests.live.visitor import door, web

__all__ = ["door", "web"]
pytestmark = pytest.mark.django_db(transaction=True)


def shared_desktop(user: User) -> Client:
    """A desktop that others use too, at which somebody was just now."""
    client = client_for(user, shared=True)
    session = client.session
    session[TOUCHED] = clock.now().timestamp()
    session.save()
    return client


def cookie(client: Client) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def test_locking_closes_the_sockets_of_that_desktop_at_once(web: WebProcess, door: Door, asker: User) -> None:
    client = shared_desktop(asker)
    page = door.open(cookie=cookie(client))
    page.listen(f"desk:{asker.pk}")
    client.post(reverse("people:lock"))
    assert page.close_code() == SIGNED_OUT


def test_ones_own_telephone_goes_on(web: WebProcess, door: Door, asker: User) -> None:
    desktop, own = shared_desktop(asker), client_for(asker)
    page = door.open(cookie=cookie(own))
    page.listen(f"desk:{asker.pk}")
    desktop.post(reverse("people:lock"))
    page.say(do="ping")
    assert page.hear_until(did="pong")


def test_unlocked_it_opens_again(web: WebProcess, door: Door, asker: User) -> None:
    client = shared_desktop(asker)
    client.post(reverse("people:lock"))
    assert client.post(reverse("people:unlock"), {"password": PASSWORD}).status_code == 302
    assert door.open(cookie=cookie(client)).listen(f"desk:{asker.pk}")["did"] == "listen"
