"""What the sign-in library tells goes into the journal, and what ends sessions reaches open sockets."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import password_changed, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_login_failed
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import system
from consortium.people.models import User
from consortium.people.operations.accounts import sessions_ended
from consortium.people.operations.factors import counter_now
from consortium.people.queries import actor_of, proven_at
from consortium.people.queries.actors import SHARED


def listen() -> None:
    """Connect to the library's signals, once."""
    user_logged_in.connect(signed_in, dispatch_uid="people")
    user_login_failed.connect(sign_in_failed, dispatch_uid="people")
    password_changed.connect(password_was_changed, dispatch_uid="people")
    authenticator_added.connect(factor_added, dispatch_uid="people")
    authenticator_removed.connect(factor_removed, dispatch_uid="people")
    authenticator_reset.connect(factor_renewed, dispatch_uid="people")


def signed_in(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    twice, shared = proven_at(request) is not None, bool(request.session.get(SHARED))
    with transaction.atomic():
        record(
            actor=actor_of(user, second_factor=twice), verb="sign-in", subject=user,
            facts={"second_factor": twice, "shared_device": shared},
        )  # fmt: skip


def device_signed_in(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """One device more in the person's list, and those whose session is over leave it: one statement for all of them.
    A session that a new password has ended goes when the list is looked at."""
    going_on = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=clock.now())
    UserSession.objects.filter(~Exists(going_on), user=user).delete()
    UserSession.objects.create_from_request(request)


def sign_in_failed(sender: object, credentials: dict[str, Any], **kwargs: Any) -> None:
    """Only for a name that exists: what else was typed may be a password in the wrong field."""
    user = User.objects.filter(username__iexact=credentials.get("username") or "").first()
    if user is not None:
        with transaction.atomic():
            record(actor=system("a sign-in failed"), verb="sign-in-failed", subject=user)


def password_was_changed(sender: object, user: User, **kwargs: Any) -> None:
    """Django ends the other sessions, for their mark is the old password's; the sockets look again now."""
    sessions_ended(actor=actor_of(user), user=user, verb="change-password")


def factor_added(sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Who sets up a second factor has just typed its code: this session has shown it."""
    if authenticator.type == Authenticator.Type.TOTP:
        authenticator.data["last_counter"] = counter_now()
        authenticator.save(update_fields=["data"])
        record_authentication(request, user, method="mfa", type="totp", id=authenticator.pk)
    _note(user, "second-factor-add", authenticator)


def factor_removed(sender: object, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _note(user, "second-factor-remove", authenticator)


def factor_renewed(sender: object, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _note(user, "second-factor-renew", authenticator)


def _note(user: User, verb: str, authenticator: Authenticator) -> None:
    with transaction.atomic():
        record(actor=actor_of(user), verb=verb, subject=user, facts={"kind": str(authenticator.type)})
