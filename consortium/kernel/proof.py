"""Showing again who you are, before what hurts: exports, erasing, emergency access."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from consortium.kernel import clock

#: a page that needs the proof opens within 5 minutes of it; what was begun there may be sent within 20
OPEN_WITHIN: Final = 300
SEND_WITHIN: Final = 1200

View = Callable[..., HttpResponse]


def proven(request: HttpRequest) -> bool:
    """Whether this session has shown a password, a passkey or a code just now."""
    within = OPEN_WITHIN if request.method in ("GET", "HEAD") else SEND_WITHIN
    records = get_authentication_records(request, request.user)
    shown = [float(record["at"]) for record in records if "at" in record]
    return bool(shown) and max(shown) + within > clock.now().timestamp()


def prove_again(request: HttpRequest, back: str = "") -> HttpResponse:
    """To the page that asks for the password or a code, and from there to `back` (this page unless told)."""
    asked = reverse("account_reauthenticate")
    return redirect(f"{asked}?{urlencode({'next': back or request.get_full_path()})}")


def freshly_proven(view: View) -> View:
    """Only for who has shown just now who they are; others are asked first and then come back to this page."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if proven(request) else prove_again(request)

    return wrapped
