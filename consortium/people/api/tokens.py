"""Tokens for programs: get one, list one's own, revoke."""

from uuid import UUID

from django.urls import path
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from consortium.kernel.api import ApiView, Input, Output, described
from consortium.people.models import ApiToken
from consortium.people.operations.tokens import issue_token, prove, revoke_token


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
