"""Credentials for TURN by coturn's REST scheme."""

from __future__ import annotations

import pytest

from consortium.calls.turn import credentials, ice_servers

#: printf '1433895918:mbzrxpgjys' | openssl dgst -sha1 -hmac north -binary | base64
VECTOR = ("1433895918:mbzrxpgjys", "d2Q1V6JRLjCTMOhoc8cTgEoi7u0=")


def servers(**changed: object) -> list[dict[str, object]]:
    given = {"stun": ["stun:one"], "turn": ["turn:two"], "secret": "north", "name": "me", "expires": 9} | changed
    return ice_servers(**given)  # type: ignore[arg-type]


def test_the_password_is_the_keyed_hash_of_expiry_and_name() -> None:
    assert credentials("north", "mbzrxpgjys", 1433895918) == VECTOR


@pytest.mark.parametrize(("secret", "name", "expires"), [("south", "a", 1), ("north", "b", 1), ("north", "a", 2)])
def test_another_secret_name_or_time_is_another_password(secret: str, name: str, expires: int) -> None:
    assert credentials(secret, name, expires)[1] != credentials("north", "a", 1)[1]


def test_stun_needs_no_credentials() -> None:
    assert servers(turn=[]) == [{"urls": ["stun:one"]}]


def test_turn_carries_them() -> None:
    assert servers(stun=[]) == [
        {"urls": ["turn:two"], "username": "9:me", "credential": credentials("north", "me", 9)[1]}
    ]


def test_without_a_secret_there_is_no_relay() -> None:
    assert servers(secret="", stun=[]) == []
