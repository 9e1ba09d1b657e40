"""Tokens for programs: asked for with the same proofs as a sign-in, hashed, expiring, revocable."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import DomainError, NotVisible, TooMany
from consortium.people.models import ApiToken, User
from consortium.people.operations.factors import use_code
from consortium.people.queries import actor_of, lacks_second_factor

PREFIX = "pct_"
_LASTS = timedelta(days=90)
_SEEN_EVERY = timedelta(hours=1)


class NotProven(DomainError):
    """Name, password or code did not fit; which of name and password is never said."""

    status, code = 401, "not-proven"
    default = _("The name or the password is not right.")


class SecondFactorNeeded(NotProven):
    code = "second-factor-needed"
    default = _("Send the code of your second factor too.")


def digest(secret: str) -> bytes:
    """What is kept of a token; its 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).digest()


def prove(request: HttpRequest, *, username: str, password: str, code: str = "") -> tuple[User, bool]:
    """Who this is, and whether by a second factor too; counts failures together with those of the sign-in page."""
    try:
        user = get_adapter().authenticate(request, username=username, password=password)
    except ValidationError as error:
        raise TooMany() from error
    if not isinstance(user, User) or not user.is_active:
        raise NotProven()
    return user, _proven_twice(request, user, code)


def _proven_twice(request: HttpRequest, user: User, code: str) -> bool:
    """False for an account without a second factor; raises when there is one and `code` does not fit."""
    from allauth.mfa.base.internal.flows import check_rate_limit

    factors = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
    if not factors:
        return False
    if not code:
        raise SecondFactorNeeded()
    try:
        forget = check_rate_limit(user)
    except ValidationError as error:
        raise TooMany() from error
    fits = use_code(user=user, code=code)
    if fits is None:
        raise SecondFactorNeeded(_("This code is not right, or was used already."), code="second-factor-wrong")
    fits.record_usage()
    forget()
    return True


@transaction.atomic
def issue_token(*, user: User, second_factor: bool, name: str = "") -> tuple[ApiToken, str]:
    """A new token for somebody who has proven who they are: (row, the secret, shown this once)."""
    actor = actor_of(user, second_factor=second_factor)
    if lacks_second_factor(actor):
        raise SecondFactorNeeded(_("Your role needs a second factor: set one up in the browser first."))
    secret = PREFIX + secrets.token_urlsafe(32)
    now = clock.now()
    token = ApiToken(
        user=user, name=name, token_hash=digest(secret), password_mark=user.get_session_auth_hash(),
        second_factor=second_factor, created_at=now, expires_at=now + _LASTS,
    )  # fmt: skip
    token.save(force_insert=True)
    record(actor=actor, verb="token-issue", subject=token)
    return token, secret


@transaction.atomic
def revoke_token(*, actor: Actor, token_id: UUID) -> ApiToken:
    """End one's own token now; ending it twice is no error."""
    token: ApiToken | None = ApiToken.objects.select_for_update().filter(pk=token_id).first()
    if token is None:
        raise NotVisible()
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        record(actor=actor, verb="token-revoke", subject=token)
    return token


def bearer(secret: str) -> tuple[User, Actor, datetime] | None:
    """Whose token this is, who acts with it and since when; None when it is none, or has ended with the password."""
    with acting_as(system("reading a token")):
        token = ApiToken.objects.running().select_related("user").filter(token_hash=digest(secret)).first()
        if token is None or not token.user.is_active:
            return None
        if not hmac.compare_digest(token.password_mark, token.user.get_session_auth_hash()):
            return None
        _seen(token)
    return token.user, actor_of(token.user, second_factor=token.second_factor), token.created_at


def _seen(token: ApiToken) -> None:
    now = clock.now()
    if token.last_used_at is None or token.last_used_at < now - _SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
