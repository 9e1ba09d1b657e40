"""Pages of a call: who reaches them, what they show, and what they never tell."""

from __future__ import annotations

import pytest

from consortium.calls.models import Room
from consortium.people.models import User
from tests.cast import client_for

pytestmark = pytest.mark.django_db


def test_the_lobby_offers_to_join(room: Room, asker: User) -> None:
    reply = client_for(asker).get(f"/calls/{room.pk}/")

    assert reply.status_code == 200
    assert "Join the call" in reply.text
