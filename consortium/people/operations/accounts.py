"""One's own account: profile, appearance, language, sessions; and the link for a lost password."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible, Taken
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.people.events import SessionsEnded
from consortium.people.models import ResetLink, User
from consortium.people.operations.invitations import LinkEnded, checked_password
from consortium.people.policies import may_reset

RESET_LASTS = timedelta(hours=24)
PROFILE_FIELDS = ("full_name", "full_name_zh", "title", "licence_number", "phone", "language")


def _me(actor: Actor) -> User:
    user = User.objects.select_for_update(no_key=True).filter(pk=actor.user_id).first()
    if user is None:
        raise NotVisible()
    return user


@transaction.atomic
def save_profile(*, actor: Actor, fields: Mapping[str, Any]) -> User:
    """Change what others see of oneself. Answers signed before keep the name and title they were signed with."""
    user = _me(actor)
    given = {n: fields[n] for n in PROFILE_FIELDS if n in fields}
    changed = {n: [getattr(user, n), new] for n, new in given.items() if getattr(user, n) != new}
    for name, (_old, new) in changed.items():
        setattr(user, name, new)
    if changed:
        user.save(update_fields=list(changed))
        record(actor=actor, verb="edit", subject=user, changes=changed, facts={"fields": sorted(changed)})
    return user


def set_preference(*, actor: Actor, name: str, value: str) -> None:
    """`name`: language or theme. Not an act on anything: nothing is journalled."""
    if name not in ("language", "theme"):
        raise KeyError(name)
    User.objects.filter(pk=actor.user_id).update(**{name: value})


# -- sessions ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def end_session(*, actor: Actor, session_id: int) -> UserSession:
    """Sign out one of one's own devices; its sockets close."""
    session: UserSession | None = UserSession.objects.filter(pk=session_id, user_id=actor.user_id).first()
    if session is None:
        raise NotVisible()
    session.end()
    sessions_ended(actor=actor, user=User.objects.get(pk=actor.user_id), verb="sign-out-device")
    return session


@transaction.atomic
def sessions_ended(*, actor: Actor, user: User, verb: str, **facts: Any) -> None:
    """Say in the journal that sessions of `user` ended (or began: `verb` tells), and let open sockets look again."""
    record(actor=actor, verb=verb, subject=user, facts=facts or None, event=SessionsEnded(user.pk))


# -- a lost password --------------------------------------------------------------------------------------------------


@transaction.atomic
def issue_reset(
    *, actor: Actor, user_id: UUID, drops_second_factor: bool = False, key: UUID | None = None
) -> ResetLink:
    """A link by which the person sets a new password within a day; earlier links of theirs end."""
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotVisible()
    require(may_reset(actor, user))
    earlier = unfiltered(ResetLink, why="one open link a person").filter(user=user).open()
    if key is None or not earlier.filter(request_key=key).exists():
        earlier.update(revoked_at=clock.now())
    link, fresh = once(
        ResetLink, actor=actor, key=key, make=lambda: _link(actor, user, key, drops_second_factor=drops_second_factor)
    )
    if fresh:
        record(actor=actor, verb="reset-link", subject=user, facts={"drops_second_factor": drops_second_factor})
    return link


def _link(actor: Actor, user: User, key: UUID | None, *, drops_second_factor: bool) -> ResetLink:
    now = clock.now()
    link = ResetLink(
        user=user, drops_second_factor=drops_second_factor, created_at=now, expires_at=now + RESET_LASTS,
        created_by_id=actor.author_id, **({"request_key": key} if key else {}),
    )  # fmt: skip
    link.token_hash = ResetLink.hash_of(link.token())
    link.save(force_insert=True)
    return link


@transaction.atomic
def use_reset(*, token: str, password: str) -> User:
    """Set the new password, once; all sessions of the person end. Raises NotVisible, Taken, LinkEnded, InvalidInput."""
    rows = unfiltered(ResetLink, why="whoever holds the link may set the password")
    link: ResetLink | None = rows.select_for_update(of=("self",)).filter(token_hash=ResetLink.hash_of(token)).first()
    if link is None:
        raise NotVisible()
    if link.used_at is not None:
        raise Taken(LinkEnded.default, code="used")
    if link.revoked_at is not None or link.expires_at <= clock.now():
        raise LinkEnded()
    user = User.objects.select_for_update(no_key=True).get(pk=link.user_id)
    checked_password(user, password)
    user.save(update_fields=["password"])
    if link.drops_second_factor:
        Authenticator.objects.filter(user=user).delete()
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
    sessions_ended(
        actor=Actor("person", user_id=user.pk, name=str(user)), user=user, verb="reset-password",
        dropped_second_factor=link.drops_second_factor,
    )  # fmt: skip
    return user
