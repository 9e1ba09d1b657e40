"""How pages reach each other, and how a guardian's device is recognised."""

from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from consortium.calls.states import LONGEST_CALL
from consortium.calls.turn import ice_servers
from consortium.kernel import clock

GUEST_COOKIE: Final = "__Host-guest" if settings.PRODUCTION else "guest"


def device_secret(cookie_header: str) -> str:
    """The guardian's device secret in a Cookie header; "" when there is none."""
    try:
        morsel = SimpleCookie(cookie_header).get(GUEST_COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def servers_for(seat_id: UUID) -> list[dict[str, Any]]:
    """ICE servers whose credentials last as long as a call may."""
    expires = int((clock.now() + LONGEST_CALL + timedelta(hours=1)).timestamp())
    return ice_servers(
        stun=settings.STUN_URLS, turn=settings.TURN_URLS, secret=settings.TURN_SECRET, name=seat_id.hex, expires=expires
    )
