"""Who sits in a room and what their pages say of themselves; who a guardian's device is."""

from typing import Any
from uuid import UUID

import orjson

from consortium.calls.models import GuestLink, Room, Seat
from consortium.calls.policies import may_join
from consortium.calls.states import RoomStep, SeatRole
from consortium.kernel import clock
from consortium.kernel.actors import Actor, acting_as, system
from consortium.kernel.scoping import unfiltered
from consortium.kernel.valkey import Away, breaker, client, key

WHY = "who is in a call"
#: seconds after which a page that said nothing counts as cut off
SILENT_AFTER = 15
#: how the guardian stands in the journal, who has no account
GUARDIAN = "the guardian, by link"


def guardian() -> Actor:
    """Who acts for a device that has been recognised."""
    return system(GUARDIAN)


def state_key(room_id: UUID) -> str:
    return key("call-state", str(room_id))


def room_for(room_id: UUID) -> Room | None:
    """The room, for whoever sees its case."""
    found: Room | None = Room.objects.select_related("case__service", "case__ball_user").filter(pk=room_id).first()
    return found


def seat_of_person(actor: Actor, room_id: UUID) -> Seat | None:
    """Their seat in a room that they may (still) join."""
    if not actor.is_person:
        return None
    with acting_as(actor):
        seat: Seat | None = (
            Seat.objects.select_related("room__case").filter(room_id=room_id, user_id=actor.user_id).first()
        )
        return seat if seat is not None and may_join(actor, seat.room) else None


def link_of_device(secret: str) -> GuestLink | None:
    """The standing link that this device opened."""
    if not secret:
        return None
    rows = unfiltered(GuestLink, why="whose device this is").select_related("room__case")
    link: GuestLink | None = rows.filter(device_hash=GuestLink.hash_of_device(secret)).order_by("-bound_at").first()
    return link


def seat_of_device(secret: str) -> Seat | None:
    """The guardian's seat: as long as the link stands and they agreed."""
    link = link_of_device(secret)
    if link is None or not link.stands:
        return None
    seat: Seat | None = unfiltered(Seat, why=WHY).select_related("room__case").filter(link=link).first()
    return seat


def seat_now(seat_id: UUID) -> Seat | None:
    """The seat as it stands, with its room and link."""
    found: Seat | None = unfiltered(Seat, why=WHY).select_related("room", "link__room").filter(pk=seat_id).first()
    return found


def may_write_to(seat_id: UUID, other_id: UUID) -> bool:
    """Whether a letter may go from one seat to the other: both inside the same open room. One query."""
    pair = unfiltered(Seat, why=WHY).inside().filter(pk__in=[seat_id, other_id], room__step=RoomStep.OPEN)
    rooms = list(pair.values_list("room_id", flat=True))
    return seat_id != other_id and len(rooms) == 2 and len(set(rooms)) == 1


def states_in(room_id: UUID) -> dict[str, dict[str, Any]]:
    """What the pages said of themselves, by seat; nothing while Redis is away."""
    if breaker.open:
        return {}
    try:
        held: Any = client().hgetall(state_key(room_id))
    except Away:
        breaker.trip()
        return {}
    return {seat: orjson.loads(said) for seat, said in held.items()}


def people_of(viewer_id: UUID) -> dict[str, Any] | None:
    """What the page of this seat shows: the room's step, oneself, and who is inside or waits. None: no such seat.

    Two queries. Who waits sees only themselves; a guardian sees no picture of the record that others look at.
    """
    viewer = seat_now(viewer_id)
    if viewer is None:
        return None
    rows = unfiltered(Seat, why=WHY).select_related("user").filter(room_id=viewer.room_id, left_at=None)
    said = states_in(viewer.room_id)
    shown = [seat for seat in rows.order_by("place", "knocked_at") if viewer.is_inside or seat.pk == viewer.pk]
    return {
        "step": viewer.room.step,
        "outcome": viewer.room.outcome,
        "me": str(viewer.pk),
        "inside": viewer.is_inside,
        "gone": viewer.left_at is not None or _revoked(viewer),
        "host": viewer.role == SeatRole.SPECIALIST,
        "people": [_person(seat, viewer, said.get(str(seat.pk), {})) for seat in shown],
    }


def _revoked(seat: Seat) -> bool:
    return seat.link is not None and not seat.link.stands


def _person(seat: Seat, viewer: Seat, said: dict[str, Any]) -> dict[str, Any]:
    """One person as the page of `viewer` shows them."""
    fresh = clock.now().timestamp() - said.get("at", 0) < SILENT_AFTER
    told = {name: said.get(name) for name in ("epoch", "mic", "camera", "rung", "screen", "still")}
    stage = said.get("stage") if viewer.role != SeatRole.GUARDIAN else None
    return {
        "id": str(seat.pk), "role": seat.role, "name": seat.user.get_full_name() if seat.user else "",
        "place": seat.place, "inside": seat.is_inside, "here": fresh, "stage": stage, **told,
    }  # fmt: skip
