"""Short-lived addresses of media: who may fetch what until when is in the address, and only one session can use it.

A token is `<until>.<who>.<mark>`: seconds since 1970 in hex, the person's id, and an HMAC over both, the film and the
session's key. The key comes with the request's cookie, so an address that somebody copies out of a session is worth
nothing in another one.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

_MARK_BYTES = 15


@dataclass(frozen=True)
class Grant:
    """`film`: the id of one generation of a film; `until`: seconds since 1970."""

    film: UUID
    user: UUID
    until: int


def token(key: bytes, grant: Grant, session: str) -> str:
    return f"{grant.until:x}.{grant.user.hex}.{_mark(key, grant, session)}"


def granted(key: bytes, text: str, *, film: UUID, session: str, now: float) -> Grant | None:
    """What `text` grants in this session now; None for anything that is not exactly what `token` made."""
    pieces = text.split(".")
    if len(pieces) != 3 or not session:
        return None
    try:
        grant = Grant(film, UUID(pieces[1]), int(pieces[0], 16))
    except ValueError:
        return None
    right = hmac.compare_digest(pieces[2].encode(), _mark(key, grant, session).encode())
    return grant if right and grant.until > now else None


def binding(session: str) -> str:
    """What stands for a session in the record of what it fetched: its key cannot be found from it."""
    return hashlib.sha256(f"media:{session}".encode()).hexdigest()[:32]


def _mark(key: bytes, grant: Grant, session: str) -> str:
    said = f"{grant.film}|{grant.user}|{grant.until}|{session}".encode()
    return base64.urlsafe_b64encode(hmac.digest(key, said, "sha256")[:_MARK_BYTES]).decode()
