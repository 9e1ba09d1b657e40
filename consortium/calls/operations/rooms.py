"""Planning, opening and ending calls."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consortium.calls import events
from consortium.calls.models import Attempt, GuestLink, Room, Seat
from consortium.calls.operations.moving import locked_room, note, save, take, visible_case
from consortium.calls.policies import may_open, may_plan_for
from consortium.calls.states import Cause, RoomStep, Rung, best
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.errors import DomainError, InvalidInput
from consortium.kernel.once import once
from consortium.kernel.policies import require
from consortium.kernel.scoping import unfiltered
from consortium.kernel.versions import check_version

WHY = "a call"


def _check_period(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise InvalidInput({"ends_at": _("A call begins before it ends.")})
    if ends_at <= clock.now():
        raise InvalidInput({"starts_at": _("Choose a time that lies ahead.")})


@transaction.atomic
def plan_room(
    *, actor: Actor, case_id: UUID, starts_at: datetime, ends_at: datetime, key: UUID | None = None
) -> Room:  # fmt: skip
    """A call at a time to come. The same `key` twice is one call."""

    def make() -> Room:
        case = visible_case(case_id)
        require(may_plan_for(actor, case))
        _check_period(starts_at, ends_at)
        room = _new(actor, case_id, key, step=RoomStep.PLANNED, starts_at=starts_at, ends_at=ends_at)
        note(actor, room, "call-plan", starts_at=starts_at.isoformat())
        return room

    return once(Room, actor=actor, key=key, make=make)[0]


def _new(actor: Actor, case_id: UUID, key: UUID | None, **fields: Any) -> Room:
    room = Room(
        case_id=case_id, created_at=clock.now(), created_by_id=actor.author_id,
        **fields, **({"request_key": key} if key else {}),
    )  # fmt: skip
    save(room)
    return room


@transaction.atomic
def call_now(*, actor: Actor, case_id: UUID, key: UUID | None = None) -> Room:
    """Open a room at once, or find the one that is open."""
    case = visible_case(case_id)
    require(may_plan_for(actor, case))
    if found := _open_room_of(case_id):
        return found

    def make() -> Room:
        room = _new(actor, case_id, key, step=RoomStep.OPEN, opened_at=clock.now())
        note(actor, room, "call-open", events.RoomOpened(room.pk, case_id))
        return room

    try:
        return once(Room, actor=actor, key=key, make=make)[0]
    except DomainError:
        if found := _open_room_of(case_id):  # the other side was quicker
            return found
        raise


def _open_room_of(case_id: UUID) -> Room | None:
    found: Room | None = Room.objects.open().filter(case_id=case_id).first()
    return found


@transaction.atomic
def open_room(*, actor: Actor, room_id: UUID) -> Room:
    """Open a planned call whose time is near; one that is open stays so."""
    room = locked_room(room_id)
    require(may_open(actor, room))
    if room.is_open:
        return room
    take("open", actor, room)
    room.opened_at = clock.now()
    save(room)
    note(actor, room, "call-open", events.RoomOpened(room.pk, room.case_id))
    return room


@transaction.atomic
def move_room(
    *, actor: Actor, room_id: UUID, starts_at: datetime, ends_at: datetime, version: int | None = None
) -> Room:  # fmt: skip
    """A planned call to another time; a guardian's link moves with it."""
    room = locked_room(room_id)
    check_version(room, version)
    take("move", actor, room)
    _check_period(starts_at, ends_at)
    before, room.starts_at, room.ends_at = room.starts_at, starts_at, ends_at
    save(room)
    links = unfiltered(GuestLink, why=WHY).filter(room=room, revoked_at=None, expires_at__lt=ends_at)
    links.update(expires_at=ends_at)
    note(actor, room, "call-move", before=before.isoformat() if before else "", starts_at=starts_at.isoformat())
    return room


@transaction.atomic
def cancel_room(*, actor: Actor, room_id: UUID, reason: str = "", version: int | None = None) -> Room:
    """A planned call that will not be; its link opens nothing any more."""
    room = locked_room(room_id)
    check_version(room, version)
    take("cancel", actor, room)
    room.ended_at = clock.now()
    save(room)
    note(actor, room, "call-cancel", events.RoomCancelled(room.pk, room.case_id), reason=reason[:40])
    return room


@transaction.atomic
def end_room(*, actor: Actor, room_id: UUID) -> Room:
    """Over for everybody: all leave, running tries end, and the best rung that was held is the outcome."""
    room = locked_room(room_id)
    take("end", actor, room)
    room.ended_at = clock.now()
    _end_tries(room)
    room.outcome, room.cause = _outcome(room)
    unfiltered(Seat, why=WHY).filter(room=room, left_at=None).update(left_at=room.ended_at, place=None)
    save(room)
    event = events.RoomEnded(room.pk, room.case_id, room.outcome, room.cause)
    note(actor, room, "call-end", event, outcome=room.outcome, cause=room.cause)
    return room


def _end_tries(room: Room) -> None:
    running = unfiltered(Attempt, why=WHY).filter(room=room).running()
    running.filter(held_at__isnull=False).update(ended_at=room.ended_at, cause=Cause.COMPLETED)
    running.filter(held_at=None).update(ended_at=room.ended_at, cause=Cause.NO_ANSWER)


def _outcome(room: Room) -> tuple[str, str]:
    """The best rung held, and why it was no better."""
    tries = unfiltered(Attempt, why=WHY).filter(room=room)
    held = best(tries.held().values_list("rung", flat=True))
    if held == Rung.VIDEO:
        return held, Cause.COMPLETED
    came = unfiltered(Seat, why=WHY).filter(room=room, admitted_at__isnull=False).count()
    if came < 2:
        return held, Cause.NO_ANSWER
    failed = (
        tries.exclude(rung=held).exclude(cause=Cause.COMPLETED).order_by("-began_at").values_list("cause", flat=True)
    )
    return held, failed.first() or Cause.COMPLETED


def end_abandoned() -> int:
    """Rooms in which nobody is left (beat): how many ended. Twice at once ends each once."""
    due = unfiltered(Room, why="nobody is left").abandoned(clock.now())
    return sum(_end_one(pk) for pk in list(due.values_list("pk", flat=True)[:200]))


@transaction.atomic
def _end_one(room_id: UUID) -> bool:
    with acting_as(system("nobody was left in the call")) as timer:
        still = Room.objects.abandoned(clock.now()).select_for_update(skip_locked=True, of=("self",))
        if not still.filter(pk=room_id).exists():
            return False
        end_room(actor=timer, room_id=room_id)
        return True
