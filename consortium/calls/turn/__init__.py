"""Time-limited credentials for STUN and TURN, after coturn's REST scheme. Pure: no Django.

The scheme (draft-uberti-behave-turn-rest-00, section 2.2; coturn's ``use-auth-secret``): username is
``<unix time of expiry>:<name>``, password is base64(HMAC-SHA1(shared secret, username)).
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any


def credentials(secret: str, name: str, expires: int) -> tuple[str, str]:
    """(username, password) that a TURN server with the same `secret` takes until `expires` (Unix seconds)."""
    username = f"{expires}:{name}"
    mac = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(mac).decode()


def ice_servers(
    *, stun: Sequence[str], turn: Sequence[str], secret: str, name: str, expires: int
) -> list[dict[str, Any]]:
    """The `iceServers` of an RTCPeerConnection; TURN only where a secret is set."""
    servers: list[dict[str, Any]] = [{"urls": list(stun)}] if stun else []
    if turn and secret:
        username, password = credentials(secret, name, expires)
        servers.append({"urls": list(turn), "username": username, "credential": password})
    return servers
