"""People over the API: who calls, tokens, oneself, institutions, departments, staff and invitations."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.actors import Actor
from consortium.kernel.api import ApiView, Input, Output, described
from consortium.people.models import ApiToken, User
from consortium.people.operations.tokens import bearer, issue_token, prove, revoke_token

# -- who calls ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bearer:
    """What `request.auth` holds of a call with a token."""

    actor: Actor


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer pct_...`. A token that is not good is refused, whatever the session says."""

    def authenticate(self, request: Request) -> tuple[User, Bearer] | None:
        kind, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if not kind:
            return None
        found = bearer(secret.strip()) if kind.lower() == "bearer" else None
        if found is None:
            raise AuthenticationFailed
        return found[0], Bearer(found[1])

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class SignedIn(SessionAuthentication):
    """The browser's session, with the CSRF token on every write."""


class _TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "consortium.people.api.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class _SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "consortium.people.api.SignedIn"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        from django.conf import settings

        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


# -- tokens -------------------------------------------------------------------------------------------------------


class TokenInput(Input):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    code = serializers.CharField(
        max_length=20, required=False, default="", allow_blank=True, help_text="Of the second factor, if there is one."
    )
    name = serializers.CharField(
        max_length=60, required=False, default="", allow_blank=True, help_text="What the token is for."
    )


class TokenShown(Output):
    id = serializers.UUIDField()
    name = serializers.CharField()
    second_factor = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)


class TokenIssued(Output):
    id = serializers.UUIDField()
    token = serializers.CharField(help_text="Shown this once.")
    expires_at = serializers.DateTimeField()


_TOKEN = ("id", "name", "second_factor", "created_at", "expires_at", "last_used_at", "revoked_at")


class TokenIssue(ApiView):
    permission_classes = ()
    rate = "token"

    def get_authenticators(self) -> list[BaseAuthentication]:
        """None: credentials are in the body, and a browser's cookie must not count for them."""
        return []

    @described("Get a token for a name, a password and a code", takes=TokenInput, gives=TokenIssued, status=201,
               public=True)  # fmt: skip
    def post(self, request: Request) -> Response:
        given = self.given(TokenInput)
        name = given.pop("name")
        user, second_factor = prove(request._request, **given)
        token, secret = issue_token(user=user, second_factor=second_factor, name=name)
        return self.created({"id": token.pk, "token": secret, "expires_at": token.expires_at})


class Tokens(ApiView):
    @described("My tokens", gives=TokenShown, page=True)
    def get(self, request: Request) -> Response:
        return self.page(ApiToken.objects.values(*_TOKEN), order=("-created_at", "id"), row=dict)


class TokenEnd(ApiView):
    @described("Revoke one of my tokens", status=204)
    def delete(self, request: Request, token_id: UUID) -> Response:
        revoke_token(actor=self.actor, token_id=token_id)
        return self.done()


urlpatterns = [
    path("token/", TokenIssue.as_view(), name="token"),
    path("tokens/", Tokens.as_view(), name="tokens"),
    path("tokens/<uuid:token_id>/", TokenEnd.as_view(), name="token-revoke"),
]
