"""Coming in, being let in, leaving. The room is locked, and the database gives each of the four places once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.calls import events
from consortium.calls.models import Attempt, GuestLink, Room, Seat
from consortium.calls.operations.moving import locked_room, note, room_of, save
from consortium.calls.operations.rooms import open_room
from consortium.calls.policies import may_admit, may_join, may_speak_for, seat_role
from consortium.calls.states import MOST_SEATS, Cause, SeatRole
from consortium.kernel import clock
from consortium.kernel.actors import Actor
from consortium.kernel.errors import Taken, WrongStep
from consortium.kernel.policies import allowed_if, require
from consortium.kernel.scoping import unfiltered

WHY = "who sits in a call"


@transaction.atomic
def join(*, actor: Actor, room_id: UUID) -> Seat:
    """Come in, or back in. The specialist, and whoever was let in before, sits down; all others wait at the door."""
    room = locked_room(room_id)
    require(may_join(actor, room))
    if not room.is_live:
        raise WrongStep(_("This call is over."), code="over")
    room = open_room(actor=actor, room_id=room_id)
    seat: Seat | None = unfiltered(Seat, why=WHY).filter(room=room, user_id=actor.user_id).first()
    role = seat_role(actor, room.case)
    return come_in(actor, room, seat or Seat(role=role, user_id=actor.user_id), host=role == SeatRole.SPECIALIST)


def come_in(actor: Actor, room: Room, seat: Seat, *, host: bool = False) -> Seat:
    """Seat them when they may, else let them wait; the room is locked."""
    now = clock.now()
    seat.room, seat.seen_at = room, now
    if seat.is_inside:
        save(seat)
        return seat
    if seat.admitted_at is None and not host:
        return _knock(actor, seat)
    seat.knocked_at, seat.admitted_at = _knocked(seat) or now, seat.admitted_at or now
    return _sit(actor, seat)


def _knocked(seat: Seat) -> datetime | None:
    """When they knocked; None of a seat that is being made."""
    return seat.knocked_at


def _knock(actor: Actor, seat: Seat) -> Seat:
    new = seat.left_at is not None or _knocked(seat) is None
    if new:
        seat.knocked_at, seat.left_at = clock.now(), None
    save(seat)
    if new:
        note(actor, seat.room, "call-knock", role=seat.role)
    return seat


def _sit(actor: Actor, seat: Seat) -> Seat:
    """The lowest free place."""
    gone = set(unfiltered(Seat, why=WHY).filter(room=seat.room).inside().values_list("place", flat=True))
    free = next((place for place in range(1, MOST_SEATS + 1) if place not in gone), None)
    if free is None:
        raise Taken(_("Four people are in the call already."), code="full")
    seat.place, seat.left_at = free, None
    save(seat)
    event = events.SeatTaken(seat.room_id, seat.room.case_id, seat.pk, seat.role)
    note(actor, seat.room, "call-enter", event, role=seat.role)
    return seat


@transaction.atomic
def admit(*, actor: Actor, seat_id: UUID) -> Seat:
    """The specialist lets in who waits; twice is once."""
    room, seat = room_of(seat_id)
    require(may_admit(actor, room))
    if seat.is_inside:
        return seat
    if seat.left_at is not None or not room.is_open:
        raise WrongStep(_("They are no longer waiting."), code="gone")
    seat.admitted_at = clock.now()
    return _sit(actor, seat)


@transaction.atomic
def send_out(*, actor: Actor, seat_id: UUID) -> Seat:
    """The specialist sends somebody out, or away from the door; they may knock again."""
    room, seat = room_of(seat_id)
    require(may_admit(actor, room))
    seat.admitted_at = None
    return _out(actor, seat, "call-send-out")


@transaction.atomic
def leave(*, actor: Actor, seat_id: UUID) -> Seat:
    """Go; who was let in may come back until the call ends."""
    _room, seat = room_of(seat_id)
    require(may_speak_for(actor, seat))
    return _out(actor, seat, "call-leave") if seat.left_at is None else seat


@transaction.atomic
def put_out(*, actor: Actor, seat_id: UUID) -> None:
    """Whose right to sit here has ended is out; the system does it."""
    _room, seat = room_of(seat_id)
    require(allowed_if(actor.is_system))
    if seat.left_at is None:
        seat.admitted_at = None
        _out(actor, seat, "call-put-out")


def _out(actor: Actor, seat: Seat, verb: str) -> Seat:
    seat.place, seat.left_at = None, clock.now()
    save(seat)
    tries = unfiltered(Attempt, why=WHY).filter(seat=seat).running()
    tries.filter(held_at__isnull=False).update(ended_at=seat.left_at, cause=Cause.COMPLETED)
    tries.filter(held_at=None).update(ended_at=seat.left_at, cause=Cause.NO_ANSWER)
    note(actor, seat.room, verb, role=seat.role)
    return seat


def seat_of_link(link: GuestLink) -> Seat | None:
    found: Seat | None = unfiltered(Seat, why=WHY).filter(link=link).first()
    return found


def mark_seen(*, actor: Actor, seat_id: UUID) -> None:
    """Their page is there: a room in which nobody is seen ends by itself. One conditional update."""
    unfiltered(Seat, why=WHY).filter(pk=seat_id, left_at=None).update(seen_at=clock.now())
