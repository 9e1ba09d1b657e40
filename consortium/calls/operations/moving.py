"""The beats that all acts in a room share: lock it, write, note it in the child's chain."""

from typing import Any
from uuid import UUID

from django.db import transaction

from consortium.calls.models import Room, Seat
from consortium.calls.states import ROOM
from consortium.casework.models import Case
from consortium.journal.operations import record
from consortium.kernel.actors import Actor
from consortium.kernel.errors import NotVisible, database_rules
from consortium.kernel.events import DomainEvent
from consortium.kernel.scoping import unfiltered


def locked_room(room_id: UUID) -> Room:
    """The room, locked; NotVisible when the actor may not know of it."""
    rows = Room.objects.select_related("case").select_for_update(of=("self",))
    room: Room | None = rows.filter(pk=room_id).first()
    if room is None:
        raise NotVisible
    return room


def room_of(seat_id: UUID) -> tuple[Room, Seat]:
    """A seat with its room, the room locked first: who changes seats of one room waits for the other."""
    rows = unfiltered(Seat, why="whose room to lock")
    room_id = rows.filter(pk=seat_id).values_list("room_id", flat=True).first()
    if room_id is None:
        raise NotVisible
    everything = unfiltered(Room, why="the room of a seat")
    room: Room = everything.select_related("case").select_for_update(of=("self",)).get(pk=room_id)
    seat: Seat = rows.select_related("link").get(pk=seat_id)
    seat.room = room
    return room, seat


def visible_case(case_id: UUID) -> Case:
    case: Case | None = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise NotVisible
    return case


def save(row: Any) -> None:
    """Save what the database may refuse; it says why in plain words."""
    if isinstance(row, Room):
        row.version += 1
    with database_rules(), transaction.atomic():
        row.save()


def note(actor: Actor, room: Room, verb: str, event: DomainEvent | None = None, **facts: Any) -> None:
    """One entry about the room in the child's chain; it rings the room's topic."""
    record(
        actor=actor, verb=verb, subject=room, patient_id=room.case.patient_id,
        facts={"case": str(room.case_id), **facts}, event=event,
    )  # fmt: skip


def take(verb: str, actor: Actor, room: Room) -> None:
    ROOM.take(verb, actor, room)
