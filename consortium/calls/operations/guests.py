"""The guardian's link: made, shown again, taken back; bound to the first device that opens it."""

import secrets
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consortium.calls import events
from consortium.calls.models import GuestLink, Room, Seat
from consortium.calls.operations.moving import locked_room, note, save, take
from consortium.calls.operations.seats import come_in, seat_of_link
from consortium.calls.policies import may_invite
from consortium.calls.states import LINK_LASTS, SeatRole
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotPermitted, NotVisible, WrongStep
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered

WHY = "a guardian's link"


def link_of(room: Room) -> GuestLink | None:
    """The room's link that was not taken back."""
    found: GuestLink | None = unfiltered(GuestLink, why=WHY).filter(room=room, revoked_at=None).first()
    return found


@transaction.atomic
def invite_guest(*, actor: Actor, room_id: UUID, key: UUID | None = None) -> GuestLink:
    """The link of this call, made when there is none; `link.token()` is its secret, shown as often as one asks."""
    room = locked_room(room_id)
    take("invite", actor, room)
    found = link_of(room)
    if found is not None and found.expires_at > clock.now():
        return found
    if found is not None:
        found.revoked_at = clock.now()
        save(found)
    return once(GuestLink, actor=actor, key=key, make=lambda: _new_link(actor, room, key))[0]


def _new_link(actor: Actor, room: Room, key: UUID | None) -> GuestLink:
    now = clock.now()
    lasts = max(now + LINK_LASTS, room.ends_at + timedelta(hours=1)) if room.ends_at else now + LINK_LASTS
    link = GuestLink(
        id=uuid4(), room=room, created_at=now, expires_at=lasts, created_by_id=actor.author_id,
        **({"request_key": key} if key else {}),
    )  # fmt: skip
    link.token_hash = GuestLink.hash_of(link.token())
    save(link)
    note(actor, room, "call-invite", events.GuestInvited(room.pk, room.case_id, link.pk))
    return link


@transaction.atomic
def revoke_guest(*, actor: Actor, room_id: UUID) -> None:
    """Take the link back: it opens nothing any more, and who came by it is out. The next one is a new link."""
    room = locked_room(room_id)
    require(may_invite(actor, room))
    link = link_of(room)
    if link is None:
        return
    link.revoked_at = clock.now()
    save(link)
    gone = {"place": None, "left_at": link.revoked_at, "admitted_at": None}
    unfiltered(Seat, why=WHY).filter(link=link, left_at=None).update(**gone)
    note(actor, room, "call-uninvite")


@transaction.atomic
def bind_device(*, actor: Actor, token: str, secret: str) -> tuple[GuestLink, str]:
    """Open the link on a device that shows `secret` ("" when it has none): (link, the device's secret).

    The first device keeps the link; a second one is refused, and hears what to do.
    """
    rows = unfiltered(GuestLink, why=WHY).select_related("room__case").select_for_update(of=("self",))
    link: GuestLink | None = rows.filter(token_hash=GuestLink.hash_of(token)).first()
    if link is None or not link.stands:
        raise NotVisible
    if link.device_hash is not None:
        if secret and bytes(link.device_hash) == GuestLink.hash_of_device(secret):
            return link, secret
        raise NotPermitted(
            _("This link was opened on another device already. Go on there, or ask the clinic for a new link."),
            code="other-device",
        )
    secret = secrets.token_urlsafe(32)
    link.device_hash, link.bound_at = GuestLink.hash_of_device(secret), clock.now()
    save(link)
    note(actor, link.room, "call-link-open")
    return link, secret


@transaction.atomic
def agree_and_knock(*, actor: Actor, link_id: UUID) -> Seat:
    """The guardian agrees to the video call (the first time) and asks to come in; back in, when they were inside."""
    rows = unfiltered(GuestLink, why=WHY).select_related("room__case").select_for_update(of=("self",))
    link: GuestLink = rows.get(pk=link_id)
    room = locked_room(link.room_id)
    link.room = room
    if not link.stands or link.bound_at is None:
        raise NotVisible
    if not room.is_open:
        raise WrongStep(_("The call has not begun. This page goes on by itself when it does."), code="not-begun")
    if link.consented_at is None:
        link.consented_at = clock.now()
        save(link)
        note(actor, room, "call-consent", events.GuestJoined(room.pk, room.case_id, link.pk, get_language()))
    return come_in(actor, room, seat_of_link(link) or Seat(role=SeatRole.GUARDIAN, link=link))
