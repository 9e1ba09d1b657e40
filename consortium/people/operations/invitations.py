"""Invitations: a seat offered by a link or a printed QR code, taken by whoever holds it, once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.journal.operations import record
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import InvalidInput, NotVisible, Taken, WrongStep
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.people.events import InvitationAccepted, SeatGained
from consortium.people.models import Department, Invitation, Membership, User
from consortium.people.operations.seats import hold_person, new_seat
from consortium.people.policies import may_grant
from consortium.people.queries import actor_of

INVITATION_LASTS = timedelta(days=7)


class LinkEnded(WrongStep):
    """The link was used, taken back, or has run out."""

    status, code = 410, "link-ended"
    default = _("This link has ended. Ask for a new one.")


@transaction.atomic
def invite(*, actor: Actor, institution_id: UUID, fields: Mapping[str, Any], key: UUID | None = None) -> Invitation:
    """Offer a seat for seven days. `fields`: full_name, role, department_id, specialty_id."""
    require(may_grant(actor, institution_id, fields["role"]))
    department_id = fields.get("department_id")
    if department_id and not Department.objects.filter(pk=department_id, institution_id=institution_id).exists():
        raise InvalidInput({"department": _("This department belongs to another institution.")})
    invitation, fresh = once(Invitation, actor=actor, key=key, make=lambda: _made(actor, institution_id, fields, key))
    if fresh:
        record(
            actor=actor, verb="invite", subject=invitation, institution_id=institution_id,
            facts={"role": invitation.role},
        )  # fmt: skip
    return invitation


def _made(actor: Actor, institution_id: UUID, fields: Mapping[str, Any], key: UUID | None) -> Invitation:
    now = clock.now()
    invitation = Invitation(
        institution_id=institution_id, full_name=fields.get("full_name", ""), role=fields["role"],
        department_id=fields.get("department_id"), specialty_id=fields.get("specialty_id"),
        created_at=now, expires_at=now + INVITATION_LASTS,
        created_by_id=actor.author_id, **({"request_key": key} if key else {}),
    )  # fmt: skip
    invitation.token_hash = Invitation.hash_of(invitation.token())
    invitation.save(force_insert=True)
    return invitation


@transaction.atomic
def revoke_invitation(*, actor: Actor, invitation_id: UUID) -> Invitation:
    """Take it back; an accepted one can't be."""
    rows = unfiltered(Invitation, why="revoking; the policy decides who may")
    invitation: Invitation | None = rows.select_for_update(of=("self",)).filter(pk=invitation_id).first()
    if invitation is None:
        raise NotVisible()
    require(may_grant(actor, invitation.institution_id, invitation.role))
    if invitation.accepted_at is not None:
        raise WrongStep(_("Somebody has accepted this already: end their seat instead."), code="accepted")
    if invitation.revoked_at is None:
        invitation.revoked_at = clock.now()
        invitation.save(update_fields=["revoked_at"])
        record(actor=actor, verb="revoke", subject=invitation, institution_id=invitation.institution_id)
    return invitation


def _offered(token: str) -> Invitation:
    """The invitation of the token, locked and open: of two who accept at once the second finds it used."""
    rows = unfiltered(Invitation, why="whoever holds the link may take the seat")
    row: Invitation | None = rows.select_for_update(of=("self",)).filter(token_hash=Invitation.hash_of(token)).first()
    if row is None:
        raise NotVisible()
    if row.accepted_at is not None:
        raise Taken(_("This invitation has been used already."), code="used")
    if row.revoked_at is not None or row.expires_at <= clock.now():
        raise LinkEnded()
    return row


def checked_password(user: User, password: str) -> None:
    """Set the password when it is strong enough; raises InvalidInput that says what is wrong."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput({"password": " ".join(error.messages)}) from error
    user.set_password(password)


def _new_user(fields: Mapping[str, Any]) -> User:
    username = fields["username"].strip()
    if User.objects.filter(username__iexact=username).exists():
        raise InvalidInput({"username": _("This username is taken. Choose another.")})
    user = User(
        username=username, full_name=fields["full_name"], full_name_zh=fields.get("full_name_zh", ""),
        title=fields.get("title", ""), licence_number=fields.get("licence_number", ""), phone=fields.get("phone", ""),
        language=fields.get("language", ""), date_joined=clock.now(),
    )  # fmt: skip
    checked_password(user, fields["password"])
    user.save(force_insert=True)
    return user


@transaction.atomic
def accept_as_new(*, token: str, fields: Mapping[str, Any]) -> Membership:
    """Make an account with the seat that is offered.

    `fields`: username, password, full_name, and optionally full_name_zh, title, licence_number, phone, language.
    Raises NotVisible, Taken (used), LinkEnded, InvalidInput.
    """
    invitation = _offered(token)
    return _seated(invitation, _new_user(fields))


@transaction.atomic
def accept_with_account(*, actor: Actor, token: str) -> Membership:
    """Take the offered seat as somebody who has an account already."""
    invitation = _offered(token)
    if not actor.is_person:
        raise NotVisible()
    hold_person(actor.user_id)
    return _seated(invitation, User.objects.get(pk=actor.user_id))


def _seated(invitation: Invitation, user: User) -> Membership:
    held = unfiltered(Membership, why="taking an offered seat").filter(
        user=user, institution_id=invitation.institution_id, role=invitation.role, ends_on=None
    )
    if held.exists():
        raise WrongStep(_("You hold this role there already."), code="seat-held")
    seat = new_seat(
        user_id=user.pk, institution_id=invitation.institution_id, role=invitation.role,
        department_id=invitation.department_id, specialty_id=invitation.specialty_id,
    )  # fmt: skip
    invitation.accepted_at, invitation.accepted_by = clock.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    record(
        actor=actor_of(user), verb="accept", subject=invitation, institution_id=invitation.institution_id,
        facts={"role": seat.role, "seat": str(seat.pk)},
        event=InvitationAccepted(user.pk, invitation.institution_id, invitation.created_by_id),
        also=[SeatGained(user.pk, seat.institution_id, seat.role)],
    )  # fmt: skip
    return seat
