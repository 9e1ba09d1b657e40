"""Who calls the API: the bearer of a token, or a signed-in browser."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotPermitted
from consortium.kernel.proof import SEND_WITHIN, proven
from consortium.people.models import User
from consortium.people.operations.tokens import bearer


@dataclass(frozen=True, slots=True)
class Bearer:
    """What `request.auth` holds of a call with a token."""

    actor: Actor
    issued_at: datetime


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer pct_...`. A token that is not good is refused, whatever the session says."""

    def authenticate(self, request: Request) -> tuple[User, Bearer] | None:
        kind, _space, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if not kind:
            return None
        found = bearer(secret.strip()) if kind.lower() == "bearer" else None
        if found is None:
            raise AuthenticationFailed
        user, actor, issued_at = found
        return user, Bearer(actor, issued_at)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class SignedIn(SessionAuthentication):
    """The browser's session, with the CSRF token on every write."""


class _TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "consortium.people.api.callers.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class _SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "consortium.people.api.callers.SignedIn"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        # In production; elsewhere its name carries the port, so that two installations on one machine do not mix.
        return {"type": "apiKey", "in": "cookie", "name": "__Host-session"}


# -- proving it again ---------------------------------------------------------------------------------------------


class ProofNeeded(NotPermitted):
    """As on the web: who gets which role is decided by somebody who has just shown who they are.

    `renew` in the problem is where the caller does so: a page for a browser, the token's address for a program.
    """

    code = "reauthentication-needed"
    default = _("Show again who you are: with the password in the browser, or with a new token.")


def require_recent_proof(request: Request) -> None:
    """A session that proved itself within the last minutes, or a token as young as that."""
    if isinstance(request.auth, Bearer):
        renew, recent = "api:token", request.auth.issued_at > clock.now() - timedelta(seconds=SEND_WITHIN)
    else:
        renew, recent = "account_reauthenticate", proven(request._request)
    if not recent:
        raise ProofNeeded(detail={"renew": reverse(renew), "valid_seconds": SEND_WITHIN})
