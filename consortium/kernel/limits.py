"""Rate limits: a fixed window for each person, or for each address when nobody is signed in.

The limits stand in ``settings.RATE_LIMITS`` as name -> (times, seconds). They fall open: while Redis is away each
process counts by itself, and nobody is refused for want of a counter.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

from consortium.kernel.errors import TooMany

if TYPE_CHECKING:
    from consortium.kernel.valkey import ForgivingCache


def spend(name: str, who: str) -> None:
    """Count one use of ``name`` by ``who``; raises TooMany (``detail["retry_after"]`` in seconds) past the limit."""
    times, seconds = settings.RATE_LIMITS[name]
    window, passed = divmod(time.time(), seconds)
    key = f"limit:{name}:{int(window)}:{who}"
    if _count(key, seconds) > times:
        raise TooMany(detail={"retry_after": max(1, round(seconds - passed))})


def _count(key: str, seconds: int) -> int:
    return cast("ForgivingCache", caches["default"]).count(key, seconds + 1)


def spender(request: HttpRequest) -> str:
    """Who is asking: the person's id, else the address that our own proxies report."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return f"address:{address(request)}"


def address(request: HttpRequest) -> str:
    """The client's address. Only as many X-Forwarded-For entries are believed as we have proxies of our own."""
    hops = settings.TRUSTED_PROXY_COUNT
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))
