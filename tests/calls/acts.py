"""What tests of calls do again and again."""

from __future__ import annotations

from typing import Any

from consortium.calls import operations
from consortium.calls.models import Room, Seat
from consortium.journal.models import Entry
from consortium.people.models import User
from tests.consultations.cases import by


def again(row: Any) -> Any:
    """The row as it stands in the database now."""
    return type(row).unscoped.get(pk=row.pk)


def told(room: Room, verb: str) -> Entry:
    """The newest entry of this verb about the room."""
    found = Entry.unscoped.filter(subject_type="calls.room", subject_id=str(room.pk), verb=verb).order_by("-id").first()
    assert found is not None, f"nothing told of {verb}"
    return found


def tried(user: User, seat: Seat, rung: str, *, held: bool = False, cause: str = "") -> None:
    """A try at `rung`: still running unless a cause ends it."""
    by(user, operations.begin_attempt, seat_id=seat.pk, rung=rung)
    if held:
        by(user, operations.hold_attempt, seat_id=seat.pk)
    if cause:
        by(user, operations.end_attempt, seat_id=seat.pk, cause=cause)
