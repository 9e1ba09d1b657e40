"""Where the sign-in library asks us: who may sign up, when a device is trusted, how its secrets are kept."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.internal.flows import trust
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from consortium.kernel import clock
from consortium.kernel.limits import address
from consortium.kernel.sealing import derive, seal, unseal
from consortium.kernel.templatetags.look import qr
from consortium.people.models import User
from consortium.people.operations.accounts import sessions_ended
from consortium.people.queries import actor_of
from consortium.people.queries.actors import SHARED, TOUCHED, TRUSTED
from consortium.people.states import SECOND_FACTOR_ROLES

_STAGE = "consortium.people.adapters.SecondFactorStage"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come from invitations only; e-mail is not needed for anything."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address(request)

    def get_login_stages(self) -> list[str]:
        """The second factor alone: whether the device is one's own was asked together with the password."""
        return [_STAGE]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not again within five minutes of any proof, the sign-in itself among them."""
        request = self.request
        records = get_authentication_records(request, request.user)
        newest = max((float(r["at"]) for r in records), default=0.0)
        return bool(clock.now().timestamp() - newest > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        request.session[TOUCHED] = clock.now().timestamp()

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """On one's own device the second factor is asked for once in 30 days; the language follows the person."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        shown = any(r.get("method") == "mfa" for r in get_authentication_records(request, user))
        if shown and not request.session.get(SHARED):
            trust.trust_browser(request, user, response)
        if user.language:
            keep_language(response, user.language)
        return response

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            sessions_ended(actor=actor_of(user), user=user, verb="sign-out")


def keep_language(response: HttpResponse, language: str) -> None:
    """Let this browser speak `language` from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    """Asks for the code, but not on one's own device that showed it within 30 days. On a shared one always."""

    def _should_handle(self, request: HttpRequest) -> bool:
        if request.session.get(SHARED):
            return bool(Authenticator.objects.filter(user=self.login.user, type=Authenticator.Type.TOTP).exists())
        asked = bool(super()._should_handle(request))
        if not asked and (since := _trusted_since(request, self.login.user)):
            request.session[TRUSTED] = since
        return asked


def _trusted_since(request: HttpRequest, user: Any) -> int | None:
    """When this device showed the second factor (seconds since 1970); None when it is not trusted."""
    fingerprint = trust.create_config_fingerprint(user)
    return max((t.at for t in trust.decode_trust_cookie(request) if t.fingerprint == fingerprint), default=None)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps are sealed at rest; who must have a second factor can't remove it."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(_factor_key(), text.encode(), "second-factor")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(_factor_key(), base64.b64decode(encrypted_text), "second-factor").decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not (settings.SECOND_FACTOR_REQUIRED and actor_of(authenticator.user).has(*SECOND_FACTOR_ROLES))

    def build_totp_svg(self, url: str) -> str:
        """Without a size of its own, in the page's colours: the style sheet gives both."""
        return str(qr(url))


def _factor_key() -> bytes:
    return derive(settings.SEALING_KEY, "second-factor")


class SessionAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]
    """Signing out other devices closes their sockets, and stands in the journal."""

    def end_sessions(self, sessions: Any) -> None:
        ended = list(sessions)
        super().end_sessions(ended)
        if ended:
            user = ended[0].user
            sessions_ended(actor=actor_of(user), user=user, verb="sign-out-devices", devices=len(ended))
